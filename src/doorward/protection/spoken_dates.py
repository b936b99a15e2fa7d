"""Dates as people say them, found in a text and written as they would be typed: 'the twenty third of april eighty two'.

A day, a month's name and a year, in the order of any language, or three numbers of which the first two tell places in
order, as German says dates ('ersten achten zweitausendzehn').
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from doorward.kit.numerals import JOINT, Number, Piece, read_numbers
from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.phrases import alternatives, normal_phrases
from doorward.protection.ports import LanguagePack
from doorward.protection.rewriting import Replacement
from doorward.protection.view import View

_LAST_DAY, _LAST_MONTH = 31, 12
_LAST_OF_THIS_CENTURY: Final = 29
_CENTURIES: Final = ("19", "20")
_SAID: Final = re.compile(r"[^\W\d_]{2}")
_BLANK: Final = r"[^\S\n]"


class _Words(NamedTuple):
    """How one language says dates: what its number words mean, which of them tell places in order, and patterns."""

    meanings: dict[str, str]
    ordinals: frozenset[str]
    piece: re.Pattern[str]
    month: re.Pattern[str]
    ordinal: re.Pattern[str]
    named: re.Pattern[str]
    numbered: re.Pattern[str]


class SpokenDates:
    """Dates whose numbers are said, of any of some languages. Immutable and thread-safe."""

    def __init__(self, packs: Sequence[LanguagePack]) -> None:
        """Take the words from the packs: `digit_word`, `number_word`, `ordinal_word`, `month`, `date_filler`."""
        self._languages = [_words(pack) for pack in packs if pack.words("number_word") and pack.words("month")]

    def replacements(self, view: View) -> Iterator[Replacement]:
        """Yield the numbers as digits, in characters of the view's original; linear in the text."""
        for words in self._languages:
            if words.month.search(view.text):
                for match in words.named.finditer(view.text):
                    yield from _placed(view, match, _named(match, words))
            if words.ordinal.search(view.text):
                for match in words.numbered.finditer(view.text):
                    yield from _placed(view, match, _numbered(match, words))


def _words(pack: LanguagePack) -> _Words:
    ordinals = _normal(dict(pack.meanings("ordinal_word")))
    meanings = {**_normal({**pack.meanings("digit_word"), **pack.meanings("number_word")}), **ordinals}
    number = alternatives([word for word, meaning in meanings.items() if meaning != JOINT])
    joints = [word for word, meaning in meanings.items() if meaning == JOINT]
    joint = rf"{alternatives(joints)}?" if joints else ""
    token = rf"{WORD_BEFORE}(?:{number}(?:{joint}{number}){{0,7}}|\d{{1,4}}\.?){WORD_AFTER}"
    filler = rf"{WORD_BEFORE}{alternatives(pack.words('date_filler'))}{WORD_AFTER}{_BLANK}?"
    row = rf"{token}(?:(?:{_BLANK}|-){token}){{0,5}}"
    gap = rf"(?:{_BLANK}|[.,\-]){{1,3}}(?:{filler}){{0,2}}"
    month = rf"{WORD_BEFORE}{alternatives(pack.words('month'))}{WORD_AFTER}"
    return _Words(
        meanings=meanings,
        ordinals=frozenset(ordinals),
        piece=re.compile(rf"{alternatives(list(meanings))}|\d{{1,4}}"),
        month=re.compile(month),
        ordinal=re.compile(alternatives(list(ordinals)) + WORD_AFTER),
        named=re.compile(rf"(?:(?P<day>{row})(?P<to>{gap}))?(?P<month>{month})(?P<on>{gap})(?P<year>{row})"),
        numbered=re.compile(rf"{token}(?:{gap}{token}){{2,7}}"),
    )


def _normal(meanings: dict[str, str]) -> dict[str, str]:
    return {form: meaning for phrase, meaning in meanings.items() for form in normal_phrases([phrase])}


_Written = list[tuple[int, int, str]]
"""What to write instead of which places."""


def _named(match: re.Match[str], words: _Words) -> _Written:
    """Return what to write instead of the day and the year around a month's name; nothing if they are none."""
    behind = _numbers(match, "year", words)
    if match["day"] is None:
        first, rest = behind[0].digits, "".join(number.digits for number in behind[1:])
        if _is_year(rest) and _is_within(first, _LAST_DAY) and first not in _CENTURIES:
            return [(*match.span("year"), f"{first} {_full(rest)}"), (*match.span("on"), " ")]
        year = first + rest
        return [(*match.span("year"), year), (*match.span("on"), " ")] if len(year) in {2, 4} else []
    day = "".join(number.digits for number in _numbers(match, "day", words))
    year = "".join(number.digits for number in behind)
    if not _is_within(day, _LAST_DAY) or not _is_year(year):
        return []
    gaps = [(*match.span("to"), " "), (*match.span("on"), " ")]
    return [(*match.span("day"), day), *gaps, (*match.span("year"), year)]


def _numbered(match: re.Match[str], words: _Words) -> _Written:
    """Return what to write instead of two numbers that tell places in order and a year behind them."""
    pieces = list(_pieces(match, 0, words))
    text = match.string
    ends = [
        place
        for place, piece in enumerate(pieces, start=1)
        if text[piece.start : piece.end] in words.ordinals or text[piece.end : piece.end + 1] == "."
    ]
    if len(ends) < 2 or ends[1] == len(pieces):
        return []
    parts = [pieces[: ends[0]], pieces[ends[0] : ends[1]], pieces[ends[1] :]]
    day, month, year = ("".join(number.digits for number in read_numbers(part)) for part in parts)
    if not (_is_within(day, _LAST_DAY) and _is_within(month, _LAST_MONTH) and _is_year(year)):
        return []
    return [(pieces[0].start, pieces[-1].end, f"{day}.{month}.{year}")]


def _numbers(match: re.Match[str], group: str, words: _Words) -> list[Number]:
    return read_numbers(_pieces(match, group, words))


def _pieces(match: re.Match[str], group: str | int, words: _Words) -> Iterator[Piece]:
    for piece in words.piece.finditer(match.string, *match.span(group)):
        yield Piece(*piece.span(), words.meanings.get(piece[0], piece[0]))


def _is_within(digits: str, most: int) -> bool:
    return len(digits) <= 2 and digits.isdecimal() and 1 <= int(digits) <= most


def _is_year(digits: str) -> bool:
    return len(digits) == 2 or (len(digits) == 4 and digits.startswith(_CENTURIES))


def _full(year: str) -> str:
    """Return a year with its century, which people leave out of years that are past."""
    return year if len(year) == len("1958") else f"{19 if int(year) > _LAST_OF_THIS_CENTURY else 20}{year}"


def _placed(view: View, match: re.Match[str], written: _Written) -> Iterator[Replacement]:
    """Yield what was written as replacements, if numbers were said at all."""
    if any(_SAID.search(match.string, start, end) for start, end, text in written if text != " "):
        for start, end, text in written:
            yield Replacement(*view.origin(start, end), text)
