"""Presence over time: each time is kept when it ends, and a period is summed by what people said."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from doorward import routing
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Transactions
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from tests.support.transactions import OTHER_SCOPE, SCOPE

MIRA, JONAS = StaffId("mira"), StaffId("jonas")


class Day:
    """A day on which people say whether they are there."""

    def __init__(self, transactions: Transactions, clock: FixedClock) -> None:
        """Begin it now."""
        self._transactions = transactions
        self._clock = clock
        self.began = clock.now()

    def says(self, staff_id: StaffId, reason: str = "", *, scope: Scope = SCOPE) -> None:
        """Somebody is away for a reason from now on, or available without one."""

        def work(tx: Any) -> Outcome[None]:
            if reason:
                routing.step_away(tx, scope, staff_id, capacity=3, reason=reason)
            else:
                routing.set_presence(tx, scope, staff_id, state="available", capacity=3)
            return Outcome(None)

        self._transactions.write(scope, work)

    def all_leave(self) -> None:
        """Everybody's sessions have ended."""

        def work(tx: Any) -> Outcome[None]:
            routing.retire_absent(tx, SCOPE, present=())
            return Outcome(None)

        self._transactions.write(SCOPE, work)

    def passes(self, minutes: int) -> None:
        """Time passes."""
        self._clock.advance(timedelta(minutes=minutes))

    def since(self, staff_id: StaffId) -> datetime | None:
        """Return since when somebody is what they are."""
        presence = self._transactions.read(lambda tx: routing.presence_of(tx, SCOPE, staff_id))
        return None if presence is None else presence.since

    def minutes(self, begin: int = 0, end: int = 1000) -> dict[tuple[str, str], int]:
        """Return the minutes of each person and reason (`here` for available) in a part of the day."""
        since, until = (self.began + timedelta(minutes=one) for one in (begin, end))
        found = self._transactions.read(lambda tx: routing.presence_times(tx, SCOPE, since=since, until=until))
        return {(one.staff_id, one.reason or "here"): one.seconds // 60 for one in found}


@pytest.fixture
def day(transactions: Transactions, clock: FixedClock) -> Day:
    """A day that begins."""
    return Day(transactions, clock)


def test_each_time_is_counted_by_what_was_said(day: Day) -> None:
    """What came before is kept, what is now counts until now, and leaving ends it: who is gone is nothing."""
    day.says(MIRA)
    day.says(JONAS, "training", scope=OTHER_SCOPE)
    day.passes(60)
    day.says(MIRA, "lunch")
    day.passes(30)
    day.says(MIRA)
    day.passes(10)
    assert day.minutes() == {("mira", "here"): 70, ("mira", "lunch"): 30}
    day.all_leave()
    day.passes(500)
    assert day.minutes() == {("mira", "here"): 70, ("mira", "lunch"): 30}
    assert day.minutes(50, 75) == {("mira", "here"): 10, ("mira", "lunch"): 15}


def test_a_break_ends_when_its_holder_is_signed_in_nowhere(day: Day) -> None:
    """Nobody is at lunch for ever."""
    day.says(MIRA, "lunch")
    day.passes(20)
    day.all_leave()
    day.passes(60)
    assert day.minutes() == {("mira", "lunch"): 20}


def test_who_says_the_same_again_has_it_since_the_first_time(day: Day) -> None:
    """Pressing twice is no new beginning, and what lasted no time is not kept."""
    day.says(MIRA, "meeting")
    day.passes(5)
    day.says(MIRA, "meeting")
    assert day.since(MIRA) == day.began
    day.says(MIRA, "busy")
    day.says(MIRA, "lunch")
    day.passes(5)
    assert day.minutes() == {("mira", "lunch"): 5, ("mira", "meeting"): 5}
