"""What somebody who waits can expect: whether people are there, and about how long it takes."""

import math
from datetime import datetime, timedelta
from typing import Final

import msgspec

from doorward import record, routing
from doorward.flow.openings import Closed, closed_at
from doorward.flow.team_hours import anybody_for, hours_at, queue_for
from doorward.flow.views.transcript import Transcript
from doorward.identity import Tenants
from doorward.kit.clock import Clock
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.ids import StaffId, TenantId
from doorward.vocabulary.scope import Scope

LOOKS_BACK: Final = timedelta(hours=2)
COUNTED: Final = 20
"""Assignments that the pace is taken from: the latest ones of the last two hours."""
FEWEST: Final = 3
"""With fewer there is no pace that could be promised to anybody."""
LONGEST_MINUTES: Final = 120
"""An estimate beyond this is none."""
FRESH: Final = timedelta(seconds=5)
PACE_FRESH: Final = timedelta(seconds=30)


class Prospect(msgspec.Struct, frozen=True, kw_only=True):
    """How things stand for a conversation: is anybody there, and how long it is from one assignment to the next.

    Outside the hours of the team that it goes to nobody is there for its customer, whoever sits at the desk; `closed`
    says until when.
    """

    people: bool
    closed: Closed | None = None
    pace: timedelta | None = None

    def minutes(self, position: int) -> int | None:
        """Return about how many minutes number `position` of the queue waits, None where that is not known."""
        if not self.people or self.pace is None:
            return None
        minutes = math.ceil(position * self.pace / timedelta(minutes=1))
        return max(1, minutes) if minutes <= LONGEST_MINUTES else None

    def told(self, found: Transcript) -> Transcript:
        """Return the transcript with what can be expected in it."""
        waiting = found.waiting
        if waiting is not None:
            minutes = waiting.minutes if self.people else None
            waiting = msgspec.structs.replace(waiting, minutes=minutes or self.minutes(waiting.position))
        return msgspec.structs.replace(found, people=self.people, closed=self.closed, waiting=waiting)


class _Desk(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant's desk at a moment; `closed` fills with what is known of queues' hours."""

    settings: TenantSettings
    plan: routing.RoutingPlan
    available: frozenset[StaffId]
    pace: timedelta | None
    closed: dict[str, Closed | None]

    def prospect(self, queue: str, now: datetime) -> Prospect:
        """Return what somebody can expect of a queue."""
        if queue not in self.closed:
            self.closed[queue] = closed_at(hours_at(self.plan, queue, self.settings), now)
        closed = self.closed[queue]
        people = closed is None and anybody_for(self.plan, queue, self.available)
        return Prospect(people=people, closed=closed, pace=self.pace)


class Prospects:
    """Looks now and then, and remembers in between: every open chat asks."""

    def __init__(self, transactions: Transactions, tenants: Tenants, clock: Clock) -> None:
        """Start knowing nothing; opening hours stand in the settings of `tenants` and in plans."""
        self._transactions = transactions
        self._tenants = tenants
        self._clock = clock
        self._known: dict[TenantId, tuple[datetime, _Desk]] = {}
        self._paces: dict[TenantId, tuple[datetime, timedelta | None]] = {}

    async def of(self, scope: Scope, card: record.Card | None, *, language: str = "") -> Prospect:
        """Return how things stand for a conversation at this tenant's desk, at most five seconds old.

        One that nobody has spoken in has no card, and is known by its language alone.
        """
        now = self._clock.now()
        known = self._known.get(scope.tenant_id)
        if known is None or abs(now - known[0]) >= FRESH:
            known = (now, await self._transactions.read_async(lambda tx: self._look(tx, scope, now)))
            self._known[scope.tenant_id] = known
        at, desk = known
        return desk.prospect(queue_for(desk.plan, card, language=language), at)

    def _look(self, tx: Tx, scope: Scope, now: datetime) -> _Desk:
        at, pace = self._paces.get(scope.tenant_id, (None, None))
        if at is None or abs(now - at) >= PACE_FRESH:
            cards = record.outcomes_between(tx, scope, now - LOOKS_BACK, now)
            pace = pace_of([card.assigned_at for card in cards if card.assigned_at is not None])
            self._paces[scope.tenant_id] = (now, pace)
        return _Desk(
            settings=self._tenants.tenant(tx, scope).settings,
            plan=routing.read_plan(tx, scope).plan,
            available=routing.available_staff(tx, scope),
            pace=pace,
            closed={},
        )


def pace_of(assigned: list[datetime]) -> timedelta | None:
    """Return the mean time from one of the latest assignments to the next, None when there were too few."""
    latest = sorted(assigned)[-COUNTED:]
    if len(latest) < FEWEST:
        return None
    return (latest[-1] - latest[0]) / (len(latest) - 1)
