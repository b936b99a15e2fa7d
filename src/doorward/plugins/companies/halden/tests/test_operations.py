"""What Halden's core system does for a customer, and what it refuses."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from doorward.kit.clock import FixedClock
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.operations import OPERATIONS
from doorward.plugins.companies.halden.snapshots import Difference, differences
from doorward.plugins.companies.halden.tests.banks import NOON, WORLD, bank
from doorward.plugins.companies.halden.worlds import BYSTANDER, CUSTOMER
from doorward.vocabulary.errors import KeyReused, Malformed
from doorward.vocabulary.operations import Done, Operation, Scalar

HOSTILE = (
    "' OR '1'='1",
    "4471'; DROP TABLE card; --",
    '4471" UNION SELECT number FROM card --',
    "%",
    "____",
    "\x00",
    "4471\x00",
    "\ud800",
    "\u202e4471",
    "４４７１",
    "",
    " 4471",
    "x" * 100_000,
)
LONG_NUMBER = re.compile(r"\d{7}")


@pytest.fixture
def core(tmp_path: Path) -> HaldenCore:
    """Return the core system of one customer and a bystander."""
    return bank(tmp_path / "halden")


def _do(core: HaldenCore, operation: str, key: str = "key", /, **arguments: Scalar) -> Done:
    return core.carry_out(CUSTOMER, operation, arguments, idempotency_key=key)


def _set(thing: str, key: str | None = None, /, **fields: Scalar) -> Difference:
    return Difference(thing=thing, key=key, set=fields)


def _new(thing: str, key: str | None = None, /, **fields: Scalar) -> Difference:
    return Difference(thing=thing, key=key, new=fields)


def _case(kind: str, about: str) -> Difference:
    return _new("case", kind=kind, about=about, state="open")


def _ordered(item: str, detail: str) -> Difference:
    fields = {"reference": "O500003", "item": item, "state": "placed", "placed": 0, "detail": detail}
    return Difference(thing="order", key="O500003", new=fields)


DONE: list[tuple[str, dict[str, Scalar], list[Difference]]] = [
    ("freeze_card", {"card": "4471"}, [_set("card", "4471", status="frozen")]),
    ("unfreeze_card", {"card": "9012"}, [_set("card", "9012", status="active")]),
    ("block_card", {"card": "4471"}, [_set("card", "4471", status="blocked")]),
    ("block_card", {"card": "9012"}, [_set("card", "9012", status="blocked")]),
    ("block_card", {"card": "5555"}, [_set("card", "5555", status="blocked")]),
    (
        "replace_card",
        {"card": "4471"},
        [_set("card", "4471", status="blocked"), _ordered("replacement card", "card ending in 4471")],
    ),
    ("activate_card", {"card": "5555"}, [_set("card", "5555", status="active")]),
    ("set_card_limit", {"card": "9012", "limit": 0}, [_set("card", "9012", daily_limit_cents=0)]),
    ("set_card_limit", {"card": "4471", "limit": 500_000}, [_set("card", "4471", daily_limit_cents=500_000)]),
    ("dispute_payment", {"payment": "P1001"}, [_set("payment", "P1001", state="disputed"), _case("dispute", "P1001")]),
    ("dispute_payment", {"payment": "P1003"}, [_set("payment", "P1003", state="disputed"), _case("dispute", "P1003")]),
    ("report_fraud", {"card": "4471"}, [_set("card", "4471", status="frozen"), _case("fraud", "4471")]),
    ("report_fraud", {"card": "1234"}, [_case("fraud", "1234")]),
    ("report_fraud", {}, [_case("fraud", "")]),
    ("report_fraud", {"card": ""}, [_case("fraud", "")]),
    ("report_fraud", {"card": None}, [_case("fraud", "")]),
    (
        "make_plan",
        {"bill": "B300001", "instalments": 4},
        [_new("plan", "B300001", bill="B300001", instalments=4, state="active")],
    ),
    ("cancel_transfer", {"transfer": "T1001"}, [_set("transfer", "T1001", state="cancelled")]),
    ("order_paper", {"device": "HT-4100-01"}, [_ordered("paper rolls", "HT-4100-01, 10 rolls")]),
    ("complain", {}, [_case("complaint", "")]),
    ("complain", {"about": "P1004"}, [_case("complaint", "P1004")]),
    ("request_data", {}, [_new("data_request", kind="copy")]),
    ("request_data", {"kind": "copy"}, [_new("data_request", kind="copy")]),
    ("call_me", {}, [_new("call_back", state="wanted")]),
    ("unlock_access", {}, [_set("access", state="open")]),
    (
        "change_address",
        {"address": " Am  Deich 2,\n25813 Husum "},
        [_set("customer", address="Am Deich 2, 25813 Husum")],
    ),
    ("change_phone", {"phone": "+49 30 23125 171"}, [_set("customer", phone="+49 30 23125 171")]),
    ("change_email", {"email": "new@example.org"}, [_set("customer", email="new@example.org")]),
]


@pytest.mark.parametrize(("operation", "arguments", "expected"), DONE)
def test_an_operation_changes_exactly_what_it_says(
    core: HaldenCore, operation: str, arguments: dict[str, Scalar], expected: list[Difference]
) -> None:
    """What is done is done to the customer's own thing and tells the facts that were declared; nothing else changes."""
    before = core.snapshot()
    done = _do(core, operation, **arguments)
    assert done.outcome == "done"
    assert set(done.facts) <= set(OPERATIONS[operation].facts)
    after = core.snapshot()
    assert differences(before[CUSTOMER], after[CUSTOMER]) == expected
    assert {**after, CUSTOMER: None} == {**before, CUSTOMER: None}


