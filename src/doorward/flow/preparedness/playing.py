"""Playing scenarios in a process of its own: nobody who serves customers waits for it, and it has an end."""

import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final, Protocol

import msgspec

from doorward.admission.drill import Ours, Report
from doorward.admission.kept import PreparationFailure
from doorward.kit.logging import get_logger
from doorward.kit.own_process import OwnProcess

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


class Plays(Protocol):
    """Plays scenarios."""

    def play(self, assignment: Assignment) -> Iterator[Report]:
        """Yield the report of each scenario, in their order. Raises `PlayFailed` and `ProcessStopped`."""

    def stop(self) -> None:
        """End what is being played, and play nothing any more."""


class PlaysApart:
    """Plays in a process of its own, one at a time."""

    def __init__(self, command: Sequence[str] = (sys.executable, "-m", MODULE), *, limit: timedelta = LIMIT) -> None:
        """Run `command`, which reads an `Assignment` and writes reports, one a line; end it after `limit`."""
        self._own, self._limit = OwnProcess(command), limit

    def play(self, assignment: Assignment) -> Iterator[Report]:
        """Yield the report of each scenario, in their order. Raises `PlayFailed` and `ProcessStopped`."""
        with self._own.told(msgspec.json.encode(assignment), limit=self._limit) as child:
            played = 0
            for line in child.lines():
                try:
                    report = msgspec.json.decode(line, type=Report)
                except msgspec.DecodeError:
                    child.kill()
                    break
                played += 1
                yield report
            ended = child.wait()
        if ended.late:
            raise PlayFailed("time")
        if ended.code or played != len(assignment.scenarios):
            log.warning("flow.preparedness.failed", exit_code=ended.code)
            raise PlayFailed("broken")

    def stop(self) -> None:
        """End what is being played, and play nothing any more."""
        self._own.stop()
