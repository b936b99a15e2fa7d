"""The pieces of a text: its words, numbers and signs, cut in one pass, for all who know things of words.

What is known of a word is found out once and remembered by a keyed hash, so that a text costs a look-up for each piece.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Final, Generic, TypeVar

from doorward.protection.folding import DOUBLED
from doorward.protection.view import View

_BLANKS: Final = r"[^\S\n]*+"
PIECE: Final = re.compile(rf"{_BLANKS}(?:[A-Za-z]++[^\W\d_]*|[^\W\d_]+|\d+|\n|[^\w\s]|_)")
"""A word, a number, a line's end, any other sign, with the blanks before it: such pieces fill the whole text.

An apostrophe parts: what follows it is often no part of a name. Letters in ASCII are named first because `re` has a
table for them and asks of every other letter what it is.
"""

BLANKS: Final = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace() and sign != "\n")
"""What may stand before a piece."""

_REMEMBERED: Final = 16_384
"""Words of each of two generations: they hold nearly all that are written in a day."""

_LONGEST: Final = 32
"""Characters of a piece that is worth remembering."""

Known = TypeVar("Known")


class Pieces:
    """The pieces of a text; in a text of everyday letters as they were written, else in normal form."""

    __slots__ = ("_as_written", "_ends", "_keys", "_view", "texts")

    def __init__(self, view: View) -> None:
        """Cut a view's text. `texts` are the pieces with the blanks before them."""
        self._view = view
        self._as_written = view.regular and view.aligned
        self._ends: Sequence[int] | None = None
        self._keys: Sequence[int] | None = None
        text = view.original if view.regular else view.text
        self.texts: Sequence[str] = PIECE.findall(text.rstrip(BLANKS))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.texts)

    @property
    def ends(self) -> Sequence[int]:
        """Return where each piece ends, in characters of the view's text."""
        if self._ends is None:
            lengths: Iterable[int] = map(len, self.texts)
            if self._view.regular and not self._as_written:
                lengths = (len(piece) + piece.count(DOUBLED) for piece in self.texts)
            self._ends = tuple(accumulate(lengths))
        return self._ends

    @property
    def keys(self) -> Sequence[int]:
        """Return a keyed hash of each piece, equal for pieces that are written alike and mean the same.

        It is Python's own (SipHash under a key that each process draws, PEP 456): who remembers it holds no text.
        """
        if self._keys is None:
            if self._view.regular:
                self._keys = list(map(hash, self.texts))
            else:
                self._keys = [hash(self.said(*self.span(place))) for place in range(len(self.texts))]
        return self._keys

    def span(self, place: int) -> tuple[int, int]:
        """Return where a piece stands without its blanks, in characters of the view's text."""
        piece, ends = self.texts[place], self.ends
        before = ends[place - 1] if place else 0
        return before + len(piece) - len(piece.lstrip(BLANKS)), ends[place]

    def told(self, place: int) -> tuple[int, int, str, str]:
        """Return where a piece stands without its blanks, what stands there in normal form, and how it was written."""
        if not self._as_written:
            start, end = self.span(place)
            return start, end, *self.said(start, end)
        written, end = self.texts[place].lstrip(BLANKS), self.ends[place]
        start = end - len(written)
        return start, end, self._view.text[start:end], written

    def said(self, start: int, end: int) -> tuple[str, str]:
        """Return what stands there in normal form, and how it was written."""
        return self._view.text[start:end], self._view.original[slice(*self._view.origin(start, end))]

    def at(self, end: int) -> int | None:
        """Return the place of the piece that ends at `end`, None where none does."""
        place = bisect_left(self.ends, end)
        return place if place < len(self.ends) and self.ends[place] == end else None


def pieces_of(view: View) -> Pieces:
    """Return the pieces of a text; cut once."""
    found: Pieces | None = view.noted.get(Pieces)
    if found is None:
        found = view.noted[Pieces] = Pieces(view)
    return found


class Remembered(Generic[Known]):
    """What is known of pieces, by their keys and never by the words themselves.

    Thread-safe: threads that meet may find a thing out twice, to the same end. What was not asked for while a whole
    generation came is forgotten.
    """

    def __init__(self, find_out: Callable[[Pieces, int], Known]) -> None:
        """Take what finds out what is known of one piece, by the piece alone; never None."""
        self._find_out = find_out
        self._young: dict[int, Known] = {}
        self._old: dict[int, Known] = {}

    def __len__(self) -> int:
        """Return how many pieces are remembered."""
        return len(self._young) + len(self._old)

    def __repr__(self) -> str:
        """Show a number only."""
        return f"<Remembered of {len(self)} words>"

    def of(self, pieces: Pieces) -> Sequence[Known]:
        """Return what is known of each piece of a text."""
        keys = pieces.keys
        try:
            return list(map(self._young.__getitem__, keys))
        except KeyError:
            known = list(map(self._young.get, keys))
        return [self._found(keys[place], pieces, place) if one is None else one for place, one in enumerate(known)]

    def _found(self, key: int, pieces: Pieces, place: int) -> Known:
        known = self._young.get(key) or self._old.get(key)
        if known is None:
            known = self._find_out(pieces, place)
        if len(pieces.texts[place]) <= _LONGEST:
            self._young[key] = known
            if len(self._young) >= _REMEMBERED:
                self._young, self._old = {}, self._young
        return known
