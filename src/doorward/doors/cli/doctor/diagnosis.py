"""One thing that was looked at, and how it is."""

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

State = Literal["ok", "note", "warning", "failed"]
_ORDER: Final[tuple[State, ...]] = ("ok", "note", "warning", "failed")


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """How one thing is. `note` is a fact that the operator should know, `detail` says what to do about the others."""

    subject: str
    name: str
    state: State
    detail: str


def worst_of(found: Iterable[Diagnosis]) -> State:
    """Return the worst state."""
    return max((one.state for one in found), key=_ORDER.index, default="ok")
