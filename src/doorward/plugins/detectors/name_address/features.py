"""From words to numbers: each token and its neighbours become places in one table of weights.

The trick is feature hashing (K. Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009): no
dictionary of features is kept, a feature's number is a hash of what it says: the upper bits of a sum of products with
odd numbers (M. Dietzfelbinger et al., "A Reliable Randomized Algorithm for the Closest-Pair Problem", 1997). A sum can
be taken in parts: what each token adds to those of its neighbours is reckoned once for a word and remembered.
"""

from collections.abc import Sequence
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

BITS: Final = 19
BUCKETS: Final = 1 << BITS
LABELS: Final = 5
"""Outside; first and further token of a name; first and further token of an address."""

LONGEST_NUMBER: Final = 8
OWN: Final = 12
"""Features of a token by itself."""

REACH: Final = 2
"""Tokens on each side whose words count."""

Ids = NDArray[np.uint32]
Places = NDArray[np.int64]

WORD, CLASS, SHAPE = 0, 1, 2
EDGE: Final = (0x51ED270B, 0x2545F491, 0x1B873593)
"""The ids of what stands before the first and after the last token."""

_ALONE: Final[tuple[tuple[tuple[int, int], ...], ...]] = (
    # Each is one feature that one neighbour decides alone: which of its ids it joins, as (distance, id).
    ((-1, WORD),),
    ((1, WORD),),
    ((-2, WORD),),
    ((2, WORD),),
    ((-1, CLASS), (-1, SHAPE)),
    ((1, CLASS), (1, SHAPE)),
)
_JOINED: Final[tuple[tuple[tuple[int, int], ...], ...]] = (
    # And these are decided by several tokens together.
    ((-1, CLASS), (0, CLASS), (0, SHAPE)),
    ((0, CLASS), (0, SHAPE), (1, CLASS)),
    ((-1, SHAPE), (0, SHAPE), (1, SHAPE)),
    ((-2, CLASS), (-1, CLASS), (0, CLASS)),
    ((0, CLASS), (1, CLASS), (2, CLASS)),
    ((-1, WORD), (0, CLASS), (0, SHAPE)),
    ((1, WORD), (0, CLASS), (0, SHAPE)),
    ((-2, WORD), (-1, WORD), (0, SHAPE)),
    ((1, WORD), (2, WORD), (0, SHAPE)),
    ((-1, CLASS), (0, SHAPE), (1, CLASS)),
    ((-2, SHAPE), (-1, SHAPE), (0, SHAPE), (1, SHAPE), (2, SHAPE)),
    ((-1, CLASS), (-1, SHAPE), (0, CLASS), (0, SHAPE), (1, CLASS), (1, SHAPE)),
)
DISTANCES: Final = 2 * REACH + 1
ALONE: Final = len(_ALONE)
JOINED: Final = len(_JOINED)


def _multipliers() -> tuple[Ids, Ids]:
    """Return the odd multipliers of every feature for each id of each distance, (3 * distances, features), and its own
    constant.
    """
    contexts = (*_ALONE, *_JOINED)
    random = np.random.Generator(np.random.PCG64(20261129))
    odd = random.integers(0, 2**31, size=(DISTANCES * 3, len(contexts)), dtype=np.uint32) * np.uint32(2)
    odd += np.uint32(1)
    mask = np.zeros(odd.shape, np.uint32)
    for number, context in enumerate(contexts):
        for distance, which in context:
            mask[(distance + REACH) * 3 + which, number] = 1
    constants = random.integers(0, 2**32, size=len(contexts), dtype=np.uint32)
    return odd * mask, constants


_ODD, _CONSTANTS = _multipliers()
SHIFT: Final = np.uint32(32 - BITS)


def hash_of(text: str) -> int:
    """Return a 32-bit hash (CRC-32, ISO 3309), the same everywhere and always."""
    return crc32(text.encode("utf-8", "surrogatepass"))


def own_places(word: str, known: int, shape: str) -> list[int]:
    """Return the places of what a token says by itself; `word` as `word_of` gives it, `known` its class."""
    said = (
        f"w {word}",
        f"c {known}",
        f"s {shape}",
        f"cs {known} {shape}",
        f"2 {word[-2:]} {shape}",
        f"3 {word[-3:]} {shape}",
        f"4 {word[-4:]}",
        f"5 {word[-5:]}",
        f"p {word[:3]} {shape}",
        f"q {word[:4]}",
        f"l {min(len(word), 12)} {known}",
        f"3c {word[-3:]} {known}",
    )
    return [_spread(hash_of(one)) for one in said]


def _spread(value: int) -> int:
    return ((value * 0x9E3779B1) & (2**32 - 1)) >> (32 - BITS)


def word_of(word: str) -> str:
    """Return a word in normal form as it is, and of a number of three digits or more only how long it is."""
    return "0" * min(len(word), LONGEST_NUMBER) if len(word) > 2 and word[0].isdigit() else word


def context_places(ids: Ids) -> Places:
    """Return for (tokens, 3) ids the (tokens, contexts) places of what each token says with its neighbours."""
    edge = np.array([EDGE] * REACH, np.uint32)
    padded = np.concatenate((edge, ids, edge))
    count = len(ids)
    window = np.concatenate([padded[offset : offset + count] for offset in range(DISTANCES)], axis=1)
    return ((window @ _ODD + _CONSTANTS) >> SHIFT).astype(np.int64)


def parts_of_sums(ids: Sequence[int]) -> Ids:
    """Return what a token of these ids adds to the sums of the joined features: (distances, features).

    Row `d` is for the token from which it stands `d - REACH` tokens away. The sums' upper bits are the places.
    """
    products = np.array(ids, np.uint32)[None, :, None] * _ODD.reshape(DISTANCES, 3, -1)[:, :, ALONE:]
    parts: Ids = products.sum(axis=1, dtype=np.uint32)
    parts[REACH] += _CONSTANTS[ALONE:]
    return parts


def places_alone(ids: Sequence[int]) -> list[list[int]]:
    """Return, row by row as above, the places of the features that a token of these ids decides alone."""
    products = np.array(ids, np.uint32)[None, :, None] * _ODD.reshape(DISTANCES, 3, -1)[:, :, :ALONE]
    places = ((products.sum(axis=1, dtype=np.uint32) + _CONSTANTS[:ALONE]) >> SHIFT).astype(np.int64)
    rows: list[list[int]] = [[] for _ in range(DISTANCES)]
    for number, context in enumerate(_ALONE):
        distance = context[0][0] + REACH
        rows[distance].append(int(places[distance, number]))
    return rows
