"""What a customer owns, as the outside may see it: each thing with a key, never a whole number of a card or account."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from doorward.vocabulary.operations import FactKind, Thing

KINDS: Final[Mapping[str, Mapping[str, FactKind]]] = {
    "customer": {"name": "name", "language": "code"},
    "access": {"state": "code"},
    "account": {"kind": "code", "balance_cents": "amount", "state": "code"},
    "card": {
        "status": "code",
        "kind": "code",
        "account": "text",
        "expires": "text",
        "daily_limit_cents": "amount",
    },
    "payment": {
        "card": "text",
        "merchant": "text",
        "amount_cents": "amount",
        "day": "date",
        "state": "code",
        "decline_reason": "code",
    },
    "transfer": {"to": "name", "amount_cents": "amount", "day": "date", "state": "code"},
    "top_up": {"amount_cents": "amount", "day": "date", "state": "code"},
    "refund": {"merchant": "text", "amount_cents": "amount", "day": "date", "state": "code"},
    "bill": {
        "issuer": "text",
        "amount_cents": "amount",
        "due": "date",
        "state": "code",
        "previous_cents": "amount",
    },
    "plan": {"instalments": "number", "state": "code"},
    "order": {"item": "text", "state": "code", "placed": "date", "detail": "text"},
    "device": {"merchant": "text", "model": "text", "paper": "number"},
    "case": {"kind": "code", "about": "text", "state": "code"},
    "data_request": {"kind": "code", "day": "date"},
    "call_back": {"state": "code"},
}

_OWNED: Final[Mapping[str, str]] = {
    "customer": "SELECT reference AS key, name, language FROM customer WHERE reference = ?",
    "access": "SELECT 'access' AS key, access AS state FROM customer WHERE reference = ?",
    "account": "SELECT substr(iban, -4) AS key, kind, balance_cents, state FROM account WHERE customer = ?"
    " ORDER BY kind, iban",
    "card": "SELECT substr(number, -4) AS key, status, kind, substr(iban, -4) AS account, expires, daily_limit_cents"
    " FROM card WHERE customer = ? ORDER BY number",
    "payment": "SELECT reference AS key, substr(card, -4) AS card, merchant, amount_cents, day, state,"
    " nullif(decline_reason, '') AS decline_reason FROM payment WHERE customer = ? ORDER BY day DESC, reference DESC",
    "transfer": 'SELECT reference AS key, payee AS "to", amount_cents, day, state FROM transfer WHERE customer = ?'
    " ORDER BY day DESC, reference DESC",
    "top_up": "SELECT reference AS key, amount_cents, day, state FROM top_up WHERE customer = ?"
    " ORDER BY day DESC, reference DESC",
    "refund": "SELECT reference AS key, merchant, amount_cents, day, state FROM refund WHERE customer = ?"
    " ORDER BY day DESC, reference DESC",
    "bill": "SELECT reference AS key, issuer, amount_cents, due, state, previous_cents FROM bill WHERE customer = ?"
    " ORDER BY due DESC, reference DESC",
    "plan": "SELECT bill AS key, instalments, state FROM plan WHERE customer = ? ORDER BY bill",
    "order": "SELECT 'O' || number AS key, item, state, placed, detail FROM placed_order WHERE customer = ?"
    " ORDER BY placed DESC, number DESC",
    "device": "SELECT serial AS key, merchant, model, paper FROM device WHERE customer = ? ORDER BY serial",
    "case": "SELECT 'C' || number AS key, kind, about, state FROM support_case WHERE customer = ? ORDER BY number DESC",
    "data_request": "SELECT 'D' || number AS key, kind, day FROM data_request WHERE customer = ? ORDER BY number DESC",
    "call_back": "SELECT 'W' || number AS key, state FROM call_back WHERE customer = ? ORDER BY number DESC",
}


def things(connection: sqlite3.Connection, reference: str, of: str) -> Sequence[Thing]:
    """Return the customer's things of a kind, the newest first where they have a day; none of an unknown kind."""
    statement = _OWNED.get(of)
    if statement is None:
        return []
    found: list[Thing] = []
    for row in connection.execute(statement, (reference,)):
        fields = dict(row)
        found.append(Thing(kind=of, key=fields.pop("key"), fields=fields))
    return found
