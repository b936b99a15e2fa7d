"""Programs whose exit code is a verdict: the checks and the tests."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from tools.environment import PROGRAMS, PYTHON
from tools.terminal import ROOT, Stop, Word, run, say


@dataclass(frozen=True)
class Verdict:
    """How one check or test run ended; `output` is what it had to say."""

    name: str
    passed: bool
    seconds: float
    output: str = ""

    def tell(self) -> Self:
        """Print one line, and before it the output when the check failed."""
        if not self.passed and self.output:
            print(self.output.rstrip(), flush=True)
        say(self.name, f"{'ok' if self.passed else 'FAILED'} in {self.seconds:.1f} s")
        return self


@dataclass(frozen=True)
class Check:
    """One program whose exit code is a verdict."""

    name: str
    command: tuple[Word, ...]

    def judge(self) -> Verdict:
        """Run it."""
        start = time.monotonic()
        try:
            run(self.command)
        except Stop as trouble:
            return Verdict(
                self.name, passed=False, seconds=time.monotonic() - start, output=trouble.output or str(trouble)
            )
        return Verdict(self.name, passed=True, seconds=time.monotonic() - start)


def quick_checks() -> list[Check]:
    """Checks of a second or two."""
    return [
        Check("lint", (PROGRAMS / "ruff", "check", ".")),
        Check("format", (PROGRAMS / "ruff", "format", "--check", ".")),
        Check("imports", (PROGRAMS / "lint-imports", "--no-logo")),
    ]


def type_check() -> Check:
    """The one check that takes its time when nothing is cached. Its files and strictness are in pyproject.toml."""
    return Check("types", (PYTHON, "-m", "mypy"))


def judge_tests(arguments: Sequence[str], *, chromium: str | None) -> Verdict:
    """Run pytest with its output as it comes; the verdict's output is pytest's own closing line."""
    start = time.monotonic()
    # Tests wait now and then, for a page or a job: one worker more than there are processors uses that time.
    workers = str(max(2, min(4, (os.cpu_count() or 2) + 1)))
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    # Files go to whoever is free, in the order of the root's conftest.py: the longest first.
    spread = ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]
    command = [str(PYTHON), "-m", "pytest", *spread, *colour, *arguments]
    # Workers and the programs they start import the same files: what one compiles is kept for all, also where the
    # machine's habit is not to.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **({"DOORWARD_CHROMIUM": chromium} if chromium else {})}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as program:
        last = echo(program.stdout.fileno()) if program.stdout else b""
    seconds = time.monotonic() - start
    return Verdict("tests", passed=program.returncode == 0, seconds=seconds, output=last.decode(errors="replace"))


def echo(source: int) -> bytes:
    """Pass a file descriptor's bytes on as they come; the last line that is not empty."""
    tail = b""
    while chunk := os.read(source, 65536):
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        tail = (tail + chunk)[-4096:]
    lines = [line for line in tail.splitlines() if line.strip()]
    return lines[-1] if lines else b""
