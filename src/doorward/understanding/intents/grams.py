"""What a text looks like to a linear head: its words, its stems, and the letters inside its words, as a sparse row.

Weights are TF-IDF with a sublinear term frequency (G. Salton and C. Buckley 1988), for each of the three parts apart,
each of length 1. Words and stems count alone and in pairs. Terms are known by a number from their CRC-32, so that no
vocabulary has to be kept: of 2¹⁸ numbers a part, ten thousand phrases fill a fifth, and what two terms of one number
cost cannot be measured (docs/reference/benchmarks.md).
"""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

BUCKETS: Final = 1 << 18
"""Numbers a part: words come first, then letters, then stems."""

PARTS: Final = 3

SHORTEST, LONGEST = 2, 5
"""Letters of a piece; a word's edges count as letters, pieces do not reach over them."""

_REMEMBERED: Final = 16_384

Numbers = NDArray[np.int64]
Weights = NDArray[np.float32]


class Terms(NamedTuple):
    """The different terms of a text, ascending, and how often each is there."""

    numbers: Numbers
    counts: Weights


def terms_of(words: Sequence[str], stems: Sequence[str]) -> Terms:
    """Return the terms of a text's case-folded words and their stems (see `Reading`); of no words, none."""
    found: Counter[int] = Counter(_alone_and_in_pairs(words, 0))
    found.update(np.frombuffer(b"".join(map(_pieces, words)), dtype=np.uint32).tolist())
    found.update(_alone_and_in_pairs(stems, 2 * BUCKETS))
    numbers = np.fromiter(found, dtype=np.int64, count=len(found))
    counts = np.fromiter(found.values(), dtype=np.float32, count=len(found))
    order = np.argsort(numbers)
    return Terms(numbers[order], counts[order])


def _alone_and_in_pairs(words: Sequence[str], first: int) -> Iterator[int]:
    """Yield the numbers of words and of neighbours, from `first` on."""
    for word in words:
        yield first + crc32(word.encode("utf-8", "replace")) % BUCKETS
    for one, next_one in pairwise(words):
        yield first + crc32(f"{one} {next_one}".encode("utf-8", "replace")) % BUCKETS


@lru_cache(maxsize=_REMEMBERED)
def _pieces(word: str) -> bytes:
    # Bytes, four a number: as Python's numbers the pieces would take ten times as much memory.
    padded = f" {word} "
    pieces = [
        padded[start : start + size]
        for size in range(SHORTEST, LONGEST + 1)
        for start in range(max(1, len(padded) - size + 1))
    ]
    # A word shorter than a size is its own piece, once.
    pieces = pieces[: next((at + 1 for at, piece in enumerate(pieces) if piece == padded), len(pieces))]
    return array("I", (BUCKETS + crc32(piece.encode("utf-8", "replace")) % BUCKETS for piece in pieces)).tobytes()


class Vocabulary:
    """Which terms count, and how much. Immutable and thread-safe."""

    def __init__(self, numbers: Numbers, rarity: Weights) -> None:
        """Take the terms' numbers, ascending, and the inverse document frequency of each."""
        self.numbers, self.rarity = numbers, rarity

    def __len__(self) -> int:
        """Return how many terms count."""
        return len(self.numbers)

    def row(self, terms: Terms) -> tuple[Numbers, Weights]:
        """Return the places (0..len) and weights of a text's row; each part has length 1."""
        places = np.searchsorted(self.numbers, terms.numbers)
        # What lies behind the last number is compared with the first, and so found unknown.
        places[places == len(self.numbers)] = 0
        known = self.numbers[places] == terms.numbers
        places, counts = places[known], terms.counts[known]
        weights = (1 + np.log(counts)) * self.rarity[places]
        parts = np.searchsorted(terms.numbers[known], [BUCKETS * part for part in range(PARTS + 1)])
        for start, end in pairwise(parts):
            length = np.linalg.norm(weights[start:end])
            if length:
                weights[start:end] /= length
        return places, weights.astype(np.float32)


def learn_vocabulary(texts: Sequence[Terms]) -> Vocabulary:
    """Return the vocabulary of texts: every term that occurs, with ln((1 + texts) / (1 + texts that have it)) + 1."""
    numbers, counts = np.unique(np.concatenate([terms.numbers for terms in texts]), return_counts=True)
    rarity = np.log((1 + len(texts)) / (1 + counts)) + 1
    return Vocabulary(numbers, rarity.astype(np.float32))
