"""Heaps: messages that mean alike, gathered by their embeddings."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

ALIKE: Final = 0.4
"""Cosine from which a message belongs to the heap around another: one in ten pairs of phrases of one intent lies above,
and one in seventy of two intents (4,500 phrases of thirty intents in five languages, the built-in encoder)."""

Vectors = NDArray[np.float32]


def heaps_of(vectors: Vectors) -> list[list[int]]:
    """Return places of unit vectors in heaps, the largest first: again and again the one with most alike, and those."""
    if not len(vectors):
        return []
    neighbours = [np.flatnonzero(vectors @ vector >= ALIKE) for vector in vectors]
    left = set(range(len(vectors)))
    heaps = []
    for place in sorted(left, key=lambda one: (-len(neighbours[one]), one)):
        if place in left:
            heap = [place, *(int(one) for one in neighbours[place] if one in left and one != place)]
            left -= set(heap)
            heaps.append(heap)
    return sorted(heaps, key=lambda heap: (-len(heap), heap[0]))


def typical_first(vectors: Vectors, heap: Sequence[int]) -> list[int]:
    """Return a heap's places, those nearest to its middle first."""
    inside = vectors[list(heap)]
    return [heap[int(one)] for one in np.argsort(-(inside @ inside.mean(axis=0)))]


def alike_to_any(vectors: Vectors, known: Vectors) -> NDArray[np.bool_]:
    """Return of each vector whether it means like any of `known`."""
    if not len(vectors) or not len(known):
        return np.zeros(len(vectors), dtype=bool)
    return np.asarray((vectors @ known.T).max(axis=1) >= ALIKE)


def vectors_of(embeddings: Sequence[bytes]) -> Vectors:
    """Return embeddings, none of them empty, as rows."""
    if not embeddings:
        return np.empty((0, 0), dtype=np.float32)
    return np.array([np.frombuffer(one, dtype="<f4") for one in embeddings], dtype=np.float32)
