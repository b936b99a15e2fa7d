"""Flood control in the drills beside other ways to admit, and the table of what is asked of it."""

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from statistics import mean, median
from typing import Any

import msgspec

from bench.admission.policies import POLICIES
from doorward.admission.drill.bounds import bounds_of
from doorward.admission.drill.gate import Gate
from doorward.admission.drill.loading import load_scenario, shipped_scenarios
from doorward.admission.drill.measuring import Measured, measure
from doorward.admission.drill.population import Reading
from doorward.admission.drill.running import control_of, crowd_of, play, teach, without_attack
from doorward.admission.drill.scenario import Scenario
from doorward.admission.drill.visits import Crowd

DETECTORS = ("none", "assumed:0.9/0.02", "assumed:0.99/0.01", "assumed:0.999/0.001")
SCENES: dict[str, tuple[str, ...]] = {
    "no attack": (),
    "3 times, 200 people": ("waves.0.times=3", "waves.0.people=200", "waves.0.once=false"),
    "10 times, 50,000 people": (),
    "30 times, 50,000 people": ("waves.0.times=30",),
}
STOLEN = "stolen-key"


def figures(
    scenario: Scenario, crowd: Crowd, gate: Gate, *, calm: Measured, window: tuple[float, float]
) -> dict[str, float]:
    """What one run gave, beside the same customers without an attack."""
    found = measure(scenario, crowd, play(scenario, crowd, gate), window=window)
    sides = found.sides
    return {
        "of_oracle": found.customers.goodput / (calm.customers.goodput or 1),
        "at_once_of_oracle": found.customers.at_once / (calm.customers.at_once or 1),
        "goodput": found.customers.goodput,
        "strangers": sides["unknown"].goodput,
        "strangers_of_oracle": sides["unknown"].goodput / (calm.sides["unknown"].goodput or 1),
        "signed": sides["signed"].goodput,
        "signed_of_oracle": sides["signed"].goodput / (calm.sides["signed"].goodput or 1),
        "signed_blocked": sides["signed"].blocked,
        "signed_demoted": sides["signed"].demoted,
        "blocked": found.customers.blocked,
        "demoted": found.customers.demoted,
        "wasted": found.staff.wasted_share,
    }


