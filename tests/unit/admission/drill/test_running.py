"""A whole drill: what it promises about floods, labels, and itself."""

import random

import msgspec
import pytest

from doorward.admission.drill import Report, Scenario, drill, load_scenario, shipped_scenarios
from doorward.admission.drill.bounds import bounds_of
from doorward.admission.drill.figures import FORMAT
from doorward.admission.drill.measuring import measure
from doorward.admission.drill.population import Reading
from doorward.admission.drill.running import control_of, crowd_of, play, teach, without_attack
from doorward.admission.drill.visits import Crowd
from tests.unit.admission.drill.small import FLOOD, small

ASSUMED = "detector=assumed:0.99/0.01"


@pytest.fixture(scope="module")
def report() -> Report:
    """What a small tenfold flood gives, with a detector that is assumed."""
    return drill(small(ASSUMED), name="small", seed=0)


def crowd(scenario: Scenario) -> Crowd:
    """Who comes, by the first seed."""
    return crowd_of(scenario, 0, reading=Reading())


def test_a_report_says_the_same_each_time(report: Report) -> None:
    """For the same scenario and seed: every figure, every decision."""
    told: list[float] = []
    again = drill(small(ASSUMED), name="small", seed=0, tell=lambda share, _doing: told.append(share))
    assert msgspec.json.encode(again) == msgspec.json.encode(report)
    assert told == sorted(told)
    assert 0 <= told[0] < told[-1] <= 1
    assert drill(small(ASSUMED), name="small", seed=1).decided != report.decided


def test_flood_control_keeps_customers_served_in_a_tenfold_flood(report: Report) -> None:
    """Nearly all that an oracle could; without it clearly fewer, and people's time is the attackers'."""
    assert report.format == FORMAT
    assert report.of_calm >= 0.96
    assert report.customers.blocked == 0
    assert report.sides["signed"].goodput >= report.calm.goodput - 0.005
    assert report.staff.wasted_share < 0.15
    assert report.uncontrolled.wasted_share > 0.5
    assert report.uncontrolled.goodput < report.customers.goodput
    assert report.noticing.noticed is not None
    assert report.noticing.noticed <= 1.0
    assert report.detector == "assumed:0.99/0.01"


def test_shares_are_of_everybody(report: Report) -> None:
    """Whoever came ended in one way, and the parts are the whole."""
    for figures in (report.customers, report.attack, *report.sides.values()):
        ends = (figures.person, figures.bot, figures.called_back, figures.called_late)
        lost = (figures.left, figures.unhelped, figures.blocked)
        assert sum(ends) + sum(lost) == pytest.approx(1.0, abs=1e-4)
        assert figures.goodput == pytest.approx(figures.at_once + figures.called_back, abs=1e-4)
    assert report.customers.contacts == sum(figures.contacts for figures in report.sides.values())
    assert sum(one.customers for one in report.slices if 60 <= one.at < 120) == report.customers.contacts
    assert report.cost.total == pytest.approx(report.cost.staff + report.cost.bot + report.cost.lost, abs=0.05)
    assert 0 < report.fairness.jain <= 1


def test_decisions_do_not_depend_on_whose_a_contact_is() -> None:
    """With the labels shuffled every decision is the same, to the last; only the count of what they did differs."""
    scenario = small(ASSUMED)
    came = crowd(scenario)
    origins = list(came.origins)
    random.Random(1).shuffle(origins)
    shuffled = Crowd(visits=came.visits, origins=tuple(origins))
    first, second = (play(scenario, one, control_of(scenario, teach(scenario, 0))) for one in (came, shuffled))
    assert first == second
    figures = [measure(scenario, one, first, window=scenario.window) for one in (came, shuffled)]
    assert figures[0].staff.wasted != figures[1].staff.wasted


@pytest.mark.parametrize("name", shipped_scenarios())
def test_whoever_comes_ends_somehow_in_every_scenario(name: str) -> None:
    """None is left in a queue for ever or lost on the way."""
    scenario = load_scenario(name, ["hours=1.0", "company.people=12", "customers.per_minute=2.0", "waves.0.begins=0.4"])
    done = play(scenario, crowd(scenario), control_of(scenario, teach(scenario, 0)))
    assert done.fates
    assert all(fate.ended for fate in done.fates)
    assert all(moment.busy <= moment.people + 3 for moment in done.moments)


def test_a_stolen_key_is_worth_no_more_than_its_owners_quotas() -> None:
    """Thousands of good signatures in the name of five owners take next to nothing from people."""
    scenario = load_scenario("stolen-key", ["customers.per_minute=5.0", "company.people=25", "waves.0.lasts=1.0"])
    came = crowd(scenario)
    figures = measure(
        scenario, came, play(scenario, came, control_of(scenario, teach(scenario, 0))), window=scenario.window
    )
    assert figures.attack.contacts > 2000
    assert figures.attack.person < 0.03


def test_a_slow_drip_is_seen_by_the_talks_that_come_to_nothing() -> None:
    """A quarter more for hours is no rate that stands out; that people are asked for nothing does."""
    scenario = load_scenario("slow-drip", ["hours=12.0", "waves.0.lasts=8.0"])
    changes = play(scenario, crowd(scenario), control_of(scenario, teach(scenario, 0))).changes
    assert changes[0].after == "amber"
    assert changes[0].at > scenario.window[0]
    assert (changes[0].signals["escalations"] or 0.0) >= 1
    assert (changes[0].signals["rate"] or 0.0) < 1


