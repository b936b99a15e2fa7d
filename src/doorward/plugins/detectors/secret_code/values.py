"""How secrets are written: codes in digits, in words, mixed with letters; passwords."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.phrases import alternatives

_BEGINS: Final = rf"{WORD_BEFORE}(?<!\$)(?<!\d[.,:/\-])"
_ENDS: Final = rf"{WORD_AFTER}(?![.,:/\-]\d|\s?%)"

DIGITS: Final = (
    rf"{_BEGINS}(?:[a-z]{{1,3}}-)?"
    r"(?:\d{3}[\s\-]\d{3}|\d{4}[\s\-]\d{4}[\s\-]\d{2,4}|\d{4}[\s\-]\d{4}|\d\d(?:[\s\-]\d\d){1,3}|\d(?:[\s\-.,_]{1,3}\d){2,9}|\d{3,12})"
    rf"{_ENDS}"
)
"""A code in digits: together, in halves, in pairs or one by one; `G-123456` as some senders write it."""

MIXED: Final = (
    rf"{WORD_BEFORE}(?=[^\W\d_\-]{{0,5}}-?[^\W\d_\-]{{0,5}}\d)(?=[0-9\-]{{0,9}}[^\W\d_])"
    rf"(?:[^\W_]{{4,10}}|[^\W_]{{1,5}}(?:-[^\W_]{{2,6}}){{1,2}}){WORD_AFTER}(?!-)"
)
"""A code of letters and digits; capitals make it one, which the normal form no longer tells."""

WORD: Final = r"(?<=\x22)[^\x22\n]{4,64}(?=\x22)|[^\s\x1a]{4,64}"
"""A password: anything without a break, or anything in quotation marks."""

_SHORTEST_STRONG: Final = 6
_SHORTEST_MIXED: Final = 7
_MOST_HYPHENS: Final = 2
_MOST_QUOTED_WORDS: Final = 5
_MEASURE: Final = re.compile(r"[\d.,]+-?[^\W\d_]+\Z|[^\W\d_]+-?\d\Z|[^\W\d_]+\.\d+\Z|.*[/=]")
_STRONG_SIGNS: Final = "!@#$%^&*+=~_?"
_ADDRESS: Final = re.compile(
    r"[^\s@]@[\w\-]+(?:\.[\w\-]+)+\Z|\Awww\.|\.(?:com|net|org|example|de|ru|id|uk)(?:/|\Z)|\A@"
)
_ARTEFACT: Final = re.compile(
    r".*\.(?:pdf|docx?|xlsx?|pptx?|odt|csv|txt|zip|rar|7z|jpe?g|png|gif|heic|mp[34]|mov|xml|json|html?|log|exe|apk)"
    r"|#\w+"
    r"|[^\W\d_]{2,5}(?:\+[^\W_]{1,5}){1,3}"
    r"|[^\W\d_]+[\-/]?v?\d+(?:\.\d+)+"
    r"|\d+(?:-[^\W\d_]+)+",
    re.IGNORECASE,
)
_SUFFIX: Final = re.compile(r"(?<=[\d!#$%&*+_?])'[^\W\d_]{1,5}\Z")
_OPENING: Final = "'\"`(<[*"
_CLOSING: Final = "'\"`)>]*.,;:"
_QUOTES: Final = "'\"`"
_YEAR: Final = re.compile(r"19\d\d|20[0-4]\d")
_OFFER: Final = re.compile(r"[^\W\d_]{4,}\d{1,3}")
_RANGE: Final = re.compile(r"\d{1,2}-\d{1,3}")
_PHRASE_ENDS: Final = re.compile(r"[\"'`)\]*\u00bb]?\s*(?:[.,;!?)\"']|\Z|\n)")
_SENTENCE_ENDS: Final = re.compile(r"['\"`)\]*]?(?:\s*\Z|\s*[.,;!?]\s*\Z|\s*\n|[.;]\s)")
_NUMBER_WITH_SIGNS: Final = re.compile(r"[\d.,:/\-+]*[.,:/\-+][\d.,:/\-+]*")


def spelled_digits(words: Sequence[str]) -> str:
    """Return a pattern for a code spelled out in words: three to ten of them."""
    word = rf"{WORD_BEFORE}{alternatives(words)}{WORD_AFTER}"
    return rf"{word}(?:[\s,\-]{{1,3}}{word}){{2,9}}"


def is_year(value: str) -> bool:
    """Return whether four digits are more likely a year."""
    return _YEAR.fullmatch(value) is not None


def size_of(value: str) -> int:
    """Return how many digits a code has, in figures or in words."""
    return sum(map(str.isdecimal, value)) or len(re.split(r"[\s,\-]+", value))


def is_artefact(value: str) -> bool:
    """Return whether a word is made like a password, but is something that people write of.

    Files ('Invoice_03.pdf'), hashtags, keys pressed together ('Ctrl+Alt+F2'), versions ('macOS-14.2') and measures
    with a noun ('450-Euro-Jobs').
    """
    return _ARTEFACT.fullmatch(value) is not None


def is_offer(value: str) -> bool:
    """Return whether a mixed code is a word and a figure, as advertisements call a code: 'WELCOME10'."""
    return _OFFER.fullmatch(value) is not None


def is_phrase(value: str) -> bool:
    """Return whether quoted words with a figure can be a password: a few, and no rule or message of several parts."""
    words = value.split()
    return len(words) <= _MOST_QUOTED_WORDS and not re.search(r"[,:;]\s", value)


def is_round(value: str) -> bool:
    """Return whether digits are more likely an amount: codes that end with two zeros are one in a hundred."""
    return value.endswith("00")


def is_strong(value: str) -> bool:
    """Return whether a word, as it was typed, looks like a password wherever it stands: long, and of several sorts.

    Addresses, numbers of orders (capitals and digits alone) and links do not.
    """
    if len(value) < _SHORTEST_STRONG or "://" in value or _ADDRESS.search(value) or value == value.upper():
        return False
    if is_artefact(value):
        return False
    letters = sum(character.isalpha() for character in value)
    digits = sum(character.isdecimal() for character in value)
    signs = any(character in _STRONG_SIGNS for character in value.rstrip("!?").replace("_", "" if not digits else "_"))
    odd = has_odd_capitals(value) and any(first.islower() and second.isupper() for first, second in pairwise(value))
    return letters >= 3 and ((digits >= 2 and digits + letters >= 6) or signs or (odd and digits >= 1))


def is_mixed(value: str) -> bool:
    """Return whether a word, as it was typed, mixes small letters and digits, as passwords do where one is awaited.

    Weaker than `is_strong`: 'lagos2london', 'kuzine-soba-77'. Addresses, amounts and measures are not.
    """
    if len(value) < _SHORTEST_MIXED or "://" in value or _ADDRESS.search(value) or _MEASURE.match(value):
        return False
    if is_artefact(value):
        return False
    letters = re.findall(r"[^\W\d_]+", value)
    small = any(part != part.upper() for part in letters)
    return small and max(map(len, letters), default=0) >= 4 and any(map(str.isdecimal, value))


def is_unmistakable(value: str) -> bool:
    """Return whether a word, as it was typed, can hardly be anything but a password: words, digits and signs in one.

    'Tulip-march88', 'Jelly.Tot5', 'Teekanne&3'. Small letters, a capital or a strong sign, a digit, a sign inside.
    """
    inner = value.rstrip("!?")
    if not is_mixed(value) or value.count("-") > _MOST_HYPHENS or "." in value.partition("@")[2]:
        return False
    strong = any(sign in "!#$%^&*+~" for sign in value)
    signs = strong or any(sign in "-._@" for sign in inner)
    humps = sum(first.islower() and second.isupper() for first, second in pairwise(value))
    mixed = (signs and (strong or any(sign.isupper() for sign in value))) or humps > 1
    return mixed and value[0].isalnum()


def is_number(value: str) -> bool:
    """Return whether a word is nothing but a number, a date, a time or a range."""
    return _NUMBER_WITH_SIGNS.fullmatch(value) is not None or is_year(value)


def is_range(value: str) -> bool:
    """Return whether a word says how long something is: '12-64'."""
    return _RANGE.fullmatch(value) is not None


def has_signs(value: str) -> bool:
    """Return whether a word has digits or signs that ordinary words do not have inside."""
    inner = value.rstrip("!?")
    return any(character.isdecimal() or character in "!@#$%^&*+=~|\\_?{}" for character in inner)


def has_odd_capitals(value: str) -> bool:
    """Return whether capitals and small letters are mixed as no ordinary word mixes them."""
    return not value.isupper() and any(character.isupper() for character in value[1:])


def has_inner_breaks(value: str) -> bool:
    """Return whether a word of letters has hyphens or dots in two places: 'kofe-s-molokom'."""
    return len(re.findall(r"(?<=[^\W\d_])[\-.](?=[^\W\d_])", value)) > 1


def ends_phrase(text: str, end: int) -> bool:
    """Return whether a value that ends at `end` closes what is said: the text, a line, or a part of a sentence."""
    return _PHRASE_ENDS.match(text, end) is not None


def ends_sentence(text: str, end: int) -> bool:
    """Return whether a value that ends at `end` closes its sentence, or a comma ends the text behind it."""
    return _SENTENCE_ENDS.match(text, end) is not None


def is_quoted(text: str, start: int, end: int) -> bool:
    """Return whether `text[start:end]` stands in quotation marks."""
    return text[start - 1 : start] in set(_QUOTES) and text[end : end + 1] in set(_QUOTES)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a password's place without the quotes and the sentence's punctuation around it.

    A final exclamation or question mark stays: it is as likely a part of the password. An ending behind an apostrophe
    does not: 'Lale1718'i'.
    """
    while start < end and text[start] in _OPENING:
        start += 1
    while end > start and text[end - 1] in _CLOSING:
        end -= 1
    suffix = _SUFFIX.search(text, start, end) if text.find("'", start, end) >= 0 else None
    return start, suffix.start() if suffix else end
