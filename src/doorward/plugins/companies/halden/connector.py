"""Halden's core system: everything of its customers in a database of its own, and what the bank can do for them.

Every call opens its own connection, so any thread may call, and is scoped to one customer reference. Numbers of cards
and accounts stay inside: what leaves are the last four digits. What stands where: `owned` what customers have,
`operations` what can be done, `looking` and `changing` the verbs, `standing_out` what is worth a word.
"""

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from doorward.kit.clock import Clock
from doorward.plugins.companies.halden import changing, looking, owned, standing_out
from doorward.plugins.companies.halden.changing import ROLLS, Call
from doorward.plugins.companies.halden.database import Database
from doorward.plugins.companies.halden.holdings import PAPER, Account, Device, Seed
from doorward.plugins.companies.halden.operations import OPERATIONS, accept, is_written
from doorward.plugins.companies.halden.snapshots import snapshot_of
from doorward.vocabulary.company import CoreFact, CoreOrder, CustomerSeed, Signal
from doorward.vocabulary.errors import KeyReused, Malformed, NotFound
from doorward.vocabulary.operations import Done, FactKind, Operation, Scalar, Thing

_LONGEST_KEY: Final = 200


class CardView(msgspec.Struct, frozen=True, kw_only=True):
    """A card as the outside may see it."""

    last4: str
    iban: str
    expires: str
    status: str


class DatedBill(msgspec.Struct, frozen=True, kw_only=True):
    """A bill with the day on which it is due (ISO date)."""

    reference: str
    issuer: str
    amount_cents: int
    due: str
    state: str


