"""What every test of the house shares, wherever it lives: one event loop, and property tests that repeat themselves.

Arithmetic runs in one thread, as in a house that its command starts.

And the order of the files: the longest begin first, so that no worker is left alone with one at the end. Which they are
is told at the end of a long run.
"""

import gc
from collections import defaultdict
from pathlib import Path
from typing import Final

import hypothesis
import pytest
import structlog
from structlog.dev import ConsoleRenderer, plain_traceback

from doorward.kit.settings import keep_arithmetic_single_threaded

LONGEST: Final = Path(__file__).parent / "tests" / "longest.txt"
"""Files that take longest, the longest first, as `pytest --durations` had them; the journeys follow, then the rest."""

LONG: Final = 300.0
"""Seconds of all tests together from which on it matters where they go."""

TOLD: Final = 25
"""Files that are told of."""

# Before any test's module imports numpy. Workers share the processors: a product that waits for threads of its own
# takes a hundred times as long as one that does not.
keep_arithmetic_single_threaded()

# Every house is thousands of objects that hold each other. To look for those that nobody needs any more takes a quarter
# of such a test's time at the usual pace, a seventh at a quarter of it, for some closed houses more that lie around.
gc.set_threshold(3_000, 10, 10)

# The same examples on every run and no deadline: a busy machine must not turn a kept promise into a failure.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The event loop of async tests: the one the house runs on."""
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def plain_tracebacks() -> None:
    """Let a log that nobody configured tell of errors without colours and local variables.

    To lay those out takes a second an error; what our own command configures never shows them.
    """
    structlog.reset_defaults()
    for processor in structlog.get_config()["processors"]:
        if isinstance(processor, ConsoleRenderer):
            processor.exception_formatter = plain_traceback


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest files first where several processes share the tests; alone, the order makes no difference."""
    if not hasattr(config, "workerinput"):
        return
    lines = LONGEST.read_text(encoding="utf-8").splitlines()
    places = {name: place for place, name in enumerate(line for line in lines if not line.startswith("#"))}

    def place_of(item: pytest.Item) -> tuple[int, bool]:
        name = item.nodeid.partition("::")[0]
        return places.get(name, len(places)), not name.startswith("tests/journeys/")

    items.sort(key=place_of)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how long the longest files took, set-up included: what tests/longest.txt is written from."""
    seconds: dict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[report.nodeid.partition("::")[0]] += report.duration
    total = sum(seconds.values())
    if total < LONG:
        return
    terminalreporter.section(f"longest files of {total:.0f} s")
    for name, took in sorted(seconds.items(), key=lambda one: -one[1])[:TOLD]:
        terminalreporter.line(f"{took:7.1f} s  {name}")
