"""Service levels: until when somebody has to be answered, in open hours, with pauses; and how long a wait is."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from msgspec import structs

from doorward.kit.tenant_settings import TenantSettings
from doorward.routing import Course, Pause, ServiceLevel, Turn, clocks, level_for
from doorward.routing.estimating import Handling, estimate_wait, worth_calling_back
from doorward.routing.hours import after_open_seconds, open_seconds
from doorward.routing.matching import Agent, Contact, Rules
from doorward.vocabulary.ids import ConversationId, StaffId

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday
OFFICE = TenantSettings(hours={"mon": ("09:00-17:00",), "tue": ("09:00-17:00",)})
LEVEL = ServiceLevel(name="chats", first_minutes=10, next_minutes=20, resolution_minutes=120)


def at(minutes: float) -> datetime:
    """Return so many minutes after nine."""
    return NINE + timedelta(minutes=minutes)


def course(*turns: tuple[float, Literal["customer", "agent"]], resolved: float | None = None) -> Course:
    """Return a conversation in which a person was asked for at nine."""
    said = tuple(Turn(at=at(minutes), by=by) for minutes, by in turns)
    return Course(asked_at=NINE, turns=said, resolved_at=None if resolved is None else at(resolved))


def stand(one: Course, minutes: float, hours: TenantSettings = OFFICE, level: ServiceLevel = LEVEL) -> dict[str, Any]:
    """Return how each promise stands: state and used minutes."""
    return {
        clock.kind: (clock.state, clock.used_seconds / 60) for clock in clocks(level, one, at(minutes), hours=hours)
    }


def test_the_first_answer_is_warned_of_before_it_is_late() -> None:
    """Eight of ten minutes warn; at ten the promise is broken; answered in time it is kept for good."""
    assert stand(course(), 7)["first"] == ("running", 7)
    assert stand(course(), 8)["first"] == ("warned", 8)
    assert stand(course(), 10)["first"] == ("breached", 10)
    assert stand(course((9, "agent")), 500)["first"] == ("met", 9)
    assert stand(course((11, "agent")), 500)["first"] == ("breached", 11)
    (clock, _) = clocks(LEVEL, course(), at(3), hours=OFFICE)
    assert (clock.warn_at, clock.due_at) == (at(8), at(10))


def test_each_next_answer_has_a_clock_of_its_own() -> None:
    """It begins with the first thing said since the last answer, and there is none before the first."""
    assert "next" not in stand(course((3, "customer")), 5)
    assert stand(course((5, "agent"), (10, "customer"), (15, "customer")), 20)["next"] == ("running", 10)
    assert stand(course((5, "agent"), (10, "customer"), (40, "agent")), 50)["next"] == ("breached", 30)
    assert stand(course((5, "agent"), (10, "customer"), (40, "agent"), (45, "customer")), 50)["next"] == ("running", 5)


def test_a_solution_is_not_late_while_the_customer_is_waited_for() -> None:
    """An answer stops the clock until the customer says something; a second answer changes nothing."""
    answered = course((10, "agent"), (30, "agent"))
    assert stand(answered, 400)["resolution"] == ("paused", 10)
    assert stand(course((10, "agent"), (300, "customer")), 390)["resolution"] == ("warned", 100)
    assert stand(course((10, "agent"), (300, "customer"), resolved=320), 900)["resolution"] == ("met", 30)


def test_only_hours_in_which_people_answer_count() -> None:
    """Ten minutes before five, three more are left the next morning; with a level that never sleeps they are not."""
    evening = Course(asked_at=at(8 * 60 - 7))
    assert stand(evening, 8 * 60 + 300)["first"] == ("running", 7)
    (clock, _) = clocks(LEVEL, evening, at(8 * 60 + 300), hours=OFFICE)
    assert clock.due_at == at(24 * 60 + 3)
    always = ServiceLevel(name="always", first_minutes=10, in_hours=False)
    assert stand(evening, 8 * 60 + 300, level=always)["first"] == ("breached", 307)


def test_a_promise_without_an_opening_has_no_time() -> None:
    """Where nobody ever answers, nothing becomes late, and no moment is made up."""
    shut = TenantSettings(hours={"mon": ()}, closed_days=tuple(f"2026-03-{day:02}" for day in range(1, 32)))
    assert open_seconds(shut, NINE, NINE + timedelta(days=5)) == 0
    assert after_open_seconds(OFFICE, NINE, 8 * 3600 * 2 + 60) == NINE + timedelta(days=7, minutes=1)
    assert after_open_seconds(OFFICE, NINE, 10**9) is None


def test_a_night_that_loses_an_hour_has_one_less() -> None:
    """When the clocks go forward the span from one to four is two hours long."""
    night = TenantSettings(time_zone="Europe/Berlin", hours={"sun": ("01:00-04:00",)})
    begins = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    assert open_seconds(night, begins, begins + timedelta(days=1)) == 2 * 3600


def test_the_first_level_that_takes_a_contact_holds() -> None:
    """An empty list takes anything."""
    urgent = ServiceLevel(name="urgent", priorities=(1, 2), first_minutes=2)
    assert level_for((urgent, LEVEL), queue="default", channel="chat", priority=2) == urgent
    assert level_for((urgent, LEVEL), queue="default", channel="chat", priority=0) == LEVEL
    assert level_for((urgent,), queue="default", channel="chat", priority=0) is None


@pytest.mark.parametrize(("ahead", "expected"), [(0, 180.0), (3, 720.0)])
def test_an_estimate_goes_by_places_and_how_long_conversations_last(ahead: int, expected: float) -> None:
    """Four places that are taken for twelve minutes each become free every three minutes."""
    waits = Contact(conversation_id=ConversationId("a"), entered_at=NINE, language="de", channel="chat")
    busy = [Agent(staff_id=StaffId(name), capacity=4, has={"chat": 2}, languages={"de": 2}) for name in "ab"]
    other = Agent(staff_id=StaffId("c"), capacity=4, languages={"tr": 2})
    rules = Rules(weights={"chat": 2})
    handling = Handling(seconds=720.0)
    assert estimate_wait(waits, ahead, [*busy, other], handling=handling, rules=rules) == expected
    assert estimate_wait(waits, ahead, [other], handling=handling, rules=rules) is None


def test_somebody_with_room_answers_at_once_and_a_long_wait_offers_a_call_back() -> None:
    """Nobody there is the longest wait; without a setting nothing is offered."""
    waits = Contact(conversation_id=ConversationId("a"), entered_at=NINE)
    free = [Agent(staff_id=StaffId("a"), capacity=1)]
    assert estimate_wait(waits, 0, free, handling=Handling(), rules=Rules()) == 0.0
    assert worth_calling_back(601.0, minutes=10)
    assert not worth_calling_back(600.0, minutes=10)
    assert worth_calling_back(None, minutes=10)
    assert not worth_calling_back(None, minutes=0)


def paused(*pauses: tuple[float, float | None], one: Course) -> Course:
    """Return a conversation whose status paused it between these minutes after nine."""
    spans = tuple(Pause(begins=at(begins), ends=None if ends is None else at(ends)) for begins, ends in pauses)
    return structs.replace(one, pauses=spans)


def test_a_pause_moves_what_is_due() -> None:
    """Five minutes were used, then two hours do not count, then three more; both times are as much later."""
    halted = paused((5, None), one=course())
    assert stand(halted, 120)["first"] == ("paused", 5)
    (clock, _) = clocks(LEVEL, halted, at(120), hours=OFFICE)
    assert (clock.warn_at, clock.due_at) == (None, None)
    going_on = paused((5, 125), one=course())
    assert stand(going_on, 128)["first"] == ("warned", 8)
    (clock, solution) = clocks(LEVEL, going_on, at(126), hours=OFFICE)
    assert (clock.warn_at, clock.due_at, solution.due_at) == (at(128), at(130), at(240))


def test_only_open_hours_of_a_pause_move_what_is_due() -> None:
    """A pause over night takes away as much of the day as it covers: what follows goes on the next morning."""
    evening = paused((8 * 60 - 3, 24 * 60 + 2), one=Course(asked_at=at(8 * 60 - 7)))
    assert stand(evening, 24 * 60 + 4)["first"] == ("running", 6)
    (clock, _) = clocks(LEVEL, evening, at(24 * 60 + 4), hours=OFFICE)
    assert clock.due_at == at(24 * 60 + 8)


def test_pauses_hold_for_every_clock_and_for_what_has_ended() -> None:
    """Of the next answer and of the solution, what fell into a pause is not counted; a broken promise stays broken."""
    answered = course((5, "agent"), (10, "customer"), (40, "agent"))
    assert stand(paused((12, 30), one=answered), 50)["next"] == ("met", 12)
    assert stand(paused((0, 2), (11, 30), one=answered), 50)["resolution"] == ("paused", 14)
    assert stand(paused((11, None), one=course()), 50)["first"] == ("breached", 11)
