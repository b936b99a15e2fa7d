"""What a company has at a moment, in the words of people: who is there, what is kept free, what is usual."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from doorward import routing
from doorward.admission.drill import Ours, Prices
from doorward.admission.flood import SLOT, SLOTS, WeekProfile
from doorward.kit.tenant_settings import TenantSettings
from doorward.routing.hours import is_open
from doorward.vocabulary.ids import StaffId

BUSY_HOURS: Final = 10
"""Scenarios last for ten hours: the busiest ten of a day are taken."""

_HOUR: Final = timedelta(hours=1)
_WEEK_HOURS: Final = 7 * 24
_OF_DAY: Final = 24 * 3600 // SLOT
_WINDOW: Final = BUSY_HOURS * 3600 // SLOT
_DIFFERS: Final = 0.2


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """What a company has now.

    `agents` may have conversations, `available` of them take some now; their `places` are how many conversations they
    hold at once, of which `taken` are. `planned` are people at work by the plan of the week, on the mean of the hours
    in which there are any, None where no hours are set. A conversation is with a person for `handling` seconds, as
    `handled` of them showed. `promised` call-backs are open, of which `call_backs` minutes of people's time may be
    promised within `call_back_hours`; `kept_free` places are kept free of each class. `usual_per_minute` is what flood
    control has learned of the ten busiest hours, None where it has not.
    """

    agents: int
    available: int
    at_once: int
    places: int
    taken: int
    planned: float | None
    handling: float
    handled: int
    promised: int
    call_backs: float
    call_back_hours: float
    call_back_share: float
    reserved: Mapping[str, float]
    kept_free: Mapping[str, int]
    bot_places: int
    bot_busy: int
    quota_count: int
    quota_burst: int
    control_on: bool
    languages: tuple[str, ...]
    usual_per_minute: float | None
    learned_weeks: int
    prices: Prices


def busiest_of(profile: WeekProfile) -> float:
    """Return the contacts a minute of the ten busiest hours in a row of any day."""
    most = max(
        sum(profile.levels[day + begins : day + begins + _WINDOW])
        for day in range(0, SLOTS, _OF_DAY)
        for begins in range(_OF_DAY - _WINDOW + 1)
    )
    return most / _WINDOW * 60


def planned_people(
    plan: routing.RoutingPlan, company: TenantSettings, agents: Collection[StaffId], *, now: datetime
) -> float | None:
    """Return how many people are planned on the mean of the hours of the coming week in which there are any.

    Whoever is in no team keeps the company's hours. None where nobody has hours: then nothing is planned.
    """
    if not company.hours and not any(team.hours for team in plan.teams):
        return None
    counts = dict.fromkeys(range(_WEEK_HOURS), 0)
    open_at: dict[bytes, frozenset[int]] = {}
    for one in agents:
        theirs = [routing.hours_of(team, company) for team in plan.teams if one in team.members] or [company]
        for hour in frozenset[int]().union(*(_open_hours(hours, now, open_at) for hours in theirs)):
            counts[hour] += 1
    found = [count for count in counts.values() if count]
    return round(sum(found) / len(found), 1) if found else None


def changed_since(ours: Ours, stock: Stock) -> tuple[str, ...]:
    """Return what is no longer as it was when scenarios were played with `ours`, as codes."""
    usual = stock.usual_per_minute
    checks = {
        "people": stock.planned is not None
        and ours.sources.get("people") == "planned"
        and _differ(ours.people, stock.planned),
        "at_once": ours.at_once != stock.at_once,
        "handling": _differ(ours.handling, stock.handling),
        "arrivals": usual is not None and _differ(ours.per_minute, usual),
        "rules": (ours.quota_count, ours.quota_burst, ours.call_back_share, dict(ours.reserved), ours.control_on)
        != (stock.quota_count, stock.quota_burst, stock.call_back_share, dict(stock.reserved), stock.control_on),
        "prices": ours.prices != stock.prices,
    }
    return tuple(name for name, changed in checks.items() if changed)


def _open_hours(hours: TenantSettings, now: datetime, known: dict[bytes, frozenset[int]]) -> frozenset[int]:
    key = msgspec.json.encode((hours.time_zone, hours.hours, hours.closed_days))
    if key not in known:
        known[key] = frozenset(hour for hour in range(_WEEK_HOURS) if is_open(hours, now + hour * _HOUR))
    return known[key]


def _differ(before: float, now: float) -> bool:
    return abs(now - before) > _DIFFERS * max(before, 1e-9)
