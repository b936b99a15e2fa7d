"""The tokens of a text: found in one pass, told apart only where somebody looks."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple, overload

from doorward.protection.folding import DOUBLED
from doorward.protection.ports import View

_BLANKS: Final = r"[^\S\n]*+"
_PIECE: Final = re.compile(rf"{_BLANKS}(?:[^\W\d_]+|\d+|\n|[^\w\s]|_)")
"""A word, a number, a line's end, any other sign, with the blanks before it: such pieces fill the whole text.

An apostrophe parts: what follows it is often no part of a name.
"""

_ALL_BLANKS: Final = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace() and sign != "\n")


CLASS: Final = slice(-8, -4)
"""Where in a row the class of its token stands."""

_ORDER: Final = "little"


class Token(NamedTuple):
    """A token: characters of the view's text, how it was written, and the class of its word (`Known`)."""

    start: int
    end: int
    word: str
    written: str
    known: int


class Tokens(Sequence[Token]):
    """The tokens of a text, kept as the pieces that fill it: most of them are never looked at one by one.

    In a text of everyday letters a piece as it was written tells its normal form as well, so that one pass is enough.
    """

    __slots__ = ("_ends", "_made", "_view", "pieces", "rows")

    def __init__(self, view: View) -> None:
        """Find the tokens of a view's text; `rows`, what is known of each, is set by the model."""
        self._view = view
        self._ends: Sequence[int] = ()
        self._made: dict[int, Token] = {}
        self.rows: Sequence[bytes] = ()
        text = view.original if view.regular else view.text
        self.pieces: Sequence[str] = _PIECE.findall(text.rstrip(_ALL_BLANKS))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.pieces)

    @overload
    def __getitem__(self, place: int) -> Token: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Token]: ...
    def __getitem__(self, place: int | slice) -> Token | Sequence[Token]:
        """Return one token, or some of them."""
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self.pieces)))]
        made = self._made.get(place)
        if made is None:
            start, end = self.span(place)
            known = int.from_bytes(self.rows[place][CLASS], _ORDER) if self.rows else 0
            made = self._made[place] = Token(start, end, *self.said(start, end), known)
        return made

    def span(self, place: int) -> tuple[int, int]:
        """Return where a token stands, in characters of the view's text."""
        piece, ends = self.pieces[place], self.ends
        before = ends[place - 1] if place else 0
        return before + len(piece) - len(piece.lstrip(_ALL_BLANKS)), ends[place]

    def find(self, word: str) -> Iterator[int]:
        """Yield the places of the tokens that are this word, in normal form."""
        text, ends = self._view.text, self.ends
        start = text.find(word)
        while start >= 0:
            end = start + len(word)
            place = bisect_left(ends, end)
            if place < len(ends) and ends[place] == end and self[place].start == start:
                yield place
            start = text.find(word, end)

    @property
    def ends(self) -> Sequence[int]:
        """Return where each token ends, in characters of the view's text."""
        if not self._ends:
            lengths: Iterable[int] = map(len, self.pieces)
            if self._view.regular and not self._view.aligned:
                lengths = (len(piece) + piece.count(DOUBLED) for piece in self.pieces)
            self._ends = tuple(accumulate(lengths))
        return self._ends

    def said(self, start: int, end: int) -> tuple[str, str]:
        """Return what stands there in normal form, and how it was written."""
        return self._view.text[start:end], self._view.original[slice(*self._view.origin(start, end))]

    def keys(self) -> Iterator[int]:
        """Return a keyed hash of each token, equal for tokens that are written alike and mean the same.

        It is Python's own (SipHash under a key that each process draws, PEP 456): who remembers it holds no text.
        """
        if self._view.regular:
            return map(hash, self.pieces)
        return (hash(said) for said in map(self.said, *self._spans()))

    def _spans(self) -> tuple[Sequence[int], Sequence[int]]:
        starts = [end - len(piece.lstrip(_ALL_BLANKS)) for end, piece in zip(self.ends, self.pieces, strict=True)]
        return starts, self.ends
