"""Halden's core system: customers, accounts, cards, bills, devices and orders in a database of its own.

Every call opens its own connection, so any thread may call, and is scoped to one customer reference. Card numbers stay
inside: what leaves are the last four digits.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from doorward.kit.clock import Clock
from doorward.plugins.companies.halden.seed import Account, Bill, Device, Seed
from doorward.vocabulary.company import CoreFact, CoreOrder, CustomerSeed
from doorward.vocabulary.errors import KeyReused, NotFound, Unavailable

_VERSION = 1
_WAIT_SECONDS = 5.0
_PAPER = "paper rolls"
_ROLLS = 10
_LITTLE_PAPER = 20
"""Percent of a roll below which a terminal is short of paper."""
_WORDS = {
    "accounts": {"en": "Accounts", "de": "Konten", "tr": "Hesaplar", "id": "Rekening", "ru": "Счета"},
    "cards": {"en": "Cards", "de": "Karten", "tr": "Kartlar", "id": "Kartu", "ru": "Карты"},
    "due": {
        "en": "Bills to pay",
        "de": "Offene Rechnungen",
        "tr": "Ödenecek faturalar",
        "id": "Tagihan terbuka",
        "ru": "Неоплаченные счета",
    },
    "paper": {
        "en": "Terminals short of paper",
        "de": "Terminals mit wenig Papier",
        "tr": "Kağıdı azalan cihazlar",
        "id": "Terminal hampir kehabisan kertas",
        "ru": "Терминалы, где кончается бумага",
    },
}
"""What the bank calls what it knows; a company's own words lie with the company."""


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

    def __init__(self, folder: Path, *, seed: Seed, clock: Clock) -> None:
        """Open `folder/halden.sqlite`; make it from `seed`, readable by its owner alone, if it is not there yet."""
        self._path = folder / "halden.sqlite"
        self._clock = clock
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise Unavailable("the core system's database cannot be opened") from error
        with self._writing() as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version == 0:
                _fill(connection, seed, today=self._today())

    def customer(self, reference: str) -> CustomerSeed | None:
        """Return the customer with this reference, or None."""
        rows = self._read("SELECT reference, name, email, phone, language FROM customer WHERE reference = ?", reference)
        return CustomerSeed(**rows[0]) if rows else None

    def orders(self, reference: str) -> Sequence[CoreOrder]:
        """Return the customer's orders, newest first."""
        rows = self._read("SELECT * FROM placed_order WHERE customer = ? ORDER BY placed DESC, number DESC", reference)
        return [_order(row) for row in rows]

    def order_paper(self, reference: str, *, device: str, idempotency_key: str) -> CoreOrder:
        """Order paper rolls for a payment terminal of this customer; the same key again returns the same order.

        Raises `NotFound` when the device is not this customer's, `KeyReused` when the key ordered for another device.
        """
        with self._writing() as connection:
            owned = connection.execute(
                "SELECT 1 FROM device WHERE serial = ? AND customer = ?", (device, reference)
            ).fetchone()
            if owned is None:
                raise NotFound("no such device of this customer")
            row = _by_key(connection, reference, idempotency_key)
            if row is None:
                connection.execute(
                    "INSERT INTO placed_order (customer, item, state, placed, detail, device, idempotency_key)"
                    " VALUES (?, ?, 'placed', ?, ?, ?, ?)",
                    (reference, _PAPER, self._today().isoformat(), _detail(device), device, idempotency_key),
                )
                row = _by_key(connection, reference, idempotency_key)
            if row is None or row["device"] != device:
                raise KeyReused("this key ordered paper for another device")
            return _order(row)

    def facts(self, reference: str) -> Sequence[CoreFact]:
        """Return what an agent should know first: cards by their state, what is due, and terminals short of paper."""
        if self.customer(reference) is None:
            return []
        cards = ", ".join(f"•{one.last4} {one.expires} ({one.status})" for one in self.cards(reference))
        due = [one for one in self.bills(reference) if one.state == "open"]
        owed = sum(one.amount_cents for one in due) / 100
        facts = [
            CoreFact(label=_WORDS["accounts"], value=str(len(self.accounts(reference)))),
            CoreFact(label=_WORDS["cards"], value=cards or "–"),
            CoreFact(label=_WORDS["due"], value=f"{len(due)}: {owed:.2f} EUR" if due else "–"),
        ]
        short = [one.serial for one in self.devices(reference) if one.paper < _LITTLE_PAPER]
        return [*facts, CoreFact(label=_WORDS["paper"], value=", ".join(short))] if short else facts

    def accounts(self, reference: str) -> Sequence[Account]:
        """Return the customer's accounts."""
        return [
            Account(**row) for row in self._read("SELECT * FROM account WHERE customer = ? ORDER BY iban", reference)
        ]

    def cards(self, reference: str) -> Sequence[CardView]:
        """Return the customer's cards, each with the last four digits of its number."""
        rows = self._read(
            "SELECT substr(number, -4) AS last4, iban, expires, status FROM card WHERE customer = ? ORDER BY number",
            reference,
        )
        return [CardView(**row) for row in rows]

    def bills(self, reference: str) -> Sequence[DatedBill]:
        """Return the customer's bills, the latest due first."""
        rows = self._read(
            "SELECT reference, issuer, amount_cents, due, state FROM bill WHERE customer = ? ORDER BY due DESC",
            reference,
        )
        return [DatedBill(**row) for row in rows]

    def devices(self, reference: str) -> Sequence[Device]:
        """Return the customer's payment terminals."""
        return [
            Device(**row) for row in self._read("SELECT * FROM device WHERE customer = ? ORDER BY serial", reference)
        ]

    def ping(self) -> None:
        """Raise `Unavailable` if the database cannot be read."""
        self._read("SELECT 1 AS alive FROM customer WHERE reference = ?", "")

    def _today(self) -> date:
        return self._clock.now().date()

    def _read(self, statement: str, reference: str) -> list[dict[str, Any]]:
        with self._open() as connection:
            return [dict(row) for row in connection.execute(statement, (reference,))]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # mode=rw: a database that somebody removed is missed, never silently made anew and empty.
        address = f"{self._path.resolve().as_uri()}?mode=rw"
        try:
            with closing(sqlite3.connect(address, uri=True, timeout=_WAIT_SECONDS, isolation_level=None)) as connection:
                connection.row_factory = sqlite3.Row
                yield connection
        except sqlite3.Error as error:
            raise Unavailable("the core system's database does not answer") from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


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


