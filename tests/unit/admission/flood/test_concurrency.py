"""How much may be done at once."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.admission.flood.concurrency import WorkLimit, WorkLimitRules, adapt_limit

RULES = WorkLimitRules()


def served(limit: WorkLimit, *, places: int, base: float, steps: int, demand: int = 10_000) -> WorkLimit:
    """A limit after so many intervals on a machine that does `places` at once in `base` seconds, and slows beyond that.

    What is measured is the mean of thirty pieces of work whose times are exponential.
    """
    random = np.random.default_rng(places)
    for _ in range(steps):
        in_flight = min(limit.places, demand)
        mean = base * max(1.0, in_flight / places)
        limit = adapt_limit(limit, latency=random.exponential(mean, size=30).mean(), in_flight=in_flight, rules=RULES)
    return limit


@pytest.mark.parametrize("begun", [4.0, 400.0])
def test_it_finds_what_a_machine_can_do_from_below_and_from_above(begun: float) -> None:
    """Begun at the least or at ten times too much, it ends where all is used and latency is at most twice the usual."""
    limit = served(WorkLimit(value=begun, usual=0.1), places=40, base=0.1, steps=2_000)
    assert 36 <= limit.value <= 80


def test_it_follows_a_machine_that_slows_down_and_recovers() -> None:
    """With a quarter of the power left the limit falls below half, and it comes back with the power."""
    limit = served(WorkLimit(value=10.0), places=40, base=0.1, steps=500)
    slowed = served(limit, places=10, base=0.1, steps=100)
    assert slowed.value < limit.value / 2
    assert served(slowed, places=40, base=0.1, steps=500).value == pytest.approx(limit.value, rel=0.25)


def test_a_machine_that_is_slower_for_good_is_not_left_idle() -> None:
    """When all work takes four times as long the limit stays well above the least, and a quiet time brings it back."""
    limit = served(WorkLimit(value=40.0, usual=0.1), places=40, base=0.4, steps=3_000)
    assert limit.value > 3 * RULES.least
    quiet = served(limit, places=40, base=0.4, steps=1_000, demand=4)
    assert quiet.usual == pytest.approx(0.4, rel=0.1)
    assert 36 <= served(quiet, places=40, base=0.4, steps=200).value <= 80


def test_it_does_not_grow_on_what_was_not_tried() -> None:
    """With three at once nothing is learned about thirty."""
    limit = served(WorkLimit(value=30.0, usual=0.1), places=40, base=0.1, steps=500, demand=3)
    assert limit.value <= 30.0


def test_no_overload_passes_for_usual_however_long_it_lasts() -> None:
    """Ten thousand intervals at twice the latency, with much being done, leave what is usual as it was."""
    limit = WorkLimit(value=500.0, usual=0.1)
    for _ in range(10_000):
        limit = adapt_limit(limit, latency=0.2, in_flight=500, rules=RULES)
    assert limit.usual == 0.1


def test_lost_work_lowers_it_whatever_the_latency() -> None:
    """What timed out or was refused takes a tenth off, and says nothing about latency."""
    limit = adapt_limit(WorkLimit(value=50.0, usual=0.1), latency=0.05, in_flight=50, lost=True, rules=RULES)
    assert (limit.value, limit.usual) == (45.0, 0.1)


@given(
    st.floats(1, 2_000),
    st.lists(st.tuples(st.floats(1e-6, 1e6), st.integers(0, 3_000), st.booleans()), min_size=1, max_size=80),
)
def test_it_stays_within_its_bounds(begun: float, work: list[tuple[float, int, bool]]) -> None:
    """Whatever is measured, there is a limit from the least to the most, and usual latency lies within what came."""
    limit = WorkLimit(value=max(float(RULES.least), min(float(RULES.most), begun)))
    for latency, in_flight, lost in work:
        limit = adapt_limit(limit, latency=latency, in_flight=in_flight, lost=lost, rules=RULES)
        assert RULES.least <= limit.places <= RULES.most
    measured = [latency for latency, _, lost in work if not lost]
    if measured:
        assert min(measured) * 0.999 <= limit.usual <= max(measured) * 1.001


@given(st.floats(4, 1_000), st.floats(0.001, 10), st.floats(0.001, 10), st.integers(0, 1_000))
def test_slower_work_never_gives_a_higher_limit(value: float, one: float, other: float, in_flight: int) -> None:
    """Of two measurements the slower one leaves no more room than the faster."""
    fast, slow = sorted((one, other))
    begun = WorkLimit(value=value, usual=1.0)
    after = [adapt_limit(begun, latency=latency, in_flight=in_flight, rules=RULES).value for latency in (fast, slow)]
    assert after[1] <= after[0] + 1e-9


@pytest.mark.parametrize("latency", [0.0, -1.0, math.inf, math.nan])
def test_a_latency_that_is_none_is_refused(latency: float) -> None:
    """No time and endless time are mistakes of whoever measured."""
    with pytest.raises(ValueError, match="latency"):
        adapt_limit(WorkLimit(value=10.0), latency=latency, in_flight=1, rules=RULES)


@pytest.mark.parametrize(
    "wrong", [{"least": 0}, {"least": 2_000}, {"tolerance": 0.5}, {"smoothing": 0.0}, {"learning": 2.0}]
)
def test_rules_under_which_it_could_not_move_are_refused(wrong: dict[str, float]) -> None:
    """A limit of nothing, and steps of nothing or beyond the whole, are mistakes that show at once."""
    with pytest.raises(ValueError, match="least"):
        WorkLimitRules(**wrong)  # type: ignore[arg-type]
