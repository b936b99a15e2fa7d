"""Matchers: which patterns match where, by Hyperscan or by its pure twin, with equal answers."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, Protocol

from doorward.protection.dialect import PatternUnsupported, to_python

MatcherChoice = Literal["auto", "hyperscan", "re"]

Hit = tuple[int, int, int]
"""Number of the expression, start and end in characters."""


class Matcher(Protocol):
    """Finds all expressions in one text. Thread-safe."""

    @property
    def name(self) -> str:
        """Return which twin this is."""

    def find(self, text: str) -> list[Hit]:
        """Return what `re.finditer` finds for each expression, sorted; `text` is in normal form."""


class ReMatcher:
    """The twin that runs everywhere: each expression by itself, over the whole text."""

    name = "re"

    def __init__(self, expressions: Sequence[str]) -> None:
        """Compile. Raises `PatternUnsupported`."""
        self._compiled = compile_all(expressions)

    def find(self, text: str) -> list[Hit]:
        """Return all hits, sorted."""
        return [
            (number, *match.span())
            for number, compiled in enumerate(self._compiled)
            for match in compiled.finditer(text)
        ]


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
