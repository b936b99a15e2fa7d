"""How many come on ordinary days: their profile, how days and hours differ, and what weeks of them teach."""

from typing import Any, Final

import numpy as np

from doorward.admission.drill.scenario import Customers, Scenario
from doorward.admission.flood import WeekProfile, profile_of
from doorward.admission.flood.baseline import SLOT, SLOTS

Numbers = Any
"""An array of numbers."""

MINUTE: Final = 60.0
_DAY: Final = 86_400.0
_WEEKS: Final = 6
_PEAKS: Final = ((1.0, 10.5, 2.2), (0.8, 15.0, 2.2), (0.25, 19.5, 1.8))
_NIGHT, _WEEKEND = 0.08, 0.45


def shape_at(seconds: Numbers) -> Numbers:
    """Return how busy each second of the week is, in any unit: quiet nights, highs at half past ten and at three."""
    hour, weekend = seconds % _DAY / 3600, seconds % (7 * _DAY) // _DAY >= 5
    shape = _NIGHT + sum(height * np.exp(-(((hour - at) / width) ** 2)) for height, at, width in _PEAKS)
    return shape * np.where(weekend, _WEEKEND, 1.0)


def usual_rates(random: np.random.Generator, scenario: Scenario) -> Numbers:
    """Return the contacts expected in each minute drilled: each day has a factor of its own, and swings within it."""
    first = begins_at(scenario)
    seconds = first + np.arange(round(scenario.hours * 60)) * MINUTE
    return _level(scenario) * MINUTE * _differing(random, seconds, scenario.customers) * shape_at(seconds)


def learned_profile(random: np.random.Generator, scenario: Scenario) -> WeekProfile:
    """Return the profile that six weeks of such days teach."""
    seconds = np.arange(_WEEKS * SLOTS) * float(SLOT) + SLOT / 2
    rates = _level(scenario) * SLOT * _differing(random, seconds, scenario.customers) * shape_at(seconds)
    counts = random.poisson(rates).reshape(_WEEKS, SLOTS)
    return profile_of([[int(count) for count in week] for week in counts])


def begins_at(scenario: Scenario) -> float:
    """Return the second of the week at which a drill begins."""
    return scenario.weekday * _DAY + scenario.starts * 3600


def planned_people(scenario: Scenario) -> tuple[int, ...]:
    """Return how many people are at work in each minute drilled: as the profile has it, one at least."""
    seconds = begins_at(scenario) + np.arange(max(1, round(scenario.hours * 60))) * MINUTE
    shape = shape_at(seconds)
    shape = shape / shape.mean() if scenario.company.planned else np.ones(len(seconds))
    return tuple(max(1, round(float(people))) for people in scenario.company.people * shape)


def _level(scenario: Scenario) -> float:
    """Return by what the shape is multiplied, so that the hours drilled have the mean that the scenario says."""
    seconds = begins_at(scenario) + np.arange(max(1, round(scenario.hours * 60))) * MINUTE
    return float(scenario.customers.per_minute / MINUTE / shape_at(seconds).mean())


def _differing(random: np.random.Generator, seconds: Numbers, customers: Customers) -> Numbers:
    """Return by what each time differs from the profile."""
    days = (seconds // _DAY).astype(int)
    days -= days[0]
    many = int(days[-1]) + 1
    spread = 1 / max(customers.day_cv, 1e-6) ** 2
    factor = random.gamma(spread, 1 / spread, size=many)
    period, phase = random.uniform(3, 8, size=many) * 3600, random.uniform(0, 2 * np.pi, size=many)
    return factor[days] * (1 + customers.swing * np.sin(2 * np.pi * (seconds % _DAY) / period[days] + phase[days]))
