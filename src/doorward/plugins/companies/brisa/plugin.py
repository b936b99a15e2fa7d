"""Brisa: six articles, twenty customers, three orders each; small enough to know by heart."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from random import Random

import msgspec

from doorward.kit.clock import Clock, SystemClock
from doorward.vocabulary.article_files import parse_article
from doorward.vocabulary.company import (
    ArticleSeed,
    Branding,
    Company,
    CoreOrder,
    CoreSystem,
    CustomerSeed,
    PastConversation,
    PieceSeed,
    StaffSeed,
    Visit,
)
from doorward.vocabulary.errors import NotFound

_ITEMS = (
    "House blend, 500 g",
    "Decaf Sierra, 250 g",
    "Turkish roast, 250 g",
    "Morning oolong, 100 g",
    "Rize black tea, 200 g",
    "Paper filters, 100",
)
_ORDERS_EACH = 3


class BrisaOrders:
    """The shop's book of orders. It is read only and made anew at every start, so it needs no database."""

    def __init__(self, customers: Iterable[CustomerSeed], *, today: date) -> None:
        """Write the book as of `today`."""
        self._customers: Mapping[str, CustomerSeed] = {one.reference: one for one in customers}
        self._orders = {
            reference: tuple(_order(place, number=number, today=today) for number in range(_ORDERS_EACH))
            for place, reference in enumerate(self._customers)
        }

    def customer(self, reference: str) -> CustomerSeed | None:
        """Return the customer with this reference, or None."""
        return self._customers.get(reference)

    def orders(self, reference: str) -> Sequence[CoreOrder]:
        """Return the customer's orders, newest first."""
        return self._orders.get(reference, ())

    def order_paper(self, reference: str, *, device: str, idempotency_key: str) -> CoreOrder:
        """Raise `NotFound`: nobody has a payment terminal from a coffee shop."""
        raise NotFound("no such device of this customer")

    def ping(self) -> None:
        """Do nothing: the book is always there."""


class Brisa:
    """The second company; everything it gives is the same every time, dates apart."""

    id = "brisa"
    languages: tuple[str, ...] = ("en", "tr")

    def __init__(self, clock: Clock) -> None:
        """Read branding and customers. `clock` dates the orders."""
        self._clock = clock
        folder = files(__package__)
        self.branding = msgspec.convert(tomllib.loads((folder / "branding.toml").read_text("utf-8")), Branding)
        rows = tomllib.loads((folder / "customers.toml").read_text("utf-8"))["customers"]
        self._customers = tuple(
            CustomerSeed(reference=reference, name=name, email=email, phone=phone, language=language)
            for reference, name, email, phone, language in rows
        )

    def articles(self) -> Iterable[ArticleSeed]:
        """Yield every article in both languages. Raises ValueError for a file that cannot be read."""
        for folder in sorted((files(__package__) / "articles").iterdir(), key=lambda entry: entry.name):
            for page in sorted(folder.iterdir(), key=lambda entry: entry.name):
                language = page.name.removesuffix(".md")
                yield parse_article(page.read_text("utf-8"), slug=folder.name, language=language)

    def customers(self) -> Iterable[CustomerSeed]:
        """Yield the twenty customers."""
        return self._customers

    def staff(self) -> Iterable[StaffSeed]:
        """Yield an agent and an administrator."""
        return (
            StaffSeed(username="lale", display_name="Lale Winter", role="agent", languages=("en", "tr")),
            StaffSeed(username="owner", display_name="Inês Brandão", role="administrator", languages=("en",)),
        )

    def pieces(self) -> Iterable[PieceSeed]:
        """Yield nothing: the shop sets up its desk itself."""
        return ()

    def history(self) -> Iterable[PastConversation]:
        """Yield nothing: the shop has just opened."""
        return ()

    def next_visit(self, random: Random) -> Visit | None:
        """Return None: nobody visits by simulation."""
        return None

    def core_system(self, folder: Path) -> CoreSystem:
        """Open the book of orders; `folder` stays untouched."""
        return BrisaOrders(self._customers, today=self._clock.now().date())


def _order(place: int, *, number: int, today: date) -> CoreOrder:
    """Return order `number` (0 is the newest) of the customer at `place`."""
    days = 2 + number * 30 + place
    return CoreOrder(
        reference=f"BO{70000 + place * 10 + number}",
        item=_ITEMS[(place + number) % len(_ITEMS)],
        state="sent" if days < 4 else "delivered",
        closed=days >= 4,
        placed=(today - timedelta(days=days)).isoformat(),
    )


def build(kit: object) -> Company:
    """Return the company; it goes by `kit.clock` if there is one, else by the computer's."""
    clock: Clock = getattr(kit, "clock", None) or SystemClock()
    return Brisa(clock)
