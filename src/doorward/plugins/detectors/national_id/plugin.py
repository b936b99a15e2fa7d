"""Numbers that states give to persons: by strong check digits, and by the words beside them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final, Literal, NamedTuple

from doorward.plugins.detectors.national_id import checks
from doorward.plugins.detectors.national_id.formats import (
    ALONE,
    Format,
    alone_format,
    plain,
    shapes_of,
    subkind_by_size,
)
from doorward.protection.beside import Names, Shape, names_of
from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.numbers import NUMBER_RUN, Group, date_end, groups_of, is_money, joined
from doorward.protection.phrases import words_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.protection.wording import Wording, compile_phrases
from doorward.vocabulary.finding import Family

_PURPOSES: Final = ("identity_card", "internal_passport", "tax_number", "social_security", "health_number")
_WIDTH: Final = 48  # characters before a number that may say that it is something else
_MOST_GROUPS: Final = 16
_FEWEST_ALONE: Final = min(ALONE)  # digits of a number that proves itself
_LETTERED: Final = {
    # Written as their offices print them, these need no words.
    "ie.pps": (r"\m\d{7}\s?[a-w][abhtwx]?\M", checks.is_pps),
    "gb.nino": (r"\m[a-z]{2}\s?\d\d\s?\d\d\s?\d\d\s?[a-d]\M", checks.is_nino),
    "de.sozialversicherung": (r"\m\d\d\s?\d{6}\s?[a-z]\s?\d\d\s?\d\M", checks.is_sozialversicherung),
}
_DASHED: Final = {
    "us.itin": (r"\m9\d\d-\d\d-\d{4}\M", checks.is_itin),
    "us.ssn": (r"\m[0-8]\d\d-\d\d-\d{4}\M", checks.is_ssn),
    "id.npwp": (r"\m\d\d[.\s]\d{3}[.\s]\d{3}[.\s]\d[\-.\s]\d{3}[.\s]\d{3}\M", checks.is_npwp),
}
_PRINTED: Final = {**_LETTERED, **_DASHED}
_TELEPHONE: Final = re.compile(r"[78]9\d{9}")  # Russia's mobile numbers, dialled without breaks
_SAME_NUMBER: Final = re.compile(r" |[.\-/_]")


class NationalIdDetector:
    """Finds personal numbers of Germany, Turkey, Indonesia, Russia, Britain, Ireland, the United States, Australia."""

    id = "national_id"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("NATIONAL_ID",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at runs of digits, at printed forms, and behind the words of the packs for each sort of number."""
        names = {purpose: names_of(packs, purpose) for purpose in _PURPOSES}
        words = _Words(
            names=names,
            shapes={purpose: shapes_of(purpose) for purpose in _PURPOSES},
            other=compile_phrases(
                words_of(packs, "other_number"), before=WORD_BEFORE, after=rf"{WORD_AFTER}[^0-9.!?;,\n]{{0,16}}\Z"
            ),
        )
        printed = [
            Pattern(name=subkind, expression=expression, before=_WIDTH) for subkind, (expression, _) in _PRINTED.items()
        ]
        run = Pattern(name="run", expression=NUMBER_RUN, before=_WIDTH)
        labels = [pattern for own in names.values() for pattern in own.patterns]
        return Watch((run, *printed, *labels), partial(_examine, words))


class _Words(NamedTuple):
    names: Mapping[str, Names]
    shapes: Mapping[str, Sequence[Shape]]
    other: Wording


def _examine(words: _Words, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the personal numbers that a candidate turns out to be or to name."""
    if candidate.pattern in words.names:
        return _named(words, candidate, view)
    if candidate.pattern == "run":
        return [
            _claim(place, form.subkind, "checked")
            for place, form in _alone(view, candidate)
            if form.alone == "always" or not _is_called_other(words, view, place[0])
        ]
    if _is_called_other(words, view, candidate.start):
        return ()
    check = _PRINTED[candidate.pattern][1]
    place = (candidate.start, candidate.end)
    good = check(plain(view.text[slice(*place)])) and not _is_part(view.text, *place)
    if not good or (candidate.pattern in _LETTERED and not _is_capital(view, *place)):
        return ()
    return (_claim((*place, view.text[slice(*place)]), candidate.pattern, "printed"),)


def _is_called_other(words: _Words, view: View, start: int) -> bool:
    return words.other.is_in(view, max(start - _WIDTH, 0), start)


def _named(words: _Words, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the numbers that belong to a name of theirs."""
    purpose = candidate.pattern
    found = words.names[purpose].values(view, candidate, words.shapes[purpose])
    claims = []
    for start, end, shape in found:
        value = view.text[start:end]
        if date_end(view.text, start) == end:
            continue
        subkind, rule = (shape.name, "named") if shape.name else (subkind_by_size(purpose, value), "unproven")
        claims.append(_claim((start, end, value), subkind, rule))
    return claims


def _alone(view: View, candidate: Candidate) -> Iterator[tuple[tuple[int, int, str], Format]]:
    """Yield the numbers of a run that prove themselves, with their formats; never a part of a longer one."""
    text, groups = view.text, groups_of(view, candidate.start, candidate.end)
    first = 0 if len(joined(groups)) >= _FEWEST_ALONE else len(groups)
    while first < len(groups):
        last = _together(text, groups, first)
        window = groups[first:last]
        start, end, digits = window[0].start, window[-1].end, joined(window)
        form = alone_format(digits) if last - first <= _MOST_GROUPS else None
        usual = form is not None and (form.grouped if len(window) > 1 else not _TELEPHONE.fullmatch(digits))
        if form and usual and not (_is_part(text, start, end) or is_money(text, start, end)):
            yield (start, end, text[start:end]), form
        first = last


def _together(text: str, groups: Sequence[Group], first: int) -> int:
    """Return the index behind the groups that belong together: one break each."""
    last = first + 1
    while last < len(groups) and _SAME_NUMBER.fullmatch(text, groups[last - 1].end, groups[last].start):
        last += 1
    return last


def _is_part(text: str, start: int, end: int) -> bool:
    """Return whether letters or further digits touch the number: then it is a part of some reference."""
    before, after = text[max(start - 2, 0) : start], text[end : end + 2]
    return bool(
        (before and (before[-1].isalnum() or before[-1] in "_#$+" or re.fullmatch(r"\w[-/.,:]", before)))
        or (after and (after[0].isalnum() or after[0] == "_" or re.fullmatch(r"[-/.,:]\w", after)))
    )


def _is_capital(view: View, start: int, end: int) -> bool:
    original = view.original[slice(*view.origin(start, end))]
    return original == original.upper()


def _claim(place: tuple[int, int, str], subkind: str | None, rule: str) -> Claim:
    proven = rule == "checked" or (rule == "named" and subkind not in {None, "ru.passport"})
    certainty = Certainty.VALIDATED if proven else Certainty.SHAPE if rule == "printed" else Certainty.CONTEXT
    return Claim(
        kind="NATIONAL_ID",
        subkind=subkind,
        start=place[0],
        end=place[1],
        certainty=certainty,
        score={Certainty.VALIDATED: 0.95, Certainty.CONTEXT: 0.85, Certainty.SHAPE: 0.7}[certainty],
        rule=f"national_id.{rule}",
        canonical=f"national_id:{plain(place[2])}",
    )


def build(_kit: object) -> Detector:
    """Return the detector."""
    return NationalIdDetector()
