"""A company of one's own in the scenarios: what is taken over, and at which size it is played."""

from typing import Any

import msgspec
import pytest

from doorward.admission.drill import Ours, Prices, drill, fit_scenario, load_scenario, shipped_scenarios
from tests.unit.admission.drill.small import small

PRICES = Prices(currency="TRY", person_minute=8.0, bot_minute=0.5, lost_customer=100.0)


def ours(**changes: Any) -> Ours:
    """Three people with four conversations each, and five contacts a minute."""
    plain = Ours(
        people=3.0,
        at_once=4,
        bot_places=100,
        handling=600.0,
        per_minute=5.0,
        languages={"tr": 1.0},
        quota_count=12,
        quota_burst=6,
        reserved={"anonymous": 0.1},
        call_back_share=0.5,
        call_back_hours=2.0,
        prices=PRICES,
    )
    return msgspec.structs.replace(plain, **changes)


def test_what_a_company_has_is_played_and_what_comes_over_it_stays() -> None:
    """People are their places, a minute of one costs its part of a person's; waves are as they were."""
    plain = load_scenario("one-call")
    fitted = fit_scenario(plain, ours(mix={"signed": 0.08, "open_case": 0.1, "known": 0.3, "anonymous": 0.6}))
    company = fitted.company
    assert (company.people, company.bot_places, company.prices.person_minute) == (12, 100, 2.0)
    assert (company.control.quota_count, company.control.callback_share) == (12, 0.5)
    assert company.control.capacity().reserved["anonymous"] == 0.1
    assert (fitted.customers.per_minute, fitted.customers.behaviour.handling) == (5.0, 600.0)
    assert (fitted.customers.machines, fitted.customers.unknown, fitted.customers.open_case) == pytest.approx(
        (0.1, 0.6, 0.25)
    )
    assert (fitted.languages, fitted.waves) == ({"tr": 1.0}, plain.waves)


def test_large_and_small_companies_are_played_at_another_size_with_the_same_people_for_each_contact() -> None:
    """A thousand people are as ten, and one that hears of few is as large as chance allows."""
    large, tiny = ours(people=1000.0, per_minute=400.0), ours(people=1.0, per_minute=0.05)
    assert (large.scale, tiny.scale) == pytest.approx((40.0, 0.05))
    for company in (large, tiny):
        fitted = fit_scenario(load_scenario("one-call"), company)
        each = company.people * company.at_once / company.per_minute
        assert fitted.company.people / fitted.customers.per_minute == pytest.approx(each)


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_shipped_scenario_fits_every_company(name: str) -> None:
    """Nothing is refused: the largest, the smallest, one that the bot serves alone, one that costs nothing."""
    nothing = Prices(currency="EUR", person_minute=0.0, bot_minute=0.0, lost_customer=0.0)
    for company in (
        ours(people=50_000.0, at_once=50, per_minute=5_000.0, bot_places=10**7),
        ours(people=1.0, at_once=1, per_minute=1e-4, handling=1.0),
        ours(bot_resolves=1.0, control_on=False, prices=nothing, languages={}),
    ):
        fit_scenario(load_scenario(name), company)


def test_what_it_has_decides_how_it_goes() -> None:
    """The same flood over twice as many people helps more customers."""
    goodput = [
        drill(fit_scenario(small(), ours(people=people)), name="a", seed=0).customers.goodput for people in (4.0, 12.0)
    ]
    assert goodput[0] < goodput[1]
