"""The country of an account as people say it before its digits: by the names of its letters, or in one word.

'te re' is TR, 'ка зет' KZ. Most names of letters are words as well, so that only a long row of numbers behind two of
them makes them letters.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.domains import COUNTRY_DOMAINS
from doorward.protection.phrases import alternatives, normal_phrases
from doorward.protection.ports import LanguagePack
from doorward.protection.rewriting import Replacement
from doorward.protection.view import View

_FEWEST: Final = 7
"""Numbers in a row that an account has at least: the shortest have eleven digits, in pairs and hundreds."""

_BREAK: Final = r"[^\S\n]{1,2}"


class SpokenCountries:
    """Countries before accounts that are read out, of any of some languages. Immutable and thread-safe."""

    def __init__(self, packs: Sequence[LanguagePack]) -> None:
        """Take the words from the packs: `letter_word`, `digit_word`, `number_word`."""
        self._languages: list[tuple[re.Pattern[str], dict[str, str]]] = []
        for pack in packs:
            letters = {form: letter for word, letter in pack.meanings("letter_word").items() for form in _forms(word)}
            numbers = alternatives([*pack.words("digit_word"), *pack.words("number_word")])
            number = rf"{WORD_BEFORE}(?:\d{{1,4}}|(?:{numbers}){{1,8}}){WORD_AFTER}"
            said = rf"{WORD_BEFORE}(?:{alternatives(list(letters))}|[a-z]){WORD_AFTER}"
            row = rf"{_BREAK}{number}(?:(?:{_BREAK}|[,.\-]{_BREAK}?){number}){{{_FEWEST - 1}}}"
            if letters:
                pattern = re.compile(rf"(?P<first>{said})(?:{_BREAK}(?P<second>{said}))?(?={row})")
                self._languages.append((pattern, letters))

    def replacements(self, view: View) -> Iterator[Replacement]:
        """Yield the countries as two letters, in characters of the view's original; linear in the text."""
        for pattern, letters in self._languages:
            for match in pattern.finditer(view.text):
                first, second = match["first"], match["second"] or ""
                country = letters.get(first, first) + letters.get(second, second)
                if country in COUNTRY_DOMAINS:
                    yield Replacement(*view.origin(*match.span()), country)


def _forms(word: str) -> Sequence[str]:
    return normal_phrases([word])
