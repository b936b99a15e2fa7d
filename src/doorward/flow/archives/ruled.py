"""Detectors with what a company has decided: what is public, its own kinds, and how much of a value may be shown."""

from collections.abc import Collection
from typing import Protocol

from doorward.protection import ALL_GUARDS, NO_FACTS, Guard, PublicFacts, Screened, Screener
from doorward.vocabulary.text import WildText


class Screening(Protocol):
    """What screens the texts of a chunk."""

    def screen(self, text: WildText, *, guards: Collection[Guard] = ALL_GUARDS) -> Screened:
        """Return a text screened. No text makes it raise."""

    def after(self, before: WildText | None) -> "Screening":
        """Return the same with a text in mind that stands before the next one."""


class Ruled:
    """A screener that spares public facts; its policy and own kinds are the screener's. Immutable."""

    def __init__(self, screener: Screener, public: PublicFacts = NO_FACTS) -> None:
        """Take both."""
        self.screener = screener
        self.public = public

    def screen(self, text: WildText, *, guards: Collection[Guard] = ALL_GUARDS) -> Screened:
        """See `Screening`."""
        return self.screener.screen(text, guards=guards, public=self.public)

    def after(self, before: WildText | None) -> "Ruled":
        """See `Screening`."""
        return Ruled(self.screener.after(before), self.public)
