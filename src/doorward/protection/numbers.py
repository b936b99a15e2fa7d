"""Numbers as people write them: groups of digits with breaks between, and what their surroundings say."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.view import View

NUMBER_RUN: Final = r"[(+]{0,3}\d(?:[\s().\-/_+*]{0,4}\d){5,}"
"""Expression: six digits or more, with short breaks between them. Cards and telephone numbers hide in such runs."""

_MONEY: Final = (
    r"(?:[$%]|(?:eur|euros?|cents?|usd|gbp|chf|tl|try|idr|rp|rub|dollars?|pounds?|quid|lira|liras|rupiah|rubel|руб\w*|р)"
    rf"{WORD_AFTER})"
)
_MONEY_BEFORE: Final = re.compile(rf"(?:\$|{WORD_BEFORE}(?:eur|euro|usd|gbp|chf|try|tl|idr|rp|rub))\.?\s?\Z")
_MONEY_AFTER: Final = re.compile(rf"(?:[.,]\d{{1,2}})?\s?{_MONEY}")
_DIGITS: Final = re.compile(r"[0-9]+")
_DATE: Final = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])(?P<sign>[./\-]) ?(?:0?[1-9]|1[0-2])(?P=sign) ?(?:(?:19|20)\d\d|\d\d)(?!\d)"
    r"|(?:19|20)\d\d(?P<iso>[./\-])(?:0[1-9]|1[0-2])(?P=iso)(?:0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?:0[1-9]|1[0-2])/(?:0[1-9]|[12]\d|3[01])/(?:19|20)\d\d(?!\d)"
)
_DOUBLED: Final = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))


class Group(NamedTuple):
    """A group of digits: its place in the text, end exclusive."""

    start: int
    end: int
    digits: str


def digit_groups(text: str, start: int, end: int) -> list[Group]:
    """Return the groups of digits in `text[start:end]`, in order."""
    return [Group(*match.span(), match[0]) for match in _DIGITS.finditer(text, start, end)]


def groups_of(view: View, start: int, end: int) -> Sequence[Group]:
    """Return the groups of digits of a run in a view's text; told apart once, whoever looks at the run."""
    known: dict[tuple[int, int], Sequence[Group]] = view.noted.setdefault(Group, {})
    found = known.get((start, end))
    if found is None:
        found = known[start, end] = digit_groups(view.text, start, end)
    return found


def joined(groups: Sequence[Group]) -> str:
    """Return all digits of the groups."""
    return "".join([group.digits for group in groups])


def passes_luhn(digits: str) -> bool:
    """Return whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    values = digits.encode()
    plain = values[-1::-2]
    return (sum(plain) - 48 * len(plain) + sum(values[-2::-2].translate(_DOUBLED))) % 10 == 0


def is_money(text: str, start: int, end: int) -> bool:
    """Return whether a currency or a percent sign stands beside the number `text[start:end]`."""
    return bool(_MONEY_AFTER.match(text, end) or _MONEY_BEFORE.search(text, max(start - 6, 0), start))


def date_end(text: str, start: int) -> int | None:
    """Return where the date that begins at `start` ends, day or year first; None if there is no date."""
    match = _DATE.match(text, start)
    return match.end() if match else None
