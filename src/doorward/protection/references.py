"""Numbers by which offices know something: of orders, contracts, cases, devices. Their shape and their lists."""

import re
from collections.abc import Iterator
from typing import Final

from doorward.protection.numbers import date_end, is_money
from doorward.protection.view import View

Span = tuple[int, int]

_WORD: Final = re.compile(r"[^\W_]{1,24}(?:[\-/._][^\W_]{1,24}){0,7}")
_GROUP: Final = re.compile(r" (?P<group>[^\W_]{1,12}(?:[\-/][^\W_]{1,12}){0,3})(?![\w.,]\d|\w|\s?%)")
_BEGINNING: Final = re.compile(r"\d{1,4}/\d{2}|[A-Z0-9]{2,5}")  # '118/24 KR', 'Z16N 449207'
_MOST_GROUPS: Final = 6
_LONGEST_LETTERS: Final = 5  # letters in front of a spaced number, as in 'JJD 000 390'
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?:\.\d{1,3}){3}|\d+\.\d{1,2}")
_CLOSED: Final = re.compile(r"\s*(?:[.,;:!?)\]\"'|/\u2013\u2014-]|\Z|\n)")
_AMOUNT: Final = re.compile(r"(?:rp|usd|eur|gbp|tl|rub|chf)\.?\s?\d|\d[\d.,]*(?:rb|ribu|jt|juta|k|tl|eur|rub|usd)\Z")
_BETWEEN: Final = re.compile(r"\s?(?:[,;/&+|]|\s[^\W\d_]{1,4}\s)\s?")
_FEWEST_CHARACTERS: Final = 5  # letters and digits of a code that is mostly letters


def reference_at(view: View, at: int, *, fewest: int) -> Span | None:
    """Return the reference that begins at `at` of the view's text: one word with digits, or groups with blanks between.

    `fewest` is how many digits a number without letters has at least. Dates, years, money, and prices are none.
    """
    text = view.text
    word = _WORD.match(text, at)
    if word is None or (at and text[at - 1].isalnum()):
        return None
    end = _with_groups(view, at, word.end())
    value = original_of(view, at, end)
    if not is_reference(value, fewest=fewest) or _AMOUNT.match(text[at:end]):
        return None
    return None if is_money(text, at, end) or _is_dated(text, at, end) else (at, end)


def is_reference(value: str, *, fewest: int) -> bool:
    """Return whether characters as they were typed could be a reference."""
    if value.isalpha():
        return False
    digits = sum(character.isdecimal() for character in value)
    letters = sum(character.isalpha() for character in value)
    if not letters:
        year = re.fullmatch(r"(?:19|20)\d\d", value)
        return digits >= fewest and not year and not _THOUSANDS.fullmatch(value)
    if digits >= 3:
        return True
    return digits >= 1 and digits + letters >= _FEWEST_CHARACTERS and value == value.upper()


def listed_after(view: View, first: Span) -> Iterator[Span]:
    """Yield the references of the same shape that are listed behind one: 'SN A-12 and A-13, A-14'."""
    start, end = first
    shape = _shape(view.text[start:end])
    while True:
        between = _BETWEEN.match(view.text, end)
        if between is None:
            return
        start, end = between.end(), between.end() + len(shape)
        if _shape(view.text[start:end]) != shape or view.text[end : end + 1].isalnum():
            return
        yield start, end


def original_of(view: View, start: int, end: int) -> str:
    """Return the characters of the original behind `text[start:end]`."""
    return view.original[slice(*view.origin(start, end))]


def _with_groups(view: View, start: int, end: int) -> int:
    """Return where the groups end that belong to a number written with blanks: '4 550 113 872', 'VC 0049 3327 1'."""
    text = view.text
    first = original_of(view, start, end)
    if not (first.isdecimal() or _is_letters(first) or _BEGINNING.fullmatch(first)):
        return end
    ends = [end]
    for _ in range(_MOST_GROUPS):
        group = _GROUP.match(text, ends[-1])
        if group is None or is_money(text, start, ends[-1]):
            break
        value = original_of(view, *group.span("group"))
        if not (any(character.isdecimal() for character in value) and value == value.upper()) and not _is_letters(
            value
        ):
            break
        ends.append(group.end())
    while len(ends) > 1 and not _may_close(view, ends[-2], ends[-1]):
        ends.pop()
    return ends[-1]


def _may_close(view: View, before: int, end: int) -> bool:
    """Return whether the last group belongs to the number: a short one may be the next word's ('12345 10 rolls')."""
    group = view.text[before + 1 : end]
    long_enough = group.isalpha() or (end - before > 3 and group.isdecimal())
    return (long_enough or _CLOSED.match(view.text, end) is not None) and not is_money(view.text, before + 1, end)


def _is_letters(value: str) -> bool:
    return len(value) <= _LONGEST_LETTERS and value.isalpha() and value == value.upper()


def _is_dated(text: str, start: int, end: int) -> bool:
    dated = date_end(text, start)
    return dated is not None and dated >= end


def _shape(value: str) -> str:
    return "".join("9" if sign.isdecimal() else "a" if sign.isalpha() else sign for sign in value)
