"""Which texts have which terms, as arrays: words, or whatever stands for words, each known by a number (CRC-32).

With numbers no vocabulary is held. Two words of one number count as one: with 5,000 words in a language that happens to
one library in three hundred, and there to one word.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint32]
Places = NDArray[np.int64]
Column = NDArray[np.float32]

_NO_NUMBERS: Numbers = np.empty(0, dtype=np.uint32)
_NO_AMOUNTS: Column = np.empty(0, dtype=np.float32)


def numbers_of(words: Iterable[str]) -> Numbers:
    """Return the numbers of words, in their order."""
    return np.fromiter((crc32(word.encode("utf-8", "replace")) for word in words), dtype=np.uint32)


class Terms(NamedTuple):
    """The different terms of a text, ascending, and how much of each is there."""

    numbers: Numbers = _NO_NUMBERS
    amounts: Column = _NO_AMOUNTS

    @classmethod
    def of(cls, numbers: Numbers, amounts: NDArray[np.floating] | None = None) -> Self:
        """Return the terms of numbers that may repeat: the sum of the amounts beside each, how often it is without."""
        if amounts is None:
            found, counts = np.unique(numbers, return_counts=True)
            return cls(found, counts.astype(np.float32))
        found, places = np.unique(numbers, return_inverse=True)
        return cls(found, np.bincount(places, weights=amounts, minlength=len(found)).astype(np.float32))


class Postings(NamedTuple):
    """The terms of many texts, turned round: term `i` is in the texts `owners[starts[i]:starts[i + 1]]`.

    `numbers` are the terms' (ascending), `amounts` lie beside `owners`, `texts` is how many texts there are.
    """

    numbers: Numbers
    starts: NDArray[np.int32]
    owners: NDArray[np.unsignedinteger]
    amounts: Column
    texts: int

    @classmethod
    def of(cls, texts: Sequence[Terms]) -> Self:
        """Turn the texts' terms round; a text may have none."""
        numbers = np.concatenate([_NO_NUMBERS, *(one.numbers for one in texts)])
        amounts = np.concatenate([_NO_AMOUNTS, *(one.amounts for one in texts)])
        kind = np.min_scalar_type(len(texts))
        owners = np.repeat(np.arange(len(texts), dtype=kind), [len(one.numbers) for one in texts])
        order = np.argsort(numbers, kind="stable")
        found, shared = np.unique(numbers, return_counts=True)
        starts = np.concatenate([[0], np.cumsum(shared)]).astype(np.int32)
        return cls(found, starts, owners[order], amounts[order], len(texts))

    @property
    def memory(self) -> int:
        """Return how many bytes of memory the arrays take."""
        return self.numbers.nbytes + self.starts.nbytes + self.owners.nbytes + self.amounts.nbytes

    def shared(self) -> Places:
        """Return for each term how many texts have it."""
        return np.diff(self.starts).astype(np.int64)

    def places(self, numbers: Numbers) -> tuple[Places, NDArray[np.bool_]]:
        """Return where the terms are that have these numbers and are known, and which of the numbers are known."""
        if not len(self.numbers):
            return np.empty(0, dtype=np.int64), np.zeros(len(numbers), dtype=bool)
        places = np.minimum(np.searchsorted(self.numbers, numbers), len(self.numbers) - 1)
        known = self.numbers[places] == numbers
        return places[known], known

    def sums(self, places: Places, factors: Column | None = None) -> NDArray[np.float64]:
        """Return for each text the sum of its amounts of the terms at these places, each times the factor beside it."""
        starts, ends = self.starts[places], self.starts[places + 1]
        sizes = ends - starts
        offsets = np.repeat(starts - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
        rows = np.arange(len(offsets)) + offsets
        amounts = self.amounts[rows]
        if factors is not None:
            amounts = amounts * np.repeat(factors, sizes)
        return np.asarray(np.bincount(self.owners[rows], weights=amounts, minlength=self.texts), dtype=np.float64)