@pytest.mark.parametrize("operation", sorted(name for name, one in OPERATIONS.items() if one.effect == "change"))
def test_every_change_is_tested(operation: str) -> None:
    """No operation is without a case above; the one with a test of its own is named."""
    assert operation in {name for name, _, _ in DONE} | {"close_account"}


REFUSED: list[tuple[str, dict[str, Scalar], str]] = [
    ("freeze_card", {"card": "9012"}, "already_frozen"),
    ("freeze_card", {"card": "1234"}, "already_blocked"),
    ("freeze_card", {"card": "5555"}, "wrong_state"),
    ("unfreeze_card", {"card": "4471"}, "already_active"),
    ("unfreeze_card", {"card": "1234"}, "already_blocked"),
    ("unfreeze_card", {"card": "5555"}, "wrong_state"),
    ("block_card", {"card": "1234"}, "already_blocked"),
    ("replace_card", {"card": "1234"}, "already_ordered"),
    ("activate_card", {"card": "4471"}, "already_active"),
    ("activate_card", {"card": "1234"}, "already_blocked"),
    ("activate_card", {"card": "9012"}, "already_frozen"),
    ("set_card_limit", {"card": "4471", "limit": 500_001}, "over_limit"),
    ("set_card_limit", {"card": "4471", "limit": 10**30}, "over_limit"),
    ("set_card_limit", {"card": "4471", "limit": -1}, "under_limit"),
    ("set_card_limit", {"card": "1234", "limit": 5}, "already_blocked"),
    ("dispute_payment", {"payment": "P1004"}, "wrong_state"),
    ("dispute_payment", {"payment": "P1005"}, "already_disputed"),
    ("make_plan", {"bill": "B300002", "instalments": 2}, "too_small"),
    ("make_plan", {"bill": "B300003", "instalments": 2}, "already_paid"),
    ("make_plan", {"bill": "B300004", "instalments": 2}, "wrong_state"),
    ("make_plan", {"bill": "B300005", "instalments": 2}, "running_plan"),
    ("make_plan", {"bill": "B300001", "instalments": 1}, "under_limit"),
    ("make_plan", {"bill": "B300001", "instalments": 7}, "over_limit"),
    ("cancel_transfer", {"transfer": "T1002"}, "already_sent"),
    ("cancel_transfer", {"transfer": "T1003"}, "wrong_state"),
    ("cancel_transfer", {"transfer": "T1004"}, "already_cancelled"),
    ("change_address", {"address": "\n"}, "not_valid"),
    ("change_address", {"address": "Mill Lane 7\x07, Leeds"}, "not_valid"),
    ("change_address", {"address": "M" * 201}, "not_valid"),
    ("change_phone", {"phone": "call me"}, "not_valid"),
    ("change_phone", {"phone": "()()()()"}, "not_valid"),
    ("change_email", {"email": "nobody"}, "not_valid"),
    ("change_email", {"email": "two@at@example.org"}, "not_valid"),
    ("change_email", {"email": "SANDY.birchall@example.net"}, "not_valid"),
    ("close_account", {"account": "4711"}, "negative_balance"),
    ("close_account", {"account": "0815"}, "open_bill"),
    ("request_data", {"kind": "everything"}, "unknown_kind"),
    ("complain", {"about": "\x07"}, "not_valid"),
]
REFUSED_LATER = {
    ("unlock_access", "already_open"),
    ("close_account", "already_closing"),
    ("request_data", "already_requested"),
    ("call_me", "already_wanted"),
}
"""What is only refused the second time."""