def test_replayed_signatures_sign_nothing() -> None:
    """Who sends somebody's signature once more is not served as they would be."""
    changes = ["customers.per_minute=5.0", "company.people=25", "waves.0.lasts=1.0", "waves.0.known=0.0", ASSUMED]
    scenario = load_scenario("replayed", changes)
    came = crowd(scenario)
    figures = measure(
        scenario, came, play(scenario, came, control_of(scenario, teach(scenario, 0))), window=scenario.window
    )
    assert figures.attack.person < 0.02
    assert figures.sides["signed"].goodput > 0.98


def test_advice_is_what_the_same_drill_gives_with_the_change(report: Report) -> None:
    """Whoever follows it by `--set` finds the figure that it promised."""
    crowded = small("company.people=9", ASSUMED)
    found = drill(crowded, name="small", seed=0).advice
    assert {one.lever for one in found} >= {"people", "overflow", "reserve", "call_backs"}
    assert found[0].helps
    followed = drill(small("company.people=9", ASSUMED, found[0].setting), name="small", seed=0)
    assert found[0].after.goodput == followed.customers.goodput
    assert found[0].after.cost == followed.cost.total
    assert "bot" not in {one.lever for one in report.advice}


@pytest.mark.parametrize(
    "changes",
    [
        ("hours=0.25", "waves.0.begins=0", "company.people=1", "company.bot_places=1"),
        ("customers.machines=1", "customers.by_platforms=1", "customers.signed_alone=0", "customers.day_cv=0"),
        ("customers.unknown=1", "customers.shared_networks=1", "customers.networks=1", "company.control.quota_burst=1"),
        ("customers.behaviour.useful=0", "customers.behaviour.bot_resolves=1", "customers.day_cv=1"),
        ("starts=23.5", "weekday=6", "company.planned=false", "waves.0.people=1", "waves.0.vulnerable=1"),
        ("company.control.on=false", "company.control.callback_share=0", "customers.behaviour.tries=10"),
        ("waves.0.signed=1", "waves.0.mandated=1", "waves.0.known=1", "waves.0.verified=1", "waves.0.ramp=10"),
    ],
)
def test_companies_at_the_edge_are_played_to_the_end(changes: tuple[str, ...]) -> None:
    """One person, one place, nobody known, everybody signed, midnight on a Sunday: there is a report of it."""
    scenario = small("hours=1.2", "customers.per_minute=1", "waves.0.lasts=0.2", "waves.0.times=4", *changes)
    found = drill(scenario, name="edge", seed=0)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Report, strict=False).decided == found.decided
    assert found.customers.contacts == sum(figures.contacts for figures in found.sides.values())


def test_advice_changes_something_or_is_not_given() -> None:
    """A file may set one class alone; what is at its end is no lever, and what is at nothing begins somewhere."""
    text = FLOOD.replace("[customers]", "[company.control.reserved]\nanonymous = 0.24\n[customers]")
    scenario = small("company.people=6", "company.control.callback_share=0", text=text)
    settings = {one.lever: one.setting for one in drill(scenario, name="small", seed=0).advice}
    assert "reserve" not in settings
    assert settings["call_backs"] == "company.control.callback_share=0.25"


def test_without_an_attack_nothing_is_lost_to_it() -> None:
    """An honest crowd is its own calm: it is compared with itself, and nobody of it is an attacker."""
    scenario = load_scenario("launch", ["customers.per_minute=3.0", "company.people=15", "waves.0.lasts=1.0"])
    assert without_attack(scenario) == scenario
    found = drill(scenario, name="launch", seed=0)
    assert found.attack.contacts == 0
    assert found.staff.wasted == 0
    assert found.of_calm == 1.0


@pytest.mark.parametrize(("times", "needed"), [(4.0, 0.829), (11.0, 0.949), (31.0, 0.983), (101.0, 0.995)])
def test_bounds_are_those_of_the_formulas(times: float, needed: float) -> None:
    """Fifty people, 33.6 Erlangs of customers, attackers of four minutes: what a detector has to find at least."""
    scenario = small(
        *("company.people=50", "customers.per_minute=8.0", "customers.behaviour.bot_resolves=0.0", f"times={times}")
    )
    bounds = bounds_of(scenario)
    assert bounds.customers == pytest.approx(33.6)
    assert bounds.true_positives == pytest.approx(needed, abs=0.001)
    assert bounds.distance is None


def test_bounds_of_noticing_and_of_fairness_by_source() -> None:
    """Eight a minute twice as many: three and a half minutes (Lorden); nobody on top: nothing to find."""
    plain = ("company.people=50", "customers.per_minute=8.0")
    twice = bounds_of(small(*plain, "times=2.0", ASSUMED))
    assert twice.least_minutes == pytest.approx(3.45, abs=0.02)
    assert twice.fair_share == pytest.approx(0.5)
    assert twice.distance == pytest.approx(0.98)
    calm = bounds_of(without_attack(small(*plain)))
    assert (calm.true_positives, calm.least_minutes, calm.fair_share) == (None, None, 1.0)
