"""Contacts as they arrive over days and weeks, in virtual time: usual ones whose days and hours differ, and floods."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from doorward.admission.flood.baseline import SLOT, SLOTS, WeekProfile, profile_of
from doorward.admission.flood.rate import TICK

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
TICKS_OF_DAY = int(86400 / TICK)
MEAN = 8 / 60
"""Contacts a second over the week."""

Numbers = Any
"""An array; one number for each tick unless said otherwise."""


def weekly_shape() -> Numbers:
    """The profile of a week with the mean 1: quiet nights, highs at half past ten and at three, half at weekends."""
    seconds = np.arange(7 * TICKS_OF_DAY) * TICK
    hour, weekend = seconds % 86400 / 3600, seconds // 86400 >= 5
    peaks = ((1.0, 10.5, 2.2), (0.8, 15.0, 2.2), (0.25, 19.5, 1.8))
    shape = 0.08 + sum(height * np.exp(-(((hour - at) / width) ** 2)) for height, at, width in peaks)
    shape = shape * np.where(weekend, 0.45, 1.0)
    return shape / shape.mean()


def usual_rates(random: np.random.Generator, days: int, *, first_day: int = 0) -> Numbers:
    """Contacts expected in each tick: each day has a factor of its own (gamma, CV 0.15), and swings by 20 % within it.

    `first_day` is the day of the week, 0 for Monday. The swing has a period of three to eight hours, another each day.
    """
    shape = weekly_shape()
    ticks = np.arange(days * TICKS_OF_DAY)
    day, within = ticks // TICKS_OF_DAY, ticks % TICKS_OF_DAY * TICK
    spread = 1 / 0.15**2
    factor = random.gamma(spread, 1 / spread, size=days)
    period, phase = random.uniform(3, 8, size=days) * 3600, random.uniform(0, 2 * np.pi, size=days)
    swing = 1 + 0.2 * np.sin(2 * np.pi * within / period[day] + phase[day])
    return MEAN * TICK * shape[(ticks + first_day * TICKS_OF_DAY) % len(shape)] * factor[day] * swing


def learned_profile(random: np.random.Generator, *, weeks: int = 6) -> WeekProfile:
    """The profile that so many simulated weeks teach."""
    counts: Numbers = random.poisson(usual_rates(random, 7 * weeks))
    counted = counts.reshape(weeks, SLOTS, round(SLOT / TICK)).sum(axis=2)
    return profile_of([[int(count) for count in week] for week in counted])


def expected_week(profile: WeekProfile) -> list[float]:
    """What a profile expects in each tick of a week."""
    return [profile.expect(MONDAY + timedelta(seconds=tick * TICK), seconds=TICK) for tick in range(7 * TICKS_OF_DAY)]


def classes_of(
    random: np.random.Generator, contacts: int, *, shares: dict[str, float], swing: float = 0.1
) -> list[str]:
    """The classes of so many usual contacts, whose share of strangers goes up and down by `swing` every 3,000."""
    turn = 1 + swing * np.sin(2 * np.pi * np.arange(contacts) / 3000 + random.uniform(0, 2 * np.pi))
    strangers = random.random(contacts) < shares["anonymous"] * turn
    others = {name: share for name, share in shares.items() if name != "anonymous"}
    chances = np.array(list(others.values())) / sum(others.values())
    drawn = random.choice(list(others), size=contacts, p=chances)
    return [str(name) for name in np.where(strangers, "anonymous", drawn)]


def with_flood(random: np.random.Generator, usual: list[str], *, times: float, shares: dict[str, float]) -> list[str]:
    """The same contacts with others between them, so that there are `times` as many; these have `shares`."""
    drawn = random.choice(list(shares), size=round(len(usual) * (times - 1)), p=list(shares.values()))
    mixed = np.array([*usual, *drawn])
    random.shuffle(mixed)
    return [str(name) for name in mixed]
