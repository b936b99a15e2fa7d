"""A seed made from one customer's world, with a bystander who owns the like; evaluations and tests start from it."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from doorward.plugins.companies.halden import holdings
from doorward.plugins.companies.halden.holdings import Seed
from doorward.plugins.companies.halden.numbers import card_number, iban
from doorward.plugins.companies.halden.world_format import KEYS, World, WorldAccount, WorldCard, WorldPart
from doorward.vocabulary.company import CustomerSeed

CUSTOMER: Final = "HB-900001"
BYSTANDER: Final = "HB-900002"
"""Owns the like of everything, and nothing of theirs may ever change."""
_ACCOUNT: Final = "0815"
_DIGITS_AT_THE_END: Final = re.compile(r"[0-9]+\Z")


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


def _completed(world: World) -> World:
    """Return the world with the accounts and cards that its things speak of, and the others' places filled."""
    accounts = {account.last4: account for account in world.account}
    first = next(iter([*accounts, *(card.account for card in world.card if card.account)]), _ACCOUNT)
    cards = {card.last4: replace(card, account=card.account or first) for card in world.card}
    for payment in world.payment:
        if payment.card and payment.card not in cards:
            cards[payment.card] = WorldCard(last4=payment.card, account=first)
    if world.payment and not cards:
        cards["4471"] = WorldCard(last4="4471", account=first)
    for last4 in (first, *(card.account for card in cards.values())):
        accounts.setdefault(last4, WorldAccount(last4=last4))
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
            for name in (KEYS.get(of), "card", "account", "about"):
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
    for of, name in KEYS.items():
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
        keys = [(of, getattr(row, name)) for of, name in KEYS.items() for row in getattr(world, of)]
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


def _fields(part: WorldPart) -> dict[str, Any]:
    names: Sequence[str] = part.__struct_fields__
    return {name: getattr(part, name) for name in names}
