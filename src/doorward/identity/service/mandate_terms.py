"""What a mandate allows, as data, and the periods by which it is counted. Pure."""

import re
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.machines import CAPABILITIES, PERIODS, Capability, Period

ORDERS: Final[Capability] = "order.place"
"""The capability that is limited: all others move nothing."""

NOTICES: Final[Capability] = "notices"
"""The capability that lasts: what was asked for by it ends with it."""

DAYS: Final = 90
"""For how long a mandate holds unless its owner says something else."""
MOST_DAYS: Final = 365
MOST_ACTS: Final = 1000
MOST_AMOUNT: Final = 10**9
"""In minor units: ten million of most currencies. A machine that may spend more should be no machine customer."""
_MOST_KINDS: Final = 50
_CURRENCY: Final = re.compile(r"\A[A-Z]{3}\Z")
_KIND: Final = re.compile(r"\A[a-z][a-z0-9_.]{0,39}\Z")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much a machine may order: amounts in minor units of `currency`, for one act and for all of a period."""

    currency: str = ""
    act_amount: int = 0
    period: Period = "month"
    period_amount: int = 0
    period_count: int = 0


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a machine may do: the capabilities, and for orders the kinds and limits."""

    capabilities: tuple[Capability, ...]
    kinds: tuple[str, ...] = ()
    limits: Limits = Limits()


def is_amount(value: Any) -> bool:
    """Return whether something is an amount that can be added up: a whole number, not negative, not beyond all."""
    return type(value) is int and 0 <= value <= MOST_AMOUNT


def checked_terms(terms: Terms) -> Terms:
    """Return the terms in their one spelling.

    Raises `Malformed` for none, for unknown capabilities or kinds, and for orders without limits.
    """
    capabilities = tuple(one for one in CAPABILITIES if one in terms.capabilities)
    if not capabilities or len(capabilities) != len(set(terms.capabilities)):
        raise Malformed(f"capabilities: some of {', '.join(CAPABILITIES)}")
    if ORDERS not in capabilities:
        return Terms(capabilities=capabilities)
    kinds = tuple(sorted(set(terms.kinds)))
    if not 0 < len(kinds) <= _MOST_KINDS or not all(_KIND.match(one) for one in kinds):
        raise Malformed("kinds: what may be ordered")
    _check_limits(terms.limits)
    return Terms(capabilities=capabilities, kinds=kinds, limits=terms.limits)


def is_within(new: Terms, old: Terms) -> bool:
    """Return whether new terms allow nothing that the old ones did not: taking away asks for less proof than giving."""
    mine, before = new.limits, old.limits
    if not _subset(new.capabilities, old.capabilities) or not _subset(new.kinds, old.kinds):
        return False
    if ORDERS not in new.capabilities:
        return True
    same = mine.currency == before.currency and mine.period == before.period
    return same and all(
        getattr(mine, name) <= getattr(before, name) for name in ("act_amount", "period_amount", "period_count")
    )


def period_start(now: datetime, period: Period, zone: ZoneInfo) -> datetime:
    """Return when the period began in which `now` lies: midnight of the company's day, Monday, or first of the month.

    `now` and the result are aware; periods follow the local calendar, so that a day may have 23 or 25 hours.
    """
    today = now.astimezone(zone).date()
    first = {"day": today, "week": today - timedelta(days=today.weekday()), "month": today.replace(day=1)}[period]
    return _midnight(first, zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    # In UTC: times of one zone compare by their clocks' faces, and midnight may come twice.
    return datetime.combine(day, time(), tzinfo=zone).astimezone(ZoneInfo("UTC"))


def _check_limits(limits: Limits) -> None:
    if not _CURRENCY.match(limits.currency):
        raise Malformed("currency: three capital letters (ISO 4217)")
    if not is_amount(limits.act_amount) or not is_amount(limits.period_amount):
        raise Malformed(f"amounts: whole minor units, 0 to {MOST_AMOUNT}")
    if limits.period not in PERIODS:
        raise Malformed(f"period: one of {', '.join(PERIODS)}")
    if type(limits.period_count) is not int or not 0 < limits.period_count <= MOST_ACTS:
        raise Malformed(f"period_count: 1 to {MOST_ACTS}")


def _subset(new: Collection[str], old: Collection[str]) -> bool:
    return set(new) <= set(old)
