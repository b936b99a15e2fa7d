"""The bank's past: 300 conversations of 30 days, cut from hand-written dialogues by one random seed."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from random import Random
from typing import Final, Literal

import msgspec

from doorward.plugins.companies.halden.numbers import card_number, iban, phones
from doorward.plugins.companies.halden.seed import customers_by_language
from doorward.vocabulary.company import ArticleSeed, CustomerSeed, PastConversation, PastTurn

LANGUAGES: Final = ("en", "de", "tr", "id", "ru")
EACH: Final = 60
"""Conversations per language."""
DAYS: Final = 30
WAITING: Final = ("en", "de", "tr")
"""Languages in which one customer still waits for a person at this moment."""

LABELS: Final[Mapping[str, tuple[str, ...]]] = {
    "card-lost": ("card",),
    "not-arrived": ("card",),
    "pin-blocked": ("card",),
    "unknown-payment": ("dispute",),
    "charged-twice": ("dispute",),
    "refund-missing": ("dispute",),
    "waits-dispute": ("dispute",),
    "phishing-message": ("fraud",),
    "paper-order": ("merchant",),
    "terminal-offline": ("merchant",),
    "annoyed-and-gone": ("complaint",),
}
"""Which labels of `workspace.toml` the conversations of a dialogue have, by its name."""

_HOURS = range(24)
_DAILY = (1, 1, 0, 0, 1, 2, 6, 12, 18, 22, 24, 22, 16, 15, 18, 20, 22, 24, 22, 18, 14, 9, 5, 2)
"""How busy the hours of a day are (UTC): quiet nights, a peak before lunch and one after work."""
_STAFFED = range(6, 19)
"""Hours (UTC) in which people answer, in summer and winter: 7:00 to 22:00 in Berlin, less an hour for talking."""
_WEEKLY = (12, 11, 10, 10, 10, 6, 5)
"""How busy the days of a week are, Monday first."""

_AUTHORS: Mapping[str, Literal["customer", "bot", "agent"]] = {"c": "customer", "b": "bot", "a": "agent"}
_PEOPLE: Mapping[str, str] = {"en": "Mira", "de": "Jonas", "tr": "Elif", "id": "Dewi", "ru": "Мира"}
_COMMA: Mapping[str, str] = {"en": "."}

Articles = Mapping[tuple[str, str, str], str]
"""Bodies by language, slug and section id; the lead's id is empty."""


class Dialogue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A hand-written dialogue: each line is who says it (c, b, a) and one or more ways of saying it."""

    name: str
    lines: tuple[tuple[str, ...], ...]
    outcome: Literal["resolved", "abandoned", "waiting"] = "resolved"
    guest: bool = False


class Book(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The dialogues of a language, and the words that fill their places."""

    words: Mapping[str, tuple[str, ...]]
    dialogue: tuple[Dialogue, ...]


