"""Made-up values from patterns, new ones every time.

A pattern is text with places in angle brackets; everything else stands for itself. `<d4>` is four digits, `<n>` a digit
from 2 to 9, `<a5>` five lower-case letters, `<A2>` capitals, `<h8>` hexadecimal digits, `<x12>` letters of both cases
and digits, `<10-28>` a number between two, written as long as the second, `<Lane|Street>` one of several. Curly braces
mark the part that is secret where not all of it is: a link's host may be shown, what follows may not.

Nothing here knows check digits. Values are drawn until the detector that knows them takes one for real.
"""

import re
import string
from random import Random
from typing import Final, NamedTuple

_PLACE: Final = re.compile(r"<(?:([dnaAhx])(\d*)|(\d+)-(\d+)|([^<>]*\|[^<>]*))>")
_ALPHABETS: Final = {
    "d": string.digits,
    "n": "23456789",
    "a": string.ascii_lowercase,
    "A": string.ascii_uppercase,
    "h": "0123456789abcdef",
    "x": string.ascii_letters + string.digits,
}


class Value(NamedTuple):
    """A made-up value in three pieces, of which only the middle one is secret."""

    before: str
    secret: str
    behind: str

    @property
    def whole(self) -> str:
        """Return the value as one writes it."""
        return self.before + self.secret + self.behind


def draw(pattern: str, chance: Random) -> Value:
    """Return a value by a pattern; `chance` decides."""

    def fill(place: re.Match[str]) -> str:
        letter, count, first, last, choices = place.groups()
        if letter:
            return "".join(chance.choice(_ALPHABETS[letter]) for _ in range(int(count or 1)))
        if last:
            return str(chance.randint(int(first), int(last))).zfill(len(last))
        return chance.choice(str(choices).split("|"))

    filled = _PLACE.sub(fill, pattern)
    before, opened, rest = filled.partition("{")
    if not opened:
        return Value("", filled, "")
    secret, _, behind = rest.partition("}")
    return Value(before, secret, behind)


def word(chance: Random, letters: int = 9) -> str:
    """Return a word that nobody else has: no vowels, so that no language has it either."""
    return "".join(chance.choice("bcdfghjklmnpqrstvwxz") for _ in range(letters))
