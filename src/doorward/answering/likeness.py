"""How alike a message and whole articles are in their wording: cosines of TF-IDF over pieces of words or words.

People ask about one thing in the words of neighbouring sections, and misspell them; an article's questions together
still have most of their pieces. Weights are TF-IDF with a sublinear term frequency (G. Salton and C. Buckley 1988).
"""

from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from doorward.answering.terms import Numbers, Postings, Terms

SHORTEST, LONGEST = 3, 6
"""Letters of a piece; a word's edges count as letters. Of all ranges between 2 and 6 these tell articles apart best."""

_REMEMBERED: Final = 8_192


def pieces_of(words: Iterable[str]) -> Numbers:
    """Return the numbers (CRC-32) of the pieces of words, a word after another."""
    return np.frombuffer(b"".join(map(_remembered_pieces, words)), dtype=np.uint32)


def pieces_of_word(word: str) -> bytes:
    """Return the numbers of one word's pieces, four bytes each.

    Bytes, because a word has some 25 pieces, and as Python's numbers they would take ten times as much.
    """
    padded = f" {word} "
    numbers = (
        crc32(padded[start : start + size].encode("utf-8", "replace"))
        for size in range(SHORTEST, min(LONGEST, len(padded)) + 1)
        for start in range(len(padded) - size + 1)
    )
    return array("I", numbers).tobytes()


_remembered_pieces = lru_cache(maxsize=_REMEMBERED)(pieces_of_word)


class LikenessIndex:
    """The terms of a list of texts, each known by a number. Immutable and thread-safe."""

    def __init__(self, texts: Sequence[Terms]) -> None:
        """Take each text's terms and how often each is there; a text may have none."""
        found = Postings.of(texts)
        shared = found.shared()
        self._rarity = np.log((1 + found.texts) / (1 + shared)).astype(np.float32) + np.float32(1)
        weights = (1 + np.log(found.amounts)) * np.repeat(self._rarity, shared)
        lengths = np.sqrt(np.bincount(found.owners, weights=weights**2, minlength=found.texts))
        self._found = found._replace(amounts=(weights / lengths[found.owners]).astype(np.float32))

    @property
    def size(self) -> int:
        """Return how many bytes of memory the arrays take."""
        return self._found.memory + self._rarity.nbytes

    def cosines(self, asked: Terms) -> NDArray[np.float32]:
        """Return for every text the cosine 0..1 between it and a message's terms; terms that no text has do not count.

        All are 0 for a message that shares nothing.
        """
        places, known = self._found.places(asked.numbers)
        if not len(places):
            return np.zeros(self._found.texts, dtype=np.float32)
        weights = (1 + np.log(asked.amounts[known])) * self._rarity[places]
        weights /= np.linalg.norm(weights)
        return np.minimum(self._found.sums(places, weights), 1.0).astype(np.float32)
