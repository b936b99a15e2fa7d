"""The verbs that look something up: how it stands, and why. They change nothing."""

import sqlite3
from collections.abc import Callable, Mapping
from typing import Final

from doorward.plugins.companies.halden.holdings import PAPER, REPLACEMENT
from doorward.plugins.companies.halden.owned import things
from doorward.vocabulary.operations import Done, Scalar, Thing

HIGHER: Final = 1.2
"""A bill of more than this many times the one before is higher than usual."""
LITTLE: Final = 300
"""A difference in cents that nobody asks about."""


def look_up(connection: sqlite3.Connection, reference: str, operation: str, arguments: Mapping[str, Scalar]) -> Done:
    """Return what the operation finds of the thing that its one argument names, of this customer."""
    ((of, key),) = arguments.items()
    found = [thing for thing in things(connection, reference, of) if thing.key == key]
    if len(found) != 1:
        return Done(outcome="not_found")
    more = _MORE.get(operation)
    told = more(connection, reference, found[0]) if more else {}
    return Done(facts={of: found[0].key, **found[0].fields, **told})


def is_higher(bill: Thing) -> bool:
    """Tell whether a bill is clearly higher than the one before."""
    amount, before = bill.fields["amount_cents"], bill.fields["previous_cents"]
    if not isinstance(amount, int) or not isinstance(before, int):
        return False
    return amount > before * HIGHER and amount - before > LITTLE


def _card(connection: sqlite3.Connection, reference: str, card: Thing) -> dict[str, Scalar]:
    """Tell the newest delivery for the card.

    An order of a replacement names the card that is replaced; one that was only ordered comes with the newest of them.
    """
    orders = [one for one in things(connection, reference, "order") if one.fields["item"] == REPLACEMENT]
    own = [one for one in orders if one.fields["detail"] == f"card ending in {card.key}"]
    if not own and card.fields["status"] == "ordered":
        own = [one for one in orders if one.fields["state"] != "delivered"]
    return _delivery(own[0] if own else None)


def _paper(connection: sqlite3.Connection, reference: str, device: Thing) -> dict[str, Scalar]:
    """Tell the newest order of paper for the terminal that has not come yet."""
    orders = [one for one in things(connection, reference, "order") if one.fields["item"] == PAPER]
    own = [one for one in orders if str(one.fields["detail"]).partition(",")[0] == device.key]
    return _delivery(next((one for one in own if one.fields["state"] != "delivered"), None))


def _delivery(order: Thing | None) -> dict[str, Scalar]:
    return {
        "order": order.key if order else None,
        "order_state": order.fields["state"] if order else None,
        "placed": order.fields["placed"] if order else None,
    }


def _payment(connection: sqlite3.Connection, reference: str, payment: Thing) -> dict[str, Scalar]:
    cards = [card for card in things(connection, reference, "card") if card.key == payment.fields["card"]]
    return {"card_status": cards[0].fields["status"] if cards else None}


def _bill(connection: sqlite3.Connection, reference: str, bill: Thing) -> dict[str, Scalar]:
    rows = connection.execute(
        "SELECT text, cents FROM bill_line JOIN bill ON bill.reference = bill_line.bill"
        " WHERE bill_line.bill = ? AND bill.customer = ? ORDER BY place",
        (bill.key, reference),
    ).fetchall()
    amount, before = bill.fields["amount_cents"], bill.fields["previous_cents"]
    largest = max(rows, key=lambda row: int(row["cents"]), default=None)
    return {
        "difference_cents": amount - before if isinstance(amount, int) and isinstance(before, int) else None,
        "higher": is_higher(bill),
        "lines": "; ".join(f"{row['text']} {row['cents'] / 100:.2f}" for row in rows) or None,
        "largest": largest["text"] if largest else None,
        "largest_cents": largest["cents"] if largest else None,
    }


_MORE: Final[Mapping[str, Callable[[sqlite3.Connection, str, Thing], dict[str, Scalar]]]] = {
    "track_card": _card,
    "track_paper": _paper,
    "explain_payment": _payment,
    "explain_bill": _bill,
}
