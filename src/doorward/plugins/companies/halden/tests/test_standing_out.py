"""What stands out of a customer's things."""

from pathlib import Path
from typing import Any

import pytest

from doorward.kit.clock import FixedClock
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.seed import make_seed
from doorward.plugins.companies.halden.tests.banks import NOON, bank
from doorward.plugins.companies.halden.worlds import CUSTOMER
from doorward.vocabulary.company import SignalSource

LANGUAGES = {"en", "de", "tr", "id", "ru"}


def _signals(folder: Path, world: dict[str, Any] | None = None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for signal in bank(folder, world).signals(CUSTOMER):
        found.setdefault(signal.kind, []).append(signal.about)
    return found


def test_everything_that_stands_out_is_told(tmp_path: Path) -> None:
    """A locked access first, then what was charged twice, higher bills, minimum payments, plans."""
    found = _signals(tmp_path)
    assert (
        list(found.items())
        == [
            ("access_locked", [""]),
            ("duplicate_charge", ["P1002"]),
            ("bill_higher", ["B300001"]),
            ("minimum_payment", ["B300001"]),
            ("plan_possible", ["B300001"]),
            ("card_expiring", ["5555"]) if "card_expiring" in found else ("card_expiring", []),
        ][: len(found)]
    )


def test_a_core_system_is_known_to_give_signals(tmp_path: Path) -> None:
    """The port can be told apart, and strangers have nothing."""
    core = bank(tmp_path)
    assert isinstance(core, SignalSource)
    assert core.signals("HB-1") == []


def test_figures_say_what_a_sentence_needs(tmp_path: Path) -> None:
    """Amounts in cents, days as dates, the other payment's reference."""
    figures = {signal.kind: signal.figures for signal in bank(tmp_path).signals(CUSTOMER)}
    assert figures["bill_higher"] == {
        "issuer": "Halden Bank",
        "amount_cents": 61_200,
        "previous_cents": 41_000,
        "due": "2031-03-10",
    }
    assert figures["minimum_payment"] == {"amount_cents": 61_200, "minimum_cents": 6_120, "due": "2031-03-10"}
    assert figures["duplicate_charge"]["first"] == "P1001"
    assert figures["plan_possible"]["most_instalments"] == 6


@pytest.mark.parametrize(
    "second",
    [
        {"amount_cents": 991},
        {"merchant": "Elsewhere"},
        {"card": "9012"},
        {"state": "declined"},
        {"state": "refunded"},
        {"day": -6},
    ],
)
def test_only_equal_charges_in_a_row_look_like_one_charged_twice(tmp_path: Path, second: dict[str, Any]) -> None:
    """Another amount, merchant or card, one that never came through, or days between: no signal."""
    first = {"reference": "P1001", "card": "4471", "merchant": "Here", "amount_cents": 990, "day": -2}
    world = {"payment": [first, {**first, "reference": "P1002", **second}]}
    assert "duplicate_charge" not in _signals(tmp_path, world)


@pytest.mark.parametrize(
    ("bill", "kinds"),
    [
        ({"amount_cents": 12_100, "previous_cents": 10_000}, {"bill_higher", "plan_possible"}),
        ({"amount_cents": 12_000, "previous_cents": 10_000}, {"plan_possible"}),
        ({"amount_cents": 500, "previous_cents": 250}, set()),
        ({"amount_cents": 2_999}, set()),
        ({"amount_cents": 3_000}, {"plan_possible"}),
        ({"amount_cents": 90_000, "previous_cents": 1, "state": "paid"}, set()),
        ({"amount_cents": 150_001, "due": 7}, {"minimum_payment", "plan_possible"}),
        ({"amount_cents": 150_001, "due": 8}, {"plan_possible"}),
        ({"amount_cents": 150_000, "due": 7}, {"plan_possible"}),
        ({"amount_cents": 150_001, "due": 7, "issuer": "Nordfunk Mobil"}, {"plan_possible"}),
    ],
)
def test_bounds_of_bills(tmp_path: Path, bill: dict[str, Any], kinds: set[str]) -> None:
    """Clearly higher than before, due within a week without cover, large enough for instalments: not a cent less."""
    assert set(_signals(tmp_path, {"bill": [{"reference": "B300001", **bill}]})) == kinds


@pytest.mark.parametrize(
    ("expires", "status", "told"),
    [
        ("03/31", "active", True),
        ("04/31", "frozen", True),
        ("05/31", "active", False),
        ("02/31", "active", False),
        ("03/31", "blocked", False),
    ],
)
def test_cards_that_expire_soon(tmp_path: Path, expires: str, status: str, told: bool) -> None:  # noqa: FBT001 - a case
    """Cards in use whose last day is within sixty days; those that are over are no news."""
    found = _signals(tmp_path, {"card": [{"last4": "4471", "expires": expires, "status": status}]})
    assert found.get("card_expiring", []) == (["4471"] if told else [])


def test_agents_see_first_what_is_wrong(tmp_path: Path) -> None:
    """A locked access, a double charge, a higher bill and a plan stand among the facts, in every language."""
    facts = {fact.label["en"]: fact.value for fact in bank(tmp_path).facts(CUSTOMER)}
    assert list(facts)[:3] == ["Online access", "Perhaps charged twice", "Bill higher than usual"]
    assert facts["Perhaps charged twice"] == "Kettle & Crumb, 9.90 EUR (P1001, P1002)"
    assert facts["Bill higher than usual"] == "B300001: 410.00 EUR → 612.00 EUR"
    assert facts["Payment in instalments"] == "B300005: 3"
    assert all(set(fact.label) == LANGUAGES for fact in bank(tmp_path).facts(CUSTOMER))
    calm = {fact.label["en"] for fact in bank(tmp_path / "calm", {}).facts(CUSTOMER)}
    assert calm == {"Accounts", "Cards", "Bills to pay"}


def test_the_demo_gives_something_to_talk_about(tmp_path: Path) -> None:
    """Among five hundred some have each, and most have nothing urgent."""
    core = HaldenCore(tmp_path, seed=make_seed(), clock=FixedClock(NOON))
    people = [person.customer.reference for person in make_seed().people]
    kinds = [{signal.kind for signal in core.signals(one)} for one in people]
    counted = {kind: sum(kind in one for one in kinds) for kind in set().union(*kinds)}
    assert counted["access_locked"] == 10
    assert 20 <= counted["duplicate_charge"] <= 60
    assert 20 <= counted["bill_higher"] <= 90
    assert 1 <= counted["minimum_payment"] <= 20
    assert sum(not one & {"access_locked", "duplicate_charge", "bill_higher"} for one in kinds) > 300
