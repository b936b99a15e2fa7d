"""Words in other forms: what a list knows of one form of a word, its stem and its last part tell of others.

Stems are those of the Snowball algorithms (M. F. Porter, snowballstem.org), made of words in normal form on both sides.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

import snowballstemmer

_SHORTEST: Final = 4
_LONGEST: Final = 32
_SHORTEST_LAST: Final = 6
"""Letters of an ordinary word that can end a longer one, as nouns do in German."""

_SHORTEST_REST: Final = 3
_IN_CYRILLIC: Final = "russian"


class Stems:
    """What words are like, by the stems of the languages. Immutable; thread-safe: each look makes its algorithms."""

    def __init__(self, known: Iterable[tuple[str, Mapping[str, int]]], ordinary: int) -> None:
        """Take for each Snowball algorithm what its words are like; `ordinary` is what ordinary ones are like."""
        self._ordinary = ordinary
        self._like: dict[str, Mapping[str, int]] = {}
        self._last: set[str] = set()
        for algorithm, words in known:
            stem = snowballstemmer.stemmer(algorithm).stemWord
            like: dict[str, int] = defaultdict(int)
            for word, alike in words.items():
                if len(word) >= _SHORTEST:
                    like[stem(word)] |= alike
                if len(word) >= _SHORTEST_LAST and alike == ordinary:
                    self._last.add(word)
            self._like[algorithm] = dict(like)

    def like(self, word: str) -> int:
        """Return what a word in normal form is like, 0 where it is like nothing known."""
        if not _SHORTEST <= len(word) <= _LONGEST:
            return 0
        for start in range(_SHORTEST_REST, len(word) - _SHORTEST_LAST + 1):
            if word[start:] in self._last:
                return self._ordinary
        found = 0
        for algorithm, stems in self._like.items():
            if (algorithm == _IN_CYRILLIC) != word.isascii():
                found |= stems.get(snowballstemmer.stemmer(algorithm).stemWord(word), 0)
        return found
