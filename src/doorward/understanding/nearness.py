"""How near readings are to each other in meaning, by their embeddings."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from doorward.vocabulary.reading import Reading

ALIKE: Final = 0.6
"""How near a text must be to another to mean the same: as 'fees abroad' to 'Fees for withdrawing' in German."""

APART: Final = 0.1
"""By how much it must be nearer to that one than to every other: 'block' is as near to 'unblock'."""


def nearest_reading(said: Reading, others: Sequence[Reading]) -> int | None:
    """Return the place of the one that means the same as `said`, None where none does or two are as near.

    Readings without an embedding are near to nothing.
    """
    near = [_nearness(said, other) for other in others]
    if not near:
        return None
    best = max(range(len(near)), key=near.__getitem__)
    is_apart = all(near[best] - one >= APART for place, one in enumerate(near) if place != best)
    return best if near[best] >= ALIKE and is_apart else None


def _nearness(one: Reading, other: Reading) -> float:
    """Return the cosine of two readings: their embeddings are unit vectors."""
    if not one.embedding or len(one.embedding) != len(other.embedding):
        return 0.0
    return float(np.frombuffer(one.embedding, "<f4") @ np.frombuffer(other.embedding, "<f4"))
