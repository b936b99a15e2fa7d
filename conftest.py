"""What every test of the house shares, wherever it lives: one event loop, and property tests that repeat themselves."""

import hypothesis
import pytest

# The same examples on every run and no deadline: a busy machine must not turn a kept promise into a failure.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The event loop of async tests: the one the house runs on."""
    return "asyncio"
