"""Green, amber, red."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.admission.flood.alert import (
    LEVELS,
    Alert,
    AlertChange,
    AlertRules,
    Override,
    Signal,
    override_level,
    release_override,
    switch_control,
    watch_signals,
)

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULES = AlertRules()
MINUTE = timedelta(minutes=1)


def signal(value: float | None, name: str = "rate") -> Signal:
    """A signal that is calm at 2, amber from 5 and red from 10."""
    return Signal(name=name, value=value, calm=2.0, amber=5.0, red=10.0)


def run(values: Sequence[tuple[float | None, float]]) -> tuple[Alert, list[AlertChange]]:
    """Watch values, each so many seconds after the one before."""
    alert, now = Alert(since=START), START
    changes: list[AlertChange] = []
    for value, pause in values:
        now += timedelta(seconds=pause)
        alert, changed = watch_signals(alert, (signal(value),), now=now, rules=RULES)
        changes += changed
    return alert, changes


values = st.one_of(st.none(), st.floats(0, 12), st.just(math.nan))


@given(st.lists(st.tuples(values, st.floats(1, 900)), max_size=150))
def test_it_never_goes_to_and_fro_within_its_dwell_time(steps: list[tuple[float | None, float]]) -> None:
    """Each way down comes `hold` after the change before it at the earliest, each way up after a way down `rest`."""
    _, changes = run(steps)
    for first, second in pairwise(changes):
        rose, falls = (LEVELS.index(one.measured_after) - LEVELS.index(one.measured_before) for one in (first, second))
        assert falls >= -1
        if falls < 0:
            assert second.at - first.at >= RULES.hold
        elif rose < 0:
            assert second.at - first.at >= RULES.rest


@given(st.lists(st.tuples(values, st.floats(1, 900)), max_size=100))
def test_every_change_brings_its_evidence(steps: list[tuple[float | None, float]]) -> None:
    """Changes follow on each other without a gap, and whoever reads one finds the signals that called for it."""
    alert, changes = run(steps)
    level = "green"
    for change in changes:
        assert (change.before, change.after) == (level, change.measured_after)
        worst = max(LEVELS.index(one.wants) for one in change.signals)
        if change.cause == "signals":
            assert LEVELS[worst] == change.after
        else:
            assert worst < LEVELS.index(change.before)
        level = change.after
    assert alert.level == level


def test_it_goes_up_at_once_and_comes_down_slowly_one_level_at_a_time() -> None:
    """Red straight away; amber after a quarter of an hour of quiet, green after another."""
    steps = [(0, 60), (11, 60)] + [(1, 60)] * 60
    _, changes = run(steps)
    assert [(one.after, one.at - START) for one in changes] == [
        ("red", 2 * MINUTE),
        ("amber", 17 * MINUTE),
        ("green", 32 * MINUTE),
    ]


def test_what_lies_between_calm_and_amber_keeps_the_level() -> None:
    """Neither does it raise green, nor does it let amber end."""
    assert run([(4.9, 60)] * 100)[1] == []
    alert, changes = run([(5, 60)] + [(3, 60)] * 100)
    assert (alert.level, len(changes)) == ("amber", 1)


def test_quiet_begins_anew_with_every_disturbance() -> None:
    """Ten minutes of quiet are ten minutes without a pause."""
    steps = [(5, 60)] + ([(1, 60)] * 9 + [(3, 60)]) * 10
    assert run(steps)[0].level == "amber"


@pytest.mark.parametrize("silent", [None, math.nan])
def test_a_detector_that_cannot_tell_neither_raises_nor_calms(silent: float | None) -> None:
    """A guard that has failed is never 'all quiet', nor is having no signals at all."""
    assert run([(silent, 60)] * 100)[0].level == "green"
    assert run([(6, 60)] + [(silent, 60)] * 100)[0].level == "amber"
    alert = Alert(measured="red", since=START)
    for minute in range(100):
        alert, changes = watch_signals(alert, (), now=START + minute * MINUTE, rules=RULES)
        assert changes == ()


def test_a_persons_word_holds_until_its_time_and_the_measuring_goes_on() -> None:
    """What was measured meanwhile holds once the override ends, and both changes say who and why."""
    wanted = Override(level="green", by="staff", note="a product was launched", until=START + 30 * MINUTE)
    alert, begun = override_level(Alert(since=START), wanted, now=START)
    assert (begun.cause, begun.by, begun.note) == ("override", "staff", "a product was launched")
    alert, changes = watch_signals(alert, (signal(11.0),), now=START + MINUTE, rules=RULES)
    assert (alert.level, alert.measured) == ("green", "red")
    assert [(one.before, one.after, one.measured_after) for one in changes] == [("green", "green", "red")]
    alert, changes = watch_signals(alert, (signal(11.0),), now=START + 30 * MINUTE, rules=RULES)
    assert [(one.cause, one.before, one.after) for one in changes] == [("override_ended", "green", "red")]
    assert alert.level == "red"


def test_an_override_can_be_ended_before_its_time() -> None:
    """Whoever ends it is named; ending what is not there changes nothing."""
    alert, _ = override_level(Alert(since=START), Override(level="red", by="a", note=""), now=START)
    alert, change = release_override(alert, by="b", now=START + MINUTE)
    assert change is not None
    assert (change.cause, change.by, change.before, change.after) == ("override_ended", "b", "red", "green")
    assert release_override(alert, by="b", now=START + MINUTE) == (alert, None)


def test_the_kill_switch_holds_over_everything_and_measuring_goes_on() -> None:
    """Off is green whatever is measured or decided; switched on, what was measured holds."""
    alert, _ = override_level(Alert(since=START), Override(level="red", by="a", note=""), now=START)
    alert, change = switch_control(alert, off=True, by="a", note="drill", now=START)
    assert change is not None
    assert (change.cause, change.before, change.after, alert.level) == ("switched_off", "red", "green", "green")
    assert switch_control(alert, off=True, by="a", note="", now=START)[1] is None
    alert, _ = watch_signals(alert, (signal(6.0),), now=START + MINUTE, rules=RULES)
    alert, _ = release_override(alert, by="a", now=START + MINUTE)
    alert, change = switch_control(alert, off=False, by="a", note="", now=START + 2 * MINUTE)
    assert change is not None
    assert (change.cause, change.after) == ("switched_on", "amber")


@pytest.mark.parametrize(("calm", "amber", "red"), [(5, 5, 10), (2, 11, 10)])
def test_thresholds_without_hysteresis_are_refused(calm: float, amber: float, red: float) -> None:
    """Calm lies below amber, and red is no lower than amber."""
    with pytest.raises(ValueError, match="calm below amber"):
        Signal(name="rate", value=0, calm=calm, amber=amber, red=red)
