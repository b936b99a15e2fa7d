"""Opening hours: whether somebody is there to answer, and when next."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from doorward.kit.tenant_settings import DAYS, TenantSettings

_LOOKED_AHEAD: Final = 60
"""Days in which the next opening is looked for."""

_LONGEST: Final = 366
"""Days within which a time of service must end."""


def is_open(settings: TenantSettings, now: datetime) -> bool:
    """Return whether people answer at `now` (aware); a tenant without hours always does, but for its days off."""
    today = now.astimezone(ZoneInfo(settings.time_zone)).date()
    return any(begins <= now < ends for begins, ends in _spans(settings, today))


def next_opening(settings: TenantSettings, now: datetime) -> datetime | None:
    """Return when people answer again, in UTC: `now` if they do, None if not within sixty days."""
    if is_open(settings, now):
        return now.astimezone(UTC)
    today = now.astimezone(ZoneInfo(settings.time_zone)).date()
    for ahead in range(_LOOKED_AHEAD):
        for begins, _ in _spans(settings, today + timedelta(days=ahead)):
            if begins > now:
                return begins
    return None


def open_seconds(settings: TenantSettings, begins: datetime, ends: datetime) -> float:
    """Return how many seconds of a period people answer in; 0 where it ends before it begins."""
    return sum(
        max(0.0, (min(ends, until) - max(begins, since)).total_seconds())
        for since, until in _spans_from(settings, begins, (ends - begins).days + 3)
        if since < ends
    )


def after_open_seconds(settings: TenantSettings, begins: datetime, seconds: float) -> datetime | None:
    """Return when so many seconds in which people answer have passed since `begins`; None if not within a year."""
    left = seconds
    for since, until in _spans_from(settings, begins, _LONGEST):
        length = max(0.0, (until - max(begins, since)).total_seconds())
        if left <= length:
            return max(begins, since).astimezone(UTC) + timedelta(seconds=left)
        left -= length
    return None


def _spans_from(settings: TenantSettings, begins: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
    """Yield the open spans that end after `begins`, in order, of so many days."""
    today = begins.astimezone(ZoneInfo(settings.time_zone)).date()
    for ahead in range(max(days, 1)):
        for since, until in _spans(settings, today + timedelta(days=ahead)):
            if until > begins:
                yield since, until


def _spans(settings: TenantSettings, day: date) -> list[tuple[datetime, datetime]]:
    """Return the open spans of a day in the tenant's time zone, in order, in UTC.

    Times of one time zone are compared by the clock on the wall, which goes back once a year; those of UTC are not.
    """
    if day.isoformat() in settings.closed_days:
        return []
    zone = ZoneInfo(settings.time_zone)
    spans = settings.hours.get(DAYS[day.weekday()], ()) if any(settings.hours.values()) else ("00:00-24:00",)
    return [(_moment(day, one[:5], zone), _moment(day, one[6:], zone)) for one in sorted(spans)]


def _moment(day: date, clock: str, zone: ZoneInfo) -> datetime:
    if clock == "24:00":
        return datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone).astimezone(UTC)
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=zone).astimezone(UTC)
