"""How well a company is prepared: what its drills say together."""

from collections import defaultdict
from collections.abc import Sequence
from statistics import mean
from typing import Final, Literal

import msgspec

from doorward.admission.drill.figures import Advice, Capacity, Report

Standing = Literal["holds", "strained", "fails"]
"""Nearly all customers are served as on a day without it; some are not; many are not."""

Gives = Literal["", "people", "bot", "call_backs"]
"""What there is no more of first: people, places of the bot, or call-backs that are kept in time; empty: nothing."""

_HOLDS: Final = 0.95
_STRAINED: Final = 0.8
_ALL_BUSY: Final = 0.97


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """How one scenario would go. `survived` is in minutes, None where nine in ten were served to the end.

    `at_once` and `called_back` are the customers whom a person or the bot helped at once, and who were called back in
    time; `uncontrolled` is who would be helped with flood control switched off. `wasted` are minutes of people spent on
    attackers, `cost` is what it costs while it lasts, `calm_cost` what the same hours cost without the attack.
    """

    scenario: str
    title: str
    detector: str
    standing: Standing
    of_calm: float
    strangers: float
    wasted_share: float
    noticed: float | None
    survived: float | None
    attack: bool = True
    gives_first: Gives = ""
    at_once: float = 0.0
    called_back: float = 0.0
    uncontrolled: float = 0.0
    wasted: float = 0.0
    cost: float = 0.0
    calm_cost: float = 0.0
    currency: str = ""


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


def prepare(reports: Sequence[Report], *, scale: float = 1.0, at_once: int = 1) -> Preparedness:
    """Return how well the company of these drills is prepared. Pure: the same for the same reports.

    `scale` is how many times larger the company is than the one that was played, which minutes and money are told for;
    `at_once` is how many conversations one person has at a time, where the drills' people are their places.
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
        scenarios=tuple(_readiness(report, scale=scale, at_once=at_once) for report in worst.values()),
        levers=_levers(list(worst.values()), scale=scale),
    )


def _readiness(report: Report, *, scale: float, at_once: int) -> Readiness:
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
        attack=report.attack.contacts > 0,
        gives_first=_gives_first(report),
        at_once=report.customers.at_once,
        called_back=report.customers.called_back,
        uncontrolled=report.uncontrolled.goodput,
        wasted=round(report.staff.wasted * scale / at_once, 1),
        cost=round(report.cost.total * scale, 2),
        calm_cost=round(report.calm.cost * scale, 2),
        currency=report.cost.currency,
    )


def _gives_first(report: Report) -> Gives:
    """Return what was used up first while something came on top."""
    begins, ends = report.window[0] / 60, report.window[1] / 60
    for part in report.slices:
        if not begins <= part.at < ends:
            continue
        if part.bot_busy >= report.capacity.bot_places:
            return "bot"
        if part.busy_share >= _ALL_BUSY:
            return "people"
    return "call_backs" if report.customers.called_late > 0 else ""


def _levers(reports: Sequence[Report], *, scale: float) -> tuple[Lever, ...]:
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
            cost=round(mean(one.after.cost - one.before.cost for one in found) * scale, 2),
        )
        for (lever, setting), found in helping.items()
    ]
    return tuple(sorted(levers, key=lambda one: (-one.helps_in, -one.gain)))
