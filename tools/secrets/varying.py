"""Further ways in which a marked message might have been typed: small, bare of punctuation, with more around it."""

from collections.abc import Sequence
from random import Random
from typing import Final

from tools.secrets.material import Marked

LOWER: Final = 0.25
"""Share of messages that are typed in small letters."""

BARE: Final = 0.25
"""Share of messages that are typed without punctuation."""

JOINED: Final = 0.3
"""Share of messages that stand beside another one, which holds no secret."""

_BETWEEN: Final = (" ", "\n", "\n\n", ". ", ", ")
_PUNCTUATION: Final = ".,;!?"


def varied(marked: Marked, others: Sequence[Marked], random: Random) -> Marked:
    """Return a message as it is, or typed in another way; its values stay as they are where signs matter.

    `others` are messages without secrets that may stand before or behind it.
    """
    if others and random.random() < JOINED:
        marked = _joined(marked, random.choice(others), random)
    text = marked.text
    lower = text.lower()
    if random.random() < LOWER and len(lower) == len(text):
        marked = marked._replace(text=lower)
    return _bare(marked) if random.random() < BARE else marked


def _joined(marked: Marked, other: Marked, random: Random) -> Marked:
    between = random.choice(_BETWEEN)
    if random.random() < 0.5:
        return marked._replace(text=marked.text + between + other.text)
    before = other.text + between
    moved = tuple((start + len(before), end + len(before), kind) for start, end, kind in marked.places)
    return Marked(before + marked.text, moved)


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
