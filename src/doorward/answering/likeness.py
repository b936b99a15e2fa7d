"""How alike a message and whole articles are in their wording: cosines of TF-IDF over pieces of words or words.

People ask about one thing in the words of neighbouring sections, and misspell them; an article's questions together
still have most of their pieces. Weights are TF-IDF with a sublinear term frequency (G. Salton and C. Buckley 1988).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

SHORTEST, LONGEST = 3, 6
"""Letters of a piece; a word's edges count as letters. Of all ranges between 2 and 6 these tell articles apart best."""

_REMEMBERED: Final = 65_536


def pieces_of(words: Iterable[str]) -> Iterator[int]:
    """Yield the numbers (CRC-32) of the pieces of words, a word after another."""
    return chain.from_iterable(map(_pieces, words))


def numbers_of(words: Iterable[str]) -> Iterator[int]:
    """Yield the numbers (CRC-32) of words."""
    return (crc32(word.encode("utf-8", "replace")) for word in words)


@lru_cache(maxsize=_REMEMBERED)
def _pieces(word: str) -> tuple[int, ...]:
    padded = f" {word} "
    return tuple(
        crc32(padded[start : start + size].encode("utf-8", "replace"))
        for size in range(SHORTEST, min(LONGEST, len(padded)) + 1)
        for start in range(len(padded) - size + 1)
    )


class LikenessIndex:
    """The terms of a list of texts, each known by a number. Immutable and thread-safe."""

    def __init__(self, texts: Sequence[Iterable[int]]) -> None:
        """Take each text's terms, repeated as often as they are there; a text may have none."""
        counts = [Counter(terms) for terms in texts]
        self._size = len(counts)
        numbers = np.fromiter(chain.from_iterable(counts), dtype=np.int64)
        often = np.fromiter(chain.from_iterable(count.values() for count in counts), dtype=np.float32)
        owners = np.repeat(np.arange(self._size), [len(count) for count in counts])
        self._numbers, terms, shared = np.unique(numbers, return_inverse=True, return_counts=True)
        self._rarity = np.log((1 + self._size) / (1 + shared)).astype(np.float32) + np.float32(1)
        weights = (1 + np.log(often)) * self._rarity[terms]
        lengths = np.sqrt(np.bincount(owners, weights=weights**2, minlength=self._size))
        order = np.argsort(terms, kind="stable")
        self._starts = np.concatenate([[0], np.cumsum(shared)])
        self._owners = owners[order].astype(np.int32)
        self._weights = (weights / lengths[owners])[order].astype(np.float32)

    def cosines(self, terms: Iterable[int]) -> NDArray[np.float32]:
        """Return for every text the cosine 0..1 between it and a message's terms; terms that no text has do not count.

        All are 0 for a message that shares nothing.
        """
        count = Counter(terms)
        asked = np.fromiter(count, dtype=np.int64, count=len(count))
        places = np.minimum(np.searchsorted(self._numbers, asked), max(len(self._numbers) - 1, 0))
        known = self._numbers[places] == asked if len(self._numbers) else np.zeros(len(asked), dtype=bool)
        places = places[known]
        if not len(places):
            return np.zeros(self._size, dtype=np.float32)
        often = np.fromiter(count.values(), dtype=np.float32, count=len(count))[known]
        weights = (1 + np.log(often)) * self._rarity[places]
        weights /= np.linalg.norm(weights)
        starts, ends = self._starts[places], self._starts[places + 1]
        rows = _ranges(starts, ends)
        scores = np.bincount(
            self._owners[rows], weights=self._weights[rows] * np.repeat(weights, ends - starts), minlength=self._size
        )
        return np.minimum(scores, 1.0).astype(np.float32)


def _ranges(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return all whole numbers from each start to before its end, one range after another."""
    sizes = ends - starts
    offsets = np.repeat(starts - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
    ranges: NDArray[np.int64] = np.arange(int(sizes.sum())) + offsets
    return ranges
