"""What a change of a setting changed, short enough for a row of the history."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

SHORT: Final = 120
"""Characters of a text that need no shortening."""

_AROUND: Final = 32
"""Characters left standing on each side of what differs."""

_CUT: Final = "…"


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a change: what differs, and the whole value where that is more."""

    short: str
    whole: str

    @property
    def is_shortened(self) -> bool:
        """Return whether the whole says more."""
        return self.short != self.whole


def differences(before: Any, after: Any) -> tuple[Difference, Difference]:
    """Return a setting's old and new value as people read them.

    Of settings with several entries only those stand there that differ, of long texts only the part that does, with a
    few words around it.
    """
    old, new = before, after
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        room = max(_AROUND, SHORT // max(1, len(names)))
        pairs = {name: _shorter(_shown(before.get(name, "")), _shown(after.get(name, "")), room) for name in names}
        old = {name: pairs[name][0] for name in names if name in before}
        new = {name: pairs[name][1] for name in names if name in after}
    elif isinstance(before, str) and isinstance(after, str):
        old, new = _shorter(before, after)
    return (
        Difference(short=_shown(old), whole=_shown(before)),
        Difference(short=_shown(new), whole=_shown(after)),
    )


def _shorter(before: str, after: str, room: int = SHORT) -> tuple[str, str]:
    """Return both texts without what they begin and end with alike; short ones stay whole.

    `room` is how many characters stand on each side of the middle where what differs is long itself.
    """
    if max(len(before), len(after)) <= SHORT:
        return before, after
    shortest = min(len(before), len(after))
    start = next((at for at in range(shortest) if before[at] != after[at]), shortest)
    rest = shortest - start
    end = next((at for at in range(rest) if before[-1 - at] != after[-1 - at]), rest)
    return _part(before, start, len(before) - end, room), _part(after, start, len(after) - end, room)


def _part(text: str, start: int, end: int, room: int) -> str:
    """Return `start:end` with whole words around it, itself cut in the middle where it is long."""
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    while 0 < first < start and not text[first - 1].isspace():
        first += 1
    while end < last < len(text) and not text[last].isspace():
        last -= 1
    part = text[first:last].strip()
    if len(part) > 2 * room + len(_CUT) + 2:
        part = f"{part[:room].rstrip()} {_CUT} {part[-room:].lstrip()}"
    return (_CUT if first > 0 else "") + part + (_CUT if last < len(text) else "")


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {_shown(one)}" for name, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_shown(one) for one in value)
    return str(value)
