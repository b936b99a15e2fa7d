"""The tokens of a text: its pieces, with what is known of them, told apart only where somebody looks."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

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


class Tokens(dict[int, Token]):
    """The tokens of a text by their places. They are its pieces, and most of them are never looked at one by one."""

    __slots__ = ("_pieces", "count", "rows")

    def __init__(self, pieces: Pieces, rows: Sequence[bytes] = ()) -> None:
        """Take the pieces of a text and what is known of each, if it is known."""
        super().__init__()
        self._pieces = pieces
        self.count = len(pieces)
        self.rows = rows

    def __repr__(self) -> str:
        """Show a number only."""
        return f"<Tokens, {self.count} of them>"

    def __missing__(self, place: int) -> Token:
        """Tell a token apart when somebody looks at it first."""
        known = int.from_bytes(self.rows[place][CLASS], _ORDER) if self.rows else 0
        made = self[place] = Token(*self._pieces.told(place), known)
        return made

    def between(self, first: int, behind: int) -> Sequence[Token]:
        """Return the tokens from one to before another."""
        return [self[place] for place in range(first, behind)]

    def find(self, word: str, text: str) -> Iterator[int]:
        """Yield the places of the tokens of a text that are this word, in normal form."""
        start = text.find(word)
        while start >= 0:
            end = start + len(word)
            place = self._pieces.at(end)
            if place is not None and self[place].start == start:
                yield place
            start = text.find(word, end)
