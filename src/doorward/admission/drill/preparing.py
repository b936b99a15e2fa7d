"""How well a company is prepared: what its drills say together."""

from collections import defaultdict
from collections.abc import Sequence
from statistics import mean
from typing import Final, Literal

import msgspec

from doorward.admission.drill.figures import Advice, Capacity, Report

Standing = Literal["holds", "strained", "fails"]
"""Nearly all customers are served as on a day without it; some are not; many are not."""

_HOLDS: Final = 0.95
_STRAINED: Final = 0.8


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """How one scenario would go. `survived` is in minutes, None where nine in ten were served to the end."""

    scenario: str
    title: str
    detector: str
    standing: Standing
    of_calm: float
    strangers: float
    wasted_share: float
    noticed: float | None
    survived: float | None


class Lever(msgspec.Struct, frozen=True, kw_only=True):
    """One change: in how many scenarios it helps, and by how much goodput and cost change there on the mean."""

    lever: str
    setting: str
    helps_in: int
    gain: float
    cost: float


class Preparedness(msgspec.Struct, frozen=True, kw_only=True):
    """What there is, how each scenario would go (the worst first), and what to change (what helps most often first)."""

    capacity: Capacity
    scenarios: tuple[Readiness, ...]
    levers: tuple[Lever, ...]


def prepare(reports: Sequence[Report]) -> Preparedness:
    """Return how well the company of these drills is prepared. Pure: the same for the same reports.

    Of a scenario that was played by several seeds the worst counts. Raises `ValueError` without a report, or when they
    are of companies that differ in what they have.
    """
    if not reports or any(report.capacity != reports[0].capacity for report in reports):
        raise ValueError("reports: one at least, and all of one company")
    worst: dict[str, Report] = {}
    for report in sorted(reports, key=lambda one: one.of_calm):
        worst.setdefault(report.scenario, report)
    return Preparedness(
        capacity=reports[0].capacity,
        scenarios=tuple(_readiness(report) for report in worst.values()),
        levers=_levers(list(worst.values())),
    )


def _readiness(report: Report) -> Readiness:
    served = report.of_calm
    standing: Standing = "holds" if served >= _HOLDS else "strained" if served >= _STRAINED else "fails"
    return Readiness(
        scenario=report.scenario,
        title=report.title,
        detector=report.detector,
        standing=standing,
        of_calm=served,
        strangers=report.sides["unknown"].goodput,
        wasted_share=report.staff.wasted_share,
        noticed=report.noticing.noticed,
        survived=report.noticing.survived,
    )


def _levers(reports: Sequence[Report]) -> tuple[Lever, ...]:
    helping: dict[tuple[str, str], list[Advice]] = defaultdict(list)
    for report in reports:
        for advice in report.advice:
            if advice.helps:
                helping[advice.lever, advice.setting].append(advice)
    levers = [
        Lever(
            lever=lever,
            setting=setting,
            helps_in=len(found),
            gain=round(mean(one.after.goodput - one.before.goodput for one in found), 5),
            cost=round(mean(one.after.cost - one.before.cost for one in found), 2),
        )
        for (lever, setting), found in helping.items()
    ]
    return tuple(sorted(levers, key=lambda one: (-one.helps_in, -one.gain)))
