"""A text with some of its places written otherwise, and the way back to the characters as they came in."""

from array import array
from collections.abc import Iterable
from typing import NamedTuple


class Replacement(NamedTuple):
    """What to write instead of `start:end` of a text, end exclusive; nothing leaves the place out."""

    start: int
    end: int
    text: str


class Rewritten(NamedTuple):
    """A text that was rewritten, perhaps several times. Like all of this room's inner values never printed.

    `starts[i]:ends[i]` is the place of the first text that character `i` stands for; None when nothing was rewritten.
    """

    text: str
    starts: "array[int] | None" = None
    ends: "array[int] | None" = None

    def replaced(self, replacements: Iterable[Replacement]) -> "Rewritten":
        """Return the text rewritten once more; of replacements that overlap, the one that begins first counts.

        A place that is left out belongs to nobody: what stands on both sides of it, taken together, covers it.
        """
        size = len(self.text)
        starts = self.starts if self.starts is not None else array("L", range(size))
        ends = self.ends if self.ends is not None else array("L", range(1, size + 1))
        pieces: list[str] = []
        new_starts, new_ends = array("L"), array("L")
        done = 0
        for start, end, text in sorted(replacements):
            if start < done or start >= end:
                continue
            pieces += [self.text[done:start], text]
            new_starts += starts[done:start] + array("L", [starts[start]]) * len(text)
            new_ends += ends[done:start] + array("L", [ends[end - 1]]) * len(text)
            done = end
        if not done:
            return self
        pieces.append(self.text[done:])
        return Rewritten("".join(pieces), new_starts + starts[done:], new_ends + ends[done:])

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the place of the first text that `text[start:end]` stands for; `start < end`."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]

    def __repr__(self) -> str:
        """Show lengths only."""
        return f"<Rewritten {len(self.text)} chars>"