def averaged(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    """The mean of each figure over the seeds."""
    return {name: round(mean(run[name] for run in runs), 4) for name in runs[0]}


@cache
def calm_of(scenario_name: str, changes: tuple[str, ...], seed: int) -> Measured:
    """The same day without its attack, which is what an oracle makes of it."""
    scenario = load_scenario(scenario_name, changes)
    quiet = without_attack(scenario)
    crowd = crowd_of(quiet, seed, reading=Reading())
    return measure(quiet, crowd, play(quiet, crowd, control_of(quiet, teach(quiet, seed))), window=scenario.window)


def beside_others(seeds: int) -> dict[str, Any]:
    """Every policy in every scene, flood control with each detector; the mean over seeds from 0."""
    result: dict[str, Any] = {}
    for scene, changes in SCENES.items():
        runs: dict[str, list[dict[str, float]]] = {}
        absent: dict[str, str] = {}
        for seed in range(seeds):
            told(f"{scene}, seed {seed}")
            calm = calm_of("one-call", changes, seed)
            scenario = load_scenario("one-call", changes)
            played = scenario if scene != "no attack" else without_attack(scenario)
            crowd = crowd_of(played, seed, reading=Reading())
            for name, make in POLICIES.items():
                try:
                    gate = make(played, crowd)
                except ImportError:
                    absent[name] = "not installed"
                    continue
                runs.setdefault(name, []).append(figures(played, crowd, gate, calm=calm, window=scenario.window))
            for detector in DETECTORS:
                flagging = msgspec.structs.replace(played, detector=detector)
                found = ours(flagging, seed, calm=calm, window=scenario.window)
                runs.setdefault(f"doorward, detector {detector}", []).append(found)
        result[scene] = {name: averaged(found) for name, found in runs.items()} | absent
        result[scene]["bounds"] = msgspec.to_builtins(bounds_of(scenario))
    return result


def ours(scenario: Scenario, seed: int, *, calm: Measured, window: tuple[float, float]) -> dict[str, float]:
    """What the house's flood control makes of a scenario."""
    crowd = crowd_of(scenario, seed, reading=Reading())
    return figures(scenario, crowd, control_of(scenario, teach(scenario, seed)), calm=calm, window=window)


def every_attack(seeds: int) -> dict[str, Any]:
    """Each attack and each honest crowd, without and with a detector that is assumed; the mean over seeds from 0."""
    result: dict[str, Any] = {}
    for name in shipped_scenarios():
        for detector in (DETECTORS[0], DETECTORS[2]):
            runs = []
            for seed in range(seeds):
                told(f"{name}, {detector}, seed {seed}")
                scenario = load_scenario(name, [f"detector={detector}"])
                calm = calm_of(name, (), seed)
                runs.append(ours(scenario, seed, calm=calm, window=scenario.window))
            result.setdefault(name, {})[detector] = averaged(runs)
    return result


def noticed(seeds: int) -> dict[str, Any]:
    """Minutes until floods of so many times are noticed in a whole drill, and alarms before they begin."""
    result: dict[str, Any] = {}
    for times in (4.0, 2.0, 1.5, 1.25):
        scenario = load_scenario("one-call", [f"waves.0.times={times}"])
        found, alarms = [], 0
        for seed in range(seeds):
            told(f"{times} times, seed {seed}")
            crowd = crowd_of(scenario, seed, reading=Reading())
            noticing = measure(
                scenario,
                crowd,
                play(scenario, crowd, control_of(scenario, teach(scenario, seed))),
                window=scenario.window,
            ).noticing
            alarms += noticing.false_alarms
            found.append(math.inf if noticing.noticed is None else noticing.noticed)
        middle = median(found)
        result[f"{times:g}"] = {
            "median_minutes": None if math.isinf(middle) else round(middle, 2),
            "never": sum(map(math.isinf, found)),
            "false_alarms_in_two_hours_before": alarms,
            "bound_minutes": bounds_of(scenario).least_minutes,
        }
    return result


def asked(beside: dict[str, Any], attacks: dict[str, Any], noticing: dict[str, Any]) -> list[dict[str, Any]]:
    """The table of what is asked of flood control, as far as a drill says: measured, floor and aim.

    The detector is assumed in all of it: `measured` is for 0.99/0.01, `without` for none at all.
    """
    ten, thirty = (beside[scene] for scene in ("10 times, 50,000 people", "30 times, 50,000 people"))

    def row(what: str, figure: Callable[[str], Any], floor: Any, aim: Any) -> dict[str, Any]:
        return {
            "what": what,
            "measured": figure(DETECTORS[2]),
            "without": figure(DETECTORS[0]),
            "floor": floor,
            "aim": aim,
        }

    def of(scene: dict[str, Any], name: str) -> Callable[[str], Any]:
        return lambda detector: scene[f"doorward, detector {detector}"][name]

    def worst(name: str, choose: Callable[[Iterable[float]], float]) -> Callable[[str], Any]:
        return lambda detector: choose(one[detector][name] for attack, one in attacks.items() if attack != STOLEN)

    return [
        row("customers, of the oracle, 10 times", of(ten, "of_oracle"), 0.96, 0.985),
        row("customers, of the oracle, 30 times", of(thirty, "of_oracle"), 0.92, 0.97),
        row("signed machines, worst attack but key theft", worst("signed_of_oracle", min), 0.995, 0.999),
        row("signed machines blocked, worst attack", worst("signed_blocked", max), 0.001, 0.0001),
        row("strangers, 10 times", of(ten, "strangers"), 0.88, 0.95),
        row("strangers, 30 times", of(thirty, "strangers"), 0.75, 0.90),
        row("people's time wasted, 10 times", of(ten, "wasted"), 0.10, 0.05),
        *(
            {"what": f"minutes until {times} times is noticed", "floor": floor, "aim": aim} | noticing[times]
            for times, floor, aim in (("4", 1, 0.7), ("2", 4, 3), ("1.5", 30, 20))
        ),
    ]


def drilling(seeds: int) -> dict[str, Any]:
    """All of it."""
    beside, attacks, noticing = beside_others(seeds), every_attack(seeds), noticed(seeds)
    return {
        "seeds": seeds,
        "asked": asked(beside, attacks, noticing),
        "beside_others": beside,
        "every_scenario": attacks,
        "noticed": noticing,
    }


def told(doing: str) -> None:
    """Say on the error stream what is being done."""
    print(doing, file=sys.stderr, flush=True)
