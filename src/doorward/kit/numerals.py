"""What a row of numbers in words means in digits, in whatever way a language builds its numbers.

A word's meaning comes from the language packs: `7` a digit; `20+` a number that a smaller one may follow (forty-two);
`x100` times the number before; `+10` ten more than it (Indonesian `dua belas`); `&` a joint between a digit and a ten,
`&20` a ten that may follow one (German `vierundzwanzig`); `*2` says the next digit twice.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

_NO_LIMIT: Final = 10**19
JOINT: Final = "&"


class Piece(NamedTuple):
    """A number word or digits: its place in the text, end exclusive, and its meaning; digits mean themselves."""

    start: int
    end: int
    meaning: str


class Number(NamedTuple):
    """Pieces that are one number: their place, and its digits."""

    start: int
    end: int
    digits: str


def read_numbers(pieces: Iterable[Piece]) -> list[Number]:
    """Return the numbers that pieces in a row are, in order: 'forty', 'two', '7', 'oh' are 42, 7 and 0."""
    reader = _Reader()
    for piece in pieces:
        reader.read(piece)
    return reader.finish()


class _Reader:
    """Reads one piece after the other.

    The number at hand is `digits` when it was written so, else `value`, whose last addend is `last`: that must stay
    below `limit`. What is smaller than `room` may still be added. `before` is where the number ended without its last
    addend, `begun` where that begins.
    """

    def __init__(self) -> None:
        """Begin with nothing at hand."""
        self._numbers: list[Number] = []
        self._start = self._end = self._before = self._begun = -1
        self._value = self._last = self._room = 0
        self._limit = _NO_LIMIT
        self._digits = ""
        self._repeat = 1
        self._joined = 0

    def read(self, piece: Piece) -> None:
        """Take one piece more."""
        meaning = piece.meaning
        if meaning == JOINT:
            self._joined = self._last if 0 < self._last < 10 and not self._room else 0
        elif meaning[0] == "*":
            self._push()
            self._start, self._repeat = piece.start, int(meaning[1:])
        elif meaning[0] == "x":
            self._multiply(piece, int(meaning[1:]))
        elif meaning[0] == "+":
            self._raise_by(piece, int(meaning[1:]))
        else:
            self._add(piece, meaning.strip("&+"), follows=meaning[-1] == "+", joins=meaning[0] == JOINT)

    def finish(self) -> list[Number]:
        """Return all numbers."""
        self._push()
        return self._numbers

    def _add(self, piece: Piece, digits: str, *, follows: bool, joins: bool) -> None:
        number = int(digits)
        room = _zeros(number) if follows else 0
        if self._joined and joins and self._end >= 0:
            self._value += number
            self._last, self._room, self._end = number + self._joined, 0, piece.end
        elif number and number < self._room and digits[0] != "0":
            self._limit, self._last = self._room, number
            self._before, self._begun = self._end, piece.start
            self._value += number
            self._room, self._end = room, piece.end
        else:
            self._begin(piece, digits, number, room)
        self._joined = 0

    def _begin(self, piece: Piece, digits: str, number: int, room: int) -> None:
        repeat, start = self._repeat, self._start if self._repeat > 1 else piece.start
        if repeat == 1:
            self._push()
        self._start, self._end = start, piece.end
        self._value = self._last = number
        self._limit, self._room, self._repeat = _NO_LIMIT, room, 1
        self._digits = digits * repeat if repeat > 1 or digits != str(number) else ""

    def _multiply(self, piece: Piece, factor: int) -> None:
        hundreds = factor == 100 and self._value == self._last < 20  # nineteen hundred
        whole = hundreds or (factor >= 1000 and self._value < factor)
        if self._end < 0 or self._digits or not self._last or not (whole or self._last < 10):
            self._begin(piece, str(factor), factor, factor)
            return
        if whole:
            self._value, self._last = self._value * factor, self._value * factor
        elif self._last * factor < self._limit:
            self._value += self._last * (factor - 1)
            self._last *= factor
        else:
            self._detach()
            self._multiply(piece, factor)
            return
        self._room, self._end = factor, piece.end

    def _detach(self) -> None:
        """Let the last addend begin a number of its own: in 'ninety', 'two', 'hundred' the two was no part of 92."""
        begun, end, last = self._begun, self._end, self._last
        self._value, self._end = self._value - last, self._before
        self._push()
        self._start, self._end, self._value, self._last, self._limit = begun, end, last, last, _NO_LIMIT

    def _raise_by(self, piece: Piece, more: int) -> None:
        if self._end < 0 or self._digits or not 0 < self._last < 10:
            self._begin(piece, str(more), more, 0)
            return
        if self._value > self._last and self._limit <= more:
            self._detach()
        self._value += more
        self._last, self._room, self._end = self._last + more, 0, piece.end

    def _push(self) -> None:
        if self._end >= 0:
            self._numbers.append(Number(self._start, self._end, self._digits or str(self._value)))
        self._end, self._room, self._last, self._digits, self._repeat = -1, 0, 0, "", 1


def _zeros(number: int) -> int:
    """Return the power of ten that a number ends on: 10 for 40, 100 for 300."""
    power = 1
    while number and number % (power * 10) == 0:
        power *= 10
    return power