def read_book(language: str) -> Book:
    """Return the hand-written dialogues of a language."""
    text = (files(__package__) / "history" / f"{language}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Book)


def past_conversations(articles: Iterable[ArticleSeed], *, now: datetime) -> Iterator[PastConversation]:
    """Yield the past, language by language; `now` only moves it in time.

    Raises ValueError when a dialogue cites a section that no article has.
    """
    bodies = {
        (article.language, article.slug, section.id): section.body
        for article in articles
        for section in article.sections
    }
    customers = customers_by_language()
    for language in LANGUAGES:
        random = Random(f"halden {language}")  # noqa: S311 - invented conversations, not secrets
        writer = _Writer(language, articles=bodies, customers=customers[language], random=random)
        yield from writer.write(now)


class _Writer:
    """Writes one language's conversations, one after the other from one stream of randomness."""

    def __init__(self, language: str, *, articles: Articles, customers: Sequence[CustomerSeed], random: Random) -> None:
        self._language = language
        self._articles = articles
        self._customers = customers
        self._random = random
        self._book = read_book(language)
        self._used: dict[tuple[str, int], int] = {}
        self._phones = phones(language, count=EACH, random=random)

    def write(self, now: datetime) -> Iterator[PastConversation]:
        """Yield this language's share."""
        finished = [one for one in self._book.dialogue if one.outcome != "waiting"]
        open_ones = [one for one in self._book.dialogue if one.outcome == "waiting"]
        plan: list[Dialogue] = open_ones[: 1 if self._language in WAITING else 0]
        while len(plan) < EACH:
            # Every dialogue is used once before any is used again.
            plan += self._random.sample(finished, min(len(finished), EACH - len(plan)))
        for number, dialogue in enumerate(plan):
            yield self._conversation(dialogue, number=number, now=now)

    def _conversation(self, dialogue: Dialogue, *, number: int, now: datetime) -> PastConversation:
        # Whoever is called by name has signed in.
        named = any("{name}" in way for line in dialogue.lines for way in line)
        known = self._random.random() < 0.7 and not dialogue.guest
        customer = self._random.choice(self._customers)
        values = self._values(customer, number=number)
        turns = tuple(self._turns(dialogue, values=values))
        length = sum((turn.after for turn in turns), start=timedelta())
        return PastConversation(
            key=f"{self._language}-{number:02d}-{dialogue.name}",
            customer_reference=customer.reference if known or named else None,
            language=self._language,
            started=(
                length + timedelta(seconds=self._random.randint(40, 600))
                if dialogue.outcome == "waiting"
                else self._started(now, length=length, staffed=any(turn.author == "agent" for turn in turns))
            ),
            turns=turns,
            outcome=dialogue.outcome,
            labels=LABELS.get(dialogue.name, ()),
        )

    def _turns(self, dialogue: Dialogue, *, values: Mapping[str, str]) -> Iterator[PastTurn]:
        before = ""
        for place, (author, *ways) in enumerate(dialogue.lines):
            # The ways of saying a line take turns, beginning anywhere, so that openings repeat as late as they can.
            # Later lines skip one each round, or else the same openings would always meet the same endings.
            key = (dialogue.name, place)
            turn = self._used.setdefault(key, self._random.randrange(len(ways)))
            self._used[key] = turn + 1
            skipped = turn // len(ways) if place else 0
            text = self._fill(ways[(turn + skipped) % len(ways)], values)
            yield PastTurn(author=_AUTHORS[author], text=text, after=self._pause(author, before=before, text=text))
            before = author

    def _fill(self, text: str, values: Mapping[str, str]) -> str:
        if not text.startswith("@"):
            return text.format_map(values)
        slug, _, section = text[1:].partition("#")
        try:
            return self._articles[self._language, slug, section]
        except KeyError:
            raise ValueError(f"history/{self._language}.toml cites {text}, which is in no article") from None

    def _pause(self, author: str, *, before: str, text: str) -> timedelta:
        if not before:
            return timedelta()
        if author == "b":
            return timedelta(milliseconds=self._random.randint(20, 900))
        typing = len(text) / 4
        if author == "a" and before == "b":
            return timedelta(seconds=round(self._random.lognormvariate(4.6, 0.7) + typing))
        return timedelta(seconds=round(self._random.lognormvariate(3.3, 0.6) + typing))

    def _started(self, now: datetime, *, length: timedelta, staffed: bool) -> timedelta:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        days = range(DAYS)
        weights = [_WEEKLY[(midnight - timedelta(days=day)).weekday()] for day in days]
        day = self._random.choices(days, weights=weights)[0]
        hours = _STAFFED if staffed else _HOURS
        hour = self._random.choices(hours, weights=[_DAILY[hour] for hour in hours])[0]
        begun = midnight + timedelta(days=-day, hours=hour, seconds=self._random.randrange(3600))
        if begun + length >= now:
            # This hour of today is still to come.
            begun -= timedelta(days=7)
        return now - begun

    def _values(self, customer: CustomerSeed, *, number: int) -> dict[str, str]:
        random = self._random
        card = card_number(random.randrange(10**7))
        account = iban(random.randrange(10**9, 10**10))
        comma = _COMMA.get(self._language, ",")
        values = {
            "name": customer.name,
            "email": customer.email,
            "phone": self._phones[number],
            "agent": _PEOPLE[self._language],
            "card": " ".join(card[place : place + 4] for place in range(0, 16, 4)),
            "last4": card[-4:],
            "iban": " ".join(account[place : place + 4] for place in range(0, len(account), 4)),
            "code": f"{random.randrange(10**6):06d}",
            "pin": f"{random.randrange(1000, 10000)}",
            "amount": f"{random.randint(4, 480)}{comma}{random.choice(('00', '50', '90', '99', '20'))}",
            "round": str(random.choice((20, 40, 50, 80, 100, 150, 200, 250, 300, 400, 500))),
            "days": str(random.randint(3, 9)),
            "serial": f"HT-{random.randint(4100, 4189)}-01",
        }
        return values | {key: random.choice(words) for key, words in self._book.words.items()}