def _detail(device: str) -> str:
    return f"{device}, {_ROLLS} rolls"


def _fill(connection: sqlite3.Connection, seed: Seed, *, today: date) -> None:
    # Statement by statement: executescript would commit the transaction that makes the seed whole or absent.
    for statement in files(__package__).joinpath("schema.sql").read_text("utf-8").split(";"):
        connection.execute(statement)

    def insert(table: str, rows: Sequence[tuple[object, ...]]) -> None:
        places = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 - our own table names

    people = [(person, person.customer) for person in seed.people]
    insert("customer", [(*msgspec.structs.astuple(one), person.address, person.born) for person, one in people])
    insert("account", [msgspec.structs.astuple(account) for account in seed.accounts])
    insert("card", [msgspec.structs.astuple(card) for card in seed.cards])
    insert("bill", [_bill_row(bill, today=today) for bill in seed.bills])
    insert("device", [msgspec.structs.astuple(device) for device in seed.devices])
    rows: list[tuple[object, ...]] = []
    for order in seed.orders:
        placed = (today - timedelta(days=order.placed)).isoformat()
        number = int(order.reference.removeprefix("O"))
        rows.append((number, order.customer, order.item, order.state, placed, order.detail, None, None))
    insert("placed_order", rows)
    connection.execute(f"PRAGMA user_version = {_VERSION}")


def _bill_row(bill: Bill, *, today: date) -> tuple[object, ...]:
    due = (today + timedelta(days=bill.due)).isoformat()
    return (bill.reference, bill.customer, bill.issuer, bill.amount_cents, due, bill.state)