@pytest.mark.parametrize(("operation", "arguments", "why"), REFUSED)
def test_what_is_not_possible_says_why_and_changes_nothing(
    core: HaldenCore, operation: str, arguments: dict[str, Scalar], why: str
) -> None:
    """A refusal is an outcome with a stable word, and the core system is as it was."""
    before = core.snapshot()
    assert _do(core, operation, **arguments) == Done(outcome="not_possible", facts={"why": why})
    assert core.snapshot() == before


def test_every_reason_is_declared_and_tested() -> None:
    """A procedure has a sentence for each: none is missing from the declaration, and none stands there for nothing."""
    declared = {(one.name, why) for one in OPERATIONS.values() for why in one.reasons}
    assert {(operation, why) for operation, _, why in REFUSED} | REFUSED_LATER == declared


def test_a_limit_is_set_and_set_back(core: HaldenCore) -> None:
    """The former limit is told, and the operation that takes it back is the same."""
    done = _do(core, "set_card_limit", card="4471", limit=0)
    assert done.facts == {"card": "4471", "daily_limit_cents": 0, "previous_cents": 100_000}
    back = _do(core, OPERATIONS["set_card_limit"].undo, "back", card="4471", limit=done.facts["previous_cents"])
    assert back.facts == {"card": "4471", "daily_limit_cents": 100_000, "previous_cents": 0}


def test_an_account_closes_when_nothing_is_owed(tmp_path: Path) -> None:
    """Without an open bill and below zero nowhere, it is closing; once more is too late. A machine does not decide."""
    core = bank(tmp_path, {"account": [{"last4": "0815", "balance_cents": 0}]})
    assert _do(core, "close_account", account="0815").facts == {"account": "0815", "state": "closing"}
    assert core.snapshot(CUSTOMER)["account"][0]["state"] == "closing"
    assert _do(core, "close_account", "again", account="0815").facts == {"why": "already_closing"}
    assert OPERATIONS["close_account"].two_persons


@pytest.mark.parametrize("name", sorted(name for name, one in OPERATIONS.items() if one.undo))
def test_what_takes_something_back_is_an_operation(name: str) -> None:
    """It is declared, and takes the same thing."""
    undo = OPERATIONS[OPERATIONS[name].undo]
    assert OPERATIONS[name].reversible
    assert undo.reversible
    assert undo.arguments == OPERATIONS[name].arguments


def test_freezing_is_undone(core: HaldenCore) -> None:
    """Frozen, then taken back: everything is as it was."""
    before = core.snapshot()
    _do(core, "freeze_card", "one", card="4471")
    _do(core, OPERATIONS["freeze_card"].undo, "two", card="4471")
    assert core.snapshot() == before


def test_a_card_that_never_came_is_replaced_after_ten_days(tmp_path: Path) -> None:
    """An order that is under way for long does not keep another one back."""
    world = {**WORLD, "order": [{**WORLD["order"][0], "placed": -10}]}
    core = bank(tmp_path, world)
    assert _do(core, "replace_card", card="1234").outcome == "done"
    assert _do(core, "replace_card", "again", card="1234").facts == {"why": "already_ordered"}


def test_one_wish_at_a_time(core: HaldenCore) -> None:
    """A second copy of data within a month, a second call-back, an access unlocked twice: once is enough."""
    _do(core, "unlock_access", "unlock")
    assert _do(core, "unlock_access", "unlock again").facts == {"why": "already_open"}
    _do(core, "request_data", "one")
    assert _do(core, "request_data", "two").facts == {"why": "already_requested"}
    _do(core, "call_me", "three")
    assert _do(core, "call_me", "four").facts == {"why": "already_wanted"}


