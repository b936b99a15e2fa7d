"""Further ways in which a marked message might have been typed: in small letters, without punctuation."""

from random import Random
from typing import Final

from tools.secrets.material import Marked

LOWER: Final = 0.25
"""Share of messages that are typed in small letters."""

BARE: Final = 0.25
"""Share of messages that are typed without punctuation."""

_PUNCTUATION: Final = ".,;!?"


def varied(marked: Marked, random: Random) -> Marked:
    """Return a message as it is, or typed in another way; its values stay as they are where signs matter."""
    text = marked.text
    lower = text.lower()
    if random.random() < LOWER and len(lower) == len(text):
        marked = marked._replace(text=lower)
    return _bare(marked) if random.random() < BARE else marked


def _bare(marked: Marked) -> Marked:
    held = {place for start, end, _ in marked.places for place in range(start, end)}
    kept: list[str] = []
    moved = []
    for place, sign in enumerate(marked.text):
        moved.append(len(kept))
        if sign not in _PUNCTUATION or place in held:
            kept.append(sign)
    moved.append(len(kept))
    return Marked("".join(kept), tuple((moved[start], moved[end], kind) for start, end, kind in marked.places))
