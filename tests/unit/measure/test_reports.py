"""Reports: rows and columns from plain facts, periods by the calendar, and when the next is due."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from doorward.measure import (
    AgentDeeds,
    Counted,
    Ended,
    Judged,
    Moments,
    PresenceChange,
    Rhythm,
    Spell,
    attendance,
    buckets,
    by_agent,
    by_group,
    by_review,
    last_due,
    levels,
    period_before,
    presence_seconds,
    satisfaction,
    times,
    volume,
)
from doorward.measure.periods import place_of

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def counted(opened_at: datetime, **wishes: object) -> Counted:
    """A conversation; what is not wished for is nothing."""
    facts: dict[str, object] = {
        "first_response_at": None,
        "resolved_at": None,
        "waited_seconds": 0.0,
        "handovers": 0,
        "channel": "webchat",
        "language": "en",
        "labels": (),
    }
    return Counted(opened_at=opened_at, **(facts | wishes))  # type: ignore[arg-type]  # because tests name what they want


def test_days_are_the_companys() -> None:
    """A day begins at local midnight, and has 23 hours where the clocks go forward."""
    days = buckets(date(2026, 3, 28), date(2026, 3, 30), step="day", zone=BERLIN)
    assert [one.ends - one.begins for one in days] == [24 * HOUR, 23 * HOUR, 24 * HOUR]
    assert days[0].begins == datetime(2026, 3, 27, 23, 0, tzinfo=UTC)
    assert place_of(datetime(2026, 3, 28, 23, 30, tzinfo=UTC), days) == 1
    assert place_of(datetime(2026, 3, 27, 22, 59, tzinfo=UTC), days) is None


def test_weeks_begin_on_monday_and_are_cut_at_the_ends() -> None:
    """From a Wednesday to the Tuesday after next: three buckets, the first of five days, the last of two."""
    weeks = buckets(date(2026, 3, 4), date(2026, 3, 17), step="week", zone=BERLIN)
    assert [one.first for one in weeks] == [date(2026, 3, 4), date(2026, 3, 9), date(2026, 3, 16)]
    assert [(one.ends - one.begins).days for one in weeks] == [5, 7, 2]


def test_volume_counts_each_thing_on_its_own_day() -> None:
    """What arrived, went to people, was ended and came back is counted where it happened."""
    days = buckets(DAY, DAY + timedelta(days=1), step="day", zone=BERLIN)
    arrived = [counted(NOON, handovers=1), counted(NOON), counted(NOON + 24 * HOUR)]
    moments = Moments(resolved=[NOON + 24 * HOUR], reopened=[NOON + 24 * HOUR], judged=[])
    table = volume(days, arrived, moments)
    assert [one.name for one in table.columns] == ["arrived", "handed_over", "resolved", "reopened"]
    assert [row.values for row in table.rows] == [(2, 1, 0, 0), (1, 0, 1, 1)]


def test_times_are_medians_and_the_ninetieth_percent() -> None:
    """Of ten first responses after 1 to 10 minutes: 5 and 9; nothing is said where there was nothing."""
    days = buckets(DAY, DAY, step="day", zone=BERLIN)
    many = [counted(NOON, first_response_at=NOON + timedelta(minutes=number)) for number in range(1, 11)]
    (row,) = times(days, many).rows
    assert row.values == (300.0, 540.0, None, None, None, None)


def test_satisfaction_is_a_share_of_those_who_said_something() -> None:
    """Two of three were helped."""
    days = buckets(DAY, DAY, step="day", zone=BERLIN)
    judged = [(NOON, True), (NOON, False), (NOON, True), (NOON + 48 * HOUR, False)]
    (row,) = satisfaction(days, Moments(resolved=[], reopened=[], judged=judged)).rows
    assert row.values == (3, 2 / 3)


def test_groups_come_in_the_order_of_their_size() -> None:
    """A conversation with two labels counts for both."""
    many = [counted(NOON, labels=("b", "a")), counted(NOON, labels=("b",), judgements=(True,))]
    table = by_group(many, lambda one: one.labels)
    assert [(row.key, row.values[0], row.values[-1]) for row in table.rows] == [("b", 2, 1.0), ("a", 1, None)]


def test_agents_and_reviews() -> None:
    """Who ended most comes first; reviews are a mean of their scores."""
    nothing = AgentDeeds(given=0, resolved=0, available_seconds=None, away_seconds=None)
    deeds = {"a": nothing, "b": AgentDeeds(given=2, resolved=1, available_seconds=60, away_seconds=0)}
    assert [row.key for row in by_agent(deeds).rows] == ["b", "a"]
    reviews = [Judged(staff_id="a", score=50.0, failed=False), Judged(staff_id="a", score=0.0, failed=True)]
    assert by_review(reviews).rows[0].values == (2, 25.0, 1)


def test_presence_is_counted_within_the_period() -> None:
    """What was said before counts from the beginning, what nobody said does not count, who is out is neither."""
    until = NOON + 4 * HOUR
    changes = [
        PresenceChange(at=NOON - HOUR, staff_id="a", state="available"),
        PresenceChange(at=NOON + HOUR, staff_id="a", state="away"),
        PresenceChange(at=NOON + 2 * HOUR, staff_id="a", state="out"),
        PresenceChange(at=NOON + 3 * HOUR, staff_id="b", state="available"),
    ]
    spent = presence_seconds(changes, NOON, until)
    assert (spent["a"]["available"], spent["a"]["away"]) == (3600, 3600)
    assert (spent["b"]["available"], spent["b"]["away"]) == (3600, 0)


def test_levels_are_the_share_kept_in_the_week_in_which_a_promise_began() -> None:
    """Two of three in a week; a promise of Sunday evening is that week's, though it is Monday in UTC; an empty one."""
    weeks = buckets(DAY, DAY + timedelta(days=15), step="week", zone=ZoneInfo("America/New_York"))
    sunday = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
    promises = [
        Ended(clock="first", since=NOON, kept=True),
        Ended(clock="first", since=NOON, kept=False),
        Ended(clock="first", since=sunday, kept=True),
        Ended(clock="resolution", since=NOON + timedelta(days=15), kept=False),
        Ended(clock="next", since=NOON + timedelta(days=40), kept=False),
    ]
    table = levels(weeks, promises)
    assert [one.name for one in table.columns[:3]] == ["first_kept", "next_kept", "resolution_kept"]
    assert [row.values for row in table.rows] == [
        (2 / 3, None, None, 3, 0, 0),
        (None, None, None, 0, 0, 0),
        (None, None, 0.0, 0, 0, 1),
    ]


