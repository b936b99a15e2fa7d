"""Days as they are said and written: '3 March', '03.04.2026', 'yesterday', 'three days ago', 'last Friday'."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from doorward.answering.procedures.answers.spoken import Spoken
from doorward.kit.words import word_places

_FARTHEST: Final = 20_000
"""Days from today that a day may be away when it is told from today."""

_WRITTEN: Final = re.compile(
    r"(?<![\d.])(?:(?P<iso>\d{4})-(?P<iso_month>\d{1,2})-(?P<iso_day>\d{1,2})"
    r"|(?P<day>\d{1,2})(?P<sign>[./\-])(?P<month>\d{1,2})(?:(?P=sign)(?P<year>\d{4}|\d{2})?)?)(?![\d]|[.,]\d)"
)
_DAY: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


class Token(NamedTuple):
    """A word and where it stands."""

    start: int
    end: int
    word: str


class Day(NamedTuple):
    """A day that was found, and where it stands."""

    start: int
    end: int
    day: date


def days_of(spoken: Spoken, text: str, *, today: date) -> list[Day]:
    """Return the days that a folded text names, in order. A day without a year is the one nearest to today."""
    found = list(_written(text, today))
    tokens = [Token(*place) for place in word_places(text) if not any(day.start <= place[0] < day.end for day in found)]
    found += _named(spoken, tokens, today)
    taken = [token for token in tokens if not any(day.start <= token.start < day.end for day in found)]
    return sorted([*found, *_told_from_today(spoken, taken, today)])


def _written(text: str, today: date) -> Iterator[Day]:
    for match in _WRITTEN.finditer(text):
        if match["iso"]:
            day = _day(int(match["iso"]), int(match["iso_month"]), int(match["iso_day"]))
        else:
            if match["sign"] != "." and match["year"] is None:
                continue  # '1/2' and '3-4' are seldom days
            first, second = int(match["day"]), int(match["month"])
            if second > 12:
                first, second = second, first
            year = match["year"]
            day = (
                _near(second, first, today)
                if not year
                else _day(int(year) + (2000 if len(year) == 2 else 0), second, first)
            )
            if match["sign"] == "." and year is None and not match[0].endswith("."):
                continue  # '12.50' is an amount
        if day is not None:
            yield Day(*match.span(), day)


def _named(spoken: Spoken, tokens: list[Token], today: date) -> Iterator[Day]:
    """Yield days told by a month's name: a number before or behind it, and a year behind both perhaps."""
    for place, token in enumerate(tokens):
        month = spoken.month(token.word)
        if month is None:
            continue
        for before in (1, 2, -1):  # 'third of March' has a word between
            beside = place - before
            if not 0 <= beside < len(tokens) or (before == 2 and tokens[place - 1].word not in spoken.fillers):
                continue
            number = _number_of_day(spoken, tokens[beside].word)
            if number is None:
                continue
            last = max(place, beside)
            year = next((one for one in tokens[last + 1 : last + 2] if _YEAR.fullmatch(one.word)), None)
            day = _day(int(year.word), month, number) if year else _near(month, number, today)
            if day is not None:
                yield Day(tokens[min(place, beside)].start, (year or tokens[last]).end, day)
                break


def _told_from_today(spoken: Spoken, tokens: list[Token], today: date) -> Iterator[Day]:
    said = spoken.words(" ".join(token.word for token in tokens))
    if len(said) != len(tokens):
        return
    ago, ahead = spoken.ago.places(said), spoken.ahead.places(said)
    used: set[int] = set()
    for meant in spoken.relative_day.find(said):
        if meant.start not in used:
            used |= set(range(meant.start, meant.end))
            yield Day(tokens[meant.start].start, tokens[meant.end - 1].end, today + timedelta(days=int(meant.meaning)))
    for meant in spoken.day_unit.find(said):
        number = _number(spoken, said.words[meant.start - 1]) if meant.start else None
        if number is None or meant.start in used or not (ago or ahead):
            continue
        days = number * int(meant.meaning) * (-1 if ago else 1)
        if abs(days) <= _FARTHEST:
            yield Day(tokens[meant.start - 1].start, tokens[meant.end - 1].end, today + timedelta(days=days))
    for place, word in enumerate(said.words):
        weekday = spoken.weekday(word) if place not in used else None
        if weekday is not None:
            back = (today.weekday() - weekday) % 7
            away = 7 - back if ahead else -back
            yield Day(tokens[place].start, tokens[place].end, today + timedelta(days=away))


def _number_of_day(spoken: Spoken, word: str) -> int | None:
    match = _DAY.fullmatch(word)
    number = int(match[1]) if match else spoken.days_of_month.get(word)
    return number if number is not None and 1 <= number <= 31 else None


def _number(spoken: Spoken, word: str) -> int | None:
    meaning = word if word.isdecimal() and len(word) <= 4 else spoken.numbers.get(word, "").strip("&+")
    return int(meaning) if meaning.isdecimal() else None


def _near(month: int, day: int, today: date) -> date | None:
    """Return the day of that month that is nearest to today."""
    years = (_day(today.year + more, month, day) for more in (-1, 0, 1))
    return min((one for one in years if one is not None), key=lambda one: abs((one - today).days), default=None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
