"""How much of a message's words a section has: BM25, as a share of the most that any section could have."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from doorward.answering.articles import PassageKind

SATURATION: Final = 1.2
"""BM25's k1 (S. Robertson and H. Zaragoza 2009): how fast a repeated word stops counting more."""

LENGTH: Final = 0.5
"""BM25's b: how much a long section must pay for its length; half, because sections are of similar length."""

FIELDS: Final = {"heading": 1.2, "question": 1.0, "keywords": 0.6, "body": 0.5}
"""What one occurrence of a word counts, by where it stands: people ask in the words of headings and questions."""

BEGINNING: Final = 5
"""Letters of a word's beginning: for Turkish as good as a stemmer (F. Can et al., "Information Retrieval on Turkish
Texts", 2008), and for all five languages a second opinion where the stemmer errs."""


def beginning(word: str) -> str:
    """Return the first letters of a word."""
    return word[:BEGINNING]


class WordIndex:
    """The words of a list of sections, or whatever stands for words. Immutable and thread-safe."""

    def __init__(self, sections: Sequence[Sequence[tuple[PassageKind, Sequence[str]]]]) -> None:
        """Take each section's passages as kind and words; a section without passages has no words."""
        counts = [self._count(passages) for passages in sections]
        lengths = [sum(count.values()) for count in counts]
        average = sum(lengths) / max(len(lengths), 1) or 1.0
        found: dict[str, list[tuple[int, float]]] = {}
        for place, count in enumerate(counts):
            norm = SATURATION * (1 - LENGTH + LENGTH * lengths[place] / average)
            for word, weight in count.items():
                found.setdefault(word, []).append((place, weight / (weight + norm)))
        self._size = len(counts)
        self._unknown = self._rarity_of(0)
        self._rarity = {word: self._rarity_of(len(places)) for word, places in found.items()}
        self._places = {
            word: (
                np.array([place for place, _ in places]),
                np.array([part * self._rarity[word] for _, part in places], dtype=np.float32),
            )
            for word, places in found.items()
        }

    def coverage(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Return, for every section, the share 0..1 of the message's words (weighed by rarity) that it covers.

        A word that no section has counts as the rarest: a message about something else covers nothing.
        """
        scores = np.zeros(self._size, dtype=np.float32)
        most = 0.0
        for word in sorted(set(words)):
            most += self._rarity.get(word, self._unknown)
            entry = self._places.get(word)
            if entry is not None:
                scores[entry[0]] += entry[1]
        return scores / np.float32(most) if most else scores

    def _rarity_of(self, sections: int) -> float:
        """Return BM25's inverse document frequency of a word that so many sections have."""
        return float(np.log1p((self._size - sections + 0.5) / (sections + 0.5)))

    @staticmethod
    def _count(passages: Sequence[tuple[PassageKind, Sequence[str]]]) -> dict[str, float]:
        count: dict[str, float] = defaultdict(float)
        for kind, words in passages:
            for word in words:
                count[word] += FIELDS[kind]
        return count
