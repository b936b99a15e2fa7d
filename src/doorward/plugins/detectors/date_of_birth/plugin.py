"""Dates of birth: dates beside the packs' words of birth; long past ones also where forms ask for nothing else."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Final, Literal, NamedTuple

from doorward.plugins.detectors.date_of_birth.dates import long_ago, shapes_of
from doorward.protection.beside import Names, Shape, names_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.vocabulary.finding import Family

_NAME: Final = re.compile(r"(?P<first>[^\W\d_][\w'’-]+) (?P<last>[^\W\d_][\w'’-]+)[,;.:(]{1,2} ?\Z")
_WIDTH: Final = 64


class DateOfBirthDetector:
    """Finds the date that belongs to 'born', 'geb.', 'doğum tarihi', 'tgl lahir', 'дата рождения'."""

    id = "date_of_birth"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("DATE_OF_BIRTH",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at the packs' words of birth (`birth`; months are in `month`), and at dates of long ago."""
        words = _Words(names_of(packs, "birth"), shapes_of(packs))
        lonely = [
            Pattern(name="long_ago", expression=expression, before=_WIDTH, after=_WIDTH)
            for expression in long_ago(packs)
        ]
        return Watch((*lonely, *words.names.patterns), partial(_examine, words))


class _Words(NamedTuple):
    names: Names
    shapes: Sequence[Shape]


def _examine(words: _Words, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the dates of birth that a candidate is or names."""
    if candidate.pattern == "long_ago":
        alone = _is_alone(view, candidate.start, candidate.end) or _follows_a_name(view, candidate.start)
        return (_claim(candidate.start, candidate.end, "alone"),) if alone else ()
    found = words.names.values(view, candidate, words.shapes)
    return [_claim(start, end, "named") for start, end, _ in found]


def _is_alone(view: View, start: int, end: int) -> bool:
    """Return whether a line holds a date and no word: the answer to a question, or an item of a list."""
    before = view.text[max(start - _WIDTH, 0) : start].rpartition("\n")[2]
    after = view.text[end : end + _WIDTH].partition("\n")[0]
    return not any(character.isalpha() for character in before + after)


def _follows_a_name(view: View, start: int) -> bool:
    """Return whether a date stands behind two words that begin with capitals, and a comma: 'Anna Meier, 1.2.1980'."""
    if start == 0:
        return False
    place = view.origin(start, start + 1)[0]
    match = _NAME.search(view.original[max(place - _WIDTH, 0) : place])
    return match is not None and all(word[0].isupper() and not word.isupper() for word in match.groups())


def _claim(start: int, end: int, rule: str) -> Claim:
    named = rule == "named"
    return Claim(
        kind="DATE_OF_BIRTH",
        start=start,
        end=end,
        certainty=Certainty.CONTEXT if named else Certainty.SHAPE,
        score=0.9 if named else 0.6,
        rule=f"date_of_birth.{rule}",
    )


def build(_kit: object) -> Detector:
    """Return the detector."""
    return DateOfBirthDetector()
