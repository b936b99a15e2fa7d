"""Whether more come than can be explained. Every arrival is simulated, by seeds, in virtual time."""

import statistics
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.admission.flood.baseline import WeekProfile
from doorward.admission.flood.rate import (
    BOUND,
    STRANGER_TESTS,
    TICK,
    ArrivalRate,
    RateRules,
    RateTest,
    begin_day,
    factor_of,
    observe_tick,
)
from tests.support.arrivals import TICKS_OF_DAY, Numbers, expected_week, learned_profile, usual_rates

RULES = RateRules()
HOUR = round(3600 / TICK)


@cache
def known(seed: int = 0) -> tuple[WeekProfile, Sequence[float]]:
    """A profile that six simulated weeks taught, and what it expects in each tick of a week."""
    profile = learned_profile(np.random.default_rng(seed))
    return profile, expected_week(profile)


def alarms(counts: Numbers, expected: Sequence[float]) -> list[int]:
    """The ticks at which an alarm began; one ends when the score is below a quarter."""
    rate, found, on = ArrivalRate(), [], False
    for tick, count in enumerate(counts):
        if tick % TICKS_OF_DAY == 0:
            rate = begin_day(rate)
        rate = observe_tick(rate, count=int(count), usual=expected[tick], rules=RULES)
        if not on and rate.score >= 1:
            found.append(tick)
        on = rate.score >= (0.25 if on else 1)
    return found


def minutes_to_notice(times: float, *, seed: int) -> float:
    """How long a flood that makes contacts `times` as many goes unnoticed, begun on some working day."""
    random = np.random.default_rng(1000 + seed)
    day, start = int(random.integers(0, 5)), int(random.uniform(9, 16) * HOUR)
    begin, end = start - 4 * HOUR, start + 4 * HOUR
    rates = usual_rates(random, 1, first_day=day)[begin:end]
    rates[start - begin :] *= times
    expected = known()[1][day * TICKS_OF_DAY + begin : day * TICKS_OF_DAY + end]
    noticed = [tick for tick in alarms(random.poisson(rates), expected) if tick >= start - begin]
    return (noticed[0] - (start - begin) + 1) * TICK / 60 if noticed else float("inf")


@pytest.mark.parametrize(("times", "minutes"), [(4.0, 1.0), (2.0, 4.0), (1.5, 30.0)])
def test_a_flood_is_noticed_in_time_on_days_that_differ(times: float, minutes: float) -> None:
    """Of 25 floods on days and hours that differ from the profile, half are noticed within the time that is wanted."""
    assert statistics.median(minutes_to_notice(times, seed=seed) for seed in range(25)) <= minutes


@pytest.mark.parametrize("size", [1, 10])
def test_thirty_usual_days_hardly_ever_raise_an_alarm(size: int) -> None:
    """In two times thirty simulated days without a flood, at eight contacts a minute or eighty, two alarms at most."""
    found = 0
    for seed in (1, 2):
        expected = [size * usual for usual in known(seed)[1]] * 5
        rates = size * usual_rates(np.random.default_rng(100 + seed), 30)
        found += len(alarms(np.random.default_rng(seed).poisson(rates), expected))
    assert found <= 2


def test_whoever_ramps_up_slowly_is_noticed_before_long() -> None:
    """A flood that grows by 1 % an hour cannot teach the test that it is usual: at two and a quarter times it shows."""
    random = np.random.default_rng(5)
    growth = 1.01 ** (np.arange(7 * TICKS_OF_DAY) / HOUR)
    counts = random.poisson(np.array(known()[1]) * growth)
    first = alarms(counts, known()[1])[0]
    assert growth[first] < 2.25


def test_a_new_day_is_not_taken_for_the_day_before() -> None:
    """What was learned of a day that differed is forgotten at midnight; what spoke for a flood is not."""
    rate = ArrivalRate()
    for _ in range(400):
        rate = observe_tick(rate, count=1, usual=2.0, rules=RULES)
    rate = observe_tick(rate, count=12, usual=2.0, rules=RULES)
    assert factor_of(rate, rules=RULES) < 0.7
    assert factor_of(begin_day(rate), rules=RULES) == 1
    assert begin_day(rate).score == rate.score > 0


def test_while_it_is_frozen_nothing_is_learned() -> None:
    """In amber and red the day's factor stays what it was, however many come, and the sums go on."""
    rate = ArrivalRate()
    for _ in range(200):
        rate = observe_tick(rate, count=2, usual=2.0, rules=RULES)
    frozen = rate
    for _ in range(200):
        frozen = observe_tick(frozen, count=3, usual=2.0, rules=RULES, frozen=True)
    assert factor_of(frozen, rules=RULES) == factor_of(rate, rules=RULES)
    assert frozen.score > rate.score