def test_a_month_later_a_copy_may_be_asked_for_again(tmp_path: Path) -> None:
    """Thirty days are enough; a day less is not."""
    clock = FixedClock(NOON)
    core = bank(tmp_path, clock=clock)
    _do(core, "request_data", "first")
    clock.advance(timedelta(days=29))
    assert _do(core, "request_data", "early").facts == {"why": "already_requested"}
    clock.advance(timedelta(days=1))
    assert _do(core, "request_data", "late").outcome == "done"


def test_a_plan_tells_what_is_paid_a_month(core: HaldenCore) -> None:
    """The instalments come to the bill or a little more, never less."""
    facts = _do(core, "make_plan", bill="B300001", instalments=5).facts
    assert facts == {"bill": "B300001", "instalments": 5, "amount_cents": 61_200, "monthly_cents": 12_240}


def test_a_complaint_is_heard_from_anybody(core: HaldenCore) -> None:
    """Nobody known may complain, about nothing in particular; everything else wants a customer."""
    done = core.carry_out("", "complain", {}, idempotency_key="key")
    assert done.outcome == "done"
    assert core.snapshot()[""]["case"] == [{"kind": "complaint", "about": "", "state": "open"}]
    assert core.carry_out("", "complain", {"about": "P1001"}, idempotency_key="2").outcome == "not_found"
    assert core.carry_out("", "call_me", {}, idempotency_key="3").outcome == "not_found"
    assert core.carry_out("HB-1", "complain", {}, idempotency_key="4").outcome == "not_found"


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(
    "operation", ["freeze_card", "block_card", "replace_card", "dispute_payment", "cancel_transfer", "order_paper"]
)
def test_hostile_keys_are_only_not_found(core: HaldenCore, operation: str, hostile: str) -> None:
    """Text that would be a statement elsewhere is a key that nobody has; nothing changes."""
    before = core.snapshot()
    ((name, _),) = OPERATIONS[operation].arguments.items()
    assert _do(core, operation, **{name: hostile}).outcome == "not_found"
    assert core.snapshot() == before


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_values_are_stored_as_they_are_or_refused(core: HaldenCore, hostile: str) -> None:
    """An address that looks like a statement is an address; the rest is refused. Nobody else is touched."""
    before = core.snapshot()
    said = " ".join(hostile.split())
    assert _do(core, "change_phone", "phone", phone=hostile).facts == {"why": "not_valid"}
    assert _do(core, "change_email", "email", email=hostile).facts == {"why": "not_valid"}
    assert (_do(core, "complain", "about", about=hostile).outcome == "done") == (said in ("", "4471"))
    changed = _do(core, "change_address", "address", address=hostile).outcome == "done"
    after = core.snapshot()
    address = said if changed else before[CUSTOMER]["customer"]["address"]
    assert after[CUSTOMER]["customer"] == {**before[CUSTOMER]["customer"], "address": address}
    assert after[BYSTANDER] == before[BYSTANDER]


@pytest.mark.parametrize("reference", [*HOSTILE[1:], "HB-900003", "' OR customer = 'HB-900002"])
def test_hostile_references_are_nobody(core: HaldenCore, reference: str) -> None:
    """Whoever is no customer has nothing, looks nothing up and changes nothing, and gets the same answer."""
    before = core.snapshot()
    assert core.carry_out(reference, "freeze_card", {"card": "4471"}, idempotency_key="key").outcome == "not_found"
    assert core.look_up(reference, "track_card", {"card": "4471"}).outcome == "not_found"
    assert core.things(reference, "card") == []
    assert core.signals(reference) == []
    assert core.snapshot() == before


def test_the_bystanders_things_do_not_exist(core: HaldenCore) -> None:
    """A key of somebody else is as little found as one that nobody has."""
    for kind in core.kinds():
        for other in core.things(BYSTANDER, kind):
            for operation in OPERATIONS.values():
                if operation.arguments.get(kind) is None or other.key in {t.key for t in core.things(CUSTOMER, kind)}:
                    continue
                arguments: dict[str, Scalar] = {kind: other.key, "limit": 5, "instalments": 2}
                given = {name: arguments[name] for name in operation.arguments}
                if operation.effect == "look_up":
                    assert core.look_up(CUSTOMER, operation.name, given) == Done(outcome="not_found")
                else:
                    assert _do(core, operation.name, f"{operation.name} {other.key}", **given).outcome == "not_found"


