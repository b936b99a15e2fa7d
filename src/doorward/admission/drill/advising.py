"""What to change: levers that fit what was measured, each tried by playing the same drill with it."""

from collections.abc import Callable
from typing import Final

from doorward.admission.drill.figures import Advice
from doorward.admission.drill.loading import change_scenario
from doorward.admission.drill.measuring import Measured
from doorward.admission.drill.scenario import Scenario

_LOST: Final = 0.005
_GAIN: Final = 0.005
_CHEAPER: Final = 0.95


def advise(
    scenario: Scenario,
    measured: Measured,
    *,
    again: Callable[[Scenario], Measured],
    tell: Callable[[float], None] = lambda _share: None,
) -> tuple[Advice, ...]:
    """Return what each lever would give, those that help most first; none where hardly a customer was lost.

    `again` plays the same drill with a changed scenario.
    """
    settings = _levers(scenario, measured)
    tried = []
    for number, (lever, setting) in enumerate(settings.items()):
        tell(number / len(settings))
        before, after = measured.summary, again(change_scenario(scenario, [setting])).summary
        # More customers helped, or as many for clearly less money.
        gained = after.goodput - before.goodput
        helps = gained >= _GAIN or (gained >= 0 and after.cost < before.cost * _CHEAPER)
        tried.append(Advice(lever=lever, setting=setting, before=before, after=after, helps=helps))
    return tuple(sorted(tried, key=lambda one: (not one.helps, -one.after.goodput)))


def _levers(scenario: Scenario, measured: Measured) -> dict[str, str]:
    """Return the changes that fit what was measured, as `--set` takes them; none that would change nothing."""
    company, rules = scenario.company, scenario.company.control.capacity()
    more = max(1, round(company.people / 5))
    levers = {}
    if not company.control.on:
        levers["control"] = "company.control.on=true"
    if 1 - measured.customers.goodput >= _LOST:
        levers["people"] = f"company.people={company.people + more}"
        levers["overflow"] = f"company.overflow.people={company.overflow.people + more}"
        kept, most = rules.reserved["anonymous"], rules.reserved["flagged"]
        if kept < most:
            levers["reserve"] = f"company.control.reserved.anonymous={min(most, round(2 * kept, 4) or most)}"
        if rules.callback_share < 1:
            share = min(1.0, round(rules.callback_share * 2, 4) or 0.25)
            levers["call_backs"] = f"company.control.callback_share={share}"
    if measured.staff.most_bot_waiting:
        levers["bot"] = f"company.bot_places={2 * company.bot_places}"
    return levers
