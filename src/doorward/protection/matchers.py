"""Choosing between the twins."""

from collections.abc import Sequence
from pathlib import Path

from doorward.protection.matching import Matcher, MatcherChoice, Reach, ReMatcher


def make_matcher(
    expressions: Sequence[str],
    choice: MatcherChoice = "auto",
    *,
    reaches: Sequence[Reach | None] = (),
    cache_folder: Path | None = None,
) -> Matcher:
    """Return a matcher for the expressions: `auto` takes Hyperscan where it is installed, else `re`.

    `reaches` are where the matches of each expression need a digit, if they do; without any they all count.
    `cache_folder` keeps compiled Hyperscan databases between starts. Raises `ImportError` when Hyperscan is asked for
    by name and is not there, `PatternUnsupported` for expressions outside of the dialect.
    """
    if choice == "re":
        return ReMatcher(expressions, reaches)
    try:
        # Imported here because there are platforms without a wheel.
        from doorward.protection.matching_hyperscan import HyperscanMatcher  # noqa: PLC0415
    except ImportError:
        if choice == "hyperscan":
            raise
        return ReMatcher(expressions, reaches)
    return HyperscanMatcher(expressions, reaches, cache_folder=cache_folder)
