"""One customer's world written down: a seed made from it, and the core system told in the same shape again.

A world names things by kind, each a list of plain objects; `customer` and `access` are one object. Money is in cents,
days are relative to today, references and last digits are the keys. What is left out has an ordinary value. Evaluations
start from a world, and compare two snapshots.
"""

import re
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from doorward.plugins.companies.halden import holdings
from doorward.plugins.companies.halden.holdings import ORDINARY_LIMIT, Line, Seed
from doorward.plugins.companies.halden.numbers import card_number, iban
from doorward.plugins.companies.halden.owned import KINDS, things
from doorward.vocabulary.company import CustomerSeed

CUSTOMER: Final = "HB-900001"
BYSTANDER: Final = "HB-900002"
"""Owns the like of everything, and nothing of theirs may ever change."""
_DIGITS_AT_THE_END: Final = re.compile(r"[0-9]+\Z")
_ACCOUNT: Final = "0815"
_KEYS: Final[Mapping[str, str]] = {
    "account": "last4",
    "card": "last4",
    "bill": "reference",
    "device": "serial",
    "order": "reference",
    "payment": "reference",
    "plan": "bill",
    "refund": "reference",
    "top_up": "reference",
    "transfer": "reference",
}
_DAYS: Final = ("day", "due", "placed")


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a world is made of: a field that is none is a slip."""


class _Customer(_Part, frozen=True, kw_only=True):
    name: str = "Robin Ambrose"
    email: str = "robin.ambrose@example.com"
    phone: str = "+44 7700 900123"
    address: str = "Mill Lane 7, Leeds LS1"
    born: str = "1980-05-17"
    language: str = "en"


class _Access(_Part, frozen=True, kw_only=True):
    state: str = "open"


class _Account(_Part, frozen=True, kw_only=True):
    last4: str
    kind: str = "current"
    balance_cents: int = 150_000
    state: str = "open"


class _Card(_Part, frozen=True, kw_only=True):
    last4: str
    status: str = "active"
    kind: str = "debit"
    account: str = ""
    expires: str = "12/35"
    daily_limit_cents: int = ORDINARY_LIMIT


class _Payment(_Part, frozen=True, kw_only=True):
    reference: str
    card: str = ""
    merchant: str = "Pennyfeather Grocers"
    amount_cents: int = 2_490
    day: int = -1
    state: str = "booked"
    decline_reason: str | None = None


class _Transfer(_Part, frozen=True, kw_only=True):
    reference: str
    to: str = "Tobias Wrenfield"
    amount_cents: int = 5_000
    day: int = 0
    state: str = "pending"


class _TopUp(_Part, frozen=True, kw_only=True):
    reference: str
    amount_cents: int = 5_000
    day: int = -1
    state: str = "booked"


class _Refund(_Part, frozen=True, kw_only=True):
    reference: str
    merchant: str = "Pennyfeather Grocers"
    amount_cents: int = 2_490
    day: int = 3
    state: str = "expected"


class _Bill(_Part, frozen=True, kw_only=True):
    reference: str
    issuer: str = "Halden Bank"
    amount_cents: int = 8_000
    due: int = 10
    state: str = "open"
    previous_cents: int | None = None
    lines: tuple[Line, ...] = ()


class _Plan(_Part, frozen=True, kw_only=True):
    bill: str
    instalments: int = 3
    state: str = "active"


class _Order(_Part, frozen=True, kw_only=True):
    reference: str
    item: str = holdings.REPLACEMENT
    state: str = "sent"
    placed: int = -3
    detail: str = ""


class _Device(_Part, frozen=True, kw_only=True):
    serial: str
    merchant: str = "Pennyfeather Grocers"
    model: str = "HT-4100"
    paper: int = 50


class _Case(_Part, frozen=True, kw_only=True):
    kind: str = "complaint"
    about: str = ""
    state: str = "open"


class _DataRequest(_Part, frozen=True, kw_only=True):
    kind: str = "copy"


class _CallBack(_Part, frozen=True, kw_only=True):
    state: str = "wanted"


class World(_Part, frozen=True, kw_only=True):
    """Everything of one customer."""

    customer: _Customer = _Customer()
    access: _Access = _Access()
    account: tuple[_Account, ...] = ()
    card: tuple[_Card, ...] = ()
    payment: tuple[_Payment, ...] = ()
    transfer: tuple[_Transfer, ...] = ()
    top_up: tuple[_TopUp, ...] = ()
    refund: tuple[_Refund, ...] = ()
    bill: tuple[_Bill, ...] = ()
    plan: tuple[_Plan, ...] = ()
    order: tuple[_Order, ...] = ()
    device: tuple[_Device, ...] = ()
    case: tuple[_Case, ...] = ()
    data_request: tuple[_DataRequest, ...] = ()
    call_back: tuple[_CallBack, ...] = ()


def make_seed_of(world: Mapping[str, Any], *, language: str = "en") -> Seed:
    """Return the seed of a core system with this world's customer, `HB-900001`, and a bystander, `HB-900002`.

    `language` is the customer's unless the world says it. The bystander has the like of everything under other keys,
    and a card with the same last digits as the customer's first. Raises `ValueError` for a thing or field that no world
    has, with its place, and for a key that is used twice.
    """
    told = {**world, "customer": {"language": language, **world.get("customer", {})}}
    try:
        own = _completed(msgspec.convert(told, World))
    except msgspec.ValidationError as error:
        raise ValueError(f"no world: {error}") from error
    like = _like(own)
    if own.card:
        like = replace(like, card=(*like.card, replace(own.card[0], account=like.account[0].last4)))
    numbers = _Numbers()
    sides = ((CUSTOMER, own), (BYSTANDER, like))
    parts = [_Side(reference, one, numbers).seed() for reference, one in sides]
    return Seed(
        **{name: tuple(row for part in parts for row in getattr(part, name)) for name in Seed.__struct_fields__}
    )


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
    row: dict[str, Any] = {_KEYS[of]: key} if of in _KEYS else {}
    for name, value in fields.items():
        if name in _DAYS and of == "data_request":
            continue  # a world does not say when
        if value is not None:
            row[name] = (date.fromisoformat(value) - today).days if name in _DAYS else value
    return row


def _completed(world: World) -> World:
    """Return the world with the accounts and cards that its things speak of, and the others' places filled."""
    accounts = {account.last4: account for account in world.account}
    first = next(iter([*accounts, *(card.account for card in world.card if card.account)]), _ACCOUNT)
    cards = {card.last4: replace(card, account=card.account or first) for card in world.card}
    for payment in world.payment:
        if payment.card and payment.card not in cards:
            cards[payment.card] = _Card(last4=payment.card, account=first)
    if world.payment and not cards:
        cards["4471"] = _Card(last4="4471", account=first)
    for last4 in (first, *(card.account for card in cards.values())):
        accounts.setdefault(last4, _Account(last4=last4))
    return replace(
        world,
        account=tuple(accounts.values()),
        card=tuple(cards.values()),
        payment=tuple(replace(one, card=one.card or next(iter(cards))) for one in world.payment),
    )


