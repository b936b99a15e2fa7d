"""Matchers: which patterns match where, by Hyperscan or by its pure twin, with equal answers."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, Literal, Protocol

from doorward.protection.dialect import PatternUnsupported, to_python

MatcherChoice = Literal["auto", "hyperscan", "re"]

Hit = tuple[int, int, int]
"""Number of the expression, start and end in characters."""

Reach = tuple[int, int]
"""In how many characters before and after a match a digit must stand for the match to mean anything."""

FIGURE: Final = re.compile("[0-9]")
"""A digit in normal form."""


class Matcher(Protocol):
    """Finds all expressions in one text. Thread-safe."""

    @property
    def name(self) -> str:
        """Return which twin this is."""

    def find(self, text: str) -> list[Hit]:
        """Return what `re.finditer` finds for each expression, sorted; `text` is in normal form.

        Matches of an expression with a reach that lack their digit are left out.
        """


class ReMatcher:
    """The twin that runs everywhere: each expression by itself, over the whole text."""

    name = "re"

    def __init__(self, expressions: Sequence[str], reaches: Sequence[Reach | None] = ()) -> None:
        """Compile. Raises `PatternUnsupported`."""
        self._compiled = compile_all(expressions)
        self._reaches = reaches or [None] * len(expressions)

    def find(self, text: str) -> list[Hit]:
        """Return all hits, sorted."""
        numberless = FIGURE.search(text) is None
        return [
            (number, *match.span())
            for number, (compiled, reach) in enumerate(zip(self._compiled, self._reaches, strict=True))
            if not (reach and numberless)
            for match in compiled.finditer(text)
            if reach is None or has_figure(text, reach, *match.span())
        ]


def has_figure(text: str, reach: Reach, start: int, end: int) -> bool:
    """Return whether a digit stands within the reach of `start:end`."""
    return FIGURE.search(text, max(start - reach[0], 0), end + reach[1]) is not None


def compile_all(expressions: Iterable[str]) -> list[re.Pattern[str]]:
    """Return the expressions compiled for `re`. Raises `PatternUnsupported` when one could match the empty text."""
    compiled = [_compiled(expression) for expression in expressions]
    if any(pattern.fullmatch("") for pattern in compiled):
        raise PatternUnsupported("a pattern could match the empty text")
    return compiled


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> re.Pattern[str]:
    """Return an expression compiled for `re`, remembered: a second screener of this process costs no second time."""
    return re.compile(to_python(expression))
