"""How secrets are written: codes in digits, in words, mixed with letters; passwords."""

import re
from collections.abc import Sequence
from typing import Final

from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.phrases import alternatives

_BEGINS: Final = rf"{WORD_BEFORE}(?<!\$)(?<!\d[.,:/\-])"
_ENDS: Final = rf"{WORD_AFTER}(?![.,:/\-]\d|\s?%)"

DIGITS: Final = (
    rf"{_BEGINS}(?:[a-z]{{1,3}}-)?"
    r"(?:\d{3}[\s\-]\d{3}|\d{4}[\s\-]\d{4}|\d\d(?:[\s\-]\d\d){1,3}|\d(?:[\s\-.,_]{1,2}\d){2,9}|\d{3,12})"
    rf"{_ENDS}"
)
"""A code in digits: together, in halves, in pairs or one by one; `G-123456` as some senders write it."""

MIXED: Final = rf"{WORD_BEFORE}(?=[a-z\-]{{0,9}}\d)(?=[0-9\-]{{0,9}}[a-z])[0-9a-z]{{2,5}}-?[0-9a-z]{{2,5}}{WORD_AFTER}"
"""A code of letters and digits; capitals make it one, which the normal form no longer tells."""

WORD: Final = r"(?<=\x22)[^\x22\n]{4,64}(?=\x22)|[^\s\x1a]{4,64}"
"""A password: anything without a break, or anything in quotation marks."""

_OPENING: Final = "'\"`(<[*"
_CLOSING: Final = "'\"`)>]*.,;:"
_QUOTES: Final = "'\"`"
_NUMBER_WITH_SIGNS: Final = re.compile(r"[\d.,:/\-+]*[.,:/\-+][\d.,:/\-+]*")


def spelled_digits(words: Sequence[str]) -> str:
    """Return a pattern for a code spelled out in words: three to ten of them."""
    word = rf"{WORD_BEFORE}{alternatives(words)}{WORD_AFTER}"
    return rf"{word}(?:[\s,\-]{{1,3}}{word}){{2,9}}"


def is_year(value: str) -> bool:
    """Return whether four digits are more likely a year."""
    return len(value) == 4 and value[:2] in {"19", "20"}


def is_number(value: str) -> bool:
    """Return whether a word is nothing but a number, a date, a time or a range."""
    return _NUMBER_WITH_SIGNS.fullmatch(value) is not None or is_year(value)


def has_signs(value: str) -> bool:
    """Return whether a word has digits or signs that ordinary words do not have inside."""
    inner = value.rstrip("!?")
    return any(character.isdecimal() or character in "!@#$%^&*+=~|\\_?{}" for character in inner)


def has_odd_capitals(value: str) -> bool:
    """Return whether capitals and small letters are mixed as no ordinary word mixes them."""
    return not value.isupper() and any(character.isupper() for character in value[1:])


def is_quoted(text: str, start: int, end: int) -> bool:
    """Return whether `text[start:end]` stands in quotation marks."""
    return text[start - 1 : start] in set(_QUOTES) and text[end : end + 1] in set(_QUOTES)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a password's place without the quotes and the sentence's punctuation around it.

    A final exclamation or question mark stays: it is as likely a part of the password.
    """
    while start < end and text[start] in _OPENING:
        start += 1
    while end > start and text[end - 1] in _CLOSING:
        end -= 1
    return start, end
