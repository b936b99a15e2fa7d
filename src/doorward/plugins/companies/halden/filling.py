"""Puts a seed into the core system's file: all of it into an empty one, what is new into one of the first version."""

import sqlite3
from collections.abc import Iterable
from datetime import date, timedelta

from doorward.plugins.companies.halden.holdings import Seed


def fill(connection: sqlite3.Connection, seed: Seed, *, today: date) -> None:
    """Fill what the first version had: people, accounts, cards, bills, devices and orders."""
    connection.executemany(
        "INSERT INTO customer (reference, name, email, phone, language, address, born) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (one.reference, one.name, one.email, one.phone, one.language, person.address, person.born)
            for person in seed.people
            for one in (person.customer,)
        ],
    )
    connection.executemany(
        "INSERT INTO account (iban, customer, kind, balance_cents, state) VALUES (?, ?, ?, ?, ?)",
        [(one.iban, one.customer, one.kind, one.balance_cents, one.state) for one in seed.accounts],
    )
    connection.executemany(
        "INSERT INTO bill (reference, customer, issuer, amount_cents, due, state) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (one.reference, one.customer, one.issuer, one.amount_cents, _day(today, one.due), one.state)
            for one in seed.bills
        ],
    )
    connection.executemany(
        "INSERT INTO device (serial, customer, merchant, model, paper) VALUES (?, ?, ?, ?, ?)",
        [(one.serial, one.customer, one.merchant, one.model, one.paper) for one in seed.devices],
    )
    connection.executemany(
        "INSERT INTO placed_order (number, customer, item, state, placed, detail) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                int(one.reference.removeprefix("O")),
                one.customer,
                one.item,
                one.state,
                _day(today, -one.placed),
                one.detail,
            )
            for one in seed.orders
        ],
    )


def bring_life(connection: sqlite3.Connection, seed: Seed, *, today: date) -> None:
    """Bring what the second version knows besides, for the customers who are there; what is there stays as it is."""
    here = {reference for (reference,) in connection.execute("SELECT reference FROM customer")}
    connection.executemany(
        "UPDATE customer SET access = ? WHERE reference = ?",
        [(one.access, one.customer.reference) for one in seed.people if one.access != "open"],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO card (number, customer, iban, expires, status, kind, daily_limit_cents)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (one.number, one.customer, one.iban, one.expires, one.status, one.kind, one.daily_limit_cents)
            for one in seed.cards
            if one.customer in here
        ],
    )
    _bring_bills(connection, seed)
    _bring_money(connection, seed, here=here, today=today)
    _bring_cases(connection, seed, here=here, today=today)


def _bring_bills(connection: sqlite3.Connection, seed: Seed) -> None:
    for bill in seed.bills:
        found = connection.execute(
            "UPDATE bill SET previous_cents = ? WHERE reference = ? AND customer = ? AND amount_cents = ?",
            (bill.previous_cents, bill.reference, bill.customer, bill.amount_cents),
        )
        if found.rowcount:
            connection.executemany(
                "INSERT INTO bill_line (bill, place, text, cents) VALUES (?, ?, ?, ?)",
                [(bill.reference, place, line.text, line.cents) for place, line in enumerate(bill.lines)],
            )


def _bring_money(connection: sqlite3.Connection, seed: Seed, *, here: Iterable[str], today: date) -> None:
    connection.executemany(
        "INSERT INTO payment (reference, customer, card, merchant, amount_cents, day, state, decline_reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                one.reference,
                one.customer,
                one.card,
                one.merchant,
                one.amount_cents,
                _day(today, one.day),
                one.state,
                one.decline_reason,
            )
            for one in seed.payments
            if one.customer in here
        ],
    )
    connection.executemany(
        "INSERT INTO transfer (reference, customer, payee, amount_cents, day, state) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (one.reference, one.customer, one.payee, one.amount_cents, _day(today, one.day), one.state)
            for one in seed.transfers
            if one.customer in here
        ],
    )
    connection.executemany(
        "INSERT INTO top_up (reference, customer, amount_cents, day, state) VALUES (?, ?, ?, ?, ?)",
        [
            (one.reference, one.customer, one.amount_cents, _day(today, one.day), one.state)
            for one in seed.top_ups
            if one.customer in here
        ],
    )
    connection.executemany(
        "INSERT INTO refund (reference, customer, merchant, amount_cents, day, state) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (one.reference, one.customer, one.merchant, one.amount_cents, _day(today, one.day), one.state)
            for one in seed.refunds
            if one.customer in here
        ],
    )


def _bring_cases(connection: sqlite3.Connection, seed: Seed, *, here: Iterable[str], today: date) -> None:
    connection.executemany(
        "INSERT INTO plan (bill, customer, instalments, state) VALUES (?, ?, ?, ?)",
        [(one.bill, one.customer, one.instalments, one.state) for one in seed.plans if one.customer in here],
    )
    connection.executemany(
        "INSERT INTO support_case (customer, kind, about, state) VALUES (?, ?, ?, ?)",
        [
            (one.customer or None, one.kind, one.about, one.state)
            for one in seed.cases
            if one.customer in here or not one.customer
        ],
    )
    wishes = [one for one in seed.wishes if one.customer in here]
    connection.executemany(
        "INSERT INTO data_request (customer, kind, day) VALUES (?, 'copy', ?)",
        [(one.customer, today.isoformat()) for one in wishes if one.kind == "copy"],
    )
    connection.executemany(
        "INSERT INTO call_back (customer, state) VALUES (?, 'wanted')",
        [(one.customer,) for one in wishes if one.kind == "call_back"],
    )


def _day(today: date, days: int) -> str:
    return (today + timedelta(days=days)).isoformat()
