"""A program that is started to be measured: what it prints, what it costs, and how it ends."""

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

LOOK_SECONDS = 0.05
"""How often its output is looked at; what is read from it is known to that."""

END_SECONDS = 30.0


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How a program ended: its exit code, seconds from the signal, and whether none of its own programs is left."""

    exit_code: int
    seconds: float
    nothing_left: bool


class Program:
    """A running program with a process group of its own. Leaving the block ends it, with force after a while."""

    def __init__(self, words: Sequence[str], *, folder: Path, log: Path, environment: Mapping[str, str]) -> None:
        """Start `words` in `folder` with nothing but `environment`; all that it prints goes to the new file `log`."""
        self._log = log
        with log.open("xb") as output:
            self._process = subprocess.Popen(
                list(words),
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def wait_for(self, pattern: str, *, seconds: float) -> re.Match[str]:
        """Return the first place in its output that matches, as soon as there is one; `^` and `$` are ends of lines.

        Raises `RuntimeError` with the end of the output when it ends without, or has not printed it after `seconds`.
        """
        wanted, ends = re.compile(pattern, re.MULTILINE), time.monotonic() + seconds
        while True:
            running = self._process.poll() is None
            found = wanted.search(self._printed())
            if found is not None:
                return found
            if not running or time.monotonic() > ends:
                state = "printed nothing like" if running else f"ended ({self._process.returncode}) without printing"
                raise RuntimeError(f"the program {state} {pattern!r}:\n{self._printed()[-2000:]}")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(LOOK_SECONDS)

    def cpu_seconds(self) -> float | None:
        """Return the CPU seconds of its threads so far, to the clock's tick; None where there is no /proc to ask."""
        try:
            stat = Path(f"/proc/{self._process.pid}/stat").read_text("utf-8")
        except OSError:
            return None
        # The name in brackets may hold anything; user and system time are fields 14 and 15 (proc_pid_stat(5)).
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float | None:
        """Return the memory that it holds now (resident set), in MiB; None where there is no /proc to ask."""
        try:
            pages = Path(f"/proc/{self._process.pid}/statm").read_text("utf-8").split()[1]
        except OSError:
            return None
        return round(int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)

    def end(self, number: signal.Signals) -> Ended:
        """Send it a signal and return how it ended. Raises `RuntimeError` with the end of its output if it does not."""
        start = time.perf_counter()
        self._process.send_signal(number)
        try:
            code = self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"{number.name} did not end the program:\n{self._printed()[-2000:]}") from None
        seconds = round(time.perf_counter() - start, 2)
        return Ended(exit_code=code, seconds=seconds, nothing_left=not self._group_lives())

    def _group_lives(self) -> bool:
        try:
            os.killpg(self._process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def _printed(self) -> str:
        return self._log.read_text("utf-8", errors="replace")
