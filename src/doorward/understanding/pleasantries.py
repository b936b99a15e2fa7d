"""Pleasantries around a request: 'Hello, good morning!' before it, 'Thanks a lot, bye' behind it."""

import re
from collections.abc import Iterable

from doorward.kit.phrases import PhraseBook
from doorward.kit.words import stemmer_for
from doorward.vocabulary.language import LanguagePack

_LEXICONS = ("greeting", "thanks", "farewell")
_WORD = re.compile(r"[^\W_]+")
_EDGE = " \t\r\n,;:.!–—-"  # what may be left at the edge of a request; a question mark belongs to it

FARTHEST = 12
"""Words from either end of a text within which pleasantries are looked for."""


class Pleasantries:
    """Finds what is merely polite at both ends of a text. Thread-safe.

    It says nothing about what is wanted, but it would blur the words and the embedding that are compared with the
    company's knowledge.
    """

    def __init__(self, packs: Iterable[LanguagePack]) -> None:
        """Compile the packs' greetings, thanks and farewells."""
        self._packs = {pack.code: pack for pack in packs}
        self._books = {
            code: PhraseBook(
                (phrase for lexicon in _LEXICONS for phrase in pack.words(lexicon)),
                fold=pack.fold_case,
                stemmer=stemmer_for(pack.stemmer),
            )
            for code, pack in self._packs.items()
        }
        self._fillers = {
            code: {pack.fold_case(word) for word in pack.words("stop_words")} for code, pack in self._packs.items()
        }

    def without(self, text: str, *, language: str) -> str:
        """Return a `visible` text without pleasantries at its ends; whole if nothing else of any meaning is in it."""
        pack = self._packs.get(language)
        if pack is None:
            return text
        places = list(_WORD.finditer(text))
        head = self._polite(text, places[:FARTHEST], pack)
        first = 0
        while first in head:
            first += 1
        tail_start = max(len(places) - FARTHEST, first)
        tail = self._polite(text, places[tail_start:], pack)
        last = len(places)
        while last - 1 - tail_start in tail and last > first:
            last -= 1
        between = {pack.fold_case(place.group()) for place in places[first:last]}
        if between <= self._fillers[language]:
            return text
        start = places[first].start() if first else 0
        end = places[last].start() if last < len(places) else len(text)
        return text[start:end].rstrip(_EDGE) if last < len(places) else text[start:]

    def _polite(self, text: str, places: list[re.Match[str]], pack: LanguagePack) -> set[int]:
        """Return which of the words at `places` belong to a pleasantry."""
        words = [pack.fold_case(text[place.start() : place.end()]) for place in places]
        stemmer = stemmer_for(pack.stemmer)
        matches = self._books[pack.code].find(words, [stemmer.stem(word) for word in words], slips=False, gap=0)
        return {number for match in matches for number in range(match.start, match.end)}
