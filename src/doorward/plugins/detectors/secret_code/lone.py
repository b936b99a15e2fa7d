"""Codes that nobody names: six digits as they are sent, beside words of sending and typing, or alone in a message."""

import re
from typing import Final

from doorward.plugins.detectors.secret_code.around import SOURCE_REACH, open_sides
from doorward.plugins.detectors.secret_code.far import is_free
from doorward.plugins.detectors.secret_code.figures import Span
from doorward.plugins.detectors.secret_code.grammar import Grammar
from doorward.plugins.detectors.secret_code.values import is_round
from doorward.protection.numbers import date_end
from doorward.protection.ports import View

LONE: Final = r"\m(?:[a-z]-)?(?:\d{6}|\d{3}[\s\-]\d{3}|\d\d[\s\-]\d\d[\s\-]\d\d)\M"
"""Expression: six digits together, in halves or in pairs, as codes are sent and read."""

_BESIDE: Final = 24  # characters in which such a word makes a number a code wherever it stands in its sentence
_SHORT: Final = 90  # characters of a message that says hardly more than a code
_GOES_ON_BEFORE: Final = re.compile(r"[\d+][\s.,:/()\-]{0,3}\Z")
_GOES_ON_BEHIND: Final = re.compile(r"[\s.,:/()\-]{0,2}\d|\s?\w{0,3}[%*]")
_FIGURE: Final = re.compile(r"\d")


def lone_code(grammar: Grammar, view: View, start: int, end: int) -> Span | None:
    """Return the code at `start:end` that no name gives away, if nothing there says that it is another number."""
    text = view.text
    if _goes_on(text, start, end) or not is_free(grammar, view, start, end):
        return None
    if is_round(text[start:end]):
        return None
    window = max(start - SOURCE_REACH, 0), end + SOURCE_REACH
    if grammar.source.is_between(view, *window):
        good = grammar.source.is_between(view, max(start - _BESIDE, 0), end + _BESIDE)
    else:
        window = 0, len(text)
        good = False
        if len(text) > _SHORT or _FIGURE.search(text, end) or _FIGURE.search(text, 0, start):
            return None
    good = good or open_sides(grammar, text, start, end) > 0
    return (start, end) if good and not grammar.called_other.is_between(view, *window) else None


def is_sent(grammar: Grammar, view: View, start: int, end: int) -> bool:
    """Return whether a word of sending or typing stands close to a code, other than those for telephones.

    Where a secret is named as well, its name says what it is.
    """
    near = grammar.source.finditer(view.text, max(start - _BESIDE, 0), end + _BESIDE)
    sent = any(not grammar.phone.is_all(word[0], 0, len(word[0])) for word in near)
    return sent and not grammar.name.search(view.text, max(start - SOURCE_REACH, 0), end + SOURCE_REACH)


def _goes_on(text: str, start: int, end: int) -> bool:
    """Return whether digits are a part of a longer number, or a date."""
    return bool(
        _GOES_ON_BEFORE.search(text, max(start - 4, 0), start)
        or _GOES_ON_BEHIND.match(text, end)
        or date_end(text, start) == end
    )
