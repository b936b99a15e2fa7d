"""The tokens of a text: its pieces, with what is known of them, told apart only where somebody looks."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, overload

from doorward.protection.pieces import Pieces

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
    """The tokens of a text, which are its pieces: most of them are never looked at one by one."""

    __slots__ = ("_made", "_pieces", "rows")

    def __init__(self, pieces: Pieces, rows: Sequence[bytes] = ()) -> None:
        """Take the pieces of a text and what is known of each, if it is known."""
        self._pieces = pieces
        self._made: dict[int, Token] = {}
        self.rows = rows

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._pieces)

    @overload
    def __getitem__(self, place: int) -> Token: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Token]: ...
    def __getitem__(self, place: int | slice) -> Token | Sequence[Token]:
        """Return one token, or some of them."""
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        made = self._made.get(place)
        if made is None:
            start, end = self._pieces.span(place)
            known = int.from_bytes(self.rows[place][CLASS], _ORDER) if self.rows else 0
            made = self._made[place] = Token(start, end, *self._pieces.said(start, end), known)
        return made

    def find(self, word: str, text: str) -> Iterator[int]:
        """Yield the places of the tokens of a text that are this word, in normal form."""
        start = text.find(word)
        while start >= 0:
            end = start + len(word)
            place = self._pieces.at(end)
            if place is not None and self[place].start == start:
                yield place
            start = text.find(word, end)
