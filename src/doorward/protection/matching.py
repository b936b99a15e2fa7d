"""Matchers: which patterns match where, by Hyperscan or by its pure twin, with equal answers."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
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
    compiled = [re.compile(to_python(expression)) for expression in expressions]
    if any(pattern.fullmatch("") for pattern in compiled):
        raise PatternUnsupported("a pattern could match the empty text")
    return compiled


def make_matcher(
    expressions: Sequence[str], choice: MatcherChoice = "auto", *, cache_folder: Path | None = None
) -> Matcher:
    """Return a matcher for the expressions: `auto` takes Hyperscan where it is installed, else `re`.

    `cache_folder` keeps compiled Hyperscan databases between starts. Raises `ImportError` when Hyperscan is asked for
    by name and is not there, `PatternUnsupported` for expressions outside of the dialect.
    """
    if choice == "re":
        return ReMatcher(expressions)
    try:
        # Imported here because there are platforms without a wheel.
        from doorward.protection.matching_hyperscan import HyperscanMatcher  # noqa: PLC0415
    except ImportError:
        if choice == "hyperscan":
            raise
        return ReMatcher(expressions)
    return HyperscanMatcher(expressions, cache_folder=cache_folder)
