"""Suggestions: what customers ask that no intent covers, gathered into heaps that might be one."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np

from doorward.understanding.heaps import heaps_of, typical_first, vectors_of
from doorward.understanding.intents.heads import Heads
from doorward.vocabulary.reading import Reading

LEAST: Final = 3
SHOWN: Final = 5
MOST: Final = 20_000
"""Messages that are looked at; of more, the last ones."""


class _Unsure(NamedTuple):
    text: str
    nearest: str
    score: float
    embedding: bytes


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """A heap of messages that mean alike: how many, some of them (the most typical first), and the nearest intent.

    `new`: none of the intents fits. Else the messages lie near `intent` without being sure: phrases that it lacks.
    """

    messages: int
    examples: tuple[str, ...]
    intent: str
    likeness: float
    new: bool


def suggest(
    heads: Heads, texts: Sequence[str], readings: Sequence[Reading], *, least: int = LEAST
) -> tuple[Suggestion, ...]:
    """Return heaps of at least `least` messages that the model turns away or is unsure of, the largest first."""
    unsure: list[_Unsure] = []
    for text, reading in list(zip(texts, readings, strict=True))[-MOST:]:
        guess = heads.guess(reading)
        if guess.ranked and reading.embedding and guess.stranger:
            name, score = guess.ranked[0]
            unsure.append(_Unsure(text, name, score, reading.embedding))
    vectors = vectors_of([one.embedding for one in unsure])
    heaps = (typical_first(vectors, heap) for heap in heaps_of(vectors) if len(heap) >= least)
    return tuple(_describe([unsure[place] for place in heap], heads.threshold) for heap in heaps)


def _describe(heap: Sequence[_Unsure], threshold: float) -> Suggestion:
    names = [one.nearest for one in heap]
    commonest = max(sorted(set(names)), key=names.count)
    likeness = float(np.mean([one.score for one in heap]))
    agreed = names.count(commonest) * 2 > len(names)
    return Suggestion(
        messages=len(heap),
        examples=tuple(dict.fromkeys(one.text for one in heap))[:SHOWN],
        intent=commonest,
        likeness=likeness,
        new=not (agreed and likeness * 2 > threshold),
    )
