"""Days as they are written in filters, in the company's time zone."""

import re
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

EXAMPLES: Final = ("2026-03-31", "2026-03", "7d", "today", "yesterday")
"""How days may be written, for those who wrote them in another way."""

_AGO: Final = re.compile(r"(\d{1,4})d", re.ASCII)
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_YEARS: Final = range(1970, 9999)


def written_day(value: str) -> str:
    """Return a day, month or year in the form in which it is kept, empty for what is none.

    Days are `today`, `yesterday`, `7d` (so many days ago), or dates of ISO 8601 in any of its forms; months `2026-3`.
    """
    if value in {"today", "yesterday"}:
        return value
    if ago := _AGO.fullmatch(value):
        return f"{int(ago[1])}d"
    try:
        match = _DATE.fullmatch(value)
        if match is None or match[3] is not None:
            day = date.fromisoformat(value.upper()) if match is None else date(*map(int, match.groups()))
            return day.isoformat() if day.year in _YEARS else ""
        if int(match[1]) not in _YEARS:
            return ""
        return match[1] if match[2] is None else date(int(match[1]), int(match[2]), 1).isoformat()[:7]
    except ValueError:
        return ""


def edge_of(written: str, now: datetime, zone: ZoneInfo, *, last: bool) -> datetime:
    """Return when what `written_day` wrote begins in a time zone; with `last`, when it is over."""
    today = now.astimezone(zone).date()
    if written in {"today", "yesterday"} or written.endswith("d"):
        ago = {"today": 0, "yesterday": 1}.get(written)
        first = today - timedelta(days=int(written[:-1]) if ago is None else ago)
        chosen = first + timedelta(days=1) if last else first
    else:
        first, following = _calendar(written)
        chosen = following if last else first
    return datetime(chosen.year, chosen.month, chosen.day, tzinfo=zone)


def _calendar(written: str) -> tuple[date, date]:
    """Return the first day of a year, month or day, and the day after its last."""
    year, *rest = map(int, written.split("-"))
    if not rest:
        return date(year, 1, 1), date(year + 1, 1, 1)
    first = date(year, *rest) if len(rest) > 1 else date(year, rest[0], 1)
    if len(rest) > 1:
        return first, first + timedelta(days=1)
    return first, (first + timedelta(days=31)).replace(day=1)
