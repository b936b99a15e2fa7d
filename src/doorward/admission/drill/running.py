"""A drill from its scenario to its report."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
import numpy as np

from doorward.admission.drill.advising import advise
from doorward.admission.drill.bounds import bounds_of
from doorward.admission.drill.figures import FORMAT, Capacity, Report
from doorward.admission.drill.floor import Floor, Played
from doorward.admission.drill.gate import FloodControl, Gate, Taught
from doorward.admission.drill.loading import change_scenario
from doorward.admission.drill.measuring import Measured, measure
from doorward.admission.drill.population import Hand, Reading, customers_at, draw
from doorward.admission.drill.scenario import Scenario
from doorward.admission.drill.usual import begins_at, learned_profile, planned_people
from doorward.admission.drill.visits import Crowd
from doorward.admission.flood import class_of

MONDAY: Final = datetime(2026, 3, 2, tzinfo=UTC)
"""Where virtual time begins: the Monday of a week like any other."""

_SAMPLE: Final = 5_000
_BEFORE: Final = 2**32
"""The weeks before are drawn from other numbers than the day that is drilled."""

Tell = Callable[[float, str], None]
"""Hears which share of a long work is done, and what is being done."""


def drill(
    scenario: Scenario,
    *,
    name: str,
    seed: int,
    reading: Reading | None = None,
    tell: Tell = lambda _share, _doing: None,
) -> Report:
    """Play a scenario, and return what was found, with advice that was tried by playing it again.

    Raises `Malformed` where the scenario wants a real detector and `reading` has none.
    """
    needed = reading or Reading()
    crowd = crowd_of(scenario, seed, reading=needed)
    taught = teach(scenario, seed)
    played = play(scenario, crowd, control_of(scenario, taught), tell=lambda share: tell(share / 4, "playing"))
    measured = measure(scenario, crowd, played, window=scenario.window)

    def again(changed: Scenario, those: Crowd = crowd) -> Measured:
        return measure(changed, those, play(changed, those, control_of(changed, taught)), window=scenario.window)

    tell(0.25, "playing without the attack")
    calm = again(without_attack(scenario), crowd_of(without_attack(scenario), seed, reading=needed))
    tell(0.3, "playing without flood control")
    uncontrolled = again(change_scenario(scenario, ["company.control.on=false"]))
    advice = advise(scenario, measured, again=again, tell=lambda share: tell(0.5 + share / 2, "trying changes"))
    return Report(
        format=FORMAT,
        scenario=name,
        title=scenario.title,
        seed=seed,
        detector=scenario.detector,
        capacity=capacity_of(scenario),
        window=scenario.window,
        customers=measured.customers,
        sides=measured.sides,
        attack=measured.attack,
        staff=measured.staff,
        noticing=measured.noticing,
        fairness=measured.fairness,
        cost=measured.cost,
        bounds=bounds_of(scenario),
        calm=calm.summary,
        of_calm=round(measured.customers.goodput / (calm.customers.goodput or 1), 5),
        uncontrolled=uncontrolled.summary,
        advice=advice,
        slices=measured.slices,
        decided=played.decided,
    )


def capacity_of(scenario: Scenario) -> Capacity:
    """Return what a scenario's company has."""
    company, rules = scenario.company, scenario.company.control.capacity()
    return Capacity(
        people=company.people,
        overflow=company.overflow.people,
        bot_places=company.bot_places,
        reserved=rules.reserved,
        call_backs=round(company.people * rules.callback_share * rules.callback_within / 60, 1),
        call_back_hours=round(rules.callback_within / 3600, 2),
    )


def without_attack(scenario: Scenario) -> Scenario:
    """Return the same day without what is an attack: its customers come as they would have."""
    ours = tuple(wave for wave in scenario.waves if wave.side != "attack")
    return msgspec.structs.replace(scenario, waves=ours)


def crowd_of(scenario: Scenario, seed: int, *, reading: Reading) -> Crowd:
    """Return who comes. Raises `Malformed` where the scenario wants a real detector and there is none."""
    return draw(scenario, seed, begins=beginning_of(scenario), reading=reading)


def teach(scenario: Scenario, seed: int) -> Taught:
    """Return what six ordinary weeks before the day have taught."""
    random = np.random.default_rng([seed, _BEFORE])
    sample = customers_at(Hand(scenario, random), [0.0] * _SAMPLE, scenario)
    counts = Counter(class_of(visit.seen.caller) for visit, _ in sample)
    usual = {name: count / _SAMPLE for name, count in counts.items()}
    return Taught(profile=learned_profile(random, scenario), usual=usual)


def control_of(scenario: Scenario, taught: Taught) -> FloodControl:
    """Return the house's flood control as it begins such a day."""
    return FloodControl(scenario, taught=taught, begins=beginning_of(scenario))


def play(
    scenario: Scenario, crowd: Crowd, gate: Gate, *, tell: Callable[[float], None] = lambda _share: None
) -> Played:
    """Let a crowd come to a gate. Only the visits are handed on, not whose they are."""
    handling = scenario.customers.behaviour.handling
    floor = Floor(scenario.company, gate, planned=planned_people(scenario), handling=handling)
    return floor.play(crowd.visits, until=scenario.hours * 3600, tell=tell)


def beginning_of(scenario: Scenario) -> datetime:
    """Return when virtual time begins."""
    return MONDAY + timedelta(seconds=begins_at(scenario))
