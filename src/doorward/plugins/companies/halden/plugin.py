"""Halden Bank: an invented retail bank whose merchants' payment terminals order their own paper rolls."""

import tomllib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from random import Random

import msgspec

from doorward.kit.clock import Clock, SystemClock
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.history import past_conversations
from doorward.plugins.companies.halden.seed import make_seed
from doorward.plugins.companies.halden.traffic import next_visit
from doorward.vocabulary.article_files import parse_article
from doorward.vocabulary.company import (
    ArticleSeed,
    Branding,
    Company,
    CoreSystem,
    CustomerSeed,
    IntentSeed,
    PastConversation,
    PieceSeed,
    StaffSeed,
    Visit,
)

STAFF = (
    StaffSeed(username="mira", display_name="Mira Castellan", role="agent", languages=("en", "ru")),
    StaffSeed(username="jonas", display_name="Jonas Wiegand", role="agent", languages=("de", "en")),
    StaffSeed(username="elif", display_name="Elif Korkmaz", role="agent", languages=("tr", "de", "en")),
    StaffSeed(username="dewi", display_name="Dewi Prasetyo", role="agent", languages=("id", "en")),
    StaffSeed(
        username="nadia", display_name="Nadia Orlova", role="supervisor", languages=("en", "de", "tr", "id", "ru")
    ),
    StaffSeed(username="admin", display_name="Tom Archer", role="administrator", languages=("en", "de")),
)


class HaldenBank:
    """The demo company; everything it gives is the same every time, times apart."""

    id = "halden"
    languages: tuple[str, ...] = ("en", "de", "tr", "id", "ru")

    def __init__(self, clock: Clock) -> None:
        """Read the branding. `clock` dates the past and the orders."""
        self._clock = clock
        self._opened = clock.now()
        folder = files(__package__)
        self.branding = msgspec.convert(tomllib.loads((folder / "branding.toml").read_text("utf-8")), Branding)

    def articles(self) -> Iterable[ArticleSeed]:
        """Yield every article in every language. Raises ValueError for a file that cannot be read."""
        for folder in sorted((files(__package__) / "articles").iterdir(), key=lambda entry: entry.name):
            for page in sorted(folder.iterdir(), key=lambda entry: entry.name):
                language = page.name.removesuffix(".md")
                yield parse_article(page.read_text("utf-8"), slug=folder.name, language=language)

    def customers(self) -> Iterable[CustomerSeed]:
        """Yield the 500 customers."""
        return [person.customer for person in make_seed().people]

    def staff(self) -> Iterable[StaffSeed]:
        """Yield four agents, a supervisor and an administrator."""
        return STAFF

    def pieces(self) -> Iterable[PieceSeed]:
        """Yield a few labels, fields, statuses, views, canned replies and a macro."""
        found = tomllib.loads((files(__package__) / "workspace.toml").read_text("utf-8"))
        return [PieceSeed(key=key, piece=piece) for key, piece in found.items()]

    def intents(self) -> Iterable[IntentSeed]:
        """Yield what customers want, thirty intents, and what they write besides."""
        folder = files(__package__)
        labels = tomllib.loads((folder / "intents.toml").read_text("utf-8"))
        for name in (*labels, ""):
            lines = (folder / "intents" / f"{name or 'none'}.jsonl").read_text("utf-8").splitlines()
            phrases: dict[str, list[str]] = {}
            for line in lines:
                row = msgspec.json.decode(line)
                phrases.setdefault(row["language"], []).append(row["text"])
            said = {language: tuple(texts) for language, texts in phrases.items()}
            yield IntentSeed(name=name, labels=labels.get(name, {}), phrases=said)

    def history(self) -> Iterable[PastConversation]:
        """Yield the conversations of the past 30 days, the same ones every time."""
        return past_conversations(self.articles(), now=self._opened)

    def next_visit(self, random: Random) -> Visit | None:
        """Return what the next simulated visitor says."""
        return next_visit(random)

    def procedures(self) -> Path:
        """Return the folder of the bank's procedures."""
        return Path(__file__).parent / "procedures"

    def nudges(self) -> Path:
        """Return the file of what the bank offers unasked."""
        return Path(__file__).parent / "nudges.toml"

    def expectations(self) -> Path:
        """Return the file of what customers probably want."""
        return Path(__file__).parent / "expected.toml"

    def machine_orders(self) -> Path:
        """Return the file of what machines may order for their owners."""
        return Path(__file__).parent / "machines.toml"

    def core_system(self, folder: Path) -> CoreSystem:
        """Open the core system's own database below `folder` (made and seeded at first use)."""
        return HaldenCore(folder, seed=make_seed(), clock=self._clock)


def build(kit: object) -> Company:
    """Return the company; it goes by `kit.clock` if there is one, else by the computer's."""
    clock: Clock = getattr(kit, "clock", None) or SystemClock()
    return HaldenBank(clock)
