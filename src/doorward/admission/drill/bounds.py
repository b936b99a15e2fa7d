"""What no admission control can beat, from a scenario's numbers alone."""

import math
from typing import Final

from doorward.admission.drill.detectors import operating_point
from doorward.admission.drill.figures import Bounds
from doorward.admission.drill.scenario import Scenario

_APART: Final = 30 * 24 * 60.0
"""Minutes between false alarms: one in thirty days."""


def bounds_of(scenario: Scenario) -> Bounds:
    """Return the bounds of a scenario.

    Drop model: of a load `a` times that of customers, whose people have headroom `h`, a share of at least `1 - h / a`
    must be dropped for people to keep up. Fairness by source (max-min): customers get `n / (n + m)` of it, of `n` and
    `m` sources. Noticing by rate: `ln(ARL0) / KL` on Poisson arrivals (G. Lorden, Procedures for reacting to a change
    in distribution, Annals of Mathematical Statistics 42(6), 1971). A detector's rates differ by no more than the total
    variation between what it is shown (indistinguishability).
    """
    usual = scenario.customers
    ours = _erlangs(usual.per_minute, usual.behaviour.handling, usual.behaviour.bot_resolves)
    attack = sum(
        _erlangs(usual.per_minute * (wave.times - 1), wave.behaviour.handling, wave.behaviour.bot_resolves)
        for wave in scenario.attacks
    )
    headroom = scenario.company.people - ours
    dropped = 1 - headroom / attack if attack else 0.0
    begins, ends = scenario.window
    came = usual.per_minute * (ends - begins) / 60
    sources = sum(_sources(usual.per_minute, wave.times, wave.lasts, wave.people) for wave in scenario.attacks)
    point = operating_point(scenario.detector)
    times = 1 + sum(wave.times - 1 for wave in scenario.waves)
    return Bounds(
        customers=round(ours, 2),
        attack=round(attack, 2),
        true_positives=round(min(1.0, dropped), 4) if dropped > 0 else None,
        fair_share=round(came / (came + sources), 4),
        least_minutes=_least_minutes(usual.per_minute, times) if scenario.waves else None,
        distance=round(point[0] - point[1], 4) if point and point != (0.0, 0.0) else None,
    )


def _erlangs(per_minute: float, handling: float, resolved: float) -> float:
    return per_minute * (1 - resolved) * handling / 60


def _sources(per_minute: float, times: float, hours: float, people: int) -> float:
    return min(float(people), per_minute * (times - 1) * hours * 60)


def _least_minutes(per_minute: float, times: float) -> float:
    information = per_minute * (times * math.log(times) - times + 1)
    return round(math.log(_APART) / information, 3)
