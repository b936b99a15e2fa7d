"""From what is measured to the level."""

import math
from datetime import timedelta

import numpy as np
import pytest

from doorward.admission.flood.alert import Alert, AlertRules, watch_signals
from doorward.admission.flood.rate import TICK, ArrivalRate, RateRules, observe_tick
from doorward.admission.flood.signals import Measured, read_signals
from tests.support.arrivals import MONDAY, Numbers

RULES = RateRules()
MINUTE = round(60 / TICK)


def level_of(measured: Measured) -> str:
    """The level that these numbers raise from green."""
    alert, _ = watch_signals(Alert(since=MONDAY), read_signals(measured), now=MONDAY, rules=AlertRules())
    return alert.level


@pytest.mark.parametrize(
    ("measured", "level"),
    [
        (Measured(rate=0.9, mix=0.9, escalations=0.9, wait=9_999.0), "green"),
        (Measured(rate=1.0, mix=0.0, wait=0.0), "amber"),
        (Measured(rate=0.0, mix=1.2, wait=599.0), "amber"),
        (Measured(rate=0.0, mix=0.0, escalations=1.0), "amber"),
        (Measured(rate=2.0, mix=0.0, wait=600.0), "red"),
        (Measured(rate=None, mix=None, escalations=None, wait=None), "green"),
        (Measured(rate=1.5, mix=None, wait=None), "amber"),
        (Measured(rate=math.nan, mix=0.0, wait=9_999.0), "green"),
    ],
)
def test_amber_takes_an_alarm_and_red_a_long_wait_besides(measured: Measured, level: str) -> None:
    """A long queue alone is a busy day; strange arrivals alone are amber; both together are red."""
    assert level_of(measured) == level


def levels(counts: Numbers, waits: Numbers) -> list[str]:
    """The level after each tick, of contacts where two are usual; learning stops while it is not green."""
    rate, alert = ArrivalRate(), Alert(since=MONDAY)
    found: list[str] = []
    for tick, (count, wait) in enumerate(zip(counts, waits, strict=True)):
        rate = observe_tick(rate, count=int(count), usual=2.0, rules=RULES, frozen=alert.measured != "green")
        signals = read_signals(Measured(rate=rate.score, mix=0.0, wait=float(wait)))
        alert, _ = watch_signals(alert, signals, now=MONDAY + timedelta(seconds=tick * TICK), rules=AlertRules())
        found.append(alert.level)
    return found


def test_a_flood_comes_and_goes() -> None:
    """Ten times as many for two hours: amber within half a minute, red once waits are long, green an hour after it."""
    random = np.random.default_rng(6)
    before, during, after = 60 * MINUTE, 120 * MINUTE, 120 * MINUTE
    counts = np.concatenate([random.poisson(mean, size=size) for mean, size in ((2, before), (20, during), (2, after))])
    waits = np.zeros(len(counts))
    waits[before + 5 * MINUTE : before + during] = 1_800.0
    found = levels(counts, waits)
    assert set(found[:before]) == {"green"}
    assert found[before + MINUTE // 2] == "amber"
    assert found[before + 5 * MINUTE] == "red"
    assert set(found[before + 5 * MINUTE : before + during]) == {"red"}
    assert found.index("amber", before + during) < before + during + 30 * MINUTE
    assert set(found[before + during + 60 * MINUTE :]) == {"green"}
