"""Filters as people write them: `state:human label:refund before:2026-01-01`. Pure: text in, what it asks for out.

A filter is a name, a colon and a value; several stand apart by spaces and all of them must hold. A comma between
values, or the same name again, means one of them – for labels, all of them.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import msgspec

from doorward.vocabulary.errors import Malformed

LONGEST_QUERY: Final = 500
MOST_FILTERS: Final = 30

ME: Final = "me"
NOBODY: Final = "none"

_STATES: Final = {one: one for one in ("bot", "waiting", "human", "resolved")}
_PRIORITIES: Final = {"low": -1, "usual": 0, "normal": 0, "high": 1, "urgent": 2, "-1": -1, "0": 0, "1": 1, "2": 2}
_YES: Final = {"yes": True}
_SWITCH: Final = {"yes": True, "no": False}


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for; what is empty or None asks for nothing.

    `agent` is a user name, `ME` or `NOBODY`; `mentions` a user name or `ME`. `since` is a day from which on, `before`
    one before which something happened last.
    """

    states: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()
    agent: str = ""
    mentions: str = ""
    intent: str = ""
    risk: float | None = None
    unread: bool = False
    sleeping: bool | None = None
    since: date | None = None
    before: date | None = None


class _Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which field a filter's name fills, how a value is read (None: not at all), and whether it may have several."""

    field: str
    read: Callable[[str], Any]
    several: bool = False


def _code(value: str) -> str:
    return value


def _among(values: dict[str, Any]) -> Callable[[str], Any]:
    return values.get


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _share(value: str) -> float | None:
    try:
        share = float(value.removesuffix("%")) / (100 if value.endswith("%") else 1)
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None


_FILTERS: Final = {
    "state": _Filter(field="states", read=_among(_STATES), several=True),
    "label": _Filter(field="labels", read=_code, several=True),
    "channel": _Filter(field="channels", read=_code, several=True),
    "lang": _Filter(field="languages", read=_code, several=True),
    "queue": _Filter(field="queues", read=_code, several=True),
    "status": _Filter(field="statuses", read=_code, several=True),
    "priority": _Filter(field="priorities", read=_among(_PRIORITIES), several=True),
    "agent": _Filter(field="agent", read=_code),
    "mentions": _Filter(field="mentions", read=_code),
    "intent": _Filter(field="intent", read=_code),
    "risk": _Filter(field="risk", read=_share),
    "unread": _Filter(field="unread", read=_among(_YES)),
    "sleeping": _Filter(field="sleeping", read=_among(_SWITCH)),
    "since": _Filter(field="since", read=_day),
    "before": _Filter(field="before", read=_day),
}


def parse_filters(query: str) -> Filters:
    """Return what a query asks for. Capitals do not matter.

    Raises `Malformed`; its facts say `why` (`words` for one without a colon, `name`, `value`,
    `twice`, `too_long`) and with which `word` of the query.
    """
    parts = query.split()
    if len(query) > LONGEST_QUERY or len(parts) > MOST_FILTERS:
        raise Malformed("query: too long", why="too_long", word="")
    found: dict[str, Any] = {}
    for part in parts:
        name, colon, value = part.partition(":")
        if not colon:
            raise _wrong("words", part)
        known = _FILTERS.get(name.lower())
        if known is None:
            raise _wrong("name", part)
        values = [known.read(one.lower()) for one in value.split(",")]
        if "" in values or None in values:
            raise _wrong("value", part)
        if known.several:
            found[known.field] = tuple(dict.fromkeys((*found.get(known.field, ()), *values)))
        elif known.field in found or len(values) > 1:
            raise _wrong("twice", part)
        else:
            found[known.field] = values[0]
    return Filters(**found)


def _wrong(why: str, part: str) -> Malformed:
    return Malformed(f"query: {why}", why=why, word=part[:40])
