"""What filters come to: which conversations, which lines, from when until when."""

from datetime import datetime
from typing import Any

import msgspec

from doorward.flow.filters.asked import Filters
from doorward.flow.filters.book import ME, NONE, PRIORITIES, YES, Circumstances
from doorward.flow.filters.days import edge_of
from doorward.record.search import NOBODY, Author, CardFilters, Group, kind_term


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of conversations, and of lines: who wrote them, terms of their masked places; in [since, until)."""

    cards: CardFilters = CardFilters()
    authors: tuple[Author, ...] = ()
    masked: tuple[Group, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def mean(filters: Filters, given: Circumstances) -> Wanted:
    """Return what filters come to. Values of one filter are alternatives; different filters must all hold.

    Of several days and shares the one counts that leaves least.
    """
    found = _Found(filters, given)
    cards = CardFilters(
        states=found.all_of("state"),
        channels=found.all_of("channel"),
        languages=found.all_of("lang"),
        queues=found.all_of("queue"),
        statuses=found.all_of("status"),
        priorities=tuple(PRIORITIES[one] for one in found.all_of("priority")),
        intents=found.all_of("intent"),
        assignees=tuple(found.member(one) for one in found.all_of("agent")),
        labels=found.choices("label"),
        mentions=tuple(tuple(map(found.member, choice)) for choice in found.choices("mentions")),
        risk=max((float(one.removesuffix("%")) / 100 for one in found.all_of("risk")), default=None),
        unseen=given.scope.actor.id if found.all_of("unread") else None,
        snoozed=found.sleeping(),
        now=None if found.sleeping() is None else given.now,
    )
    return Wanted(
        cards=cards,
        authors=found.all_of("by"),
        masked=tuple(Group(terms=frozenset(map(kind_term, choice))) for choice in found.choices("masked")),
        since=max(found.edges("from"), default=None),
        until=min((*found.edges("to", last=True), *found.edges("before")), default=None),
    )


class _Found:
    """The values of filters by name."""

    def __init__(self, filters: Filters, given: Circumstances) -> None:
        """Take filters in normal form."""
        self._filters = filters
        self._given = given
        self._members = {one.username: str(one.id) for one in given.members}
        self._members |= {ME: given.scope.actor.id, NONE: NOBODY}

    def all_of(self, name: str) -> tuple[Any, ...]:
        """Return all values of a filter."""
        return tuple(value for one in self._filters if one.name == name for value in one.values)

    def choices(self, name: str) -> tuple[tuple[str, ...], ...]:
        """Return the values of a filter that may be written again, of each time."""
        return tuple(one.values for one in self._filters if one.name == name)

    def member(self, name: str) -> str:
        """Return whose user name this is, whoever asks for `me`."""
        return self._members[name]

    def sleeping(self) -> bool | None:
        """Return whether those that sleep are asked for, or the others; None for either."""
        wanted = set(self.all_of("sleeping"))
        return YES in wanted if len(wanted) == 1 else None

    def edges(self, name: str, *, last: bool = False) -> tuple[datetime, ...]:
        """Return when the days of a filter begin; with `last`, when they are over."""
        given = self._given
        return tuple(edge_of(one, given.now, given.zone, last=last) for one in self.all_of(name))
