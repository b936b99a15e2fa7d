"""The procedures about bills, transfers, orders and what the bank holds of somebody: asked, said, done, ended."""

from pathlib import Path
from typing import Any

import pytest

from doorward.answering.procedures.heard import Heard, Number
from doorward.answering.procedures.run import Chose, Said
from doorward.plugins.companies.halden.snapshots import Difference
from doorward.plugins.companies.halden.tests.walking import (
    NO,
    YES,
    Answers,
    Walk,
    Walked,
    case,
    changed,
    sealed,
)

LINES = [{"text": "Card purchases", "cents": 60_000}, {"text": "Cash withdrawals", "cents": 1_200}]
BILL: dict[str, Any] = {"reference": "B300001", "amount_cents": 61_200, "previous_cents": 41_000, "lines": LINES}
SMALL, PAID = {"reference": "B300002", "amount_cents": 2_999}, {"reference": "B300003", "state": "paid", "due": -20}
RETURNED = {"reference": "B300004", "amount_cents": 9_000, "state": "returned", "due": -2}
TILL, SECOND = {"serial": "HT-4100-01"}, {"serial": "HT-4100-02"}
THREE = Said(heard=Heard(numbers=(Number(300),), text="3", words=("3",)))


def _plan(bill: str, instalments: int) -> Difference:
    fields = {"bill": bill, "instalments": instalments, "state": "active"}
    return Difference(thing="plan", key=bill, new=fields)


def _paper(serial: str, number: str = "O1") -> Difference:
    fields = {"reference": number, "item": "paper rolls", "state": "placed", "placed": 0}
    return Difference(thing="order", key=number, new=fields | {"detail": f"{serial}, 10 rolls"})


def _transfer(state: str, **fields: Any) -> dict[str, Any]:
    return {"transfer": [{"reference": "T1001", "state": state} | fields]}


def _order(item: str, state: str, placed: int) -> dict[str, Any]:
    return {"order": [{"reference": "O500001", "item": item, "state": state, "placed": placed}]}


def _under_way(state: str, placed: int) -> dict[str, Any]:
    order = {"reference": "O500001", "item": "paper rolls", "detail": "HT-4100-01, 10 rolls"}
    return {"device": [TILL], "order": [order | {"state": state, "placed": placed}]}


def _told(procedure: str, world: dict[str, Any], *said: str, end: str = "resolved") -> tuple[Any, ...]:
    """Return a walk in which nothing is asked and nothing is changed."""
    return procedure, world, {}, Walked(said, (), end, [])


