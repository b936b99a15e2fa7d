"""The watch: what it takes for a level, what it learns and when, and what it does not let itself be taught."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from doorward.admission.flood import SLOTS, Alert, CallerClass, flat_profile
from doorward.admission.kept import ArrivalKind, Kept, Learned
from doorward.flow.flood.watching import Seen, told_rate, watch

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
STEP = timedelta(seconds=10)


def kept_at(now: datetime, learned: Learned | None = None) -> Kept:
    """What is kept of a tenant that was never looked at."""
    return Kept(alert=Alert(since=now), learned=learned or Learned(), seen_at=now, led_until=now)


def came(at: datetime, number: int, caller_class: CallerClass = "anonymous") -> tuple[ArrivalKind, int]:
    """So many of a class in the ten seconds that begin at a moment."""
    return ArrivalKind(at, caller_class, "webchat", "en", "full", "free"), number


def run(kept: Kept, *, start: datetime, ticks: int, each: int, wait: float | None = 0.0) -> Kept:
    """Watch so many ticks in each of which so many come."""
    for number in range(ticks):
        at = start + number * STEP
        arrived = [came(at, each)] if each else []
        kept = watch(kept, Seen(arrived, wait, UTC_ZONE), now=at + STEP).kept
    return kept


USUAL = Learned(profile=flat_profile(0.1))
"""One contact in ten seconds."""


def test_a_flood_is_amber_and_red_where_people_are_hard_to_get() -> None:
    """Ten times as many as usual are noticed within a minute."""
    noon = MONDAY + timedelta(hours=12)
    calm = run(kept_at(noon, USUAL), start=noon, ticks=60, each=1)
    assert calm.alert.level == "green"
    after = noon + timedelta(minutes=10)
    assert run(calm, start=after, ticks=6, each=10).alert.level == "amber"
    assert run(calm, start=after, ticks=6, each=10, wait=700.0).alert.level == "red"
    assert run(calm, start=after, ticks=6, each=10, wait=None).alert.level == "amber"


def test_each_change_tells_by_what_it_was_made() -> None:
    """All that was measured then is with it."""
    noon = MONDAY + timedelta(hours=12)
    found = watch(kept_at(noon, USUAL), Seen([came(noon, 90)], 0.0, UTC_ZONE), now=noon + STEP)
    assert [(one.cause, one.before, one.after) for one in found.changes] == [("signals", "green", "amber")]
    assert {one.name for one in found.changes[0].signals} == {
        *("rate", "strangers", "mix", "escalations", "wait"),
    }


def test_where_nobody_knows_what_is_usual_nothing_is_strange() -> None:
    """A house that was opened today raises no alarm by itself."""
    noon = MONDAY + timedelta(hours=12)
    assert run(kept_at(noon), start=noon, ticks=30, each=50).alert.level == "green"


def test_it_is_green_again_after_a_quiet_time() -> None:
    """Down to amber and to green takes quiet and a while in each level."""
    noon = MONDAY + timedelta(hours=12)
    red = run(kept_at(noon, USUAL), start=noon, ticks=6, each=20, wait=900.0)
    assert red.alert.level == "red"
    later = run(red, start=noon + timedelta(minutes=1), ticks=6 * 60, each=1)
    assert later.alert.level == "green"


def test_a_pause_of_hours_is_no_flood_and_no_quiet() -> None:
    """Nobody was there to count: measuring begins anew."""
    noon = MONDAY + timedelta(hours=12)
    kept = run(kept_at(noon, USUAL), start=noon, ticks=3, each=1)
    evening = noon + timedelta(hours=6)
    after = watch(kept, Seen([came(evening - STEP, 2)], 0.0, UTC_ZONE), now=evening).kept
    assert after.measured.tick_at == evening - STEP
    assert after.measured.rate.score < 1


def test_what_comes_late_is_judged_with_what_is_next() -> None:
    """Another process may write its counts when their ten seconds were judged already: nobody is forgotten."""
    noon = MONDAY + timedelta(hours=12)
    kept = run(kept_at(noon), start=noon, ticks=3, each=1)
    late = watch(kept, Seen([came(noon, 5)], 0.0, UTC_ZONE), now=noon + 4 * STEP).kept
    assert sum(late.learned.day.values()) == 3 + 5


def test_the_first_whole_week_is_learned_as_it_was() -> None:
    """And the one before, which was not counted from its Monday, is not."""
    start = MONDAY - timedelta(days=2)
    kept = kept_at(start)
    week = [came(MONDAY + timedelta(hours=9, seconds=10 * number), 3) for number in range(20)]
    kept = watch(kept, Seen([came(start, 100)], 0.0, UTC_ZONE), now=start + STEP).kept
    for day in range(1, 9):
        at = start + timedelta(days=day)
        kept = watch(kept, Seen([], 0.0, UTC_ZONE), now=at + STEP).kept
        for one in week if at == MONDAY else []:
            kept = watch(kept, Seen([one], 0.0, UTC_ZONE), now=one[0].tick_at + STEP).kept
    assert kept.learned.profile is None
    kept = watch(kept, Seen([], 0.0, UTC_ZONE), now=MONDAY + timedelta(days=7, seconds=10)).kept
    profile = kept.learned.profile
    assert profile is not None
    assert profile.levels[18] == pytest.approx(60 / 1800)
    assert profile.weeks == 1


def test_half_hours_of_a_flood_teach_nothing() -> None:
    """What came while it was amber or red is left out of the week."""
    noon = MONDAY + timedelta(hours=12)
    kept = run(kept_at(noon, USUAL), start=noon, ticks=6, each=20)
    kept = run(kept, start=noon + timedelta(minutes=1), ticks=2, each=20)
    assert kept.learned.week[24] is None
    assert kept.learned.day_was_calm is False


def test_who_usually_comes_is_learned_from_a_whole_day() -> None:
    """The first day is not whole; a day with few says too little."""
    start = MONDAY + timedelta(hours=23, minutes=50)
    kept = run(kept_at(start), start=start, ticks=120, each=4)
    assert kept.learned.mix is None
    kept = watch(
        kept,
        Seen([came(MONDAY + timedelta(days=1, hours=5), 300, "known")], 0.0, UTC_ZONE),
        now=MONDAY + timedelta(days=1, hours=5, seconds=10),
    ).kept
    kept = watch(kept, Seen([], 0.0, UTC_ZONE), now=MONDAY + timedelta(days=2, seconds=10)).kept
    assert kept.learned.mix is not None
    assert kept.learned.mix["anonymous"] == pytest.approx(241 / (240 + 300 + 4))
    assert sum(kept.learned.mix.values()) == pytest.approx(1)


def test_strangers_show_who_come_no_faster_than_usual() -> None:
    """A slow flood by people whom nobody knows is seen by who comes."""
    noon = MONDAY + timedelta(hours=12)
    mix = {"signed": 0.05, "open_case": 0.25, "known": 0.4, "anonymous": 0.3}
    kept = run(kept_at(noon, msgspec.structs.replace(USUAL, mix=mix)), start=noon, ticks=60, each=1)
    assert kept.alert.level == "amber"


def test_a_person_tells_what_is_usual() -> None:
    """With a profile its height changes and its course stays; nothing or less is refused."""
    levels = tuple(0.1 if slot % 2 else 0.3 for slot in range(SLOTS))
    flat = told_rate(Learned(), per_hour=36.0)
    assert flat.profile is not None
    assert flat.profile.levels[0] == pytest.approx(0.01)
    course = told_rate(Learned(profile=msgspec.structs.replace(flat.profile, levels=levels)), per_hour=1440.0)
    assert course.profile is not None
    assert course.profile.levels[:2] == pytest.approx((0.6, 0.2))
    with pytest.raises(ValueError, match="per_hour"):
        told_rate(Learned(), per_hour=0.0)


def test_nobody_counts_twice() -> None:
    """Each arrival is in exactly one tick, whatever ticks are judged together."""
    noon = MONDAY + timedelta(hours=12)
    arrived = [came(noon + number * STEP, number) for number in range(1, 6)]
    kept = watch(run(kept_at(noon), start=noon, ticks=1, each=0), Seen(arrived, 0.0, UTC_ZONE), now=noon + 6 * STEP)
    assert Counter(kept.kept.learned.day) == Counter(anonymous=15)


MIX = {"signed": 0.05, "open_case": 0.05, "known": 0.7, "anonymous": 0.2}


def test_strangers_alone_are_counted_against_how_many_of_them_are_usual() -> None:
    """Where all come as often as usual but only strangers do, that is five times as many strangers: within minutes."""
    noon = MONDAY + timedelta(hours=12)
    kept = run(kept_at(noon, msgspec.structs.replace(USUAL, mix=MIX)), start=noon, ticks=24, each=1)
    assert kept.measured.rate.score < 0.5
    assert kept.measured.strangers.score >= 1
    assert kept.alert.level == "amber"
    unknown = run(kept_at(noon, USUAL), start=noon, ticks=24, each=1)
    assert unknown.measured.strangers.sums == ()


def heard(kept: Kept, talks: Sequence[bool], *, now: datetime) -> Kept:
    """What is kept after so many talks with colleagues ended."""
    return watch(kept, Seen([], 0.0, UTC_ZONE, talks), now=now).kept


def test_talks_that_come_to_nothing_are_an_alarm_once_it_is_known_how_many_usually_do() -> None:
    """A drip that neither rate nor classes show takes people's time all the same."""
    noon = MONDAY + timedelta(hours=12)
    knows = Learned(talks={"useful": 0.9, "nothing": 0.1})
    drip = [number % 2 == 0 for number in range(60)]
    assert heard(kept_at(noon, knows), drip, now=noon).alert.level == "amber"
    assert heard(kept_at(noon, knows), [number % 10 != 0 for number in range(600)], now=noon).alert.level == "green"
    assert heard(kept_at(noon), drip, now=noon).alert.level == "green"


def test_what_talks_usually_come_to_is_learned_of_whole_calm_days() -> None:
    """From fifty talks on, and not from the day that was not counted from its beginning."""
    start = MONDAY + timedelta(hours=12)
    kept = heard(kept_at(start), [True] * 90, now=start + STEP)
    for day, useful in ((1, 30), (2, 80)):
        noon = start + timedelta(days=day)
        kept = heard(kept, [], now=noon)
        assert kept.learned.talks is None
        kept = heard(kept, [True] * useful + [False] * (useful // 4), now=noon + STEP)
    kept = heard(kept, [], now=start + timedelta(days=3))
    assert kept.learned.talks is not None
    assert kept.learned.talks["useful"] == pytest.approx(81 / 102)
