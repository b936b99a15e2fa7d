"""Suggestions: what customers ask that no intent covers, gathered into heaps that might be one."""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from doorward.understanding.intents.heads import Heads
from doorward.vocabulary.reading import Reading

ALIKE: Final = 0.4
"""Cosine from which a message belongs to the heap around another: one in ten pairs of phrases of one intent lies above,
and one in seventy of two intents (4,500 phrases of thirty intents in five languages, the built-in encoder)."""

LEAST: Final = 3
SHOWN: Final = 5
MOST: Final = 20_000
"""Messages that are looked at; of more, the last ones."""


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
    unsure: list[tuple[str, str, float, np.ndarray]] = []
    for text, reading in list(zip(texts, readings, strict=True))[-MOST:]:
        guess = heads.guess(reading)
        if guess.ranked and reading.embedding and guess.stranger:
            name, score = guess.ranked[0]
            unsure.append((text, name, score, np.frombuffer(reading.embedding, dtype="<f4")))
    return tuple(_describe(unsure, heap, heads.threshold) for heap in _heaps(unsure) if len(heap) >= least)


def _heaps(unsure: Sequence[tuple[str, str, float, np.ndarray]]) -> list[list[int]]:
    """Return places of messages in heaps, the largest first: again and again the message with most alike, and those."""
    if not unsure:
        return []
    vectors = np.array([one[3] for one in unsure])
    neighbours = [np.flatnonzero(vectors @ vector >= ALIKE) for vector in vectors]
    left = set(range(len(unsure)))
    heaps = []
    for place in sorted(left, key=lambda one: (-len(neighbours[one]), one)):
        if place in left:
            heap = [place, *(int(one) for one in neighbours[place] if one in left and one != place)]
            left -= set(heap)
            heaps.append(heap)
    return sorted(heaps, key=lambda heap: (-len(heap), heap[0]))


def _describe(
    unsure: Sequence[tuple[str, str, float, np.ndarray]], heap: Sequence[int], threshold: float
) -> Suggestion:
    vectors = np.array([unsure[place][3] for place in heap])
    middle = vectors.mean(axis=0)
    order = np.argsort(-(vectors @ middle))
    names = [unsure[place][1] for place in heap]
    commonest = max(sorted(set(names)), key=names.count)
    likeness = float(np.mean([unsure[place][2] for place in heap]))
    agreed = names.count(commonest) * 2 > len(names)
    return Suggestion(
        messages=len(heap),
        examples=tuple(dict.fromkeys(unsure[heap[one]][0] for one in order))[:SHOWN],
        intent=commonest,
        likeness=likeness,
        new=not (agreed and likeness * 2 > threshold),
    )
