"""Playing scenarios in a process of its own: nobody who serves customers waits for it, and it has an end."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final, Protocol

import msgspec

from doorward.admission.drill import Ours, Report
from doorward.admission.kept import PreparationFailure
from doorward.kit.logging import get_logger

log = get_logger("flow.preparedness")

LIMIT: Final = timedelta(minutes=10)
"""After so long it is stopped: the largest company that is played takes some seconds a scenario."""

MODULE: Final = "doorward.bootstrap.preparing"


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """All that the process of its own is told, by its standard input: figures of the company, nothing of a customer."""

    ours: Ours
    scenarios: tuple[str, ...]
    seed: int = 0


class PlayFailed(Exception):
    """Nothing came of it; `reason` says why."""

    def __init__(self, reason: PreparationFailure) -> None:
        """Say why."""
        super().__init__(reason)
        self.reason: PreparationFailure = reason


class PlayingStopped(Exception):
    """The house stops: the job is taken up at its next start."""


class Plays(Protocol):
    """Plays scenarios."""

    def play(self, assignment: Assignment) -> Iterator[Report]:
        """Yield the report of each scenario, in their order. Raises `PlayFailed` and `PlayingStopped`."""

    def stop(self) -> None:
        """End what is being played, and play nothing any more."""


class OwnProcess:
    """Plays in a process of its own, one at a time."""

    def __init__(self, command: Sequence[str] = (sys.executable, "-m", MODULE), *, limit: timedelta = LIMIT) -> None:
        """Run `command`, which reads an `Assignment` and writes reports, one a line; end it after `limit`."""
        self._command = tuple(command)
        self._limit = limit
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False

    def play(self, assignment: Assignment) -> Iterator[Report]:
        """Yield the report of each scenario, in their order. Raises `PlayFailed` and `PlayingStopped`."""
        process, late = self._begin(), threading.Event()

        def end_late() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._limit.total_seconds(), end_late)
        timer.daemon = True
        timer.start()
        try:
            played = 0
            for report in self._reports(process, assignment):
                played += 1
                yield report
            self._judge(process.wait(), late=late.is_set(), whole=played == len(assignment.scenarios))
        finally:
            timer.cancel()
            self._end(process)

    def stop(self) -> None:
        """End what is being played, and play nothing any more."""
        with self._lock:
            self._stopping = True
            if self._process is not None:
                self._process.kill()

    def _begin(self) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._stopping:
                raise PlayingStopped
            self._process = subprocess.Popen(  # noqa: S603 - our own module, with the interpreter that runs this one
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            return self._process

    def _reports(self, process: "subprocess.Popen[bytes]", assignment: Assignment) -> Iterator[Report]:
        if process.stdin is None or process.stdout is None:
            raise PlayFailed("broken")
        try:
            # Left open: by its end the process learns that this one is gone, and goes too.
            process.stdin.write(msgspec.json.encode(assignment) + b"\n")
            process.stdin.flush()
            for line in process.stdout:
                yield msgspec.json.decode(line, type=Report)
        except (BrokenPipeError, msgspec.DecodeError):
            return  # what is missing then is told by how the process ended

    def _judge(self, code: int, *, late: bool, whole: bool) -> None:
        if self._stopping:
            raise PlayingStopped
        if late:
            raise PlayFailed("time")
        if code or not whole:
            log.warning("flow.preparedness.failed", exit_code=code)
            raise PlayFailed("broken")

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        with self._lock:
            self._process = None
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    log.debug("flow.preparedness.pipe_was_broken")
