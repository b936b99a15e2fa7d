"""Seeing through disguises: a text written as its writer would have typed it without wanting to get past a filter.

The disguises are encodings, signs one by one, letters for digits, and words for digits, dots and slashes. Ordinary
texts pay nothing for it: the one pass over the patterns tells whether there is anything to see through.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, Literal, NamedTuple, get_args

from doorward.protection.encodings import DEPTH, ENCODED_CUES, decode, is_likely_base64
from doorward.protection.rewriting import Replacement, Rewritten
from doorward.protection.spelling import ALIKE_CUES, is_one_by_one, joined_words, looked_alike
from doorward.protection.spoken import SpokenNumbers, SpokenSigns, dot_cue, number_cues
from doorward.protection.spoken_countries import SpokenCountries
from doorward.protection.spoken_dates import SpokenDates
from doorward.protection.view import View
from doorward.vocabulary.language import LanguagePack

Disguise = Literal["encoded", "spaced", "alike", "said", "dotted"]
"""Encodings, signs one by one, letters for digits, numbers in words, dots that are said."""

_ALL: Final[frozenset[Disguise]] = frozenset(get_args(Disguise))
_WORD_CUE: Final = ENCODED_CUES[-1]


class Plain(NamedTuple):
    """A text without its disguises, and the places of the first text that were too big to be decoded."""

    rewritten: Rewritten
    too_big: tuple[tuple[int, int], ...] = ()


class Disguises:
    """Knows the disguises in some languages. Immutable and thread-safe.

    `cues` are expressions of the dialect, each with what it tells of. In a text that `undisguise` would change, one of
    them matches, or it holds single signs in a row; `suspected` tells.
    """

    def __init__(self, packs: Sequence[LanguagePack]) -> None:
        """Take the words from the packs."""
        self._rewrites: tuple[tuple[Disguise, Callable[[View], Iterable[Replacement]]], ...] = (
            ("spaced", joined_words),
            ("said", SpokenDates(packs).replacements),
            ("said", SpokenCountries(packs).replacements),
            ("said", SpokenNumbers(packs).replacements),
            ("dotted", SpokenSigns(packs).replacements),
            ("alike", looked_alike),
        )
        self.cues: dict[str, Disguise] = {
            **dict.fromkeys(ENCODED_CUES, "encoded"),
            **dict.fromkeys(ALIKE_CUES, "alike"),
            **dict.fromkeys(number_cues(packs), "said"),
            **dict.fromkeys(dot_cue(packs), "dotted"),
        }

    def suspected(self, view: View, cues: Iterable[tuple[str, int, int]]) -> set[Disguise]:
        """Return what there may be; `cues` are those that matched, with their places in the text."""
        found: set[Disguise] = {"spaced"} if is_one_by_one(view.text) else set()
        for cue, start, end in cues:
            if cue != _WORD_CUE or is_likely_base64(view.original[slice(*view.origin(start, end))]):
                found.add(self.cues[cue])
        return found

    def undisguise(self, original: str, suspected: Collection[Disguise] = _ALL) -> Plain:
        """Return the text as it is without disguises; linear in the text.

        Only the suspected ones are looked for, until one is found: there may be any below it.
        """
        plain, too_big = _decoded(original) if "encoded" in suspected else (Rewritten(original), [])
        view = View(plain.text)
        for disguise, rewrite in self._rewrites:
            if disguise in suspected or plain.text != original:
                before, plain = plain, plain.replaced(rewrite(view))
                view = view if plain is before else View(plain.text)
        return Plain(plain, tuple(dict.fromkeys(too_big)))


def _decoded(original: str) -> tuple[Rewritten, list[tuple[int, int]]]:
    """Return the text decoded, and the places that were too big for it."""
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
    return plain, too_big
