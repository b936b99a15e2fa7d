"""The verbs that change something for one customer, each within the caller's transaction.

A verb looks at everything before it touches anything: what is refused has changed nothing. A thing that is not the
customer's does not exist for it, and every statement that changes something names the customer too.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from doorward.plugins.companies.halden.holdings import PAPER, REPLACEMENT
from doorward.plugins.companies.halden.owned import KINDS, things
from doorward.vocabulary.operations import Done, Scalar, Thing

ROLLS: Final = 10
SMALLEST_PLAN: Final = 3_000
"""Cents of a bill below which there is no payment in instalments."""
_ON_ITS_WAY: Final = timedelta(days=10)
"""For so long a card that was sent is taken to be on its way; after that another one may follow."""
_COPY_TAKES: Final = timedelta(days=30)
"""Within a month the copy comes (GDPR, article 12.3); until then one asked for is enough."""


class Refused(Exception):
    """What was asked for is not done; `done` says how it ends instead."""

    def __init__(self, why: str) -> None:
        """Tell why, as a stable word; "" means that there is no such thing."""
        super().__init__(why)
        self.done = Done(outcome="not_possible", facts={"why": why}) if why else Done(outcome="not_found")


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One operation for one customer, in one transaction, with arguments of the declared kinds."""

    connection: sqlite3.Connection
    reference: str
    arguments: Mapping[str, Scalar]
    today: date

    def text(self, name: str) -> str:
        """Return an argument that is a text, without blanks around and within; "" if it was left out."""
        return " ".join(str(self.arguments.get(name) or "").split())

    def number(self, name: str) -> int:
        """Return an argument that is a number."""
        value = self.arguments[name]
        if not isinstance(value, int):
            raise TypeError(f"{name} is declared to be a number")
        return value

    def thing(self, of: str) -> Thing:
        """Return the customer's thing that the argument named like its kind means. Raises `Refused` without it."""
        key = self.arguments[of]
        found = [thing for thing in things(self.connection, self.reference, of) if thing.key == key]
        if len(found) != 1:
            raise Refused("")  # of two that end alike nobody can say which one is meant
        return found[0]

    def run(self, statement: str, *values: object) -> int:
        """Run a statement that changes something; return the number of the row that it made."""
        return self.connection.execute(statement, values).lastrowid or 0


def change(operation: str, call: Call) -> Done:
    """Carry the operation out. Refusals are outcomes."""
    try:
        return Done(facts=_VERBS[operation](call))
    except Refused as refused:
        return refused.done


def _wants(state: Scalar, *allowed: str, why: Mapping[str, str]) -> None:
    if state not in allowed:
        raise Refused(why.get(str(state), "wrong_state"))


_CARD_WHY: Final = {"active": "already_active", "frozen": "already_frozen", "blocked": "already_blocked"}


def _set_status(call: Call, *allowed: str, to: str) -> dict[str, Scalar]:
    card = call.thing("card")
    _wants(card.fields["status"], *allowed, why=_CARD_WHY)
    _write_status(call, card.key, to)
    return {"card": card.key, "status": to}


def _write_status(call: Call, key: str, status: str) -> None:
    call.run("UPDATE card SET status = ? WHERE customer = ? AND substr(number, -4) = ?", status, call.reference, key)


def _freeze_card(call: Call) -> dict[str, Scalar]:
    return _set_status(call, "active", to="frozen")


def _unfreeze_card(call: Call) -> dict[str, Scalar]:
    return _set_status(call, "frozen", to="active")


def _block_card(call: Call) -> dict[str, Scalar]:
    # One that is still in the post can be stolen there.
    return _set_status(call, "active", "frozen", "ordered", to="blocked")


def _activate_card(call: Call) -> dict[str, Scalar]:
    return _set_status(call, "ordered", to="active")


def _replace_card(call: Call) -> dict[str, Scalar]:
    card = call.thing("card")
    detail = f"card ending in {card.key}"
    for order in things(call.connection, call.reference, "order"):
        placed = date.fromisoformat(str(order.fields["placed"]))
        under_way = order.fields["state"] in ("placed", "sent") and call.today - placed < _ON_ITS_WAY
        if under_way and order.fields["item"] == REPLACEMENT and order.fields["detail"] == detail:
            raise Refused("already_ordered")
    _write_status(call, card.key, "blocked")
    return {"card": card.key, "status": "blocked", "order": _place(call, REPLACEMENT, detail)}


def _place(call: Call, item: str, detail: str, *, device: str | None = None) -> str:
    number = call.run(
        "INSERT INTO placed_order (customer, item, state, placed, detail, device) VALUES (?, ?, 'placed', ?, ?, ?)",
        call.reference,
        item,
        call.today.isoformat(),
        detail,
        device,
    )
    return f"O{number}"


def _set_card_limit(call: Call) -> dict[str, Scalar]:
    card, limit = call.thing("card"), call.number("limit")
    _wants(card.fields["status"], "active", "frozen", "ordered", why=_CARD_WHY)
    call.run(
        "UPDATE card SET daily_limit_cents = ? WHERE customer = ? AND substr(number, -4) = ?",
        limit,
        call.reference,
        card.key,
    )
    return {"card": card.key, "daily_limit_cents": limit, "previous_cents": card.fields["daily_limit_cents"]}


def _open_case(call: Call, kind: str, *, about: str) -> str:
    number = call.run(
        "INSERT INTO support_case (customer, kind, about, state) VALUES (?, ?, ?, 'open')",
        call.reference or None,
        kind,
        about,
    )
    return f"C{number}"


def _dispute_payment(call: Call) -> dict[str, Scalar]:
    payment = call.thing("payment")
    _wants(payment.fields["state"], "booked", "pending", why={"disputed": "already_disputed"})
    call.run("UPDATE payment SET state = 'disputed' WHERE customer = ? AND reference = ?", call.reference, payment.key)
    return {"payment": payment.key, "case": _open_case(call, "dispute", about=payment.key)}


