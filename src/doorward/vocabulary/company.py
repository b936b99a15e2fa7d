"""What a company brings along: texts, customers, a past, and its core system, all as plain data."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, Literal, Protocol, runtime_checkable

import msgspec

from doorward.vocabulary.operations import FactKind, Scalar


class Branding(msgspec.Struct, frozen=True, kw_only=True):
    """How a tenant shows itself. Colours are `#rrggbb`; texts are per language code."""

    name: str
    accent: str = "#0f6b5c"
    accent_dark: str = "#5fd0b8"
    greeting: Mapping[str, str] = {}
    privacy_notice: Mapping[str, str] = {}
    public_contacts: tuple[str, ...] = ()


class ArticleSection(msgspec.Struct, frozen=True, kw_only=True):
    """One part of an article that can stand alone as an answer. `questions` are ways of asking for it.

    `id` is the same in every language of the article and stays when the heading is reworded; the lead has none.
    """

    heading: str
    body: str
    questions: tuple[str, ...] = ()
    id: str = ""


class ArticleSeed(msgspec.Struct, frozen=True, kw_only=True):
    """One knowledge article in one language. Section 0 is the lead (its heading is the title). Bodies are Markdown."""

    slug: str
    language: str
    title: str
    summary: str
    keywords: tuple[str, ...]
    sections: tuple[ArticleSection, ...]


class CustomerSeed(msgspec.Struct, frozen=True, kw_only=True):
    """One customer as the company's core system knows them. `reference` is the company's customer number."""

    reference: str
    name: str
    email: str
    phone: str
    language: str


class PastTurn(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a past conversation: who said it, what, and how long after the line before."""

    author: Literal["customer", "bot", "agent"]
    text: str
    after: timedelta


