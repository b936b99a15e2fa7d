"""What is usual at each time of the week."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.admission.flood.baseline import (
    BEGINNING,
    SLOT,
    SLOTS,
    WeekProfile,
    flat_profile,
    learn_week,
    profile_of,
    rescale,
)

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def test_the_median_of_past_weeks_is_usual() -> None:
    """Two of five weeks that were a flood teach nothing."""
    weeks = [[60] * SLOTS, [64] * SLOTS, [900] * SLOTS, [56] * SLOTS, [900] * SLOTS]
    profile = profile_of(weeks)
    assert profile.levels == (64 / SLOT,) * SLOTS
    assert profile.weeks == 5


def test_a_slot_that_nobody_came_in_expects_little_but_not_nothing() -> None:
    """The first contact at night is no miracle."""
    assert profile_of([[0] * SLOTS]).levels[0] == 0.5 / SLOT


def test_between_two_slots_the_level_goes_straight_and_the_week_is_a_ring() -> None:
    """In the middle of a slot its own level, between two middles theirs in parts, and Monday follows Sunday."""
    counts = [10] * SLOTS
    counts[20], counts[0] = 30, 50
    profile = profile_of([counts])

    def expected(minutes: float) -> float:
        return profile.expect(MONDAY + timedelta(minutes=minutes), seconds=SLOT)

    assert expected(615) == pytest.approx(30)
    assert expected(630) == pytest.approx(20)
    assert expected(645) == pytest.approx(10)
    assert expected(0) == pytest.approx(30)
    assert expected(7 * 24 * 60) == expected(0)


def test_the_time_of_the_week_is_the_companys_own() -> None:
    """Nine in the morning is nine where the company is."""
    counts = [10] * SLOTS
    counts[18] = 90
    at = datetime(2026, 3, 2, 9, 15, tzinfo=timezone(timedelta(hours=7)))
    assert profile_of([counts]).expect(at, seconds=SLOT) == pytest.approx(90)


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**9)), min_size=8, max_size=8))
def test_no_week_teaches_more_than_a_twentieth(counts: list[int | None]) -> None:
    """Whatever was counted, no level moves by more than 5 %, and one that was left out does not move."""
    week = counts * (SLOTS // len(counts))
    before = WeekProfile(levels=(0.1,) * SLOTS, weeks=BEGINNING)
    after = learn_week(before, week)
    for level, count in zip(after.levels, week, strict=True):
        assert 0.1 / 1.05 - 1e-12 <= level <= 0.1 * 1.05 + 1e-12
        assert count is not None or level == 0.1


def test_an_attacker_needs_fifteen_unnoticed_weeks_to_double_what_is_usual() -> None:
    """Fourteen weeks of any flood that nobody notices leave every level below twice what it was."""
    profile = WeekProfile(levels=(0.1,) * SLOTS, weeks=BEGINNING)
    for _ in range(14):
        profile = learn_week(profile, [10**6] * SLOTS)
    assert max(profile.levels) < 0.2
    assert max(learn_week(profile, [10**6] * SLOTS).levels) > 0.2


def test_a_new_profile_finds_what_is_usual_within_its_first_weeks() -> None:
    """Whoever begins with a guess that is half of the truth is within a quarter of it after four weeks."""
    profile = flat_profile(90 / SLOT)
    for _ in range(BEGINNING):
        profile = learn_week(profile, [180] * SLOTS)
    assert profile.levels[0] * SLOT == pytest.approx(180, rel=0.25)
    assert profile.weeks == BEGINNING


def test_a_person_may_say_that_more_is_usual_from_now_on() -> None:
    """Growth that is real need not be learned for months."""
    assert rescale(flat_profile(0.1), 2.0).levels == (0.2,) * SLOTS


def test_what_is_no_week_is_refused() -> None:
    """No weeks, weeks of another length, and slots of nothing are mistakes that show at once."""
    for weeks in ([], [[1] * 3]):
        with pytest.raises(ValueError, match="weeks"):
            profile_of(weeks)
    with pytest.raises(ValueError, match="a week has"):
        learn_week(flat_profile(0.1), [1] * 3)
    with pytest.raises(ValueError, match="a profile has"):
        flat_profile(0.0)
