"""Preparedness: what several drills say together."""

from typing import Any

import msgspec
import pytest

from doorward.admission.drill import Advice, Report, Summary, drill, prepare
from tests.unit.admission.drill.small import small


@pytest.fixture(scope="module")
def plain() -> Report:
    """A drill of one quiet hour, whose figures the tests replace."""
    return drill(small(text="hours = 1.0\n[company]\npeople = 12\n[customers]\nper_minute = 1.0\n"), name="a", seed=0)


def of(report: Report, name: str, of_calm: float, **more: Any) -> Report:
    """The same as if another scenario had gone so."""
    return msgspec.structs.replace(report, scenario=name, of_calm=of_calm, **more)


def advice(setting: str, gain: float, *, helps: bool = True) -> Advice:
    """A change that gives so much more."""
    before = Summary(goodput=0.8, at_once=0.8, unknown=0.5, wasted_share=0.5, cost=1000.0)
    after = msgspec.structs.replace(before, goodput=0.8 + gain, cost=1100.0)
    return Advice(lever="people", setting=setting, before=before, after=after, helps=helps)


def test_the_worst_seed_of_a_scenario_counts_and_the_worst_scenario_is_first(plain: Report) -> None:
    """Whoever looks sees first what would hurt most, with how long it is borne."""
    survived = msgspec.structs.replace(plain.noticing, survived=40.0)
    reports = [of(plain, "b", 0.99), of(plain, "c", 0.9), of(plain, "b", 0.7, noticing=survived), of(plain, "d", 0.96)]
    found = prepare(reports)
    assert [(one.scenario, one.standing) for one in found.scenarios] == [
        ("b", "fails"),
        ("c", "strained"),
        ("d", "holds"),
    ]
    assert found.scenarios[0].survived == 40.0
    assert found.capacity.people == 12
    assert found.capacity.call_backs == 12 * 0.25 * 240


def test_levers_that_help_most_often_are_first(plain: Report) -> None:
    """A change that helps in two scenarios stands before one that helps more in one; what does not help is left out."""
    found = prepare(
        [
            of(plain, "b", 0.7, advice=(advice("x=1", 0.1), advice("y=1", 0.02), advice("z=1", 0.3, helps=False))),
            of(plain, "c", 0.7, advice=(advice("y=1", 0.04),)),
        ]
    )
    assert [(one.setting, one.helps_in) for one in found.levers] == [("y=1", 2), ("x=1", 1)]
    assert found.levers[0].gain == pytest.approx(0.03)
    assert found.levers[0].cost == pytest.approx(100.0)


def test_drills_of_different_companies_say_nothing_together(plain: Report) -> None:
    """Nor does none at all."""
    other = of(plain, "b", 0.9, capacity=msgspec.structs.replace(plain.capacity, people=13))
    for reports in ([], [plain, other]):
        with pytest.raises(ValueError, match="reports"):
            prepare(reports)
