"""From what was played to figures. Here, and only here, it is said whose a contact was."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, get_args

import msgspec

from doorward.admission.drill.figures import Cost, Fairness, Figures, Noticing, Slice, Staff, Summary
from doorward.admission.drill.floor import Ending, Fate, Moment, Played
from doorward.admission.drill.scenario import Scenario
from doorward.admission.drill.visits import Crowd, Origin, Side, Visit
from doorward.admission.flood import LEVELS
from doorward.admission.flood.rate import TICK

SLICE: Final = 600.0
SERVED: Final = 0.9
_FEW: Final = 20
_SLICES_TOGETHER: Final = 3
_GOOD: Final[frozenset[Ending]] = frozenset({"person", "bot", "called_back"})
ENDINGS: Final[tuple[Ending, ...]] = get_args(Ending)
_SIDES: Final[tuple[Side, ...]] = get_args(Side)

Contact = tuple[Visit, Origin, Fate]


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of one run."""

    customers: Figures
    sides: dict[Side, Figures]
    attack: Figures
    staff: Staff
    noticing: Noticing
    fairness: Fairness
    cost: Cost
    slices: tuple[Slice, ...]

    @property
    def summary(self) -> Summary:
        """Return the few figures that runs are compared by."""
        return Summary(
            goodput=self.customers.goodput,
            at_once=self.customers.at_once,
            unknown=self.sides["unknown"].goodput,
            wasted_share=self.staff.wasted_share,
            cost=self.cost.total,
        )


def measure(scenario: Scenario, crowd: Crowd, played: Played, *, window: tuple[float, float]) -> Measured:
    """Return the figures of a run: of those who first came within `window`, from one second to another."""
    contacts = list(zip(crowd.visits, crowd.origins, played.fates, strict=True))
    begins, ends = window
    within = [one for one in contacts if begins <= one[0].at < ends]
    ours = [one for one in within if one[1].side != "attack"]
    others = [one for one in within if one[1].side == "attack"]
    moments = [moment for moment in played.moments if begins < moment.at <= ends]
    slices = _slices(scenario, contacts, played.moments)
    staff = _staff(others, moments)
    return Measured(
        customers=figures_of(ours),
        sides={side: figures_of([one for one in within if one[1].side == side]) for side in _SIDES if side != "attack"},
        attack=figures_of(others),
        staff=staff,
        noticing=_noticing(played, slices, begins=begins, ends=ends),
        fairness=_fairness(ours),
        cost=_cost(scenario, within, ours, staff),
        slices=slices,
    )


def figures_of(contacts: Sequence[Contact]) -> Figures:
    """Return what became of these contacts, as shares; of none, all shares are 0."""
    ended = Counter(fate.ended for _, _, fate in contacts)
    many = len(contacts) or 1

    def share(count: float) -> float:
        return round(count / many, 5)

    shares = {name: share(ended[name]) for name in ENDINGS}
    asked = [fate for _, _, fate in contacts if fate.asked]
    waits = [fate.waited for _, _, fate in contacts if fate.ended == "person"]
    return Figures(
        contacts=len(contacts),
        goodput=share(sum(ended[name] for name in _GOOD)),
        at_once=share(ended["person"] + ended["bot"]),
        demoted=share(sum(fate.way != "full" for fate in asked)),
        flagged=share(sum(int(visit.seen.flagged) for visit, _, _ in contacts)),
        wait=round(sum(waits) / (len(waits) or 1), 1),
        **shares,
    )


def _staff(others: Sequence[Contact], moments: Sequence[Moment]) -> Staff:
    staffed = sum(moment.people for moment in moments) * TICK / 60
    busy = sum(moment.busy for moment in moments) * TICK / 60
    wasted = sum(fate.person for _, _, fate in others) / 60
    return Staff(
        staffed=round(staffed, 1),
        busy_share=round(busy / (staffed or 1), 4),
        wasted=round(wasted, 1),
        wasted_share=round(wasted / (staffed or 1), 4),
        bot_wasted=round(sum(fate.bot for _, _, fate in others) / 60, 1),
        most_bot_busy=max((moment.bot_busy for moment in moments), default=0),
        most_bot_waiting=max((moment.bot_waiting for moment in moments), default=0),
        most_waiting=max((moment.waiting for moment in moments), default=0),
        most_promised=max((moment.promised for moment in moments), default=0),
    )


