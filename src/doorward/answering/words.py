"""How much of a message's words a section has: BM25, as a share of the most that any section could have."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from doorward.answering.articles import PassageKind
from doorward.answering.terms import Numbers, Postings, Terms, numbers_of

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


def weighed(passages: Sequence[tuple[PassageKind, Sequence[str]]]) -> Terms:
    """Return the words of a section's passages, each occurrence as much as `FIELDS` says of where it stands."""
    numbers = numbers_of(word for _, words in passages for word in words)
    return Terms.of(numbers, np.repeat([FIELDS[kind] for kind, _ in passages], [len(words) for _, words in passages]))


class WordIndex:
    """The words of a list of sections, or whatever stands for words. Immutable and thread-safe."""

    def __init__(self, sections: Sequence[Terms]) -> None:
        """Take each section's words as `weighed` returns them; a section without passages has no words."""
        lengths = np.array([one.amounts.sum(dtype=np.float64) for one in sections])
        average = lengths.sum() / max(len(lengths), 1) or 1.0
        norms = SATURATION * (1 - LENGTH + LENGTH * lengths / average)
        found = Postings.of(sections)
        self._unknown = float(_rarity(np.zeros(1), found.texts)[0])
        self._rarity = _rarity(found.shared(), found.texts).astype(np.float32)
        parts = found.amounts / (found.amounts + norms[found.owners])
        self._found = found._replace(amounts=(parts * np.repeat(self._rarity, found.shared())).astype(np.float32))

    @property
    def size(self) -> int:
        """Return how many bytes of memory the arrays take."""
        return self._found.memory + self._rarity.nbytes

    def coverage(self, words: Numbers) -> NDArray[np.float32]:
        """Return, for every section, the share 0..1 of the message's words (weighed by rarity) that it covers.

        A word that no section has counts as the rarest: a message about something else covers nothing. How often and
        in which order the words are there does not matter.
        """
        asked = np.unique(words)
        places, _ = self._found.places(asked)
        most = float(self._rarity[places].sum()) + self._unknown * (len(asked) - len(places))
        scores = self._found.sums(places)
        return (scores / most if most else scores).astype(np.float32)


def _rarity(shared: NDArray[np.integer | np.floating], sections: int) -> NDArray[np.float64]:
    """Return BM25's inverse document frequency of words that so many sections have."""
    return np.asarray(np.log1p((sections - shared + 0.5) / (shared + 0.5)), dtype=np.float64)