def test_attendance_is_shared_out_over_the_days_it_lasted() -> None:
    """The night to summer time: available from 22 to 6 is seven hours, two and five; a day without anybody is empty."""
    days = buckets(date(2026, 3, 28), date(2026, 3, 30), step="day", zone=BERLIN)
    since, until = datetime(2026, 3, 28, 21, 0, tzinfo=UTC), datetime(2026, 3, 29, 4, 0, tzinfo=UTC)
    spells = [
        Spell(since=since, until=until, state="available"),
        Spell(since=until, until=until + HOUR, state="away", reason="lunch"),
        Spell(since=since - HOUR, until=since, state="away"),
    ]
    table = attendance(days, spells)
    assert [one.name for one in table.columns] == ["available", "away", "away.lunch"]
    assert [row.values for row in table.rows] == [(7200, 3600, 0), (18000, 0, 3600), (None, None, None)]


def test_a_week_with_a_change_of_summer_time_is_an_hour_shorter() -> None:
    """Somebody who is there without end is there for 167 hours of it, 169 in autumn; a cut week has what is left."""
    without_end = [Spell(since=NOON, until=NOON + timedelta(days=400), state="available")]
    for first, hours in ((date(2026, 3, 23), 167), (date(2026, 10, 19), 169)):
        weeks = buckets(first, first + timedelta(days=8), step="week", zone=BERLIN)
        found = [row.values[0] for row in attendance(weeks, without_end).rows]
        assert found == [hours * 3600, 48 * 3600]


@pytest.mark.parametrize(
    ("rhythm", "now", "due"),
    [
        (Rhythm(every="day", at=time(8)), "2026-03-02T07:00", "2026-03-02T07:00"),
        (Rhythm(every="day", at=time(8)), "2026-03-02T06:59", "2026-03-01T07:00"),
        (Rhythm(every="week", at=time(8), weekday=4), "2026-03-02T12:00", "2026-02-27T07:00"),
        (Rhythm(every="month", at=time(8), day=28), "2026-03-02T12:00", "2026-02-28T07:00"),
        (Rhythm(every="day", at=time(2, 30)), "2026-03-29T12:00", "2026-03-29T01:30"),
    ],
)
def test_a_report_is_due_at_its_local_time(rhythm: Rhythm, now: str, due: str) -> None:
    """The latest time up to now; one that the clocks leave out is an hour later."""
    moment = datetime.fromisoformat(f"{now}Z")
    assert last_due(rhythm, moment, zone=BERLIN) == datetime.fromisoformat(f"{due}Z")


@pytest.mark.parametrize(
    ("rhythm", "day", "period"),
    [
        (Rhythm(every="day", at=time(8)), date(2026, 3, 1), (date(2026, 2, 28), date(2026, 2, 28))),
        (Rhythm(every="week", at=time(8)), date(2026, 3, 9), (date(2026, 3, 2), date(2026, 3, 8))),
        (Rhythm(every="month", at=time(8), day=28), date(2026, 3, 28), (date(2026, 2, 28), date(2026, 3, 27))),
    ],
)
def test_a_report_is_about_the_days_since_the_one_before(rhythm: Rhythm, day: date, period: tuple[date, date]) -> None:
    """A day, a week or a month up to the day before it is sent."""
    assert period_before(rhythm, day) == period