def test_the_same_last_digits_are_two_cards(core: HaldenCore) -> None:
    """The bystander's card with the customer's last digits stays as it is, and the other way round."""
    assert "4471" in {card.key for card in core.things(BYSTANDER, "card")}
    before = core.snapshot()
    _do(core, "block_card", card="4471")
    after = core.snapshot()
    assert after[BYSTANDER] == before[BYSTANDER]
    core.carry_out(BYSTANDER, "freeze_card", {"card": "4471"}, idempotency_key="other")
    assert core.snapshot()[CUSTOMER] == after[CUSTOMER]


def test_the_same_key_again_does_nothing_and_tells_the_same(core: HaldenCore) -> None:
    """Also a refusal stays what it was, even when it would be possible by now."""
    first = _do(core, "order_paper", device="HT-4100-01")
    before = core.snapshot()
    assert _do(core, "order_paper", device="HT-4100-01") == first
    assert core.snapshot() == before
    refused = _do(core, "unfreeze_card", "early", card="4471")
    _do(core, "freeze_card", "freeze", card="4471")
    assert _do(core, "unfreeze_card", "early", card="4471") == refused
    assert _do(core, "unfreeze_card", "late", card="4471").outcome == "done"


def test_a_key_is_for_one_request(core: HaldenCore) -> None:
    """Other arguments, another operation or another customer under it are refused, and nothing is done."""
    _do(core, "freeze_card", card="4471")
    before = core.snapshot()
    with pytest.raises(KeyReused):
        _do(core, "freeze_card", card="9012")
    with pytest.raises(KeyReused):
        _do(core, "block_card", card="4471")
    with pytest.raises(KeyReused):
        core.carry_out(BYSTANDER, "freeze_card", {"card": "4471"}, idempotency_key="key")
    assert core.snapshot() == before


def test_an_argument_left_out_is_the_same_as_an_empty_one(core: HaldenCore) -> None:
    """Whoever asks again and writes the optional argument otherwise asked for the same."""
    done = _do(core, "report_fraud")
    assert _do(core, "report_fraud", card=None) == _do(core, "report_fraud", card="") == done
    with pytest.raises(KeyReused):
        _do(core, "report_fraud", card="4471")


@pytest.mark.parametrize("key", ["", "x" * 201, "\x00", "\ud800"])
def test_a_key_is_written(core: HaldenCore, key: str) -> None:
    """An idempotency key is a short text."""
    with pytest.raises(Malformed):
        _do(core, "freeze_card", key, card="4471")


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("drop_tables", {}),
        ("", {}),
        ("track_card", {"card": "4471"}),
        ("freeze_card", {}),
        ("freeze_card", {"card": None}),
        ("freeze_card", {"card": 4471}),
        ("freeze_card", {"card": ["4471"]}),
        ("freeze_card", {"card": "4471", "reference": BYSTANDER}),
        ("freeze_card", {"card": "4471", "status = 'active' --": "x"}),
        ("set_card_limit", {"card": "4471", "limit": "100"}),
        ("set_card_limit", {"card": "4471", "limit": True}),
        ("set_card_limit", {"card": "4471", "limit": 5.0}),
        ("set_card_limit", {"card": "4471", "limit": float("nan")}),
        ("make_plan", {"bill": "B300001", "instalments": None}),
        ("call_me", {"when": "now"}),
    ],
)
def test_what_was_not_declared_is_refused(core: HaldenCore, operation: str, arguments: dict[str, Any]) -> None:
    """An unknown operation or argument, or one of another type, is no request; nothing is kept under its key."""
    before = core.snapshot()
    with pytest.raises(Malformed):
        _do(core, operation, **arguments)
    assert core.snapshot() == before
    assert _do(core, "freeze_card", card="4471").outcome == "done"


def test_looking_up_changes_nothing(core: HaldenCore) -> None:
    """Every look-up finds the customer's own things, tells exactly what was declared, and leaves all as it was."""
    before = core.snapshot()
    for operation in OPERATIONS.values():
        if operation.effect == "look_up":
            ((name, argument),) = operation.arguments.items()
            for thing in core.things(CUSTOMER, argument.of):
                found = core.look_up(CUSTOMER, operation.name, {name: thing.key})
                assert found.outcome == "done"
                assert set(found.facts) == set(operation.facts)
                assert not LONG_NUMBER.search(str({**found.facts, name: "", "order": ""}))
    assert core.snapshot() == before
    with pytest.raises(Malformed):
        core.look_up(CUSTOMER, "freeze_card", {"card": "4471"})