WALKS: dict[str, tuple[Any, ...]] = {
    "a bill is higher than the one before": _told("explain_bill", {"bill": [BILL, PAID]}, "higher", "items", "open"),
    "a bill is lower": _told("explain_bill", {"bill": [BILL | {"previous_cents": 70_000}]}, "lower", "items", "open"),
    "a bill is as high as ever": _told(
        "explain_bill", {"bill": [SMALL | {"previous_cents": 2_999}]}, "same", "no_items", "open_small"
    ),
    "the first bill": _told("explain_bill", {"bill": [SMALL]}, "alone", "no_items", "open_small"),
    "a paid bill": _told("explain_bill", {"bill": [PAID]}, "alone", "no_items", "paid"),
    "a bill that came back": _told("explain_bill", {"bill": [RETURNED]}, "alone", "no_items", "returned"),
    "no bill": _told("explain_bill", {}, "no_bill"),
    "one of two bills is explained": (
        "explain_bill",
        {"bill": [BILL, SMALL]},
        {"bill": (Chose(key="B300001"),)},
        Walked(("higher", "items", "open"), ("which_bill",), "resolved", []),
    ),
    "a bill is paid in parts": (
        "payment_plan",
        {"bill": [BILL, SMALL]},
        {"instalments": (THREE,), "confirm": (YES,)},
        Walked(("made",), ("how_many", "sure"), "resolved", [_plan("B300001", 3)]),
    ),
    "a bill is not paid in parts after all": (
        "payment_plan",
        {"bill": [BILL]},
        {"instalments": (THREE,), "confirm": (NO,)},
        Walked(("kept",), ("how_many", "sure"), "declined", []),
    ),
    "a bill is paid in parts already": _told(
        "payment_plan", {"bill": [BILL], "plan": [{"bill": "B300001"}]}, "running"
    ),
    "a bill is too small": _told("payment_plan", {"bill": [SMALL]}, "other_small", end="declined"),
    "a bill that came back goes to a person": _told(
        "payment_plan", {"bill": [RETURNED]}, "other_returned", end="returned_bill"
    ),
    "no open bill": _told("payment_plan", {"bill": [PAID]}, "no_bill"),
    "a transfer waits": _told("transfer_status", _transfer("pending"), "pending"),
    "a transfer waits for its day": _told("transfer_status", _transfer("pending", day=3), "planned"),
    "a transfer waits too long": _told("transfer_status", _transfer("pending", day=-6), "stuck", end="transfer_stuck"),
    "a transfer is on its way": _told("transfer_status", _transfer("sent", day=-1), "sent"),
    "a transfer should be there": _told("transfer_status", _transfer("sent", day=-8), "sent_long_ago"),
    "a transfer came back": _told("transfer_status", _transfer("returned"), "returned"),
    "a transfer was cancelled": _told("transfer_status", _transfer("cancelled"), "cancelled"),
    "no transfer": _told("transfer_status", {}, "no_transfer"),
    "a transfer is cancelled": (
        "cancel_transfer",
        {"transfer": [{"reference": "T1001"}, {"reference": "T1002", "state": "sent"}]},
        {"confirm": (YES,)},
        Walked(("cancelled",), ("sure",), "resolved", [changed("transfer", "T1001", state="cancelled")]),
    ),
    "a transfer is left as it is": (
        "cancel_transfer",
        _transfer("pending"),
        {"confirm": (NO,)},
        Walked(("kept",), ("sure",), "declined", []),
    ),
    "a transfer has left": _told("cancel_transfer", _transfer("sent"), "other_sent", end="declined"),
    "a transfer was cancelled before": _told("cancel_transfer", _transfer("cancelled"), "other_cancelled"),
    "a transfer that came back is not cancelled": _told("cancel_transfer", _transfer("returned"), "other_returned"),
    "nothing to cancel": _told("cancel_transfer", {}, "no_transfer", end="declined"),
    "a top-up failed": _told("topup_status", {"top_up": [{"reference": "U1001", "state": "failed"}]}, "failed"),
    "a top-up waits": _told("topup_status", {"top_up": [{"reference": "U1001", "state": "pending"}]}, "pending"),
    "a top-up waits too long": _told(
        "topup_status", {"top_up": [{"reference": "U1001", "state": "pending", "day": -5}]}, "late"
    ),
    "a top-up is there": _told("topup_status", {"top_up": [{"reference": "U1001"}]}, "booked"),
    "no top-up": _told("topup_status", {}, "no_top_up"),
    "an address is changed": (
        "change_address",
        {},
        {"address": (sealed("ADDRESS", "Elm Row 4, York YO1"),), "confirm": (YES,)},
        Walked(
            ("changed",),
            ("new_address", "sure"),
            "resolved",
            [changed("customer", None, address="Elm Row 4, York YO1")],
        ),
    ),
    "a telephone number is changed": (
        "change_phone",
        {},
        {"phone": (sealed("PHONE", "+44 7700 900456"),), "confirm": (YES,)},
        Walked(("changed",), ("new_phone", "sure"), "resolved", [changed("customer", None, phone="+44 7700 900456")]),
    ),
    "an address of mail is changed at the second try": (
        "change_email",
        {},
        {"email": (sealed("EMAIL", "robin@nowhere"), sealed("EMAIL", "robin@example.org")), "confirm": (YES, YES)},
        Walked(
            ("not_valid", "changed"),
            ("new_email", "sure", "new_email", "sure"),
            "resolved",
            [changed("customer", None, email="robin@example.org")],
        ),
    ),
    "an access is unlocked": (
        "unlock_access",
        {"access": {"state": "locked"}},
        {"confirm": (YES,)},
        Walked(("unlocked",), ("sure",), "resolved", [changed("access", None, state="open")]),
    ),
    "an access was never locked": _told("unlock_access", {}, "open_before"),
    "an account is closed with a person": (
        "close_account",
        {"account": [{"last4": "0815"}]},
        {"confirm": (YES,)},
        Walked(("waiting",), ("sure",), "account_closing", []),
    ),
    "an account stays": (
        "close_account",
        {"account": [{"last4": "0815"}, {"last4": "4711", "kind": "savings"}]},
        {"account": (Chose(key="4711"),), "confirm": (NO,)},
        Walked(("kept",), ("which_account", "sure"), "declined", []),
    ),
    "an account is overdrawn": _told(
        "close_account", {"account": [{"last4": "0815", "balance_cents": -1}]}, "negative", end="declined"
    ),
    "an account with an open bill": _told("close_account", {"bill": [BILL]}, "unpaid_bill", end="declined"),
    "one of two open bills first": (
        "close_account",
        {"bill": [BILL, SMALL]},
        {"open_bill": (Chose(key="B300002"),)},
        Walked(("unpaid_bill",), ("which_bill",), "declined", []),
    ),
    "no account to close": _told("close_account", {"account": [{"last4": "0815", "state": "closing"}]}, "none_open"),
    "a copy is asked for": (
        "copy_of_data",
        {},
        {"confirm": (YES,)},
        Walked(("requested",), ("sure",), "resolved", [Difference(thing="data_request", new={"kind": "copy"})]),
    ),
    "a copy was asked for": _told("copy_of_data", {"data_request": [{}]}, "requested_before"),
    "paper is ordered": (
        "order_paper",
        {"device": [TILL, SECOND]},
        {"device": (Chose(key="HT-4100-02"),), "confirm": (YES,)},
        Walked(("ordered",), ("which_device", "sure"), "resolved", [_paper("HT-4100-02")]),
    ),
    "paper is not ordered": (
        "order_paper",
        {"device": [TILL]},
        {"confirm": (NO,)},
        Walked(("kept",), ("sure",), "declined", []),
    ),
    "paper is on order already": (
        "order_paper",
        _under_way("sent", -3),
        {"more": (Chose(key="more"),), "confirm": (YES,)},
        Walked(("sent", "ordered"), ("more_or_wait", "sure_more"), "resolved", [_paper("HT-4100-01", "O500002")]),
    ),
    "what is on order is enough": (
        "order_paper",
        _under_way("placed", -1),
        {"more": (Chose(key="wait"),)},
        Walked(("placed", "kept_one"), ("more_or_wait",), "resolved", []),
    ),
    "what is on order should be there": (
        "order_paper",
        _under_way("sent", -9),
        {"more": (Chose(key="more"),), "confirm": (NO,)},
        Walked(("late", "kept_one"), ("more_or_wait", "sure_more"), "resolved", []),
    ),
    "no terminal": _told("order_paper", {}, "no_device", end="declined"),
    "paper is packed": _told("order_status", _order("paper rolls", "placed", -1), "paper_placed"),
    "paper is on its way": _told("order_status", _order("paper rolls", "sent", -2), "paper_sent"),
    "paper should be there": _told("order_status", _order("paper rolls", "sent", -9), "paper_late"),
    "paper was delivered": _told("order_status", _order("paper rolls", "delivered", -9), "paper_delivered"),
    "a card is made": _told("order_status", _order("replacement card", "placed", -1), "card_placed"),
    "a card is in the post": _told("order_status", _order("replacement card", "sent", -5), "card_sent"),
    "a card should be there": _told("order_status", _order("replacement card", "sent", -20), "card_late"),
    "a card was delivered": _told("order_status", _order("replacement card", "delivered", -20), "card_delivered"),
    "no order": _told("order_status", {}, "no_order"),
    "a complaint is recorded": (
        "complaint",
        {},
        {"confirm": (YES,)},
        Walked(("heard",), ("sure",), "resolved", [case("complaint", "")]),
    ),
    "nothing is recorded": ("complaint", {}, {"confirm": (NO,)}, Walked(("kept",), ("sure",), "declined", [])),
    "a call is wanted": (
        "call_back",
        {},
        {"confirm": (YES,)},
        Walked(("noted",), ("sure",), "resolved", [Difference(thing="call_back", new={"state": "wanted"})]),
    ),
    "no call is wanted": ("call_back", {}, {"confirm": (NO,)}, Walked(("kept",), ("sure",), "declined", [])),
    "a call is waited for": (
        "call_back",
        {"call_back": [{}]},
        {"confirm": (YES,)},
        Walked(("wanted_before",), ("sure",), "resolved", []),
    ),
}