class PastConversation(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation of the past: `started` is how long ago it began, `labels` are keys of labels that it has."""

    key: str
    customer_reference: str | None
    language: str
    started: timedelta
    turns: tuple[PastTurn, ...]
    outcome: Literal["resolved", "abandoned", "waiting"]
    labels: tuple[str, ...] = ()


class PieceSeed(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the desk works with: a label, a field, a status, a view.

    `piece` is it as the interface writes pieces of the workspace, its `type` among it.
    """

    key: str
    piece: Mapping[str, Any]


class IntentSeed(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the company's customers want: its name, what a button calls it, and phrases, all by language.

    An empty name is for phrases that customers write and none of the intents means.
    """

    name: str
    labels: Mapping[str, str] = {}
    phrases: Mapping[str, tuple[str, ...]] = {}


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """What one simulated visitor says, line by line, and how long they take before each line."""

    language: str
    lines: tuple[str, ...]
    pause: timedelta


class StaffSeed(msgspec.Struct, frozen=True, kw_only=True):
    """A member of staff of a demo company."""

    username: str
    display_name: str
    role: Literal["agent", "supervisor", "administrator"]
    languages: tuple[str, ...] = ()


class CoreOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order as the core system shows it. `closed`: nothing is to come of it any more."""

    reference: str
    item: str
    state: str
    placed: str
    detail: str = ""
    closed: bool = False


class CoreFact(msgspec.Struct, frozen=True, kw_only=True):
    """Something that staff should know of a customer: what it is, in the company's languages, and how it is.

    Nothing secret: no full number of a card or an account, no password.
    """

    label: Mapping[str, str]
    value: str


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a customer would want to hear of before they ask: what kind, about which of their things.

    `about` is the key of the thing ("" if it is about none), `figures` what a sentence about it needs: amounts in
    minor units, days in ISO 8601, nothing secret. Kinds are a company's own; its `SignalSource` declares them.
    """

    kind: str
    about: str = ""
    figures: Mapping[str, Scalar] = {}


class CoreSystem(Protocol):
    """The port to a company's own system of record. Every call is scoped to one verified customer reference."""

    def customer(self, reference: str) -> CustomerSeed | None:
        """Return the customer with this reference, or None."""

    def orders(self, reference: str) -> Sequence[CoreOrder]:
        """Return the customer's orders, newest first."""

    def order_paper(self, reference: str, *, device: str, idempotency_key: str) -> CoreOrder:
        """Order paper rolls for a payment terminal of this customer; the same key again returns the same order.

        Raises `NotFound` when the device is not this customer's.
        """

    def ping(self) -> None:
        """Raise if the system cannot be reached."""


@runtime_checkable
class FactSource(Protocol):
    """What a core system may offer besides: facts for the desk's customer panel. Reading them changes nothing."""

    def facts(self, reference: str) -> Sequence[CoreFact]:
        """Return what staff should know of the customer, the most important first; nothing for an unknown one.

        Raises `Unavailable` when it cannot tell. It may take its time: whoever asks waits no longer than they like.
        """


@runtime_checkable
class SignalSource(Protocol):
    """What a core system may offer besides: what a customer should be told of, or be helped with, unasked."""

    def signal_kinds(self) -> Mapping[str, Mapping[str, FactKind]]:
        """Return the kinds of signals there are and how the figures of each are to be read; the same every time."""

    def signals(self, reference: str) -> Sequence[Signal]:
        """Return what stands out for the customer, the most pressing first; nothing for an unknown one.

        Reading changes nothing. Raises `Unavailable` when it cannot tell. It is level 1 knowledge (`Operates`): nobody
        hears of it of whom it is not known who they are.
        """


@runtime_checkable
class CircumstanceSource(Protocol):
    """What a core system may offer besides: what holds for a customer that says what they may want, as codes."""

    def circumstance_kinds(self) -> frozenset[str]:
        """Return all codes there are; the same every time."""

    def circumstances(self, reference: str) -> Sequence[str]:
        """Return the codes that hold for the customer now, each once; none for an unknown one.

        Reading changes nothing. Raises `Unavailable` when it cannot tell. It is level 1 knowledge, as signals are.
        """


@runtime_checkable
class ExpectationSource(Protocol):
    """What a company may bring besides: how often customers for whom a circumstance holds want what."""

    def expectations(self) -> Path:
        """Return the file that declares the rates; it need not be there."""


@runtime_checkable
class IntentSource(Protocol):
    """What a company may offer besides: what its customers want, and phrases that teach it."""

    def intents(self) -> Iterable[IntentSeed]:
        """Yield the intents, the same ones every time."""


@runtime_checkable
class ProcedureSource(Protocol):
    """What a company may bring besides: procedures that its core system (`Operates`) carries out."""

    def procedures(self) -> Path:
        """Return the folder below which each procedure has one of its own; it need not be there."""


@runtime_checkable
class NudgeSource(Protocol):
    """What a company may bring besides: what is offered unasked when a signal of its core system stands out."""

    def nudges(self) -> Path:
        """Return the file that declares them; it need not be there."""


@runtime_checkable
class MachineOrderSource(Protocol):
    """What a company may bring besides: what machines may order for their owners, and what that costs."""

    def machine_orders(self) -> Path:
        """Return the file that declares the kinds; it need not be there."""


class Company(Protocol):
    """A `companies/<name>` plugin: `build(kit)` returns one of these."""

    id: str
    languages: tuple[str, ...]
    branding: Branding

    def articles(self) -> Iterable[ArticleSeed]:
        """Yield every article in every language."""

    def customers(self) -> Iterable[CustomerSeed]:
        """Yield the customers to register."""

    def staff(self) -> Iterable[StaffSeed]:
        """Yield the demo staff."""

    def pieces(self) -> Iterable[PieceSeed]:
        """Yield what the desk works with to begin with: labels, fields, statuses, views."""

    def history(self) -> Iterable[PastConversation]:
        """Yield past conversations, the same ones every time."""

    def next_visit(self, random: Random) -> Visit | None:
        """Return what the next simulated visitor says, or None if this company has no traffic."""

    def core_system(self, folder: Path) -> CoreSystem | None:
        """Open the core system's own database below `folder` (made and seeded at first use), or None."""