def test_a_bill_is_explained_against_the_one_before(core: HaldenCore) -> None:
    """The lines, the largest of them, the difference, and whether it is higher than usual."""
    found = core.look_up(CUSTOMER, "explain_bill", {"bill": "B300001"}).facts
    assert (found["difference_cents"], found["higher"]) == (20_200, True)
    assert (found["largest"], found["largest_cents"]) == ("Card purchases", 60_000)
    assert found["lines"] == "Card purchases 600.00; Monthly fee 12.00"
    first = core.look_up(CUSTOMER, "explain_bill", {"bill": "B300002"}).facts
    assert (first["difference_cents"], first["higher"], first["lines"]) == (None, False, None)


def test_a_decline_says_why(core: HaldenCore) -> None:
    """The reason, and how the card stands now."""
    found = core.look_up(CUSTOMER, "explain_payment", {"payment": "P1004"}).facts
    assert (found["state"], found["decline_reason"], found["card_status"]) == ("declined", "frozen", "frozen")
    assert core.look_up(CUSTOMER, "explain_payment", {"payment": "P1001"}).facts["decline_reason"] is None


def test_a_cards_delivery_is_found(core: HaldenCore) -> None:
    """By the card that it replaces, and for a card that was ordered by the newest one that is under way."""
    assert core.look_up(CUSTOMER, "track_card", {"card": "1234"}).facts["order"] == "O500001"
    ordered = core.look_up(CUSTOMER, "track_card", {"card": "5555"}).facts
    assert (ordered["status"], ordered["order"], ordered["order_state"]) == ("ordered", "O500001", "sent")
    assert core.look_up(CUSTOMER, "track_card", {"card": "4471"}).facts["order"] is None


def test_paper_that_has_not_come_yet_is_found(tmp_path: Path) -> None:
    """By the terminal that it is for, the newest order first; what came and what is for another one is not told."""
    world = {
        "device": [{"serial": "HT-4100-01"}, {"serial": "HT-4100-02"}],
        "order": [
            {"reference": "O1", "item": "paper rolls", "state": "sent", "placed": -4, "detail": "HT-4100-01, 10 rolls"},
            {"reference": "O2", "item": "paper rolls", "state": "placed", "placed": -2, "detail": "HT-4100-01, rolls"},
            {"reference": "O3", "item": "paper rolls", "state": "delivered", "detail": "HT-4100-02, 10 rolls"},
            {"reference": "O4", "item": "replacement card", "state": "sent", "detail": "HT-4100-02, 10 rolls"},
        ],
    }
    core = bank(tmp_path, world)
    found = core.look_up(CUSTOMER, "track_paper", {"device": "HT-4100-01"}).facts
    assert (found["order"], found["order_state"], found["device"]) == ("O2", "placed", "HT-4100-01")
    assert core.look_up(CUSTOMER, "track_paper", {"device": "HT-4100-02"}).facts["order"] is None


def test_things_are_told_as_declared_and_without_whole_numbers(core: HaldenCore) -> None:
    """Each has the fields of its kind, a key of its own within the kind, and no number of a card or an account."""
    for kind, fields in core.kinds().items():
        found = core.things(CUSTOMER, kind)
        assert len({thing.key for thing in found}) == len(found)
        for thing in found:
            assert thing.kind == kind
            assert set(thing.fields) == set(fields)
            assert not LONG_NUMBER.search(str(thing.fields))
    assert core.things(CUSTOMER, "carried_out") == []
    assert core.currency == "EUR"


def test_days_follow_the_clock(tmp_path: Path) -> None:
    """What is ordered today is placed today."""
    clock = FixedClock(NOON)
    core = bank(tmp_path, clock=clock)
    _do(core, "order_paper", device="HT-4100-01")
    assert core.things(CUSTOMER, "order")[0].fields["placed"] == "2031-03-05"


def test_declarations_are_plain_data(core: HaldenCore) -> None:
    """They survive JSON, so that an editor of procedures can read them."""
    written = msgspec.json.encode(core.operations())
    assert msgspec.json.decode(written, type=dict[str, Operation]) == core.operations()
