"""When a conversation that is put to sleep wakes: the choices there are, moments in somebody's time zone. Pure."""

from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from doorward.vocabulary.errors import Malformed

Nap = Literal["hour", "tomorrow", "week"]
NAPS: Final[tuple[Nap, ...]] = get_args(Nap)

MORNING: Final = time(8)
_DAYS: Final = 7


def wake_at(choice: str, *, now: datetime, zone: ZoneInfo, at: str = "") -> datetime:
    """Return when to wake, in UTC: `hour` in an hour, `tomorrow` and `week` at eight in the morning of the next day or
    of the next Monday, anything else at the day and time `at`, as a browser's field writes it (`2026-11-30T09:15`).

    Raises as `moment_at`.
    """
    if choice == "hour":
        return now.astimezone(UTC) + timedelta(hours=1)
    today = now.astimezone(zone).date()
    if choice in {"tomorrow", "week"}:
        ahead = 1 if choice == "tomorrow" else _DAYS - today.weekday()
        return datetime.combine(today + timedelta(days=ahead), MORNING, tzinfo=zone).astimezone(UTC)
    return moment_at(at, zone=zone)


def moment_at(written: str, *, zone: ZoneInfo) -> datetime:
    """Return a day and time, as a browser's field writes it, in UTC.

    A time that the clocks leave out is an hour later, one that comes twice is the first (PEP 495, fold 0). Raises
    `Malformed` (fact `why`: `moment`), also for one that no clock can show elsewhere.
    """
    try:
        local = datetime.fromisoformat(written)
        return (local if local.tzinfo is not None else local.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed("at: a day and a time", why="moment") from None


def zone_named(name: str, *, otherwise: str) -> ZoneInfo:
    """Return the time zone with a name of the IANA database, or the other one where there is none such."""
    try:
        return ZoneInfo(name if 0 < len(name) <= 64 else otherwise)
    except (ValueError, OSError, ZoneInfoNotFoundError):  # no path below the database, or nothing there
        return ZoneInfo(otherwise)
