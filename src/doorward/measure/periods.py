"""Periods of reports: days and weeks as the company's calendar has them."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

Step = Literal["day", "week"]
Every = Literal["day", "week", "month"]

LONGEST: Final = 366
"""Days of a report at most."""

EARLIEST, LATEST = 1970, 9998
"""Between these years days have beginnings and ends in every time zone."""

_WEEK: Final = 7


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """A day or a week: its first day, and the moments in UTC from which on and before which it lasts."""

    first: date
    begins: datetime
    ends: datetime


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins in a time zone, in UTC; where the clocks leave midnight out, an hour later."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def buckets(since: date, until: date, *, step: Step, zone: ZoneInfo) -> tuple[Bucket, ...]:
    """Return the days, or the weeks from Monday on, from `since` to `until`, both included.

    Weeks at the ends may be cut.
    """
    found = []
    first = since
    while first <= until:
        ahead = 1 if step == "day" else _WEEK - first.weekday()
        following = min(first + timedelta(days=ahead), until + timedelta(days=1))
        found.append(Bucket(first=first, begins=midnight(first, zone), ends=midnight(following, zone)))
        first = following
    return tuple(found)


def place_of(moment: datetime, among: Sequence[Bucket]) -> int | None:
    """Return in which of these buckets, which are in order, a moment lies; None for none."""
    place = bisect_right(among, moment, key=lambda one: one.begins) - 1
    return place if place >= 0 and moment < among[place].ends else None


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """How often a report is sent, at which local time; `weekday` counts from Monday, 0, `day` is one of the month."""

    every: Every
    at: time
    weekday: int = 0
    day: int = 1


def last_due(rhythm: Rhythm, now: datetime, *, zone: ZoneInfo) -> datetime:
    """Return the latest moment up to `now` at which a report was due, in UTC.

    A time that the clocks leave out is an hour later, one that comes twice is the first (PEP 495, fold 0).
    """
    day = now.astimezone(zone).date()
    while True:
        due = datetime.combine(day, rhythm.at, tzinfo=zone).astimezone(UTC)
        if due <= now and _is_day(rhythm, day):
            return due
        day -= timedelta(days=1)


def period_before(rhythm: Rhythm, day: date) -> tuple[date, date]:
    """Return the first and the last day that a report is about which is due on a day: those since the one before."""
    last = day - timedelta(days=1)
    if rhythm.every == "day":
        return last, last
    if rhythm.every == "week":
        return day - timedelta(days=_WEEK), last
    month_before = day.replace(day=1) - timedelta(days=1)
    return month_before.replace(day=min(day.day, month_before.day)), last


def _is_day(rhythm: Rhythm, day: date) -> bool:
    if rhythm.every == "week":
        return day.weekday() == rhythm.weekday
    return rhythm.every == "day" or day.day == rhythm.day
