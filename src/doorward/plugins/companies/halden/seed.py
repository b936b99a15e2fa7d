"""Five hundred invented customers with what a bank knows of them; the same ones every time."""

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from doorward.plugins.companies.halden.holdings import Account, Bill, Card, Device, Order, Person, Seed
from doorward.plugins.companies.halden.life import lead_lives
from doorward.plugins.companies.halden.numbers import card_number, iban, phones
from doorward.vocabulary.company import CustomerSeed

SHARES: Mapping[str, int] = {"en": 150, "de": 150, "tr": 100, "id": 50, "ru": 50}
"""Customers by language."""

_DOMAINS = ("example.com", "example.org", "example.net", "post.example", "mail.example")
_PLAIN = str.maketrans({"ß": "ss", "ı": "i", "İ": "i"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_ISSUERS = ("Stadtlicht Energie", "Nordfunk Mobil", "Wohnbau Lindenhof", "Sonnenbogen Versicherung", "Halden Bank")
_MODELS = ("Halden T2", "Halden T2 mobile", "Halden T3")


@cache
def make_seed() -> Seed:
    """Return the seed: the same values in every process.

    What came later draws from a randomness of its own, so that whoever was there before stays as they were.
    """
    random = Random(20)  # noqa: S311 - invented people, not secrets
    people = tuple(_people(random))
    references = [person.customer.reference for person in people]
    accounts = tuple(_accounts(references, random=random))
    cards = tuple(_cards(accounts, random=random))
    devices = tuple(_devices(people, random=random))
    seed = Seed(
        people=people,
        accounts=accounts,
        cards=cards,
        bills=tuple(_bills(references, random=random)),
        devices=devices,
        orders=tuple(_orders(cards, devices=devices, random=random)),
    )
    return lead_lives(seed, random=Random(21))  # noqa: S311 - invented lives, not secrets


def customers_by_language() -> Mapping[str, Sequence[CustomerSeed]]:
    """Return the customers of each language."""
    everyone = [person.customer for person in make_seed().people]
    return {code: [one for one in everyone if one.language == code] for code in SHARES}


@cache
def _names() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("names.toml").read_text("utf-8"))


def _people(random: Random) -> Iterator[Person]:
    languages = [code for code, count in SHARES.items() for _ in range(count)]
    random.shuffle(languages)
    numbers = {code: iter(phones(code, count=count, random=random)) for code, count in SHARES.items()}
    called = {code: _called(code, count=count, random=random) for code, count in SHARES.items()}
    taken: set[str] = set()
    for place, code in enumerate(languages):
        name, latin = next(called[code])
        places = _names()[code]
        yield Person(
            customer=CustomerSeed(
                reference=f"HB-{204000 + place * 7}",
                name=name,
                email=_email(latin, umlauts=code == "de", taken=taken, random=random),
                phone=next(numbers[code]),
                language=code,
            ),
            address=f"{random.choice(places['streets'])} {random.randint(1, 120)}, {random.choice(places['towns'])}",
            born=f"{random.randint(1941, 2007)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}",
        )


def _called(code: str, *, count: int, random: Random) -> Iterator[tuple[str, str]]:
    """Return `count` different names in the language's letters, each with its Latin spelling."""
    lists = _names()[code]
    pairs = [(given, family) for given in lists["given"] for family in lists["family"]]
    pairs += [(given, family) for given in lists.get("given_men", ()) for family in lists.get("family_men", ())]
    for given, family in random.sample(pairs, count):
        spelt = [(word, word) if isinstance(word, str) else tuple(word) for word in (given, family)]
        yield " ".join(word for word, _ in spelt), ".".join(latin for _, latin in spelt)


def _email(latin: str, *, umlauts: bool, taken: set[str], random: Random) -> str:
    """Return a free address below a name that RFC 2606 keeps for examples."""
    lowered = latin.translate(_PLAIN).lower()
    folded = unicodedata.normalize("NFKD", lowered.translate(_UMLAUTS) if umlauts else lowered)
    local = folded.encode("ascii", "ignore").decode()
    domain = random.choice(_DOMAINS)
    address, number = f"{local}@{domain}", 2
    while address in taken:
        address, number = f"{local}{number}@{domain}", number + 1
    taken.add(address)
    return address


def _accounts(references: Sequence[str], *, random: Random) -> Iterator[Account]:
    numbers = iter(random.sample(range(1_000_000_000, 9_999_999_999), len(references) * 2))
    for reference in references:
        cents = random.randint(-20_000, 900_000)
        yield Account(iban=iban(next(numbers)), customer=reference, kind="current", balance_cents=cents)
        if random.random() < 0.35:
            cents = random.randint(0, 4_000_000)
            yield Account(iban=iban(next(numbers)), customer=reference, kind="savings", balance_cents=cents)


def _cards(accounts: Sequence[Account], *, random: Random) -> Iterator[Card]:
    current = [account for account in accounts if account.kind == "current"]
    serials = iter(random.sample(range(10**7), len(current) * 2))
    for account in current:
        for _ in range(2 if random.random() < 0.25 else 1):
            yield Card(
                number=card_number(next(serials)),
                customer=account.customer,
                iban=account.iban,
                expires=f"{random.randint(1, 12):02d}/{random.randint(28, 32)}",
                status=random.choices(("active", "frozen", "blocked", "ordered"), weights=(86, 5, 4, 5))[0],
            )


def _bills(references: Sequence[str], *, random: Random) -> Iterator[Bill]:
    for place, reference in enumerate(references):
        for number in range(random.randint(1, 4)):
            due = random.randint(-60, 25)
            yield Bill(
                reference=f"B{300000 + place * 10 + number}",
                customer=reference,
                issuer=random.choice(_ISSUERS),
                amount_cents=random.randint(390, 24_000),
                due=due,
                state="open" if due > 0 else random.choices(("paid", "returned"), weights=(95, 5))[0],
            )


def _devices(people: Sequence[Person], *, random: Random) -> Iterator[Device]:
    merchants = random.sample(people, 90)
    for place, person in enumerate(merchants):
        shop = random.choice(_names()["merchants"][person.customer.language])
        for number in range(random.choices((1, 2, 3), weights=(70, 20, 10))[0]):
            yield Device(
                serial=f"HT-{4100 + place}-{number + 1:02d}",
                customer=person.customer.reference,
                merchant=shop,
                model=random.choice(_MODELS),
                paper=random.randint(2, 100),
            )


def _orders(cards: Sequence[Card], *, devices: Sequence[Device], random: Random) -> Iterator[Order]:
    number = 500000
    for device in devices:
        for _ in range(random.randint(1, 3)):
            number += 1
            placed = random.randint(1, 90)
            state = "delivered" if placed > 4 else "sent"
            detail = f"{device.serial}, {random.choice((5, 10, 20))} rolls"
            yield Order(
                reference=f"O{number}",
                customer=device.customer,
                item="paper rolls",
                state=state,
                placed=placed,
                detail=detail,
            )
    for card in cards:
        if card.status == "ordered" or random.random() < 0.2:
            number += 1
            placed = random.randint(1, 9) if card.status == "ordered" else random.randint(15, 200)
            yield Order(
                reference=f"O{number}",
                customer=card.customer,
                item="replacement card",
                state="sent" if card.status == "ordered" else "delivered",
                placed=placed,
                detail=f"card ending in {card.number[-4:]}",
            )
