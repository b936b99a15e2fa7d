"""Driving licences: by the packs' words beside them; Britain's, which are long and of one make, without."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Final, Literal

from doorward.protection.beside import VALUE_BEGINS, VALUE_ENDS, Names, Shape, names_of
from doorward.protection.numbers import date_end, is_money
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.vocabulary.finding import Family

_BRITISH: Final = r"[a-z][a-z9]{4}[\s\-]?\d[0156]\d[0-3]\d{2}[\s\-]?[a-z9]{2}[0-9a-z][\s\-]?[a-z]{2}"
"""Surname, birth (women's months are 50 higher), initials, a check by the agency (DVLA)."""

_PRINTED: Final = rf"\m{_BRITISH}\M"
_LETTER: Final = r"[^\W\d_]"
_DIGITS: Final = range(5, 16)
_CHARACTERS: Final = range(6, 19)
_BREAKS: Final = re.compile(r"[\s\-./]+")


def _is_reference(match: re.Match[str]) -> bool:
    """Return whether a match has as many digits as a licence, and is neither a date nor an amount."""
    text, (start, end) = match.string, match.span()
    characters = _BREAKS.sub("", match[0])
    counted = sum(character.isdecimal() for character in characters) in _DIGITS and len(characters) in _CHARACTERS
    return counted and date_end(text, start) is None and not is_money(text, start, end)


def _shape(name: str, expression: str) -> Shape:
    return Shape(name, re.compile(f"{VALUE_BEGINS}(?:{expression}){VALUE_ENDS}"), _is_reference, 40)


_SHAPES: Final = (
    _shape("british", _BRITISH),
    _shape("series", rf"\d\d\s?(?:\d\d|{_LETTER}{{2}})\s?\d{{6}}"),  # Russia
    # All others: pieces with digits in them, perhaps behind a letter or two, perhaps said one by one.
    _shape("reference", rf"(?:{_LETTER}{{1,2}}-?)?\d[0-9a-z]*(?:[\s\-/.](?=[0-9a-z]{{0,3}}\d)[0-9a-z]+){{0,15}}"),
    _shape("lettered", r"[a-z]{1,3}\d[0-9a-z]{4,16}"),
)


class DriverLicenceDetector:
    """Finds the number that belongs to 'driving licence', 'Führerschein', 'ehliyet', 'SIM', 'водительское'."""

    id = "driver_licence"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("DRIVER_LICENCE",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at every word for a licence in the packs (`driving_licence`), and at Britain's licences anywhere."""
        names = names_of(packs, "driving_licence")
        return Watch((Pattern(name="british", expression=_PRINTED), *names.patterns), partial(_examine, names))


def _examine(names: Names, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the licences that a candidate is or names."""
    if candidate.pattern == "british":
        return (_claim(view.text, candidate.start, candidate.end, "printed"),)
    return [_claim(view.text, start, end, "named") for start, end, _ in names.values(view, candidate, _SHAPES)]


def _claim(text: str, start: int, end: int, rule: str) -> Claim:
    named = rule == "named"
    return Claim(
        kind="DRIVER_LICENCE",
        start=start,
        end=end,
        certainty=Certainty.CONTEXT if named else Certainty.SHAPE,
        score=0.85 if named else 0.75,
        rule=f"driver_licence.{rule}",
        canonical=f"driver_licence:{_BREAKS.sub('', text[start:end])}",
    )


def build(_kit: object) -> Detector:
    """Return the detector."""
    return DriverLicenceDetector()