def _report_fraud(call: Call) -> dict[str, Scalar]:
    if not call.arguments.get("card"):
        return {"card": None, "status": None, "case": _open_case(call, "fraud", about="")}
    card = call.thing("card")
    status = card.fields["status"]
    if status == "active":
        status = "frozen"
        _write_status(call, card.key, status)
    return {"card": card.key, "status": status, "case": _open_case(call, "fraud", about=card.key)}


def _make_plan(call: Call) -> dict[str, Scalar]:
    bill, instalments = call.thing("bill"), call.number("instalments")
    amount = bill.fields["amount_cents"]
    _wants(bill.fields["state"], "open", why={"paid": "already_paid"})
    if not isinstance(amount, int) or amount < SMALLEST_PLAN:
        raise Refused("too_small")
    if any(plan.key == bill.key for plan in things(call.connection, call.reference, "plan")):
        raise Refused("running_plan")
    call.run(
        "INSERT INTO plan (bill, customer, instalments, state) VALUES (?, ?, ?, 'active')",
        bill.key,
        call.reference,
        instalments,
    )
    monthly = -(-amount // instalments)  # rounded up: the last one is what is left
    return {"bill": bill.key, "instalments": instalments, "amount_cents": amount, "monthly_cents": monthly}


def _cancel_transfer(call: Call) -> dict[str, Scalar]:
    transfer = call.thing("transfer")
    why = {"sent": "already_sent", "cancelled": "already_cancelled"}
    _wants(transfer.fields["state"], "pending", why=why)
    call.run(
        "UPDATE transfer SET state = 'cancelled' WHERE customer = ? AND reference = ?", call.reference, transfer.key
    )
    return {"transfer": transfer.key}


def _change_address(call: Call) -> dict[str, Scalar]:
    call.run("UPDATE customer SET address = ? WHERE reference = ?", call.text("address"), call.reference)
    return {}


def _change_phone(call: Call) -> dict[str, Scalar]:
    call.run("UPDATE customer SET phone = ? WHERE reference = ?", call.text("phone"), call.reference)
    return {}


def _change_email(call: Call) -> dict[str, Scalar]:
    email = call.text("email")
    taken = call.connection.execute(
        "SELECT 1 FROM customer WHERE lower(email) = lower(?) AND reference <> ?", (email, call.reference)
    ).fetchone()
    if taken:
        raise Refused("not_valid")  # the same word as for a slip: nobody learns who else is a customer
    call.run("UPDATE customer SET email = ? WHERE reference = ?", email, call.reference)
    return {}


def _unlock_access(call: Call) -> dict[str, Scalar]:
    (access,) = things(call.connection, call.reference, "access")
    _wants(access.fields["state"], "locked", why={"open": "already_open"})
    call.run("UPDATE customer SET access = 'open' WHERE reference = ?", call.reference)
    return {"state": "open"}


def _order_paper(call: Call) -> dict[str, Scalar]:
    device = call.thing("device").key
    detail = f"{device}, {ROLLS} rolls"
    return {"order": _place(call, PAPER, detail, device=device), "detail": detail}


def _close_account(call: Call) -> dict[str, Scalar]:
    account = call.thing("account")
    _wants(account.fields["state"], "open", why={"closing": "already_closing"})
    balance = account.fields["balance_cents"]
    if not isinstance(balance, int) or balance < 0:
        raise Refused("negative_balance")
    if any(bill.fields["state"] == "open" for bill in things(call.connection, call.reference, "bill")):
        raise Refused("open_bill")
    call.run(
        "UPDATE account SET state = 'closing' WHERE customer = ? AND substr(iban, -4) = ?", call.reference, account.key
    )
    return {"account": account.key, "state": "closing"}


def _request_data(call: Call) -> dict[str, Scalar]:
    since = (call.today - _COPY_TAKES).isoformat()
    if any(str(one.fields["day"]) > since for one in things(call.connection, call.reference, "data_request")):
        raise Refused("already_requested")
    day = call.today.isoformat()
    number = call.run("INSERT INTO data_request (customer, kind, day) VALUES (?, 'copy', ?)", call.reference, day)
    return {"request": f"D{number}"}


def _complain(call: Call) -> dict[str, Scalar]:
    about = call.text("about")
    kinds = KINDS if about else ()
    if about and all(one.key != about for of in kinds for one in things(call.connection, call.reference, of)):
        raise Refused("")
    return {"case": _open_case(call, "complaint", about=about)}


def _call_me(call: Call) -> dict[str, Scalar]:
    if any(one.fields["state"] == "wanted" for one in things(call.connection, call.reference, "call_back")):
        raise Refused("already_wanted")
    number = call.run("INSERT INTO call_back (customer, state) VALUES (?, 'wanted')", call.reference)
    return {"call_back": f"W{number}"}


_VERBS: Final[Mapping[str, Callable[[Call], dict[str, Scalar]]]] = {
    "freeze_card": _freeze_card,
    "unfreeze_card": _unfreeze_card,
    "block_card": _block_card,
    "replace_card": _replace_card,
    "activate_card": _activate_card,
    "set_card_limit": _set_card_limit,
    "dispute_payment": _dispute_payment,
    "report_fraud": _report_fraud,
    "make_plan": _make_plan,
    "cancel_transfer": _cancel_transfer,
    "change_address": _change_address,
    "change_phone": _change_phone,
    "change_email": _change_email,
    "unlock_access": _unlock_access,
    "order_paper": _order_paper,
    "close_account": _close_account,
    "request_data": _request_data,
    "complain": _complain,
    "call_me": _call_me,
}
