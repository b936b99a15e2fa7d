"""What the catalogue shows: made-up queues, days and moments, and the names of all drawings."""

import re
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from doorward.doors.web.desk.shared import DeskCall

SECTIONS: Final = ("foundations", "pressing", "forms", "holding", "telling", "talking", "charts", "looks")
COLOURS: Final = [
    "ground",
    "surface",
    "sunk",
    "raised",
    "ink",
    "ink-soft",
    "line",
    "edge",
    "pine",
    "pine-strong",
    "pine-soft",
    "focus",
    "lamp",
    "lamp-bright",
    "lamp-soft",
    "info",
    "info-soft",
    "success",
    "success-soft",
    "danger",
    "danger-soft",
    "bot",
    "mask",
    "chart-1",
    "chart-2",
    "chart-3",
    "chart-4",
    "chart-5",
    "chart-6",
]
LETTERS: Final = ("3xl", "2xl", "xl", "lg", "base", "sm", "xs")
_DRAWING: Final = re.compile(rb'<symbol id="([\w-]+)"')
_DAYS: Final = ((41, 12), (38, 9), (52, 14), (47, 11), (63, 17), (29, 5), (24, 6), (49, 10), (55, 13), (58, 9))


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table: `tone` colours its state, `wait` is in minutes."""

    queue: str
    state: str
    tone: str
    waiting: int
    wait: float


def catalogue_places(desk: DeskCall, *, drawings: bytes, sort: str) -> dict[str, Any]:
    """Return the places of the template; `drawings` is the file of symbols, `sort` a column's name, `-` before it."""
    now = desk.house.clock.now()
    return {
        "sections": SECTIONS,
        "colours": COLOURS,
        "letters": LETTERS,
        "drawings": [name.decode() for name in _DRAWING.findall(drawings)],
        "queues": sorted_queues(desk, sort),
        "sort": sort,
        "now": now,
        "earlier": now - timedelta(minutes=9),
        "days": _days(desk, now.date()),
        "reasons": _reasons(desk),
    }


def sorted_queues(desk: DeskCall, sort: str) -> list[Queue]:
    """Return the made-up queues in the order that the table's heads ask for; an unknown column leaves their own."""
    queues = [
        Queue(
            queue=desk.say("catalogue.queue.cards"),
            state=desk.say("catalogue.tone.full"),
            tone="danger",
            waiting=14,
            wait=6.5,
        ),
        Queue(
            queue=desk.say("catalogue.queue.payments"),
            state=desk.say("catalogue.tone.busy"),
            tone="warning",
            waiting=5,
            wait=2.25,
        ),
        Queue(
            queue=desk.say("catalogue.queue.accounts"),
            state=desk.say("catalogue.tone.calm"),
            tone="success",
            waiting=0,
            wait=0.5,
        ),
    ]
    column = sort.removeprefix("-")
    if column not in Queue.__struct_fields__:
        return queues
    return sorted(queues, key=lambda one: getattr(one, column), reverse=sort.startswith("-"))


def _days(desk: DeskCall, today: date) -> list[dict[str, Any]]:
    days = [today - timedelta(days=back) for back in range(len(_DAYS) - 1, -1, -1)]
    names = (desk.say("catalogue.chart.assistant"), desk.say("catalogue.chart.person"))
    return [
        {"name": name, "points": [(day, counts[at]) for day, counts in zip(days, _DAYS, strict=True)]}
        for at, name in enumerate(names)
    ]


def _reasons(desk: DeskCall) -> list[dict[str, Any]]:
    keys = ("catalogue.queue.cards", "catalogue.queue.payments", "catalogue.queue.accounts")
    points = [(desk.say(key), count) for key, count in zip(keys, (48, 31, 12), strict=True)]
    return [{"name": desk.say("catalogue.chart.person"), "points": points}]
