"""Nudges as a company declares them: which signal of its core system leads to which offer, in which words, how
often.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

import msgspec

from doorward.vocabulary.operations import FactKind

NudgeKind = Literal["service", "sales"]
"""service: it helps with what the customer has already · sales: it is something new."""


class Cap(msgspec.Struct, frozen=True, kw_only=True):
    """At most so many within so many days."""

    most: int
    days: int

    @property
    def period(self) -> timedelta:
        """Return the days as a length of time."""
        return timedelta(days=self.days)


class Nudge(msgspec.Struct, frozen=True, kw_only=True):
    """One offer. `procedure` or `article` is what a yes begins or is answered with; the other is empty.

    Of several that could be offered the one with the highest `priority` is. `per_customer` bounds how often it is
    offered to one customer, `rest_days` is for how long nobody asks again after a no. `value` names the figure of the
    signal that the customer has of it once it is solved (an amount), empty where that is not counted in money.

    Texts are by language: `title` is its name for staff, `ask` what the bot asks the customer (no figures: whoever
    reads over the shoulder learns nothing), `why` what staff read, with the signal's figures as places, `gain` what
    the customer has of it.
    """

    key: str
    signal: str
    kind: NudgeKind
    procedure: str = ""
    article: str = ""
    priority: int = 0
    per_customer: Cap
    rest_days: int
    value: str = ""
    title: Mapping[str, str]
    ask: Mapping[str, str]
    why: Mapping[str, str]
    gain: Mapping[str, str]

    @property
    def rest(self) -> timedelta:
        """Return for how long a no counts."""
        return timedelta(days=self.rest_days)


class NudgeBook(msgspec.Struct, frozen=True, kw_only=True):
    """All nudges of a company, the highest priority first, and what bounds them together.

    `per_customer` bounds all that one customer is offered, `per_day` what all customers are offered within a day.
    Nothing is offered in a contact in which one of the intents or procedures of `never_with` came up. `figures` says
    how the figures of each signal are to be read, `currency` is that of amounts.
    """

    version: str
    per_customer: Cap
    per_day: int
    never_with: frozenset[str]
    nudges: tuple[Nudge, ...]
    figures: Mapping[str, Mapping[str, FactKind]] = {}
    currency: str = "EUR"

    def nudge(self, key: str) -> Nudge | None:
        """Return the nudge with a key, None for none."""
        return next((one for one in self.nudges if one.key == key), None)


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """What a file of nudges is checked against: everything of the company's that it may name."""

    languages: tuple[str, ...]
    signals: Mapping[str, Mapping[str, FactKind]]
    procedures: Mapping[str, tuple[str, ...]]
    articles: frozenset[str]
    intents: frozenset[str] = frozenset()
    currency: str = "EUR"
