"""Number plates of vehicles: by their make beside the packs' words; Russia's, which are of one make, without."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Final, Literal

from doorward.protection.beside import VALUE_BEGINS, VALUE_ENDS, Names, Shape, names_of
from doorward.protection.numbers import is_money
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.vocabulary.finding import Family

_RUSSIAN_LETTER: Final = "(?:а|в|е|к|м|н|о|р|с|т|у|х)"  # GOST R 50577: those that look like Latin letters
_RUSSIAN: Final = rf"{_RUSSIAN_LETTER}\s?\d{{3}}\s?{_RUSSIAN_LETTER}\s?{_RUSSIAN_LETTER}\s?\d{{2,3}}"
_BREAK: Final = r"[\s\-]{0,2}"
_BREAKS: Final = re.compile(r"[\s\-]+")


def _is_no_amount(match: re.Match[str]) -> bool:
    return not is_money(match.string, *match.span())


def _shape(name: str, expression: str, *, capitals: bool = True) -> Shape:
    pattern = re.compile(f"{VALUE_BEGINS}(?:{expression}){VALUE_ENDS}")
    return Shape(name, pattern, _is_no_amount, 40, capitals=capitals)


_SHAPES: Final = (
    _shape("ru", rf"(?:{_RUSSIAN_LETTER}|[abekmhopctyx])\s?\d{{3}}\s?"
           rf"(?:(?:{_RUSSIAN_LETTER}|[abekmhopctyx])\s?){{2}}\d{{2,3}}"),
    _shape("de", r"[a-z]{1,3}-[a-z]{1,2}\s?\d{1,4}(?:\s?[eh])?", capitals=False),  # FZV, annex 1
    _shape("de", r"[a-z]{1,3}\s[a-z]{1,2}\s?\d{1,4}(?:\s?[eh])?"),
    _shape("tr", rf"(?:0[1-9]|[1-7]\d|8[01]){_BREAK}[a-z]{{1,3}}{_BREAK}\d{{2,5}}"),  # 81 provinces
    _shape("gb", r"[a-z]\s?[a-z]\s?\d\s?\d\s?[a-z]\s?[a-z]\s?[a-z]"),
    _shape("de", r"(?:[a-z]\s){2,5}\d(?:\s?\d){0,3}(?:\s?[eh])?"),
    _shape("id", rf"[a-z]{{1,2}}{_BREAK}\d{{1,4}}{_BREAK}[a-z]{{1,3}}"),
    _shape("in", rf"[a-z]{{2}}{_BREAK}\d{{1,2}}{_BREAK}[a-z]{{1,3}}{_BREAK}\d{{1,4}}"),
    _shape("ie", r"\d{2,3}[\s\-][a-z]{1,2}[\s\-]\d{1,6}"),
    _shape("kz", rf"\d{{3}}{_BREAK}[a-z]{{2,3}}{_BREAK}\d\d"),
    _shape("ch", r"[a-z]{2}\s\d{3}\s?\d{3}"),
)  # fmt: skip


class VehiclePlateDetector:
    """Finds the plate that belongs to 'registration', 'Kennzeichen', 'plaka', 'plat nomor', 'госномер'."""

    id = "vehicle_plate"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("VEHICLE_PLATE",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at every word for a plate or a vehicle in the packs (`vehicle_plate`), at Russia's plates anywhere."""
        names = names_of(packs, "vehicle_plate")
        printed = Pattern(name="russian", expression=rf"\m{_RUSSIAN}\M")
        return Watch((printed, *names.patterns), partial(_examine, names))


def _examine(names: Names, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the plates that a candidate is or names."""
    if candidate.pattern == "russian":
        return (_claim(view.text, candidate.start, candidate.end, "printed"),)
    found = names.values(view, candidate, _SHAPES)
    return [_claim(view.text, start, end, "named") for start, end, _ in found]


def _claim(text: str, start: int, end: int, rule: str) -> Claim:
    named = rule == "named"
    return Claim(
        kind="VEHICLE_PLATE",
        start=start,
        end=end,
        certainty=Certainty.CONTEXT if named else Certainty.SHAPE,
        score=0.85 if named else 0.75,
        rule=f"vehicle_plate.{rule}",
        canonical=f"vehicle_plate:{_BREAKS.sub('', text[start:end])}",
    )


def build(_kit: object) -> Detector:
    """Return the detector."""
    return VehiclePlateDetector()
