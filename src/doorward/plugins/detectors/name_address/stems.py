"""Words in other forms: what a list knows of one form of a word tells of others.

Which endings a language has is seen in its lists: two words that begin alike and end differently show two of them
(after J. Goldsmith, "Unsupervised Learning of the Morphology of a Natural Language", Computational Linguistics 27,
2001). A word that no list knows is looked up with every ending of a language in place of its own.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

_SHORTEST: Final = 4
"""Letters that forms of one word share at least, and more than half of the word."""

_LONGEST: Final = 32
_LONGEST_ENDING: Final = 5
_ENDINGS: Final = 40
"""Endings of a language that are tried, the most frequent ones."""

_SHORTEST_LAST: Final = 6
"""Letters of an ordinary word that can end a longer one, as nouns do in German."""

_SHORTEST_REST: Final = 3


class Stems:
    """What words are like, by the lists of the languages. Immutable."""

    def __init__(self, lists: Iterable[Sequence[str]], alike: Mapping[str, int], ordinary: int) -> None:
        """Take the words of each language, what words are like, and what ordinary ones are like."""
        self._alike, self._ordinary = alike, ordinary
        self._endings = [
            (endings_of(word for word in words if alike[word] == ordinary), _is_ascii(words)) for words in lists
        ]

    def like(self, word: str) -> int:
        """Return what a word in normal form is like, 0 where it is like nothing known."""
        if not _SHORTEST <= len(word) <= _LONGEST:
            return 0
        alike, ascii_only = self._alike, word.isascii()
        for start in range(_SHORTEST_REST, len(word) - _SHORTEST_LAST + 1):
            if alike.get(word[start:]) == self._ordinary:
                return self._ordinary
        found = 0
        for endings, is_ascii in self._endings:
            if is_ascii == ascii_only:
                found |= self._with_others(word, endings)
        return found

    def _with_others(self, word: str, endings: frozenset[str]) -> int:
        for cut in range(min(_LONGEST_ENDING, len(word) - _SHORTEST) + 1):
            stem = word[: len(word) - cut]
            if word[len(stem) :] in endings and 2 * len(stem) > len(word):
                found = 0
                for ending in endings:
                    found |= self._alike.get(stem + ending, 0)
                if found:
                    return found
        return 0


def endings_of(words: Iterable[str]) -> frozenset[str]:
    """Return the endings that words of a language have most, none among them: neighbours in their order tell."""
    count: Counter[str] = Counter()
    for one, other in pairwise(sorted(words)):
        shared = _shared(one, other)
        if shared > _SHORTEST and max(len(one), len(other)) <= shared + _LONGEST_ENDING:
            count[one[shared:]] += 1
            count[other[shared:]] += 1
    return frozenset(("", *(ending for ending, _ in count.most_common(_ENDINGS))))


def _is_ascii(words: Sequence[str]) -> bool:
    return 2 * sum(map(str.isascii, words)) > len(words)


def _shared(one: str, other: str) -> int:
    """Return how many letters two words have in common from their beginning."""
    for place, (letter, beside) in enumerate(zip(one, other, strict=False)):
        if letter != beside:
            return place
    return min(len(one), len(other))