def _noticing(played: Played, slices: Sequence[Slice], *, begins: float, ends: float) -> Noticing:
    rises = [one.at for one in played.changes if LEVELS.index(one.after) > LEVELS.index(one.before)]
    noticed = next((at for at in rises if begins < at <= ends), None)
    standing = next((one.after for one in reversed(played.changes) if one.at <= begins), "green")
    if standing != "green":
        noticed = begins  # it was amber before: a false alarm, and nothing left to notice
    before = max((moment.waiting for moment in played.moments if moment.at <= begins), default=0)
    recovered = next(
        (
            moment.at - ends
            for moment in played.moments
            if moment.at >= ends and moment.level == "green" and moment.waiting + moment.promised <= before
        ),
        None,
    )
    levels = Counter(moment.level for moment in played.moments if begins < moment.at <= ends)
    return Noticing(
        noticed=None if noticed is None else round((noticed - begins) / 60, 2),
        false_alarms=sum(at <= begins for at in rises),
        minutes={level: round(levels[level] * TICK / 60, 1) for level in LEVELS},
        recovered=None if recovered is None else round(recovered / 60, 1),
        survived=_survived(slices, begins=begins / 60, ends=ends / 60),
        changes=played.changes,
    )


def _survived(slices: Sequence[Slice], *, begins: float, ends: float) -> float | None:
    """Return after how many minutes too few customers of the last half hour were served."""
    within = [one for one in slices if begins <= one.at < ends]
    for last in range(len(within)):
        lately = within[max(0, last + 1 - _SLICES_TOGETHER) : last + 1]
        came = sum(one.customers for one in lately)
        served = sum(one.customers * (one.goodput or 0.0) for one in lately)
        if came >= _FEW and served < SERVED * came:
            return round(lately[-1].at - begins, 1)
    return None


def _fairness(ours: Sequence[Contact]) -> Fairness:
    came: Counter[str] = Counter()
    served: Counter[str] = Counter()
    for _, origin, fate in ours:
        came[origin.language] += 1
        served[origin.language] += fate.ended in _GOOD
    shares = {language: round(served[language] / came[language], 5) for language in sorted(came)}
    squares = len(shares) * sum(share**2 for share in shares.values())
    return Fairness(jain=round(sum(shares.values()) ** 2 / squares, 5) if squares else 1.0, languages=shares)


def _cost(scenario: Scenario, within: Sequence[Contact], ours: Sequence[Contact], staff: Staff) -> Cost:
    prices = scenario.company.prices
    bot = sum(fate.bot for _, _, fate in within) / 60 * prices.bot_minute
    lost = sum(fate.ended not in _GOOD for _, _, fate in ours) * prices.lost_customer
    staffed = staff.staffed * prices.person_minute
    return Cost(
        currency=prices.currency,
        staff=round(staffed, 2),
        wasted=round(staff.wasted * prices.person_minute, 2),
        bot=round(bot, 2),
        lost=round(lost, 2),
        total=round(staffed + bot + lost, 2),
    )


def _slices(scenario: Scenario, contacts: Iterable[Contact], moments: Sequence[Moment]) -> tuple[Slice, ...]:
    many = max(1, round(scenario.hours * 3600 / SLICE))
    ours, served, others = [0] * many, [0] * many, [0] * many
    for visit, origin, fate in contacts:
        place = min(many - 1, int(visit.at / SLICE))
        attack = origin.side == "attack"
        others[place] += attack
        ours[place] += not attack
        served[place] += not attack and fate.ended in _GOOD
    every = round(SLICE / TICK)
    made = []
    for place in range(many):
        lasting = moments[place * every : (place + 1) * every]
        if not lasting:
            break
        last = lasting[-1]
        made.append(
            Slice(
                at=round(place * SLICE / 60, 1),
                level=max((moment.level for moment in lasting), key=LEVELS.index),
                customers=ours[place],
                attackers=others[place],
                goodput=round(served[place] / ours[place], 4) if ours[place] else None,
                busy_share=round(sum(one.busy for one in lasting) / (sum(one.people for one in lasting) or 1), 4),
                waiting=last.waiting,
                promised=last.promised,
                bot_busy=last.bot_busy,
            )
        )
    return tuple(made)