@pytest.mark.parametrize("name", WALKS)
def test_a_walk(name: str, tmp_path: Path) -> None:
    """What is asked, said and changed, and how it ends."""
    procedure, world, answers, expected = WALKS[name]
    assert Walk(tmp_path, procedure, world).take(answers) == expected


def test_what_a_member_of_staff_agreed_to_is_done(tmp_path: Path) -> None:
    """The account is closing, and the customer is told."""
    walked = Walk(tmp_path, "close_account", {"account": [{"last4": "0815"}]}).take({"confirm": (YES,)}, agreed=True)
    assert walked == Walked(("closed",), ("sure",), "resolved", [changed("account", "0815", state="closing")])


EVERYTHING: dict[str, Any] = {
    "access": {"state": "locked"},
    "account": [{"last4": "0815"}],
    "bill": [PAID],
    "device": [TILL],
    "transfer": [{"reference": "T1001"}],
}


@pytest.mark.parametrize(
    "procedure",
    [
        "call_back",
        "cancel_transfer",
        "change_address",
        "change_email",
        "change_phone",
        "close_account",
        "copy_of_data",
        "explain_bill",
        "order_paper",
        "order_status",
        "payment_plan",
        "topup_status",
        "transfer_status",
        "unlock_access",
    ],
)
def test_who_cannot_be_known_is_told_what_to_do_instead(procedure: str, tmp_path: Path) -> None:
    """It ends without a change, and without a person."""
    walked = Walk(tmp_path, procedure, EVERYTHING).take({}, level=0, reached=0)
    assert walked == Walked(("not_known",), (), "declined", [])


