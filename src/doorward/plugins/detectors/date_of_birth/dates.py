"""Dates as people write the day they were born on: in figures, with a month's name, in any order."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from doorward.protection.beside import FAR, NEAR, VALUE_BEGINS, VALUE_ENDS, Shape
from doorward.protection.phrases import alternatives, any_of, words_of
from doorward.protection.ports import LanguagePack

_LONG_AGO: Final = (
    r"\m(?:\d{1,2}[./\-]\d{1,2}[./\-](?:19[1-9]\d|200\d)|(?:19[1-9]\d|200\d)[./\-](?:0\d|1[0-2])[./\-][0-3]\d)\M"
)

_SIGN: Final = r"(?:\s?[./\-]\s?|\s|%2f|%2d)"
_YEAR: Final = r"(?:19\d\d|20[0-4]\d|'?\d\d)"
_FULL_YEAR: Final = r"(?:19\d\d|20[0-4]\d)"
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_OLD: Final = re.compile(r"19\d\d|200\d")

_DAY_FIRST: Final = rf"{_DAY}{_SIGN}{_MONTH}{_SIGN}{_YEAR}"
_MONTH_FIRST: Final = rf"{_MONTH}{_SIGN}{_DAY}{_SIGN}{_YEAR}"
_YEAR_FIRST: Final = rf"{_FULL_YEAR}{_SIGN}{_MONTH}{_SIGN}{_DAY}"
_COMPACT: Final = r"(?=\d{5,8})(?:0?[1-9]|[12]\d|3[01])(?:0?[1-9]|1[0-2])(?:19\d\d|20[0-4]\d|\d\d)"


def long_ago(packs: Sequence[LanguagePack]) -> Iterator[str]:
    """Yield expressions for dates between 1910 and 2009. Hardly anything else in customer service is so old."""
    yield _LONG_AGO
    months = words_of(packs, "month")
    if months:
        yield rf"\m\d{{1,2}}[\s.]{{1,2}}{any_of(months)}[\s.]{{1,2}}(?:19[1-9]\d|200\d)\M"


def shapes_of(packs: Sequence[LanguagePack]) -> tuple[Shape, ...]:
    """Return the ways to write a date: of long ago, far from a word of birth as well, others near to it."""
    month = alternatives(words_of(packs, "month"))
    ending = rf"(?:\.|\s?{alternatives(words_of(packs, 'ordinal_ending'))})?"
    break_ = r"[\s.,\-/']{1,3}"
    in_words = (
        rf"(?:{_DAY}{ending}[\s\-./]{{0,2}}{month}{break_}{_YEAR}"
        rf"|{month}{break_}{_DAY}{ending}{break_}{_FULL_YEAR}"
        rf"|{_FULL_YEAR}{break_}{month}{break_}{_DAY})"
    )
    written = re.compile(rf"{VALUE_BEGINS}(?:{in_words}|{_DAY_FIRST}|{_MONTH_FIRST}|{_YEAR_FIRST}){VALUE_ENDS}")
    return (
        Shape("long_ago", written, _is_old, FAR),
        Shape("date", written, _always, NEAR),
        Shape("compact", re.compile(rf"{VALUE_BEGINS}{_COMPACT}{VALUE_ENDS}"), _always, 8),
    )


def _is_old(match: re.Match[str]) -> bool:
    return _OLD.search(match[0]) is not None


def _always(_match: re.Match[str]) -> bool:
    return True