def test_a_day_that_is_busier_is_learned_without_an_alarm() -> None:
    """Three in ten more than usual from the early morning on is a busy day, not a flood."""
    random = np.random.default_rng(3)
    rate, worst = ArrivalRate(), 0.0
    for hour in range(8):
        # It comes on within three hours, as a busy day does.
        rise = min(1.3, 1 + 0.1 * hour)
        for count in random.poisson(2.0 * rise, size=HOUR):
            rate = observe_tick(rate, count=int(count), usual=2.0, rules=RULES)
            worst = max(worst, rate.score)
    assert worst < 1
    assert factor_of(rate, rules=RULES) == pytest.approx(1.3, abs=0.06)


def test_after_a_flood_the_score_falls_within_twenty_minutes() -> None:
    """However long and large it was, the tests are quiet again 120 ticks after its end."""
    random = np.random.default_rng(4)
    rate = ArrivalRate()
    for count in random.poisson(40.0, size=2 * HOUR):
        rate = observe_tick(rate, count=int(count), usual=2.0, rules=RULES, frozen=True)
    assert rate.score == BOUND
    for count in random.poisson(2.0, size=120):
        rate = observe_tick(rate, count=int(count), usual=2.0, rules=RULES, frozen=True)
    assert rate.score < 0.25


@given(st.lists(st.tuples(st.integers(0, 10_000), st.floats(0, 1_000), st.booleans()), max_size=60))
def test_the_score_and_the_factor_stay_within_their_bounds(ticks: list[tuple[int, float, bool]]) -> None:
    """Whatever comes, the score is from 0 to its bound and a day from the least to the most."""
    rate = ArrivalRate()
    for count, usual, frozen in ticks:
        rate = observe_tick(rate, count=count, usual=usual, rules=RULES, frozen=frozen)
        assert 0 <= rate.score <= BOUND
        assert RULES.least <= factor_of(rate, rules=RULES) <= RULES.most


def test_rules_that_test_or_learn_nothing_are_refused() -> None:
    """A margin beyond what it tests for, and a memory shorter than a tick, are mistakes that show at once."""
    with pytest.raises(ValueError, match="margin"):
        RateTest(margin=2.0, times=2.0, threshold=10.0)
    for wrong in (
        {"many": 0.0},
        {"wider": 0.6},
        {"wider": -0.1},
        {"tests": ()},
        {"memory": 5.0},
        {"trust": 0.0},
        {"least": 1.2},
        {"most": 0.9},
    ):
        with pytest.raises(ValueError, match="tests, "):
            RateRules(**wrong)


STRANGERS = RateRules(tests=STRANGER_TESTS)
SHARE = 0.3


def stranger_alarms(counts: Numbers, expected: Sequence[float]) -> list[int]:
    """The ticks at which strangers alone were an alarm, until the first."""
    rate = ArrivalRate()
    for tick, count in enumerate(counts):
        rate = observe_tick(rate, count=int(count), usual=SHARE * expected[tick], rules=STRANGERS)
        if rate.score >= 1:
            return [tick]
    return []


@pytest.mark.parametrize(("times", "minutes"), [(4.0, 0.7), (2.0, 3.0), (1.5, 20.0)])
def test_a_flood_of_strangers_is_noticed_by_them_alone_at_eight_a_minute(times: float, minutes: float) -> None:
    """Of 25 floods of whom nine in ten are strangers, at about eight contacts a minute when they begin."""
    found = []
    for seed in range(25):
        random = np.random.default_rng(4000 + seed)
        day, start = int(random.integers(0, 5)), int(random.uniform(9, 16) * HOUR)
        begin, end = start - 2 * HOUR, start + 2 * HOUR
        rates = usual_rates(random, 1, first_day=day)[begin:end] / 2
        flood = rates * (times - 1) * (np.arange(len(rates)) >= 2 * HOUR)
        counts = random.poisson(SHARE * rates + 0.9 * flood)
        expected = [usual / 2 for usual in known()[1][day * TICKS_OF_DAY + begin : day * TICKS_OF_DAY + end]]
        first = next((tick for tick in stranger_alarms(counts, expected)), len(rates))
        found.append((first - 2 * HOUR + 1) * TICK / 60)
    assert statistics.median(found) <= minutes


def test_thirty_usual_days_of_strangers_raise_no_alarm() -> None:
    """Whose share is what it always is, on days and in hours that differ."""
    rates = SHARE * usual_rates(np.random.default_rng(300), 30)
    assert stranger_alarms(np.random.default_rng(3).poisson(rates), list(known(1)[1]) * 5) == []


def test_strangers_who_grow_slowly_are_noticed_before_they_are_three_times_as_many() -> None:
    """A baseline cannot be poisoned within days: at one in a hundred an hour it shows in time."""
    random = np.random.default_rng(6)
    growth = 1.01 ** (np.arange(7 * TICKS_OF_DAY) / HOUR)
    first = stranger_alarms(random.poisson(SHARE * np.array(known()[1]) * growth), known()[1])[0]
    assert growth[first] < 3
