"""Numbers as they are said and written, '1.250,50', 'two hundred', 'zweihundertfünfzig', and runs of digits."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_name, get_currency_symbol

from doorward.answering.procedures.answers.spoken import Spoken
from doorward.answering.procedures.heard import Number
from doorward.kit.numerals import Piece, read_numbers

_LARGEST: Final = 10**12
_TOKEN: Final = re.compile(
    r"(?P<grouped>(?<![\w.,])\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2})?(?![\w]|[.,]\d))"
    r"|(?P<written>(?<![\w.,])\d{1,12}(?:[.,]\d{1,2})?(?![\d]|[.,]\d))"
    r"|(?P<word>[^\W\d_]+)"
)
_RUN: Final = re.compile(r"[0-9A-Za-z]+(?:[-/][0-9A-Za-z]+)*")
_DIGITS: Final = re.compile(r"\d+")
_SPOKEN_RUN: Final = 4
"""Digits that make a run when they are said one by one or in pairs: the last four of a card."""


def numbers_of(spoken: Spoken, text: str) -> tuple[tuple[Number, ...], tuple[str, ...]]:
    """Return the numbers of a folded text in order, each once, and runs of four digits that were said in parts."""
    found: list[Number] = []
    runs: list[str] = []
    for row in _rows(spoken, text):
        if isinstance(row, Number):
            found.append(row)
            continue
        numbers = read_numbers(row)
        run = "".join(number.digits for number in numbers)
        # Nobody says half a number and writes the other half: 'the 450 one' points with its last word.
        written = {text[piece.start : piece.end].isdecimal() for piece in row}
        if len(numbers) > 1 and len(run) == _SPOKEN_RUN and len(written) == 1:
            runs.append(run)
        else:
            found += [Number(int(number.digits) * 100) for number in numbers if int(number.digits) <= _LARGEST]
    return tuple(dict.fromkeys(found)), tuple(runs)


def without_amounts(text: str, currency: str, language: str) -> str:
    """Return a folded text with its amounts blanked out: a number beside the currency's sign or name names nothing."""
    return _amount(currency, language).sub(lambda match: " " * len(match[0]), text)


@lru_cache
def _amount(currency: str, language: str) -> re.Pattern[str]:
    """Return the expression for an amount; the currency's name may have another ending ('euroluk', 'euros')."""
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    names = {currency, *(get_currency_name(currency, count, locale) for count in (None, 1, 2, 5))}
    worded = "|".join(sorted({re.escape(name.casefold()) for name in names}, key=len, reverse=True))
    sign = re.escape(get_currency_symbol(currency, locale).casefold())
    unit = rf"(?:{sign}|(?<![^\W\d_])(?:{worded})[^\W\d_]{{0,4}})"
    number = r"\d[\d.,'’\u00a0\u202f]*"
    return re.compile(rf"{unit}[ \u00a0]?{number}|{number}[ \u00a0-]?{unit}")


def digits_of(text: str) -> tuple[str, ...]:
    """Return what may name something by its key or the end of it, each once: '9012', 'P1001', 'HT410001'."""
    found: list[str] = []
    for match in _RUN.finditer(text):
        name = match[0]
        if any(map(str.isdecimal, name)):
            found += [re.sub(r"[-/]", "", name).upper(), *_DIGITS.findall(name)]
    return tuple(dict.fromkeys(found))


def _rows(spoken: Spoken, text: str) -> Iterator[Number | list[Piece]]:
    """Yield written numbers, and rows of number words with nothing but blanks between; '5 thousand' is such a row."""
    row: list[Piece] = []
    end = 0
    for match in _TOKEN.finditer(text):
        pieces = list(_pieces(spoken, match))
        if row and (not pieces or text[end : match.start()].strip(" -\u00a0")):
            yield from _closed(row)
            row = []
        if pieces:
            row += pieces
            end = match.end()
        elif match["word"] is None:
            yield Number(_hundredths(match[0]))
    yield from _closed(row)


def _closed(row: list[Piece]) -> Iterator[Number | list[Piece]]:
    if any(piece.meaning != "&" for piece in row):
        yield list(row)


def _pieces(spoken: Spoken, match: re.Match[str]) -> Iterator[Piece]:
    """Yield the pieces of a number that a word or a whole number is; nothing for other words and fractions."""
    token = match[0]
    if match["word"] is None:
        if match["written"] and token.isdecimal():
            yield Piece(*match.span(), token.lstrip("0") or "0")
        return
    known = spoken.numbers.get(token)
    if known is not None:
        yield Piece(*match.span(), known)
        return
    place = 0
    parts: list[Piece] = []
    while place < len(token):
        part = spoken.number.match(token, place)
        if part is None or part.end() == place:
            return
        parts.append(Piece(match.start() + place, match.start() + part.end(), spoken.numbers[part[0]]))
        place = part.end()
    yield from parts


def _hundredths(token: str) -> int:
    """Return a written number in hundredths: one or two digits behind the last point or comma are its fraction."""
    whole, fraction = token, ""
    if len(token) > 2 and token[-2] in ".,":
        whole, fraction = token[:-2], token[-1] + "0"
    elif len(token) > 3 and token[-3] in ".,":
        whole, fraction = token[:-3], token[-2:]
    return int(re.sub(r"\D", "", whole) or "0") * 100 + int(fraction or "0")
