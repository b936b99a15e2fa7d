"""How well a line answers a search: BM25's share of each word, more for the very word, more for words side by side."""

from collections.abc import Sequence
from typing import Final

from doorward.kit.words import split_words, visible
from doorward.record.search.query import Group
from doorward.record.search.terms import Terms, bare

SATURATION: Final = 1.2
"""BM25's k1 (S. Robertson and H. Zaragoza 2009): how fast a repeated word stops counting more."""

LENGTH: Final = 0.75
"""BM25's b: how much a long line must pay for its length."""

AVERAGE: Final = 20
"""Words of an average message. A constant, so that a line's score does not change with what others write."""

BEGUN: Final = 0.7
"""What a word counts that was only begun, or met in another form, against 1 for the very word."""

NEAR: Final = 0.5
"""What is added for each pair of neighbouring words of the search that are neighbours in the line, too."""

MOST_NEAR: Final = 1.5
"""What neighbours add at most: a line that says the same again and again is not better for it."""

_NOTHING: Final[tuple[float, ...]] = ()


class Scoring:
    """Scores the lines of one search. What a word is worth is worked out once, for most lines share their words."""

    def __init__(self, groups: Sequence[Group], terms: Terms) -> None:
        """Take the words that are looked for."""
        self._groups = groups
        self._terms = terms
        self._weights: dict[str, tuple[float, ...]] = {}

    def score_of(self, text: str) -> float:
        """Return the score of a text that has the words, 0 and more.

        The rarity of words (BM25's idf) is left out: a line has all of the words, so it would be the same for every
        line.
        """
        words = split_words(visible(text))
        norm = SATURATION * (1 - LENGTH + LENGTH * len(words) / AVERAGE)
        counts, near, before = [0.0] * len(self._groups), 0.0, _NOTHING
        for word in words:
            weights = self._weights.get(word)
            if weights is None:
                weights = self._weights[word] = self._weights_of(word)
            if weights:
                counts = [count + weight for count, weight in zip(counts, weights, strict=True)]
                near += NEAR * any(first and second for first, second in zip(before, weights[1:], strict=False))
            before = weights
        return round(sum(count * (SATURATION + 1) / (count + norm) for count in counts) + min(near, MOST_NEAR), 6)

    def _weights_of(self, word: str) -> tuple[float, ...]:
        """Return what a word counts for each that is looked for, nothing for nearly all words."""
        terms, itself = self._terms.of_word(word), bare(word.casefold())
        found = tuple((1.0 if itself in one.terms else BEGUN) if one.has(terms) else 0.0 for one in self._groups)
        return found if any(found) else _NOTHING
