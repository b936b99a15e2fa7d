"""Rates and what follows from them: declared ones to begin with, drawn towards what customers really wanted."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

import msgspec

Band = Literal["very_likely", "likely", "perhaps"]

WEIGHT: Final = 20
"""For how many conversations a declared rate counts against those that were seen."""
MOST: Final = 3
"""Intents that are expected at a time."""
CEILING: Final = 0.95
"""What all expected intents have together at most: something else is always possible."""
_LIKELY: Final = 0.35
_VERY_LIKELY: Final = 0.6


class RateBook(msgspec.Struct, frozen=True, kw_only=True):
    """How often customers for whom a condition holds want an intent first, as the company declares it: `rates` by
    condition and intent. Below `least` nothing is expected.
    """

    version: str
    least: float
    rates: Mapping[str, Mapping[str, float]]


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen: conversations with a condition in which it is known what was wanted first, and how often it
    was what.
    """

    conversations: Mapping[str, int] = {}
    wanted: Mapping[str, Mapping[str, int]] = {}


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """An intent that is probably wanted, how likely (0..1), and the conditions that speak for it."""

    intent: str
    likelihood: float
    because: tuple[str, ...]


def expected(conditions: Iterable[str], book: RateBook, counts: Counts) -> tuple[Expected, ...]:
    """Return what is probably wanted by somebody for whom these conditions hold, the likeliest first.

    A rate is (20 x declared + seen) / (20 + conversations), Laplace's rule with the declared rate as the prior.
    Conditions that speak for the same intent are taken as independent: 1 - product of (1 - rate). Together they stay
    below 0.95.
    """
    against: dict[str, float] = {}
    because: dict[str, list[str]] = {}
    for condition in dict.fromkeys(conditions):
        declared, wanted = book.rates.get(condition, {}), counts.wanted.get(condition, {})
        for intent in {**declared, **wanted}:
            rate = (WEIGHT * declared.get(intent, 0.0) + wanted.get(intent, 0)) / (
                WEIGHT + counts.conversations.get(condition, 0)
            )
            against[intent] = against.get(intent, 1.0) * (1.0 - min(rate, 1.0))
            because.setdefault(intent, []).append(condition)
    chances = {intent: 1.0 - chance for intent, chance in against.items()}
    total = sum(chances.values())
    scale = 1.0 if total <= CEILING else CEILING / total
    scaled = ((round(chance * scale, 4), intent) for intent, chance in chances.items())
    ranked = sorted(scaled, key=lambda one: (-one[0], one[1]))
    return tuple(
        Expected(intent=intent, likelihood=chance, because=tuple(because[intent]))
        for chance, intent in ranked[:MOST]
        if chance >= book.least
    )


def band_of(likelihood: float) -> Band:
    """Return a likelihood in a word."""
    if likelihood >= _VERY_LIKELY:
        return "very_likely"
    return "likely" if likelihood >= _LIKELY else "perhaps"