def test_whoever_complains_need_not_be_known(tmp_path: Path) -> None:
    """It is heard before anybody is asked who they are."""
    walked = Walk(tmp_path, "complaint", {}).take({"confirm": (YES,)}, level=0, reached=0)
    assert (walked.said, walked.end) == (("heard",), "resolved")


@pytest.mark.parametrize(
    ("procedure", "answers", "asked"),
    [
        ("cancel_transfer", {"confirm": (YES,)}, ("sure",)),
        (
            "change_address",
            {"address": (sealed("ADDRESS", "Elm Row 4, York YO1"),), "confirm": (YES,)},
            ("new_address", "sure"),
        ),
        ("change_email", {"email": (sealed("EMAIL", "robin@example.org"),), "confirm": (YES,)}, ("new_email", "sure")),
        ("change_phone", {"phone": (sealed("PHONE", "+44 7700 900456"),), "confirm": (YES,)}, ("new_phone", "sure")),
        ("close_account", {"confirm": (YES,)}, ("sure",)),
        ("copy_of_data", {"confirm": (YES,)}, ("sure",)),
        ("unlock_access", {"confirm": (YES,)}, ("sure",)),
    ],
)
def test_without_the_code_nothing_is_done(
    procedure: str, answers: Answers, asked: tuple[str, ...], tmp_path: Path
) -> None:
    """Who is known, but cannot confirm just now, keeps everything as it is."""
    walked = Walk(tmp_path, procedure, EVERYTHING).take(answers, reached=1)
    assert walked == Walked(("not_certain",), asked, "declined", [])


@pytest.mark.parametrize(
    ("procedure", "first", "said", "end"),
    [
        ("payment_plan", "split B300002 into parts", "too_small", "declined"),
        ("payment_plan", "pay bill B300003 later", "paid", "resolved"),
        ("cancel_transfer", "cancel T1002", "sent", "declined"),
        ("cancel_transfer", "cancel transfer T1003 please", "cancelled_before", "resolved"),
        ("close_account", "close the account ending in 4711", "closing_before", "resolved"),
        ("topup_status", "where is U1002", "booked", "resolved"),
    ],
)
def test_what_is_named_in_the_wrong_state_is_not_hidden(
    procedure: str, first: str, said: str, end: str, tmp_path: Path
) -> None:
    """Whoever names one that cannot be meant is told what it is with that one."""
    world = {
        "account": [{"last4": "0815"}, {"last4": "4711", "state": "closing"}],
        "bill": [BILL, SMALL, PAID],
        "top_up": [{"reference": "U1001", "state": "failed"}, {"reference": "U1002"}],
        "transfer": [
            {"reference": "T1001"},
            {"reference": "T1002", "state": "sent"},
            {"reference": "T1003", "state": "cancelled"},
        ],
    }
    assert Walk(tmp_path, procedure, world).take({}, first=first) == Walked((said,), (), end, [])


@pytest.mark.parametrize("first", ["paper for HT-4100-02 please", "Rollen für Terminal ht-4100-02"])
def test_a_terminal_is_named_by_its_number(first: str, tmp_path: Path) -> None:
    """It is not asked for again."""
    walked = Walk(tmp_path, "order_paper", {"device": [TILL, SECOND]}).take({"confirm": (YES,)}, first=first)
    assert walked == Walked(("ordered",), ("sure",), "resolved", [_paper("HT-4100-02")])
