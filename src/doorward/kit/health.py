"""Health: every built thing that can fail has a ping, and one report asks them all."""

from collections.abc import Callable
from typing import Literal

import msgspec

State = Literal["ok", "degraded", "failed"]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of one part: `detail` says what is wrong and what to do, for the operator."""

    name: str
    state: State
    detail: str = ""


class Health:
    """A list of pings. A ping returns nothing when all is well, or a sentence when it is degraded, or raises."""

    def __init__(self) -> None:
        """Start with no checks."""
        self._pings: dict[str, tuple[Callable[[], str | None], bool]] = {}

    def register(self, name: str, ping: Callable[[], str | None], *, vital: bool = True) -> None:
        """Add a check; when a vital one raises the whole is `failed`, else `degraded`."""
        self._pings[name] = (ping, vital)

    def report(self) -> tuple[State, tuple[Check, ...]]:
        """Ask everyone and return the worst state with all answers."""
        checks = []
        for name, (ping, vital) in self._pings.items():
            try:
                sentence = ping()
            except Exception as error:  # noqa: BLE001 - whatever a ping raises is its answer
                checks.append(Check(name=name, state="failed" if vital else "degraded", detail=type(error).__name__))
            else:
                checks.append(Check(name=name, state="degraded" if sentence else "ok", detail=sentence or ""))
        states: set[State] = {check.state for check in checks}
        worst: State = "failed" if "failed" in states else "degraded" if "degraded" in states else "ok"
        return worst, tuple(checks)
