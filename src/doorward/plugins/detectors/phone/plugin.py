"""Telephone numbers: international, as dialled at home, and whatever stands after the words for one."""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, Literal, NamedTuple

from doorward.plugins.detectors.phone.numbering import (
    LONGEST,
    SHORTEST,
    is_international,
    national_shape,
    written_at_home,
)
from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.expressions import Expression
from doorward.protection.numbers import (
    NUMBER_RUN,
    Group,
    date_end,
    digit_groups,
    groups_of,
    is_money,
    joined,
)
from doorward.protection.phrases import alternatives, words_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.protection.wording import Wording, compile_phrases
from doorward.vocabulary.finding import Family

_WIDTH: Final = 48  # characters before a number that may say what it is
_WIDTH_BEHIND: Final = 24
_TAIL: Final = 2
_SAME_NUMBER: Final = 9  # last digits in which the same number agrees, dialled from home or from abroad
_SPLIT: Final = re.compile(r"\n|[*_]|[\s\-]{3}|\s/\s|(?<=\d)\s+(?=\+|\(\+)")
_FEWEST_BEFORE_A_BREAK: Final = 6  # digits that make a number of their own before a wide break


class PhoneDetector:
    """Finds telephone numbers in runs of digits."""

    id = "phone"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("PHONE",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at every run of digits; `phone` holds the words beside a telephone number, `other_number` of others."""
        phone = words_of(packs, "phone")
        words = _Words(
            before=compile_phrases(phone, before=WORD_BEFORE, after=rf"{WORD_AFTER}\.?[^0-9.!?;\n]{{0,24}}\Z"),
            behind=compile_phrases(phone, before=rf"[^0-9.!?;\n]{{0,12}}{WORD_BEFORE}", after=WORD_AFTER),
            secret=compile_phrases(
                words_of(packs, "pin"), before=WORD_BEFORE, after=rf"{WORD_AFTER}[^0-9.!?;\n]{{0,32}}\Z"
            ),
            other=compile_phrases(
                words_of(packs, "other_number"), before=WORD_BEFORE, after=rf"{WORD_AFTER}[^0-9.!?;,\n]{{0,16}}\Z"
            ),
            extension=Expression(
                lambda: rf"\s?,?\s?{alternatives(words_of(packs, 'extension'))}\.?:?\s?\d{{1,6}}{WORD_AFTER}"
            ),
        )
        pattern = Pattern(name="run", expression=NUMBER_RUN, before=_WIDTH, after=_WIDTH_BEHIND)
        return Watch((pattern,), partial(_examine, words))


class _Words(NamedTuple):
    before: Wording
    behind: Wording
    secret: Wording
    other: Wording
    extension: Expression


class _Number(NamedTuple):
    """A part of a run that may be one number: its place with `+` and bracket, its groups and all their digits."""

    start: int
    end: int
    groups: Sequence[Group]
    digits: str
    plus: bool


def _examine(words: _Words, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the telephone numbers of a run of digits."""
    claims = []
    for number in _numbers(view, candidate.start, candidate.end):
        judged = _judge(words, number, view)
        if judged is not None:
            claims.append(_claim(words, number, view.text, judged))
    return claims


def _numbers(view: View, start: int, end: int) -> Iterator[_Number]:
    """Yield the parts of a run between what separates numbers: line ends, wide breaks, another plus."""
    text = view.text
    for part_start, part_end in _parts(text, start, end):
        groups = groups_of(view, part_start, part_end)
        if not groups:
            continue
        first = groups[0].start
        opening = first
        while opening > part_start and text[opening - 1] in "(+ ":
            opening -= 1
        opening += len(text[opening:first]) - len(text[opening:first].lstrip())
        yield _Number(opening, groups[-1].end, groups, joined(groups), "+" in text[opening:first])


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _SPLIT.finditer(text, start, end):
        # '0176 / 12 34' is one number, '030 123456 / 0176 123456' are two.
        if "\n" in match[0] or len(joined(digit_groups(text, start, match.start()))) >= _FEWEST_BEFORE_A_BREAK:
            yield start, match.start()
            start = match.end()
    yield start, end


def _judge(words: _Words, number: _Number, view: View) -> tuple[str, Certainty, float] | None:
    """Return rule, certainty and score for a number, or None if it is no telephone number."""
    digits = number.digits
    if not 6 <= len(digits) <= LONGEST + 2:
        return None
    foreign = digits if number.plus else digits[2:] if digits.startswith("00") else ""
    if foreign and is_international(foreign):
        return "phone.international", Certainty.VALIDATED, 0.95
    told = _told(words, number, view) if len(digits) <= LONGEST else None
    return told if told and not _is_another(words, number, view) else None


def _told(words: _Words, number: _Number, view: View) -> tuple[str, Certainty, float] | None:
    """Return the same for a number that the words beside it make one of a telephone, or else how it is written."""
    text, low = view.text, max(number.start - _WIDTH, 0)
    if words.before.is_in(view, low, number.start) or words.behind.match(text, number.end):
        return "phone.context", Certainty.CONTEXT, 0.85
    shape = national_shape("-".join([group.digits for group in number.groups]))
    if shape is None or (_is_inside_a_word(number, text) and not words.extension.match(text, number.end)):
        return None
    return "phone.national", Certainty.SHAPE, 0.6 if shape == "any" else 0.75


def _is_another(words: _Words, number: _Number, view: View) -> bool:
    """Return whether a number is an amount or a date, or is called something else."""
    if is_money(view.text, number.start, number.end) or _is_dated(number, view.text):
        return True
    before = (max(number.start - _WIDTH, 0), number.start)
    return words.other.is_in(view, *before) or (len(number.digits) < SHORTEST and words.secret.is_in(view, *before))


def _is_dated(number: _Number, text: str) -> bool:
    """Return whether the number begins with a date, alone or with a time."""
    end = date_end(text, number.groups[0].start)
    return end is not None and len(joined(digit_groups(text, end, number.end))) < SHORTEST


def _is_inside_a_word(number: _Number, text: str) -> bool:
    """Return whether letters or further digits touch the number: then it is a part of some reference."""
    before, after = text[max(number.start - 2, 0) : number.start], text[number.end : number.end + 2]
    return bool(
        (before and (before[-1].isalnum() or before[-1] in "_#$" or re.fullmatch(r"\d[,:]|[a-z]-", before)))
        or (after and (after[0].isalnum() or re.fullmatch(r"[,:]\d|-[a-z]", after)))
    )


def _claim(words: _Words, number: _Number, text: str, judged: tuple[str, Certainty, float]) -> Claim:
    rule, certainty, score = judged
    extension = words.extension.match(text, number.end)
    exact, writings = _written(number, extension[0] if extension else "")
    return Claim(
        kind="PHONE",
        start=number.start,
        end=extension.end() if extension else number.end,
        certainty=certainty,
        score=score,
        rule=rule,
        tail=number.digits[-_TAIL:],
        canonical=f"phone:{number.digits[-_SAME_NUMBER:]}",
        exact=exact,
        writings=writings,
    )


def _written(number: _Number, extension: str) -> tuple[str, tuple[str, ...]]:
    """Return the number with every digit and its extension, as dialled, and how else the same one is dialled."""
    behind = "".join(("x", *filter(str.isdecimal, extension))) if extension else ""
    digits = number.digits
    foreign = digits if number.plus else digits[2:] if digits.startswith("00") else ""
    if not foreign or not is_international(foreign):
        return f"phone:{digits}{behind}", ()
    international, *home = written_at_home(foreign)
    return f"phone:+{international}{behind}", tuple(f"phone:{one}{behind}" for one in home)


def build(_kit: object) -> Detector:
    """Return the detector."""
    return PhoneDetector()
