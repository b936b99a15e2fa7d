"""The core system told as worlds (`world_format`), for those who compare before and after."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
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


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not as it was: `set` says which fields have which new values, `new` and `gone` the whole thing.

    `key` is the thing's, None for the customer, the access and kinds without keys.
    """

    thing: str
    key: str | None = None
    set: Mapping[str, Any] | None = None
    new: Mapping[str, Any] | None = None
    gone: Mapping[str, Any] | None = None


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return how two snapshots of one customer differ, kind by kind; nothing for equal ones."""
    found: list[Difference] = []
    for of in dict.fromkeys((*before, *after)):
        was, now = before.get(of, []), after.get(of, [])
        if isinstance(was, dict) or isinstance(now, dict):
            changed = _changed(dict(was), dict(now))
            found += [Difference(thing=of, set=changed)] if changed else []
        elif of in KEYS:
            found += _by_key(of, was, now)
        else:
            rest = list(was)
            for row in now:
                if row in rest:
                    rest.remove(row)
                else:
                    found.append(Difference(thing=of, new=row))
            found += [Difference(thing=of, gone=row) for row in rest]
    return found


def _by_key(of: str, was: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> Iterator[Difference]:
    old, young = ({row[KEYS[of]]: row for row in rows} for rows in (was, now))
    for key in dict.fromkeys((*old, *young)):
        if key not in young:
            yield Difference(thing=of, key=key, gone=old[key])
        elif key not in old:
            yield Difference(thing=of, key=key, new=young[key])
        elif changed := _changed(old[key], young[key]):
            yield Difference(thing=of, key=key, set=changed)


def _changed(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that are different, with None for one that is gone."""
    return {name: now.get(name) for name in dict.fromkeys((*was, *now)) if was.get(name) != now.get(name)}
