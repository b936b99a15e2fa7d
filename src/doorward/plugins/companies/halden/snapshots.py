"""The core system told as worlds (`world_format`), for those who compare before and after."""

import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import msgspec

from doorward.plugins.companies.halden.owned import KINDS, things
from doorward.plugins.companies.halden.world_format import KEYS

_DAYS: Final = ("day", "due", "placed")


def snapshot_of(connection: sqlite3.Connection, reference: str | None, *, today: date) -> dict[str, Any]:
    """Return the world of one customer, or the worlds of all by reference; complaints of nobody known are under ""."""
    if reference is not None:
        return _told(connection, reference, today=today)
    everybody = connection.execute("SELECT reference FROM customer ORDER BY reference").fetchall()
    worlds: dict[str, Any] = {one: _told(connection, one, today=today) for (one,) in everybody}
    nobody = connection.execute(
        "SELECT kind, about, state FROM support_case WHERE customer IS NULL ORDER BY number"
    ).fetchall()
    worlds[""] = {"case": [dict(row) for row in nobody]}
    return worlds


def _told(connection: sqlite3.Connection, reference: str, *, today: date) -> dict[str, Any]:
    person = connection.execute(
        "SELECT name, email, phone, address, born, language FROM customer WHERE reference = ?", (reference,)
    ).fetchone()
    if person is None:
        return {}
    world: dict[str, Any] = {"customer": dict(person)}
    for of in KINDS:
        if of == "access":
            (access,) = things(connection, reference, of)
            world[of] = dict(access.fields)
        elif of != "customer":
            rows = [_row(thing.key, thing.fields, of=of, today=today) for thing in things(connection, reference, of)]
            # An order of its own: what a verb did must not look like a change of something else.
            world[of] = sorted(rows, key=msgspec.json.encode)
    lines: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(
        "SELECT bill, text, cents FROM bill_line JOIN bill ON bill.reference = bill_line.bill"
        " WHERE bill.customer = ? ORDER BY bill, place",
        (reference,),
    ):
        lines.setdefault(row["bill"], []).append({"text": row["text"], "cents": row["cents"]})
    for bill in world["bill"]:
        bill["lines"] = lines.get(bill["reference"], [])
    return world


def _row(key: str, fields: Mapping[str, Any], *, of: str, today: date) -> dict[str, Any]:
    row: dict[str, Any] = {KEYS[of]: key} if of in KEYS else {}
    for name, value in fields.items():
        if name in _DAYS and of == "data_request":
            continue  # a world does not say when
        if value is not None:
            row[name] = (date.fromisoformat(value) - today).days if name in _DAYS else value
    return row