def _like(world: World) -> World:
    """Return a world of the same shape in which no key is the same."""
    renamed: dict[str, str] = {}
    taken = set(_keys(world))
    for key in _keys(world):
        if key not in renamed:
            renamed[key] = _other(key, taken)
            taken.add(renamed[key])
    plain: dict[str, Any] = msgspec.to_builtins(world)
    for of, rows in plain.items():
        for row in () if isinstance(rows, dict) else rows:
            for name in (_KEYS.get(of), "card", "account", "about"):
                if name in row:
                    row[name] = renamed.get(row[name], row[name])
            for key, other in renamed.items():
                if "detail" in row and key in row["detail"]:
                    row["detail"] = row["detail"].replace(key, other)
                    break
    plain["customer"] = {
        "name": "Sandy Birchall",
        "email": "sandy.birchall@example.net",
        "phone": "+44 7700 900321",
        "address": "Chapel Hill 9, Norwich NR1",
        "born": "1975-11-02",
        "language": world.customer.language,
    }
    return msgspec.convert(plain, World)


def _keys(world: World) -> Iterator[str]:
    for of, name in _KEYS.items():
        for row in getattr(world, of):
            yield getattr(row, name)


def _other(key: str, taken: Collection[str]) -> str:
    """Return a free key of the same form: the digits at its end are others, half their range away."""
    found = _DIGITS_AT_THE_END.search(key)
    if found is None:
        raise ValueError("no world: a key without digits")
    start, digits = key[: found.start()], found[0]
    for step in range(10 ** len(digits)):
        number = (int(digits) + 10 ** len(digits) // 2 + step) % 10 ** len(digits)
        other = f"{start}{number:0{len(digits)}d}"
        if other not in taken:
            return other
    raise ValueError("no world: more keys than digits")


class _Numbers:
    """Gives out whole numbers of cards and accounts that end as they should, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def card(self, last4: str) -> str:
        candidates = (card_number(high * 1_000 + int(last4[:3])) for high in range(10_000))
        return self._first(candidates, last4)

    def iban(self, last4: str) -> str:
        return self._first((iban(9_000_000_000 + high * 10_000 + int(last4)) for high in range(10_000)), last4)

    def _first(self, candidates: Iterator[str], last4: str) -> str:
        number = next(one for one in candidates if one.endswith(last4) and one not in self._taken)
        self._taken.add(number)
        return number


class _Side:
    """One customer's part of the seed."""

    def __init__(self, reference: str, world: World, numbers: _Numbers) -> None:
        self._reference = reference
        self._world = world
        keys = [(of, getattr(row, name)) for of, name in _KEYS.items() for row in getattr(world, of)]
        if len(set(keys)) != len(keys):
            raise ValueError("no world: a key is used twice")
        for of in ("card", "account"):
            for row in getattr(world, of):
                if not (len(row.last4) == 4 and row.last4.isdigit() and row.last4.isascii()):
                    raise ValueError(f"no world: the last digits of a {of} are four digits")
        self._ibans = {account.last4: numbers.iban(account.last4) for account in world.account}
        self._cards = {card.last4: numbers.card(card.last4) for card in world.card}

    def seed(self) -> Seed:
        """Return what this customer brings to the seed."""
        return Seed(
            people=(self._person(),),
            accounts=tuple(self._accounts()),
            cards=tuple(self._held_cards()),
            bills=tuple(holdings.Bill(customer=self._reference, **_fields(one)) for one in self._world.bill),
            devices=tuple(holdings.Device(customer=self._reference, **_fields(one)) for one in self._world.device),
            orders=tuple(self._orders()),
            payments=tuple(self._payments()),
            transfers=tuple(self._transfers()),
            top_ups=tuple(holdings.TopUp(customer=self._reference, **_fields(one)) for one in self._world.top_up),
            refunds=tuple(holdings.Refund(customer=self._reference, **_fields(one)) for one in self._world.refund),
            plans=tuple(holdings.Plan(customer=self._reference, **_fields(one)) for one in self._world.plan),
            cases=tuple(holdings.Case(customer=self._reference, **_fields(one)) for one in self._world.case),
            wishes=(
                *(holdings.Wish(customer=self._reference, kind=one.kind) for one in self._world.data_request),
                *(holdings.Wish(customer=self._reference, kind="call_back") for _ in self._world.call_back),
            ),
        )

    def _person(self) -> holdings.Person:
        one = self._world.customer
        known = CustomerSeed(
            reference=self._reference, name=one.name, email=one.email, phone=one.phone, language=one.language
        )
        return holdings.Person(customer=known, address=one.address, born=one.born, access=self._world.access.state)

    def _accounts(self) -> Iterator[holdings.Account]:
        for one in self._world.account:
            yield holdings.Account(
                iban=self._ibans[one.last4],
                customer=self._reference,
                kind=one.kind,
                balance_cents=one.balance_cents,
                state=one.state,
            )

    def _held_cards(self) -> Iterator[holdings.Card]:
        for one in self._world.card:
            yield holdings.Card(
                number=self._cards[one.last4],
                customer=self._reference,
                iban=self._ibans[one.account],
                expires=one.expires,
                status=one.status,
                kind=one.kind,
                daily_limit_cents=one.daily_limit_cents,
            )

    def _orders(self) -> Iterator[holdings.Order]:
        for one in self._world.order:
            yield holdings.Order(customer=self._reference, **{**_fields(one), "placed": -one.placed})

    def _payments(self) -> Iterator[holdings.Payment]:
        for one in self._world.payment:
            more = {"card": self._cards[one.card], "decline_reason": one.decline_reason or ""}
            yield holdings.Payment(customer=self._reference, **{**_fields(one), **more})

    def _transfers(self) -> Iterator[holdings.Transfer]:
        for one in self._world.transfer:
            yield holdings.Transfer(
                reference=one.reference,
                customer=self._reference,
                payee=one.to,
                amount_cents=one.amount_cents,
                day=one.day,
                state=one.state,
            )


def _fields(part: _Part) -> dict[str, Any]:
    names: Sequence[str] = part.__struct_fields__
    return {name: getattr(part, name) for name in names}
