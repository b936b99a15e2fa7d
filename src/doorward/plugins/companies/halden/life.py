"""What the invented customers do with their bank: they pay, are paid back, get bills, are locked out now and then."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import count
from random import Random
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from doorward.plugins.companies.halden.holdings import (
    Account,
    Bill,
    Card,
    Line,
    Payment,
    Person,
    Refund,
    Seed,
    TopUp,
    Transfer,
)
from doorward.plugins.companies.halden.numbers import card_number

_CREDIT = 0.08
_VIRTUAL = 0.05
_LOCKED = 0.02
_TWICE = 1 / 12
"""Of the customers who pay by card, those whom something was perhaps charged to twice."""
_HIGHER = 1 / 6
_REASONS = ("limit", "funds", "expired")


class _Book(msgspec.Struct, frozen=True, kw_only=True):
    """The words of a language: where people pay, whom they pay, the lines of each issuer's bill."""

    shops: tuple[str, ...]
    payees: tuple[str, ...]
    lines: Mapping[str, tuple[str, ...]]


def lead_lives(seed: Seed, *, random: Random) -> Seed:
    """Return the seed with a life for everybody in it; people, accounts, cards, bills stay, cards are only added."""
    spoken = {person.customer.reference: person.customer.language for person in seed.people}
    cards = (*seed.cards, *_more_cards(seed, random=random))
    payments = tuple(_payments(cards, spoken=spoken, random=random))
    return replace(
        seed,
        people=tuple(_some_locked(seed.people, random=random)),
        cards=cards,
        bills=tuple(_explained(bill, language=spoken[bill.customer], random=random) for bill in seed.bills),
        payments=payments,
        transfers=tuple(_transfers(seed.people, random=random)),
        top_ups=tuple(_top_ups(seed.people, random=random)),
        refunds=tuple(_refunds(payments, random=random)),
    )


@cache
def _books() -> Mapping[str, _Book]:
    read: Mapping[str, Any] = tomllib.loads(files(__package__).joinpath("life.toml").read_text("utf-8"))
    return {language: msgspec.convert(book, _Book) for language, book in read.items()}


def _some_locked(people: Sequence[Person], *, random: Random) -> Iterator[Person]:
    locked = set(random.sample(range(len(people)), round(len(people) * _LOCKED)))
    for place, person in enumerate(people):
        yield replace(person, access="locked") if place in locked else person


def _more_cards(seed: Seed, *, random: Random) -> Iterator[Card]:
    taken = {card.number for card in seed.cards}
    held: dict[str, set[str]] = {}
    for card in seed.cards:
        held.setdefault(card.customer, set()).add(card.number[-4:])
    for account in seed.accounts:
        if account.kind != "current":
            continue
        tails = held.setdefault(account.customer, set())
        for kind, share in (("credit", _CREDIT), ("virtual", _VIRTUAL)):
            if random.random() < share:
                yield _card(account, kind=kind, random=random, taken=taken, tails=tails)


def _card(account: Account, *, kind: str, random: Random, taken: set[str], tails: set[str]) -> Card:
    """Return a card that nobody has, with last digits that its holder has on no other."""
    number = card_number(random.randrange(10**7))
    while number in taken or number[-4:] in tails:
        number = card_number(random.randrange(10**7))
    taken.add(number)
    tails.add(number[-4:])
    return Card(
        number=number,
        customer=account.customer,
        iban=account.iban,
        expires=f"{random.randint(1, 12):02d}/{random.randint(28, 32)}",
        status="active",
        kind=kind,
        daily_limit_cents=random.choice((50_000, 100_000, 200_000)),
    )


def _payments(cards: Sequence[Card], *, spoken: Mapping[str, str], random: Random) -> Iterator[Payment]:
    numbers = count(1001)
    charged_twice: dict[str, bool] = {}
    for card in cards:
        if card.status != "active":
            continue
        shops = _books()[spoken[card.customer]].shops
        made = [
            _payment(card, f"P{next(numbers)}", shop=shop, random=random)
            for shop in random.sample(shops, random.randint(2, 6))
        ]
        yield from made
        booked = [one for one in made if one.state == "booked"]
        if card.customer not in charged_twice and booked:
            twice = charged_twice[card.customer] = random.random() < _TWICE
            if twice:
                yield replace(
                    booked[0], reference=f"P{next(numbers)}", day=min(0, booked[0].day + random.randint(0, 1))
                )


def _payment(card: Card, reference: str, *, shop: str, random: Random) -> Payment:
    day = -random.randint(0, 29)
    states = ("pending", "booked", "declined") if day >= -2 else ("booked", "declined", "refunded")
    state = random.choices(states, weights=(60, 30, 10) if day >= -2 else (90, 7, 3))[0]
    return Payment(
        reference=reference,
        customer=card.customer,
        card=card.number,
        merchant=shop,
        amount_cents=random.randint(190, 12_900),
        day=day,
        state=state,
        decline_reason=random.choice(_REASONS) if state == "declined" else "",
    )


def _transfers(people: Sequence[Person], *, random: Random) -> Iterator[Transfer]:
    numbers = count(1001)
    for person in people:
        for payee in random.sample(_books()[person.customer.language].payees, random.randint(0, 3)):
            day = random.randint(-29, 3)
            settled = random.choices(("sent", "returned", "cancelled"), weights=(92, 5, 3))[0]
            yield Transfer(
                reference=f"T{next(numbers)}",
                customer=person.customer.reference,
                payee=payee,
                amount_cents=random.randint(500, 95_000),
                day=day,
                state="pending" if day >= 0 else settled,
            )


def _top_ups(people: Sequence[Person], *, random: Random) -> Iterator[TopUp]:
    numbers = count(1001)
    for person in people:
        for _ in range(random.choices((0, 1, 2), weights=(60, 30, 10))[0]):
            day = -random.randint(0, 29)
            settled: Literal["booked", "failed"] = random.choices(("booked", "failed"), weights=(90, 10))[0]
            yield TopUp(
                reference=f"U{next(numbers)}",
                customer=person.customer.reference,
                amount_cents=random.randint(1, 40) * 500,
                day=day,
                state="pending" if day >= -1 else settled,
            )


def _refunds(payments: Sequence[Payment], *, random: Random) -> Iterator[Refund]:
    """Yield what came back for payments that were given back, and what is still to come for a few others."""
    numbers = count(1001)
    for payment in payments:
        expected = payment.state == "booked" and random.random() < 0.04
        if expected or payment.state == "refunded":
            yield Refund(
                reference=f"R{next(numbers)}",
                customer=payment.customer,
                merchant=payment.merchant,
                amount_cents=payment.amount_cents,
                day=random.randint(1, 8) if expected else random.randint(payment.day, 0),
                state="expected" if expected else "booked",
            )


def _explained(bill: Bill, *, language: str, random: Random) -> Bill:
    """Return the bill with its lines, which come to its amount, and with what the one before came to."""
    texts = _books()[language].lines[bill.issuer]
    rest = bill.amount_cents
    lines: list[Line] = []
    for text in reversed(texts[1:]):
        part = int(rest * random.uniform(0.05, 0.25))
        lines.append(Line(text=text, cents=part))
        rest -= part
    lines.append(Line(text=texts[0], cents=rest))
    share = random.uniform(0.45, 0.7) if random.random() < _HIGHER else random.uniform(0.92, 1.08)
    return replace(bill, previous_cents=round(bill.amount_cents * share), lines=tuple(reversed(lines)))
