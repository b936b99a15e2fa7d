"""What may be a secret by its structure alone: figures, and words that mix signs.

Nothing here knows a word. What is yielded is looked at by the judge; what is not yielded is left to the rules.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final, NamedTuple

from doorward.plugins.detectors.secret_code.values import is_range, trimmed
from doorward.protection.numbers import date_end, is_money
from doorward.protection.ports import View
from doorward.protection.standing import figures_of, odd_words

FIGURES, SIGNS = 0, 1
"""Sorts of suspects: digits; a word with letters and digits or signs."""

_FIGURES: Final = re.compile(
    r"(?<!\d[.,:])(?<!\b\d[/\-])(?<!\b\d\d[/\-])"
    r"(?:\d{3}[ \-]\d{3}|\d{4}[ \-]\d{4}|\d\d(?:[ \-]\d\d){1,4}|\d(?:[ \-.,_/*()]{1,3}\d){2,9}|\d{3,10})"
    r"(?!\d)(?![.,:]\d|[/\-]\d{1,2}(?!\d)|\s?%)"
)
_GLUED: Final = re.compile(r"[^\W\d_]")
_NAMED_BEFORE: Final = re.compile(r"[^\W_][^\W_]-\Z")
_NAMED_BEHIND: Final = re.compile(r"-[^\W\d_]{2}")
_SHORTEST_WORD: Final = 4
_GOES_ON: Final = re.compile(r"[ .()/\-]{0,2}\d")
_LONGER: Final = re.compile(rf"[+(]{{0,2}}\d(?:{_GOES_ON.pattern})*")
_REACH_OF_RUN: Final = 32
_MOST_DIGITS: Final = 10
_WRITTEN_BY_PROGRAMS: Final = re.compile(
    r"%[0-9a-f]{2}|[\w\"]=|\":|[{}]|://|\\|.*/.*/|[0-9a-f]{24}|[\w+/]{40}|[^@\s]@[\w\-]+\.\w", re.IGNORECASE
)
_ONLY_NUMBER: Final = re.compile(r"[\d\s.,:/\-+*_()#]*")


class Suspect(NamedTuple):
    """A place in the view's text that may be a secret, and its sort."""

    start: int
    end: int
    sort: int


def figures(view: View, start: int, end: int) -> Iterator[Suspect]:
    """Yield the runs of three to ten digits of a part of the text: together, in groups, one by one.

    Pieces of longer numbers, amounts and dates are none.
    """
    text, runs = view.text, figures_of(view).starts
    done = start
    for place in range(bisect_left(runs, start), bisect_left(runs, end)):
        match = _FIGURES.match(text, runs[place], end) if runs[place] >= done else None
        if match is None:
            continue
        low, done = match.span()
        glued = _GLUED.match(text[low - 1 : low]) and _GLUED.match(text[done : done + 1])
        if not glued and not _is_other(view, low, done):
            yield Suspect(low, done, FIGURES)


def run_around(view: View, start: int, end: int) -> tuple[int, int]:
    """Return the place of the digits with short breaks between them that `text[start:end]` is a part of.

    No more than some digits on each side are looked at. Found once, whoever asks.
    """
    known: dict[tuple[int, int], tuple[int, int]] = view.noted.setdefault(run_around, {})
    found = known.get((start, end))
    if found is None:
        found = known[start, end] = _run_around(view.text, start, end)
    return found


def _run_around(text: str, start: int, end: int) -> tuple[int, int]:
    low = max(start - _REACH_OF_RUN, 0)
    for match in _LONGER.finditer(text, low, min(end + _REACH_OF_RUN, len(text))):
        if match.start() <= start < match.end():
            return match.span()
    return start, end


def _size(text: str, start: int, end: int) -> int:
    return sum(map(str.isdecimal, text[start:end]))


def _is_other(view: View, start: int, end: int) -> bool:
    """Return whether digits are an amount, a date, a range, a piece of a name ('3DES-0417'), or the beginning or middle
    of a number that is too long for a code.
    """
    text = view.text
    if _GOES_ON.match(text, end) and _size(text, *run_around(view, start, end)) > _MOST_DIGITS:
        return True
    if is_money(text, start, end) or date_end(text, start) == end or is_range(text[start:end]):
        return True
    named = _NAMED_BEFORE.search(text, max(start - 4, 0), start) or _NAMED_BEHIND.match(text, end)
    return named is not None


def chunks(view: View, start: int, end: int) -> Iterator[Suspect]:
    """Yield the words with digits or signs inside, without quotes around."""
    text = view.text
    for low, high in odd_words(view, start, end):
        if (low == start > 0 and not text[start - 1].isspace()) or (
            high == end < len(text) and not text[end].isspace()
        ):
            continue
        if _ONLY_NUMBER.fullmatch(text, low, high):
            continue  # as most are
        place = trimmed(text, low, high)
        if place[1] - place[0] < _SHORTEST_WORD or _ONLY_NUMBER.fullmatch(text, *place):
            continue
        written = view.original[slice(*view.origin(*place))]
        if _WRITTEN_BY_PROGRAMS.search(written):
            continue
        yield Suspect(*place, SIGNS)
