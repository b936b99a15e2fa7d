"""Whom fifty people serve in a flood when the real `admit` and `may_serve` say who may have one.

Discrete events in virtual time, after the simulations that flood control was designed by: eight legitimate contacts a
minute (a fifth signed machines, seven tenths of the others known), 252 seconds each; attackers of whom one in ten is
known, 240 seconds each; patience three minutes on the mean. What looks like a campaign is assumed, by rates of true and
false positives, not detected. Four hours of flood, four more for call-backs.
"""

import heapq
import itertools
from collections import deque
from typing import Any

import msgspec
import numpy as np

from doorward.admission.flood.admitting import admit
from doorward.admission.flood.alert import Alert, Level
from doorward.admission.flood.callers import CLASSES, Arriving, Caller, CallerClass
from doorward.admission.flood.capacity import CapacityRules, Occupancy, may_serve
from doorward.admission.flood.quotas import WITHIN
from tests.support.arrivals import MONDAY

PEOPLE, MINUTES, PATIENCE = 50, 240, 180.0
LEGITIMATE, HANDLING, WASTED = 8.0, 252.0, 240.0
WITHIN_SECONDS = 4 * 3600.0
RULES = CapacityRules()


class Visit(msgspec.Struct, kw_only=True):
    """One contact: when, whose, how long it takes, and how it ended."""

    at: float
    kind: str
    caller: Caller
    seconds: float
    patience: float
    served: CallerClass = "anonymous"
    ended: str = "left"


def visits(random: np.random.Generator, *, times: float, hits: float, false: float) -> list[Visit]:
    """Contacts of `MINUTES` minutes, `times` as many as usual, flagged by these rates of true and false positives."""
    made = []
    for attack, rate, known, seconds in (
        (False, LEGITIMATE, 0.7, HANDLING),
        (True, LEGITIMATE * (times - 1), 0.1, WASTED),
    ):
        for at in sorted(random.uniform(0, MINUTES * 60, size=random.poisson(rate * MINUTES))):
            signed = not attack and random.random() < 0.2
            familiar = bool(signed or random.random() < known)
            flagged = bool(random.random() < (hits if attack else false))
            caller = Caller(owner="o", platform="p", signed=signed, mandate=signed, known=familiar, flagged=flagged)
            kind = "attack" if attack else "signed" if signed else "known" if familiar else "unknown"
            lasts, waits = float(random.exponential(seconds)), float(random.exponential(PATIENCE))
            made.append(Visit(at=float(at), kind=kind, caller=caller, seconds=lasts, patience=waits))
    return sorted(made, key=lambda one: one.at)


class Floor:
    """People at work, those who wait for them, and those who were promised a call."""

    def __init__(self, level: Level | None) -> None:
        """Decide at `level`; None has no flood control: first come, first served."""
        self.level = level
        self.busy = 0
        self.waiting: dict[CallerClass, deque[Visit]] = {one: deque() for one in CLASSES}
        self.promised: deque[Visit] = deque()
        self.events: list[tuple[float, int, str, Visit]] = []
        self.order = itertools.count()
        self.wasted = 0.0

    def run(self, arriving: list[Visit]) -> None:
        """Let all of them arrive and everything end."""
        for visit in arriving:
            self._plan(visit.at, "arrives", visit)
        while self.events:
            now, _, what, visit = heapq.heappop(self.events)
            if what == "arrives":
                self._admit(visit, now)
            elif what == "leaves" and visit.ended == "waits":
                visit.ended = "left"
                self.waiting[visit.served].remove(visit)
            elif what == "ends":
                self.busy -= 1
            self._serve(now)

    def _plan(self, at: float, what: str, visit: Visit) -> None:
        heapq.heappush(self.events, (at, next(self.order), what, visit))

    def _occupancy(self) -> Occupancy:
        waiting = {one: HANDLING * len(queue) for one, queue in self.waiting.items()}
        promised = HANDLING * len(self.promised)
        return Occupancy(people=PEOPLE, busy=self.busy, bot_places=1, bot_busy=0, waiting=waiting, promised=promised)

    def _admit(self, visit: Visit, now: float) -> None:
        if self.level is None:
            visit.ended = "waits"
        else:
            made = admit(
                Arriving(caller=visit.caller, at=MONDAY, handling=HANDLING),
                occupancy=self._occupancy(),
                alert=Alert(measured=self.level, since=MONDAY),
                counted=WITHIN,
                rules=RULES,
            )
            visit.served = made.caller_class
            visit.ended = {"full": "waits", "call_back": "promised", "bot_only": "bot"}[made.way]
        if visit.ended == "waits":
            self.waiting[visit.served].append(visit)
            self._plan(now + visit.patience, "leaves", visit)
        elif visit.ended == "promised":
            self.promised.append(visit)

    def _serve(self, now: float) -> None:
        for one in CLASSES:
            while self.waiting[one] and self._may(one):
                self._begin(self.waiting[one].popleft(), now, how="person")
        # Who was promised a call gets those who would be free for strangers.
        while self.promised and self._may("anonymous"):
            visit = self.promised.popleft()
            self._begin(visit, now, how="called back" if now - visit.at <= WITHIN_SECONDS else "called too late")

    def _may(self, one: CallerClass) -> bool:
        if self.level is None:
            return self.busy < PEOPLE
        return may_serve(one, self._occupancy(), rules=RULES)

    def _begin(self, visit: Visit, now: float, *, how: str) -> None:
        visit.ended = how
        self.busy += 1
        if visit.kind == "attack":
            self.wasted += visit.seconds
        self._plan(now + visit.seconds, "ends", visit)


def served(level: Level | None, *, times: float, detector: tuple[float, float], seeds: int) -> dict[str, Any]:
    """What became of legitimate contacts, by kind, as shares; and people's time that attackers got, of all staffed."""
    ways = ("person", "called back", "bot")
    count: dict[str, dict[str, int]] = {}
    wasted = 0.0
    for seed in range(seeds):
        floor = Floor(level)
        arriving = visits(np.random.default_rng(seed), times=times, hits=detector[0], false=detector[1])
        floor.run(arriving)
        wasted += floor.wasted / (PEOPLE * MINUTES * 60) / seeds
        for visit in arriving:
            kinds = () if visit.kind == "attack" else (visit.kind, "legitimate")
            for kind in kinds:
                ended = count.setdefault(kind, {})
                ended[visit.ended] = ended.get(visit.ended, 0) + 1
    return {
        kind: {way: round(ended.get(way, 0) / sum(ended.values()), 4) for way in ways} for kind, ended in count.items()
    } | {"wasted": round(wasted, 4)}
