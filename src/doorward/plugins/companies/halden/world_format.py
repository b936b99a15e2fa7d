"""The format of a world: one customer and everything of theirs, as plain objects.

A world names things by kind, each a list; `customer` and `access` are one object. Money is in cents, days are relative
to today, references and last digits are the keys. What is left out has an ordinary value.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from doorward.plugins.companies.halden import holdings
from doorward.plugins.companies.halden.holdings import ORDINARY_LIMIT, Line

KEYS: Final[Mapping[str, str]] = {
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
"""Which field names a thing of a kind; the other kinds have none."""


class WorldPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a world is made of: a field that is none is a slip."""


class WorldCustomer(WorldPart, frozen=True, kw_only=True):
    """Who the customer is."""

    name: str = "Robin Ambrose"
    email: str = "robin.ambrose@example.com"
    phone: str = "+44 7700 900123"
    address: str = "Mill Lane 7, Leeds LS1"
    born: str = "1980-05-17"
    language: str = "en"


class WorldAccess(WorldPart, frozen=True, kw_only=True):
    """Their access to online banking."""

    state: str = "open"


class WorldAccount(WorldPart, frozen=True, kw_only=True):
    """An account."""

    last4: str
    kind: str = "current"
    balance_cents: int = 150_000
    state: str = "open"


class WorldCard(WorldPart, frozen=True, kw_only=True):
    """A card; without an account it is of the first one."""

    last4: str
    status: str = "active"
    kind: str = "debit"
    account: str = ""
    expires: str = "12/35"
    daily_limit_cents: int = ORDINARY_LIMIT


class WorldPayment(WorldPart, frozen=True, kw_only=True):
    """A payment; without a card it was made with the first one."""

    reference: str
    card: str = ""
    merchant: str = "Pennyfeather Grocers"
    amount_cents: int = 2_490
    day: int = -1
    state: str = "booked"
    decline_reason: str | None = None


class WorldTransfer(WorldPart, frozen=True, kw_only=True):
    """A transfer."""

    reference: str
    to: str = "Tobias Wrenfield"
    amount_cents: int = 5_000
    day: int = 0
    state: str = "pending"


class WorldTopUp(WorldPart, frozen=True, kw_only=True):
    """Money brought in."""

    reference: str
    amount_cents: int = 5_000
    day: int = -1
    state: str = "booked"


class WorldRefund(WorldPart, frozen=True, kw_only=True):
    """Money that comes back."""

    reference: str
    merchant: str = "Pennyfeather Grocers"
    amount_cents: int = 2_490
    day: int = 3
    state: str = "expected"


class WorldBill(WorldPart, frozen=True, kw_only=True):
    """A bill."""

    reference: str
    issuer: str = "Halden Bank"
    amount_cents: int = 8_000
    due: int = 10
    state: str = "open"
    previous_cents: int | None = None
    lines: tuple[Line, ...] = ()


class WorldPlan(WorldPart, frozen=True, kw_only=True):
    """A bill paid in instalments."""

    bill: str
    instalments: int = 3
    state: str = "active"


class WorldOrder(WorldPart, frozen=True, kw_only=True):
    """Something that the bank sends; `placed` is negative for the past."""

    reference: str
    item: str = holdings.REPLACEMENT
    state: str = "sent"
    placed: int = -3
    detail: str = ""


class WorldDevice(WorldPart, frozen=True, kw_only=True):
    """A payment terminal."""

    serial: str
    merchant: str = "Pennyfeather Grocers"
    model: str = "HT-4100"
    paper: int = 50


class WorldCase(WorldPart, frozen=True, kw_only=True):
    """A case."""

    kind: str = "complaint"
    about: str = ""
    state: str = "open"


class WorldDataRequest(WorldPart, frozen=True, kw_only=True):
    """A copy of data that was asked for."""

    kind: str = "copy"


class WorldCallBack(WorldPart, frozen=True, kw_only=True):
    """A call that is waited for."""

    state: str = "wanted"


class World(WorldPart, frozen=True, kw_only=True):
    """Everything of one customer."""

    customer: WorldCustomer = WorldCustomer()
    access: WorldAccess = WorldAccess()
    account: tuple[WorldAccount, ...] = ()
    card: tuple[WorldCard, ...] = ()
    payment: tuple[WorldPayment, ...] = ()
    transfer: tuple[WorldTransfer, ...] = ()
    top_up: tuple[WorldTopUp, ...] = ()
    refund: tuple[WorldRefund, ...] = ()
    bill: tuple[WorldBill, ...] = ()
    plan: tuple[WorldPlan, ...] = ()
    order: tuple[WorldOrder, ...] = ()
    device: tuple[WorldDevice, ...] = ()
    case: tuple[WorldCase, ...] = ()
    data_request: tuple[WorldDataRequest, ...] = ()
    call_back: tuple[WorldCallBack, ...] = ()
