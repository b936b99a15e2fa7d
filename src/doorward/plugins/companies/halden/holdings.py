"""What the core system starts with, as plain data: people and everything that is theirs.

Money is in cents of a euro. Days count from the day on which the core system is made, negative ones lie before it, so
that a demo is never out of date; only `Order.placed` counts the days before it.
"""

import msgspec

from doorward.vocabulary.company import CustomerSeed

ORDINARY_LIMIT = 100_000
"""What a card may spend in a day unless its holder said otherwise."""

PAPER = "paper rolls"
REPLACEMENT = "replacement card"
"""What the bank sends."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A customer with what only the core system knows: where they live, when they were born (ISO date), their access.

    `access` to online banking is open or locked.
    """

    customer: CustomerSeed
    address: str
    born: str
    access: str = "open"


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account in euros: current or savings, open or closing."""

    iban: str
    customer: str
    kind: str
    balance_cents: int
    state: str = "open"


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A payment card. The whole number stays in the core system. `expires` is MM/YY, `status` active to ordered."""

    number: str
    customer: str
    iban: str
    expires: str
    status: str
    kind: str = "debit"
    daily_limit_cents: int = ORDINARY_LIMIT


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a bill."""

    text: str
    cents: int


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """A bill paid from an account; `previous_cents` is what the one before came to, None for a first one."""

    reference: str
    customer: str
    issuer: str
    amount_cents: int
    due: int
    state: str
    previous_cents: int | None = None
    lines: tuple[Line, ...] = ()


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A merchant's payment terminal; `paper` is what is left of the roll in percent."""

    serial: str
    customer: str
    merchant: str
    model: str
    paper: int


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Something the bank sends: paper rolls or a card. `placed` counts days before the day of the seed."""

    reference: str
    customer: str
    item: str
    state: str
    placed: int
    detail: str


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """What was paid with a card (its whole number). `decline_reason` says why a declined one was."""

    reference: str
    customer: str
    card: str
    merchant: str
    amount_cents: int
    day: int
    state: str
    decline_reason: str = ""


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """Money sent to somebody; a pending one can still be cancelled."""

    reference: str
    customer: str
    payee: str
    amount_cents: int
    day: int
    state: str


class TopUp(msgspec.Struct, frozen=True, kw_only=True):
    """Money brought in."""

    reference: str
    customer: str
    amount_cents: int
    day: int
    state: str


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """Money that a merchant gives back; `day` is when it is expected, or was booked."""

    reference: str
    customer: str
    merchant: str
    amount_cents: int
    day: int
    state: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A bill (its reference) paid in instalments."""

    bill: str
    customer: str
    instalments: int
    state: str = "active"


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A fraud, dispute or complaint that people look into; `about` is a reference, the last digits of a card, or empty.

    A complaint of nobody known belongs to the customer "".
    """

    customer: str
    kind: str
    about: str = ""
    state: str = "open"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a customer waits for: a copy of their data (`kind` copy), a call (`kind` call_back)."""

    customer: str
    kind: str


class Seed(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the core system starts with."""

    people: tuple[Person, ...]
    accounts: tuple[Account, ...] = ()
    cards: tuple[Card, ...] = ()
    bills: tuple[Bill, ...] = ()
    devices: tuple[Device, ...] = ()
    orders: tuple[Order, ...] = ()
    payments: tuple[Payment, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    top_ups: tuple[TopUp, ...] = ()
    refunds: tuple[Refund, ...] = ()
    plans: tuple[Plan, ...] = ()
    cases: tuple[Case, ...] = ()
    wishes: tuple[Wish, ...] = ()
