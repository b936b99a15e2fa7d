"""Snippets: the part of a line in which the words stand, cut into pieces that say which of them are marked."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import msgspec

from doorward.record.search.query import Group
from doorward.record.search.terms import Place, Terms
from doorward.vocabulary.text import MaskedText

LENGTH: Final = 180
"""Characters of a snippet, about two lines on a wide screen."""

_BEFORE: Final = 50
"""Characters before the first word that was looked for."""


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a snippet, as text: whether it is a word that was looked for, and the kind of a masked place."""

    text: str
    marked: bool = False
    masked: str = ""


class Snippet(msgspec.Struct, frozen=True, kw_only=True):
    """Part of a line. `cut_before` and `cut_after` say that the line begins earlier and ends later."""

    pieces: tuple[Piece, ...]
    cut_before: bool = False
    cut_after: bool = False

    @property
    def text(self) -> str:
        """Return the words alone."""
        return "".join(piece.text for piece in self.pieces)


def snippet_of(masked: MaskedText, groups: Sequence[Group], terms: Terms, *, length: int = LENGTH) -> Snippet:
    """Return the part of a text around the first word that was looked for; its beginning if there is none.

    A masked place is never cut into, and is marked as a whole if a word of what is shown there was looked for.
    """
    text = masked.text
    marks = [place for place in terms.places(text) if any(group.has(place.terms) for group in groups)]
    start, end = _window(masked, marks, length=length)
    edges = {edge for place in marks for edge in (place.start, place.end)}
    edges |= {edge for span in masked.spans for edge in (span.start, span.end)}
    edges = {start, *(edge for edge in edges if start < edge < end), end}
    pieces = [
        Piece(
            text=text[first:last],
            marked=any(mark.start <= first < mark.end for mark in marks),
            masked=next((span.kind for span in masked.spans if span.start <= first < span.end), ""),
        )
        for first, last in pairwise(sorted(edges))
    ]
    return Snippet(pieces=tuple(pieces), cut_before=start > 0, cut_after=end < len(text))


def _window(masked: MaskedText, marks: Sequence[Place], *, length: int) -> tuple[int, int]:
    text = masked.text
    start = max(0, marks[0].start - _BEFORE) if marks else 0
    if start:
        space = text.find(" ", start, marks[0].start)
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + length)
    if end < len(text):
        space = text.rfind(" ", start + length // 2, end)
        end = space if space >= 0 else end
    for span in masked.spans:
        if span.start < start < span.end:
            start = span.start
        if span.start < end < span.end:
            end = span.end
    return start, end
