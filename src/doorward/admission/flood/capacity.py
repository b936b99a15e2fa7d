"""How much people and bot can still take, and what each kind of caller may have of it."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import msgspec

from doorward.admission.flood.alert import Level
from doorward.admission.flood.callers import CLASSES, CallerClass, rank_of

RESERVED: Final[Mapping[CallerClass, float]] = {
    "signed": 0.0,
    "open_case": 0.02,
    "known": 0.02,
    "anonymous": 0.08,
    "flagged": 0.24,
}
"""Share of the people at work that is kept free of a class: 1, 4 and 12 of 50 in the simulations that it comes from,
where it lifted what customers got of a tenfold flood from 93 to 99 in a hundred. The one keeps machines that sign
served where customers are the flood; teams below twenty-five have none of it."""

NEVER: Final = -1.0

PATIENCE: Final[Mapping[Level, Mapping[CallerClass, float]]] = {
    "green": dict.fromkeys(CLASSES, math.inf) | {"flagged": 0.0},
    "amber": {"signed": math.inf, "open_case": 900.0, "known": 600.0, "anonymous": 20.0, "flagged": NEVER},
    "red": {"signed": 900.0, "open_case": 600.0, "known": 300.0, "anonymous": 0.0, "flagged": NEVER},
}
"""Seconds that a class may have to wait for a person and still be let into the queue. Whoever would wait longer is
better called back. The wait that is expected leaves out those of higher classes who come meanwhile, so a stranger who
may expect 20 seconds may wait for minutes, and many would have gone. 0 is whoever is served at once; `NEVER` is nobody.
In green, when nothing is the matter, a queue is a queue and nobody is kept out of it."""


class CapacityRules(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept for whom. Times are in seconds.

    Call-backs are promised `callback_within` and may take `callback_share` of what all people at work can do in that
    time. A flagged caller who gets a person has `flagged_cap` of their time; then the bot goes on. A stranger whose
    device did a piece of work may wait for `effort_patience`.
    """

    reserved: Mapping[CallerClass, float] = msgspec.field(default_factory=lambda: RESERVED)
    patience: Mapping[Level, Mapping[CallerClass, float]] = msgspec.field(default_factory=lambda: PATIENCE)
    callback_within: float = 4 * 3600.0
    callback_share: float = 0.25
    flagged_cap: float = 180.0
    effort_patience: float = 180.0

    def __post_init__(self) -> None:
        """Raise `ValueError` unless every class has its shares and times, and none has less than a lower one."""
        shares = [-self.reserved.get(one, math.nan) for one in CLASSES]
        waits = [[self.patience.get(level, {}).get(one, math.nan) for one in CLASSES] for level in PATIENCE]
        if not all(_falls(row) for row in (shares, *waits)) or not -1 < shares[-1] <= shares[0] <= 0:
            raise ValueError("reserved, patience: one for each class, never better for a lower one")
        if not (
            0 <= self.callback_share <= 1 and min(self.callback_within, self.flagged_cap, self.effort_patience) > 0
        ):
            raise ValueError("callback_share: 0 to 1; callback_within, flagged_cap, effort_patience: more than 0")


def patience_for(caller_class: CallerClass, level: Level, *, effort: bool, rules: CapacityRules) -> float:
    """Return how many seconds a caller may have to wait and still be let into the queue.

    A stranger whose device did a piece of work may wait longer than others, and never longer than somebody who is
    known; it is asked for in red, and counts in amber too while it lasts.
    """
    patience = rules.patience[level][caller_class]
    if caller_class != "anonymous" or not effort:
        return patience
    return max(patience, min(rules.effort_patience, rules.patience[level]["known"]))


class Occupancy(msgspec.Struct, frozen=True, kw_only=True):
    """How full it is now.

    `people` are at work and `busy` of them taken; the bot has `bot_places` and `bot_busy` of them are taken. `waiting`
    is the work that waits for people, by class, and `promised` that of promised call-backs, both in seconds of one
    person's time; `handling` is how many of these a contact takes on the mean (252, as in the simulations).
    """

    people: int
    busy: int
    bot_places: int
    bot_busy: int
    waiting: Mapping[CallerClass, float] = {}
    promised: float = 0.0
    handling: float = 252.0

    def __post_init__(self) -> None:
        """Raise `ValueError` for numbers below 0."""
        numbers = (self.people, self.busy, self.bot_places, self.bot_busy, self.promised, *self.waiting.values())
        if min(numbers) < 0 or self.handling <= 0:
            raise ValueError("an occupancy has no negative numbers")

    @property
    def bot_is_full(self) -> bool:
        """Return whether the bot has no place left."""
        return self.bot_busy >= self.bot_places


def _falls(row: list[float]) -> bool:
    # Written so that what is no number never passes.
    return all(first >= second for first, second in pairwise(row))


def people_for(caller_class: CallerClass, *, people: int, rules: CapacityRules) -> int:
    """Return how many of `people` may at most be taken when somebody of a class gets one more (trunk reservation).

    The reserved share is rounded to whole people, so that a team of five keeps nobody back from strangers. Why a few
    places suffice: F. P. Kelly, Loss networks, Annals of Applied Probability 1(3), 1991, on trunk reservation.
    """
    return people - math.floor(people * rules.reserved[caller_class] + 0.5)


def may_serve(caller_class: CallerClass, occupancy: Occupancy, *, rules: CapacityRules) -> bool:
    """Return whether somebody of a class may have a free person now: this is asked again whenever one becomes free."""
    return occupancy.busy < people_for(caller_class, people=occupancy.people, rules=rules)


def expect_wait(caller_class: CallerClass, occupancy: Occupancy, *, rules: CapacityRules) -> float:
    """Return in how many seconds somebody of a class, coming now, may expect a person; infinite where nobody may.

    First so many must become free as are kept from the class, each after `handling / busy`; then the work of its own
    and higher classes is done by those it may have: the mean of the M/M/s queue (L. Kleinrock, Queueing Systems 1,
    1975, chapter 3), as in routing's estimate. Those of higher classes who come meanwhile make it longer.
    """
    places = people_for(caller_class, people=occupancy.people, rules=rules)
    if places <= 0:
        return math.inf
    ahead = sum(work for one, work in occupancy.waiting.items() if rank_of(one) <= rank_of(caller_class))
    taken = max(0, occupancy.busy - places + 1)
    return taken * occupancy.handling / max(1, occupancy.busy) + ahead / places


def can_call_back(handling: float, occupancy: Occupancy, *, rules: CapacityRules) -> bool:
    """Return whether a promise to call back somebody whose matter takes `handling` seconds can be kept in time."""
    room = occupancy.people * rules.callback_within * rules.callback_share
    return occupancy.promised + handling <= room
