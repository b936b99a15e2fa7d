"""How much of a message's words a section has: BM25, as a share of the most that any section could have."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from doorward.answering.articles import Passage

SATURATION: Final = 1.2
"""BM25's k1 (S. Robertson and H. Zaragoza 2009): how fast a repeated word stops counting more."""

LENGTH: Final = 0.5
"""BM25's b: how much a long section must pay for its length; half, because sections are of similar length."""

FIELDS: Final = {"heading": 1.2, "question": 1.0, "keywords": 0.6, "body": 0.5}
"""What one occurrence of a word counts, by where it stands: people ask in the words of headings and questions."""


class WordIndex:
    """The words of a list of sections. Immutable and thread-safe."""

    def __init__(self, sections: Sequence[Sequence[Passage]]) -> None:
        """Take each section's passages; a section without passages has no words."""
        counts = [self._count(passages) for passages in sections]
        lengths = np.array([sum(count.values()) for count in counts], dtype=np.float32)
        average = float(lengths.mean()) if len(lengths) and lengths.any() else 1.0
        found: dict[str, list[tuple[int, float]]] = {}
        for place, count in enumerate(counts):
            norm = SATURATION * (1 - LENGTH + LENGTH * float(lengths[place]) / average)
            for stem, weight in count.items():
                found.setdefault(stem, []).append((place, weight / (weight + norm)))
        self._size = len(counts)
        self._rarity = {stem: self._rarity_of(len(places)) for stem, places in found.items()}
        self._places = {
            stem: (
                np.array([place for place, _ in places]),
                np.array([part * self._rarity[stem] for _, part in places], dtype=np.float32),
            )
            for stem, places in found.items()
        }

    def coverage(self, stems: Sequence[str]) -> NDArray[np.float32]:
        """Return, for every section, the share 0..1 of the message's words (weighed by rarity) that it covers.

        A word that no section has counts as the rarest: a message about something else covers nothing.
        """
        scores = np.zeros(self._size, dtype=np.float32)
        most = 0.0
        unknown = self._rarity_of(0)
        for stem in set(stems):
            most += self._rarity.get(stem, unknown)
            entry = self._places.get(stem)
            if entry is not None:
                scores[entry[0]] += entry[1]
        return scores / np.float32(most) if most else scores

    def _rarity_of(self, sections: int) -> float:
        """Return BM25's inverse document frequency of a stem that so many sections have."""
        return float(np.log1p((self._size - sections + 0.5) / (sections + 0.5)))

    @staticmethod
    def _count(passages: Sequence[Passage]) -> dict[str, float]:
        count: dict[str, float] = defaultdict(float)
        for passage in passages:
            for stem in passage.stems:
                count[stem] += FIELDS[passage.kind]
        return count
