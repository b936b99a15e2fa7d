"""What a company has, in figures: the plan of its week, the usual of its busy hours, what is no longer so."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from doorward.admission.drill import Prices
from doorward.admission.flood import SLOT, SLOTS, WeekProfile
from doorward.flow.preparedness import Stock
from doorward.flow.preparedness.stock import busiest_of, changed_since, planned_people
from doorward.kit.tenant_settings import TenantSettings
from doorward.routing import RoutingPlan, Team
from doorward.vocabulary.ids import StaffId
from tests.unit.admission.drill.test_ours import ours

MONDAY = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAYS = ("mon", "tue", "wed", "thu", "fri")
PEOPLE = [StaffId(letter * 26) for letter in "abcd"]


def stock(**changes: Any) -> Stock:
    """What goes with `ours()`."""
    plain = Stock(
        agents=4,
        available=3,
        at_once=4,
        places=12,
        taken=2,
        planned=3.0,
        handling=600.0,
        handled=40,
        promised=0,
        call_backs=720.0,
        call_back_hours=2.0,
        call_back_share=0.5,
        reserved={"anonymous": 0.1},
        kept_free={"anonymous": 1},
        bot_places=100,
        bot_busy=0,
        quota_count=12,
        quota_burst=6,
        control_on=True,
        languages=("tr",),
        usual_per_minute=5.0,
        learned_weeks=3,
        prices=ours().prices,
    )
    return msgspec.structs.replace(plain, **changes)


def test_the_busiest_ten_hours_in_a_row_count() -> None:
    """A company that is busy from noon to ten on one day, and quiet else."""
    levels = [1 / 3600] * SLOTS
    first = (3 * 24 + 12) * 3600 // SLOT
    levels[first : first + 20] = [120 / 3600] * 20
    assert busiest_of(WeekProfile(levels=tuple(levels), weeks=2)) == pytest.approx(2.0)


def test_people_are_planned_by_their_teams_hours_or_the_companys() -> None:
    """Two by day in the company's hours, two in the team of the evening: the mean of the hours with anybody."""
    day = TenantSettings(hours=dict.fromkeys(DAYS, ("08:00-16:00",)))
    evening = Team(name="evening", members=tuple(PEOPLE[2:]), hours=dict.fromkeys(DAYS, ("12:00-20:00",)))
    assert planned_people(RoutingPlan(teams=(evening,)), day, PEOPLE, now=MONDAY) == pytest.approx(32 / 12, abs=0.05)
    assert planned_people(RoutingPlan(), day, PEOPLE, now=MONDAY) == 4.0
    assert planned_people(RoutingPlan(), TenantSettings(), PEOPLE, now=MONDAY) is None
    assert planned_people(RoutingPlan(), day, (), now=MONDAY) is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ()),
        ({"planned": 3.4, "handling": 660.0, "usual_per_minute": 5.5}, ()),
        ({"planned": 5.0}, ("people",)),
        ({"at_once": 3}, ("at_once",)),
        ({"handling": 900.0}, ("handling",)),
        ({"usual_per_minute": 9.0}, ("arrivals",)),
        ({"usual_per_minute": None}, ()),
        ({"call_back_share": 0.1}, ("rules",)),
        ({"control_on": False}, ("rules",)),
        ({"prices": Prices()}, ("prices",)),
    ],
)
def test_what_is_clearly_no_longer_so_is_told(changes: dict[str, Any], told: tuple[str, ...]) -> None:
    """A fifth more or less is as good as the same."""
    assert changed_since(ours(sources={"people": "planned"}), stock(**changes)) == told
