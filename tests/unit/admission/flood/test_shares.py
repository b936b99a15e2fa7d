"""Whether those who come are others than usual."""

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.admission.flood.shares import BOUND, ShareDrift, ShareRules, learn_shares, observe_contact, prepare_test
from tests.support.arrivals import classes_of, with_flood

USUAL = {"signed": 0.2, "open_case": 0.1, "known": 0.4, "anonymous": 0.3}
FLOOD = {"signed": 0.0, "open_case": 0.02, "known": 0.08, "anonymous": 0.9}
"""Attackers of whom one in ten is known, as in the simulations that flood control was designed by."""

RULES = ShareRules(usual=USUAL, flood=FLOOD)
TEST = prepare_test(RULES)


def contacts_to_notice(times: float, *, seed: int) -> float:
    """How many contacts a flood that makes them `times` as many brings before it is noticed."""
    random = np.random.default_rng(seed)
    before = classes_of(random, 2_000, shares=USUAL)
    flooded = with_flood(random, classes_of(random, 4_000, shares=USUAL), times=times, shares=FLOOD)
    drift = ShareDrift()
    for one in before:
        drift = observe_contact(drift, one, test=TEST)
    for number, one in enumerate(flooded, start=1):
        drift = observe_contact(drift, one, test=TEST)
        if drift.score >= 1:
            return number
    return float("inf")


@pytest.mark.parametrize(("times", "contacts"), [(2.0, 150), (1.5, 360), (1.25, 2_000)])
def test_a_slow_flood_shows_in_who_comes(times: float, contacts: int) -> None:
    """Half of 25 floods are noticed in time: at twelve a minute half again as many within half an hour."""
    assert statistics.median(contacts_to_notice(times, seed=seed) for seed in range(25)) <= contacts


def test_the_usual_mix_raises_no_alarm() -> None:
    """In 60,000 contacts, a week's worth, whose share of strangers goes up and down, there is none."""
    drift, worst = ShareDrift(), 0.0
    for one in classes_of(np.random.default_rng(9), 60_000, shares=USUAL):
        drift = observe_contact(drift, one, test=TEST)
        worst = max(worst, drift.score)
    assert worst < 1


def test_escalations_that_come_to_nothing_are_the_same_test() -> None:
    """When people find that four in ten of what they are given was nothing, where one in ten was usual, it shows."""
    test = prepare_test(ShareRules(usual={"useful": 0.9, "nothing": 0.1}, flood={"useful": 0.05, "nothing": 0.95}))
    random, drift, worst = np.random.default_rng(2), ShareDrift(), 0.0
    for nothing in random.random(5_000) < 0.1:
        drift = observe_contact(drift, "nothing" if nothing else "useful", test=test)
        worst = max(worst, drift.score)
    assert worst < 1
    for nothing in random.random(100) < 0.4:
        drift = observe_contact(drift, "nothing" if nothing else "useful", test=test)
    assert drift.score >= 1


def test_after_a_flood_the_score_falls() -> None:
    """However long it was, a thousand usual contacts later nothing is left of it."""
    drift = ShareDrift()
    for _ in range(5_000):
        drift = observe_contact(drift, "anonymous", test=TEST)
    assert drift.score == BOUND
    for one in classes_of(np.random.default_rng(8), 1_000, shares=USUAL):
        drift = observe_contact(drift, one, test=TEST)
    assert drift.score < 0.25


def test_a_kind_that_never_came_is_no_alarm_when_one_does() -> None:
    """One contact of a category with the share nothing adds less than half of what an alarm needs."""
    rules = ShareRules(usual={"a": 1.0, "b": 0.0}, flood={"a": 0.0, "b": 1.0})
    assert observe_contact(ShareDrift(), "b", test=prepare_test(rules)).score < 0.5


@given(st.dictionaries(st.sampled_from(sorted(USUAL)), st.integers(0, 10**6)))
def test_no_day_teaches_more_than_a_tenth(counts: dict[str, int]) -> None:
    """Whatever a day brought, shares sum to 1, and none moves by more than two twentieths."""
    learned = learn_shares(USUAL, {**dict.fromkeys(USUAL, 0), **counts})
    assert sum(learned.values()) == pytest.approx(1)
    assert all(share / 1.1026 <= learned[name] <= share * 1.1026 for name, share in USUAL.items())


def test_learning_goes_to_what_is_counted() -> None:
    """After enough usual days the shares are those of the days."""
    learned: dict[str, float] = USUAL
    for _ in range(200):
        learned = learn_shares(learned, {"signed": 3000, "open_case": 1000, "known": 3000, "anonymous": 3000})
    assert learned == pytest.approx({"signed": 0.3, "open_case": 0.1, "known": 0.3, "anonymous": 0.3}, abs=0.01)


@pytest.mark.parametrize(
    "wrong",
    [
        {"flood": {"known": 1.0}},
        {"usual": {"known": 1.0}, "flood": {"known": 1.0}},
        {"flood": {**FLOOD, "known": 0.5}},
        {"slack": 0.2},
        {"aimed": ()},
        {"aimed": (0.2, 1.0)},
        {"threshold": 0.0},
    ],
)
def test_shares_that_are_none_are_refused(wrong: dict[str, object]) -> None:
    """Other categories, sums that are not 1 and tests of nothing are mistakes that show at once."""
    with pytest.raises(ValueError, match=r"usual|slack"):
        ShareRules(**{"usual": USUAL, "flood": FLOOD, **wrong})  # type: ignore[arg-type]


def test_other_categories_are_not_learned() -> None:
    """A day of other categories is a mistake."""
    with pytest.raises(ValueError, match="same categories"):
        learn_shares(USUAL, {"known": 1})
