"""Kinds of callers, from those who are served first to those who are served last."""

from datetime import datetime
from typing import Final, Literal, get_args

import msgspec

CallerClass = Literal["signed", "open_case", "known", "anonymous", "flagged"]
"""A machine customer that signed and has its owner's mandate; a known relationship with an open case; a known
relationship; nobody we know; somebody whose contacts look like those of a campaign."""

CLASSES: Final[tuple[CallerClass, ...]] = get_args(CallerClass)
"""The first is served first."""


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of whoever comes.

    `owner` is who is behind it: the customer, the owner whom an assistant acts for, or the best that stands for one (a
    visitor's party, a network). `platform` is by what they come: the assistant's or operator's key, or the channel.
    `signed` and `mandate` were checked. `verified` is a person who proved to be the customer they say they are.
    `vulnerable` is somebody who must be heard: in danger, or marked as such. `effort` is a
    device that did a piece of work which was asked of it. `flagged` comes with the second look.
    """

    owner: str
    platform: str
    signed: bool = False
    mandate: bool = False
    verified: bool = False
    vulnerable: bool = False
    effort: bool = False
    known: bool = False
    open_case: bool = False
    flagged: bool = False

    @property
    def is_protected(self) -> bool:
        """Return whether this caller is never shed, whatever happens: verified or vulnerable."""
        return self.verified or self.vulnerable


class Arriving(msgspec.Struct, frozen=True, kw_only=True):
    """One contact that arrives: whose, when, and how many seconds of a person's time it would take, as estimated."""

    caller: Caller
    at: datetime
    handling: float


def class_of(caller: Caller) -> CallerClass:
    """Return a caller's class.

    Being flagged is a judgement about words, and wrong for one in a hundred: it outweighs neither a signature under a
    mandate, whose owner has a quota and can be asked, nor somebody who is protected.
    """
    if caller.signed and caller.mandate:
        return "signed"
    if caller.flagged and not caller.is_protected:
        return "flagged"
    if caller.open_case:
        return "open_case"
    return "known" if caller.known or caller.verified else "anonymous"


def rank_of(caller_class: CallerClass) -> int:
    """Return a class's place in the order of service, 0 for the first."""
    return CLASSES.index(caller_class)