class HaldenCore:
    """The core system below one folder. Raises `Unavailable` from every call when its database cannot be reached."""

    currency = "EUR"

    def __init__(self, folder: Path, *, seed: Seed, clock: Clock) -> None:
        """Open `folder/halden.sqlite`; make it from `seed`, readable by its owner alone, if it is not there yet.

        One of an older version is carried over, and gets from `seed` what was not known then.
        """
        self._database = Database(folder / "halden.sqlite")
        self._clock = clock
        self._database.prepare(seed, today=self._today())

    def customer(self, reference: str) -> CustomerSeed | None:
        """Return the customer with this reference, or None."""
        rows = self._database.rows(
            "SELECT reference, name, email, phone, language FROM customer WHERE reference = ?", reference
        )
        return CustomerSeed(**rows[0]) if rows else None

    def orders(self, reference: str) -> Sequence[CoreOrder]:
        """Return the customer's orders, newest first."""
        rows = self._database.rows(
            "SELECT * FROM placed_order WHERE customer = ? ORDER BY placed DESC, number DESC", reference
        )
        return [_order(row) for row in rows]

    def order_paper(self, reference: str, *, device: str, idempotency_key: str) -> CoreOrder:
        """Order paper rolls for a payment terminal of this customer; the same key again returns the same order.

        Raises `NotFound` when the device is not this customer's, `KeyReused` when the key ordered for another device.
        """
        with self._database.writing() as connection:
            own = connection.execute(
                "SELECT 1 FROM device WHERE serial = ? AND customer = ?", (device, reference)
            ).fetchone()
            if own is None:
                raise NotFound("no such device of this customer")
            row = _by_key(connection, reference, idempotency_key)
            if row is None:
                connection.execute(
                    "INSERT INTO placed_order (customer, item, state, placed, detail, device, idempotency_key)"
                    " VALUES (?, ?, 'placed', ?, ?, ?, ?)",
                    (reference, PAPER, self._today().isoformat(), f"{device}, {ROLLS} rolls", device, idempotency_key),
                )
                row = _by_key(connection, reference, idempotency_key)
            if row is None or row["device"] != device:
                raise KeyReused("this key ordered paper for another device")
            return _order(row)

    def operations(self) -> Mapping[str, Operation]:
        """Return what can be done, by name; the same every time."""
        return OPERATIONS

    def kinds(self) -> Mapping[str, Mapping[str, FactKind]]:
        """Return the kinds of things there are and what is told of each; the same every time."""
        return owned.KINDS

    def things(self, reference: str, of: str) -> Sequence[Thing]:
        """Return the customer's things of a kind, the newest first; none for an unknown customer or kind."""
        if not is_written(reference):
            return []
        with self._database.reading() as connection:
            return owned.things(connection, reference, of)

    def look_up(self, reference: str, operation: str, arguments: Mapping[str, Scalar]) -> Done:
        """Return what an operation with the effect `look_up` finds; it changes nothing.

        Raises `Malformed` for an operation or argument that was not declared.
        """
        accept(operation, arguments, effect="look_up")
        if not is_written(reference):
            return Done(outcome="not_found")
        with self._database.reading() as connection:
            return looking.look_up(connection, reference, operation, arguments)

    def carry_out(
        self, reference: str, operation: str, arguments: Mapping[str, Scalar], *, idempotency_key: str
    ) -> Done:
        """Carry out an operation with the effect `change`, once: the same key again returns the same `Done`.

        What is refused is `not_possible` with `why`, a stable word. Raises `KeyReused` when the key came with something
        else or somebody else, and `Malformed` for an operation or argument that was not declared.
        """
        declared, why = accept(operation, arguments, effect="change")
        if not idempotency_key or len(idempotency_key) > _LONGEST_KEY or not is_written(idempotency_key):
            raise Malformed("the idempotency key is empty, too long or not written")
        digest = _digest(reference, operation, arguments)
        with self._database.writing() as connection:
            kept = connection.execute(
                "SELECT digest, done FROM carried_out WHERE idempotency_key = ?", (idempotency_key,)
            ).fetchone()
            if kept is not None:
                if kept["digest"] != digest:
                    raise KeyReused("this key came with something else")
                return msgspec.json.decode(kept["done"], type=Done)
            if not _may_ask(connection, reference, declared):
                done = Done(outcome="not_found")
            elif why:
                done = Done(outcome="not_possible", facts={"why": why})
            else:
                call = Call(connection=connection, reference=reference, arguments=arguments, today=self._today())
                done = changing.change(operation, call)
            connection.execute(
                "INSERT INTO carried_out (idempotency_key, digest, done) VALUES (?, ?, ?)",
                (idempotency_key, digest, msgspec.json.encode(done).decode()),
            )
            return done

    def signal_kinds(self) -> Mapping[str, Mapping[str, FactKind]]:
        """Return what can stand out for a customer, and how its figures are to be read."""
        return standing_out.KINDS

    def signals(self, reference: str) -> Sequence[Signal]:
        """Return what stands out for the customer, the most pressing first; nothing for an unknown one."""
        if not is_written(reference):
            return []
        with self._database.reading() as connection:
            return standing_out.signals(partial(owned.things, connection, reference), today=self._today())

    def circumstance_kinds(self) -> frozenset[str]:
        """Return what may hold for a customer that says what they want."""
        return standing_out.CIRCUMSTANCES

    def circumstances(self, reference: str) -> Sequence[str]:
        """Return what holds for the customer now: what stands out and what is under way; nothing for an unknown one."""
        if not is_written(reference):
            return []
        with self._database.reading() as connection:
            return standing_out.circumstances(partial(owned.things, connection, reference), today=self._today())

    def facts(self, reference: str) -> Sequence[CoreFact]:
        """Return what an agent should know first: what is wrong, cards by their state, what is due and short."""
        if self.customer(reference) is None:
            return []
        with self._database.reading() as connection:
            return standing_out.facts(partial(owned.things, connection, reference))

    def accounts(self, reference: str) -> Sequence[Account]:
        """Return the customer's accounts."""
        rows = self._database.rows("SELECT * FROM account WHERE customer = ? ORDER BY iban", reference)
        return [Account(**row) for row in rows]

    def cards(self, reference: str) -> Sequence[CardView]:
        """Return the customer's cards, each with the last four digits of its number."""
        rows = self._database.rows(
            "SELECT substr(number, -4) AS last4, iban, expires, status FROM card WHERE customer = ? ORDER BY number",
            reference,
        )
        return [CardView(**row) for row in rows]

    def bills(self, reference: str) -> Sequence[DatedBill]:
        """Return the customer's bills, the latest due first."""
        rows = self._database.rows(
            "SELECT reference, issuer, amount_cents, due, state FROM bill WHERE customer = ? ORDER BY due DESC",
            reference,
        )
        return [DatedBill(**row) for row in rows]

    def devices(self, reference: str) -> Sequence[Device]:
        """Return the customer's payment terminals."""
        rows = self._database.rows("SELECT * FROM device WHERE customer = ? ORDER BY serial", reference)
        return [Device(**row) for row in rows]

    def snapshot(self, reference: str | None = None) -> dict[str, Any]:
        """Return everything of everybody by reference, or of one customer, in the shape of a world (`world_format`).

        For those who compare before and after. It is taken in one moment: nothing half done is in it.
        """
        with self._database.reading() as connection:
            connection.execute("BEGIN")
            return snapshot_of(connection, reference, today=self._today())

    def ping(self) -> None:
        """Raise `Unavailable` if the database cannot be read."""
        self._database.rows("SELECT 1 AS alive FROM customer WHERE reference = ?", "")

    def _today(self) -> date:
        return self._clock.now().date()


def _may_ask(connection: sqlite3.Connection, reference: str, operation: Operation) -> bool:
    """Tell whether there is such a customer, or none is needed and none was named."""
    if not reference:
        return operation.level == 0
    if not is_written(reference):
        return False
    return connection.execute("SELECT 1 FROM customer WHERE reference = ?", (reference,)).fetchone() is not None


def _digest(reference: str, operation: str, arguments: Mapping[str, Scalar]) -> str:
    given = {name: value for name, value in arguments.items() if value not in (None, "")}
    asked = json.dumps([reference, operation, given], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()


def _by_key(connection: sqlite3.Connection, reference: str, key: str) -> sqlite3.Row | None:
    found: sqlite3.Row | None = connection.execute(
        "SELECT * FROM placed_order WHERE customer = ? AND idempotency_key = ?", (reference, key)
    ).fetchone()
    return found


def _order(row: sqlite3.Row | dict[str, Any]) -> CoreOrder:
    return CoreOrder(
        reference=f"O{row['number']}",
        item=row["item"],
        state=row["state"],
        placed=row["placed"],
        detail=row["detail"],
        closed=row["state"] == "delivered",
    )
