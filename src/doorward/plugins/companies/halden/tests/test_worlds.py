"""Worlds: a seed made from one, a bystander beside it, and the same world told again."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from doorward.kit.clock import FixedClock
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.numbers import is_card_number, is_iban
from doorward.plugins.companies.halden.seed import make_seed
from doorward.plugins.companies.halden.snapshots import Difference, differences
from doorward.plugins.companies.halden.tests.banks import NOON, WORLD, bank
from doorward.plugins.companies.halden.worlds import BYSTANDER, CUSTOMER, make_seed_of


def test_a_world_is_told_as_it_was_written(tmp_path: Path) -> None:
    """Every thing and field that a world says stands in the snapshot."""
    told = bank(tmp_path).snapshot(CUSTOMER)
    assert told["access"] == WORLD["access"]
    for kind, rows in WORLD.items():
        for row in rows if isinstance(rows, list) else ():
            assert any(row.items() <= found.items() for found in told[kind]), row
        if isinstance(rows, list):
            assert len(told[kind]) == len(rows)


def test_a_snapshot_is_a_world(tmp_path: Path) -> None:
    """A core system made from one tells the same, on another day too."""
    world = bank(tmp_path / "one").snapshot(CUSTOMER)
    later = bank(tmp_path / "two", world, clock=FixedClock(NOON + timedelta(days=99)))
    assert later.snapshot(CUSTOMER) == world


def test_snapshots_are_compared_thing_by_thing() -> None:
    """What is new, gone or set otherwise is told with its key; things without keys are counted."""
    before = {
        "access": {"state": "locked"},
        "card": [{"last4": "4471", "status": "active"}, {"last4": "9012", "status": "active"}],
        "case": [{"kind": "fraud"}, {"kind": "complaint"}],
    }
    after = {
        "access": {"state": "open"},
        "card": [{"last4": "9012", "status": "frozen", "kind": "credit"}, {"last4": "1234", "status": "active"}],
        "case": [{"kind": "fraud"}, {"kind": "fraud"}],
    }
    assert differences(before, after) == [
        Difference(thing="access", set={"state": "open"}),
        Difference(thing="card", key="4471", gone={"last4": "4471", "status": "active"}),
        Difference(thing="card", key="9012", set={"status": "frozen", "kind": "credit"}),
        Difference(thing="card", key="1234", new={"last4": "1234", "status": "active"}),
        Difference(thing="case", new={"kind": "fraud"}),
        Difference(thing="case", gone={"kind": "complaint"}),
    ]
    assert differences(after, after) == []


def test_the_bystander_owns_the_like_under_other_keys(tmp_path: Path) -> None:
    """As much of everything, no key the same, but for one card with the same last digits."""
    core = bank(tmp_path)
    shared = set()
    for kind in core.kinds():
        if kind in ("customer", "access"):
            continue
        own, like = core.things(CUSTOMER, kind), core.things(BYSTANDER, kind)
        assert len(like) == len(own) + (kind == "card")
        shared |= {thing.key for thing in own} & {thing.key for thing in like}
    assert shared == {"4471"}
    assert core.things(BYSTANDER, "plan")[0].key in {bill.key for bill in core.things(BYSTANDER, "bill")}


def test_keys_that_are_half_a_range_apart_do_not_meet(tmp_path: Path) -> None:
    """Where the bystander's key would be one of the customer's, it is another one."""
    world = {
        "transfer": [{"reference": "T1001"}, {"reference": "T6001"}],
        "card": [{"last4": "0000"}, {"last4": "5000"}],
    }
    core = bank(tmp_path, world)
    for kind in ("transfer", "card"):
        keys = [thing.key for one in (CUSTOMER, BYSTANDER) for thing in core.things(one, kind)]
        assert len(set(keys)) == len(keys) - (kind == "card")


@pytest.mark.parametrize("last4", ["0000", "0009", "4471", "9999"])
def test_whole_numbers_end_as_they_should(last4: str) -> None:
    """They pass their checks, and exist once."""
    seed = make_seed_of({"card": [{"last4": last4, "account": last4}]})
    cards, ibans = [card.number for card in seed.cards], [account.iban for account in seed.accounts]
    assert all(is_card_number(number) for number in cards)
    assert all(is_iban(number) for number in ibans)
    assert (cards[0][-4:], ibans[0][-4:]) == (last4, last4)
    assert len({*cards, *ibans}) == len(cards) + len(ibans)


def test_what_a_world_leaves_out_is_ordinary(tmp_path: Path) -> None:
    """Cards and accounts that things speak of are there; whoever has nothing has an account."""
    core = bank(tmp_path / "one", {"payment": [{"reference": "P1001", "card": "7777"}, {"reference": "P1002"}]})
    assert [card.key for card in core.things(CUSTOMER, "card")] == ["7777"]
    assert {payment.fields["card"] for payment in core.things(CUSTOMER, "payment")} == {"7777"}
    world = bank(tmp_path / "two", {}).snapshot(CUSTOMER)
    assert (len(world["account"]), world["access"], world["bill"]) == (1, {"state": "open"}, [])
    assert make_seed_of({}, language="tr").people[0].customer.language == "tr"


@pytest.mark.parametrize(
    ("world", "place"),
    [
        ({"cards": []}, "cards"),
        ({"card": [{"last4": "4471", "number": "4000009900000000"}]}, "number"),
        ({"card": [{"status": "active"}]}, "last4"),
        ({"card": [{"last4": "44710"}]}, "four digits"),
        ({"transfer": [{"reference": "T1"}, {"reference": "T1"}]}, "twice"),
        ({"transfer": [{"reference": "T"}]}, "digits"),
        ({"bill": [{"reference": "B1", "amount_cents": "much"}]}, "amount_cents"),
    ],
)
def test_a_slip_in_a_world_is_said(world: dict[str, Any], place: str) -> None:
    """A thing or field that no world has, or a key used twice, is refused with its place."""
    with pytest.raises(ValueError, match=f"no world.*{place}"):
        make_seed_of(world)


def test_the_demo_has_no_whole_number_in_its_snapshot(tmp_path: Path) -> None:
    """Neither a card's nor an account's: what evaluations keep may be read by anybody."""
    core = HaldenCore(tmp_path, seed=make_seed(), clock=FixedClock(NOON))
    assert not re.search(r"4000 ?0099|DE\d{2} ?9991", str(core.snapshot()))
    assert core.snapshot("HB-1") == {}
