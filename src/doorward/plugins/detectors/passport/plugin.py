"""Passports: nothing by themselves, found by the packs' words beside them."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Final, Literal

from doorward.protection.beside import VALUE_BEGINS, VALUE_ENDS, Names, Shape, names_of
from doorward.protection.numbers import date_end, is_money
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, View, Watch
from doorward.vocabulary.finding import Family

_FEWEST_DIGITS: Final = 2  # of a German passport, whose letters and digits are mixed
_BREAK: Final = r"[\s\-./]?"
_LETTER: Final = r"[^\W\d_]"
_BREAKS: Final = re.compile(r"[\s\-./]+")


def _shape(name: str, expression: str) -> Shape:
    return Shape(name, re.compile(f"{VALUE_BEGINS}(?:{expression}){VALUE_ENDS}"), _is_number, capitals=True)


def _is_number(match: re.Match[str]) -> bool:
    """Return whether a match has digits, and is neither a date nor an amount."""
    text, (start, end) = match.string, match.span()
    digits = sum(character.isdecimal() for character in match[0])
    return digits >= _FEWEST_DIGITS and date_end(text, start) is None and not is_money(text, start, end)


_SHAPES: Final = (
    # ICAO Doc 9303 allows nine characters; these are the ways in which states use them.
    _shape("letters_first", rf"{_LETTER}{{1,3}}(?:{_BREAK}\d){{6,9}}"),  # most of the world
    _shape("letters_inside", rf"\d{_BREAK}\d{_BREAK}{_LETTER}{_BREAK}{_LETTER}(?:{_BREAK}\d){{5}}"),  # France
    _shape("mixed", rf"[cfghjk](?:{_BREAK}[0-9cfghjklmnprtvwxyz]){{8}}(?:{_BREAK}\d)?"),  # Germany
    _shape("series", r"\d\d[\s\-]?(?:no\.?\s?)?\d{7}"),  # Russia's for travel
    _shape("digits", rf"\d(?:{_BREAK}\d){{7,8}}"),  # Britain, the United States, India's neighbours
)


class PassportDetector:
    """Finds the number that belongs to 'passport', 'Reisepass', 'pasaport', 'paspor', 'загранпаспорт'."""

    id = "passport"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("PASSPORT",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at every word for a passport in the packs (`passport`)."""
        names = names_of(packs, "passport")
        return Watch(names.patterns, partial(_examine, names))


def _examine(names: Names, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the passports that belong to a word for one."""
    return [_claim(view.text, start, end) for start, end, _shape in names.values(view, candidate, _SHAPES)]


def _claim(text: str, start: int, end: int) -> Claim:
    return Claim(
        kind="PASSPORT",
        start=start,
        end=end,
        certainty=Certainty.CONTEXT,
        score=0.9,
        rule="passport.named",
        canonical=f"passport:{_BREAKS.sub('', text[start:end])}",
    )


def build(_kit: object) -> Detector:
    """Return the detector."""
    return PassportDetector()
