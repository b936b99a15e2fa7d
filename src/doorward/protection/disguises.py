"""Seeing through disguises: a text written as its writer would have typed it without wanting to get past a filter.

The disguises are encodings, signs one by one, letters for digits, and words for digits, dots and slashes. Ordinary
texts pay nothing for it: the one pass over the patterns tells whether there is anything to see through.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from doorward.protection.encodings import DEPTH, ENCODED_CUES, decode, is_likely_base64
from doorward.protection.rewriting import Rewritten
from doorward.protection.spelling import ALIKE_CUES, is_one_by_one, joined_words, looked_alike
from doorward.protection.spoken import SpokenNumbers, SpokenSigns, dot_cue, number_cues
from doorward.protection.spoken_countries import SpokenCountries
from doorward.protection.spoken_dates import SpokenDates
from doorward.protection.view import View
from doorward.vocabulary.language import LanguagePack

_WORD_CUE: Final = ENCODED_CUES[-1]


class Plain(NamedTuple):
    """A text without its disguises, and the places of the first text that were too big to be decoded."""

    rewritten: Rewritten
    too_big: tuple[tuple[int, int], ...] = ()


class Disguises:
    """Knows the disguises in some languages. Immutable and thread-safe.

    `cues` are expressions of the dialect. In a text that `undisguise` would change, one of them matches, or it holds
    single signs in a row; `are_in` tells.
    """

    def __init__(self, packs: Sequence[LanguagePack]) -> None:
        """Take the words from the packs."""
        self._numbers = SpokenNumbers(packs)
        self._signs = SpokenSigns(packs)
        self._dates = SpokenDates(packs)
        self._countries = SpokenCountries(packs)
        self.cues = tuple(dict.fromkeys([*ENCODED_CUES, *ALIKE_CUES, *number_cues(packs), *dot_cue(packs)]))
        self._word_cue = self.cues.index(_WORD_CUE)

    def are_in(self, view: View, cues: Iterable[tuple[int, int, int]]) -> bool:
        """Return whether there may be any; `cues` are those that matched: number in `cues`, place in the text."""
        return is_one_by_one(view.text) or any(
            number != self._word_cue or is_likely_base64(view.original[slice(*view.origin(start, end))])
            for number, start, end in cues
        )

    def undisguise(self, original: str) -> Plain:
        """Return the text as it is without disguises; linear in the text."""
        plain = Rewritten(original)
        too_big: list[tuple[int, int]] = []
        for _ in range(DEPTH):
            decoded = decode(plain.text)
            too_big += [plain.origin(*place) for place in decoded.too_big]
            if not decoded.replacements:
                break
            plain = plain.replaced(decoded.replacements)
        else:
            too_big += [plain.origin(one.start, one.end) for one in decode(plain.text).replacements]
        view = View(plain.text)
        for rewrite in (
            joined_words,
            self._dates.replacements,
            self._countries.replacements,
            self._numbers.replacements,
            self._signs.replacements,
            looked_alike,
        ):
            before, plain = plain, plain.replaced(rewrite(view))
            view = view if plain is before else View(plain.text)
        return Plain(plain, tuple(dict.fromkeys(too_big)))
