"""What customers are told outside the opening hours: that nobody answers now, and when somebody does again."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import format_skeleton

from doorward.kit.i18n import Translator
from doorward.kit.tenant_settings import DAYS, TenantSettings
from doorward.routing.hours import is_open, next_opening

_A_WEEK: Final = timedelta(days=7)


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """When people answer again, in the company's own time: `09:00` in a time zone such as `Europe/Berlin`.

    `day` is `today`, a weekday of the coming ones (`mon` to `sun`), or from a week on a date such as `2026-12-28`.
    """

    day: str
    time: str
    zone: str


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """Nobody answers now; `again` is None where no opening is known within sixty days."""

    again: Opening | None = None


def closed_at(settings: TenantSettings, now: datetime) -> Closed | None:
    """Return how things stand outside the opening hours, None within them."""
    if is_open(settings, now):
        return None
    opens = next_opening(settings, now)
    if opens is None:
        return Closed()
    zone = ZoneInfo(settings.time_zone)
    here, today = opens.astimezone(zone), now.astimezone(zone).date()
    return Closed(again=Opening(day=_day(here.date(), today), time=f"{here:%H:%M}", zone=settings.time_zone))


def say_again(translator: Translator, language: str, closed: Closed) -> str:
    """Return the sentence that says when people answer again, or that nobody knows yet."""
    again, say = closed.again, translator.say
    if again is None:
        return say(language, "hours.unknown")
    if again.day == "today" or again.day in DAYS:
        day = say(language, f"hours.on.{again.day}")
    else:
        written = format_skeleton("MMMMd", date.fromisoformat(again.day), locale=translator.resolve(language))
        day = say(language, "hours.on.date", date=written)
    return say(language, "hours.again", day=day, time=again.time, zone=again.zone.replace("_", " "))


def hand_over_words(
    translator: Translator, language: str, said: str, *, settings: TenantSettings, now: datetime
) -> str:
    """Return what passes somebody to a person; outside the opening hours it says until when."""
    closed = closed_at(settings, now)
    if closed is None:
        return said
    return f"{said} {translator.say(language, 'hours.hand_over', again=say_again(translator, language, closed))}"


def _day(opens: date, today: date) -> str:
    if opens == today:
        return "today"
    return DAYS[opens.weekday()] if opens - today < _A_WEEK else opens.isoformat()
