"""What a search wants, what it finds, and the order of lines."""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Final, Literal

import msgspec

from doorward.record.card import Card
from doorward.record.search.query import Group
from doorward.vocabulary.ids import ConversationId, TenantId
from doorward.vocabulary.text import MaskedText

Author = Literal["customer", "bot", "agent", "note"]
Order = Literal["newest", "relevance"]

NOBODY: Final = ""
"""Stands among assignees for conversations that nobody has."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_MICROSECOND: Final = timedelta(microseconds=1)
_TIE_BITS: Final = 21
_NUMBER_BITS: Final = 8
LAST_ID: Final = 2**63 - 1


class CardFilters(msgspec.Struct, frozen=True, kw_only=True):
    """What must be true of a line's conversation: one of the values of each, anything where there are none.

    `labels` and `mentions` are choices, of each of which one must be there. The others are as those of `CardQuery`.
    """

    states: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    labels: tuple[tuple[str, ...], ...] = ()
    statuses: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()
    intents: tuple[str, ...] = ()
    mentions: tuple[tuple[str, ...], ...] = ()
    risk: float | None = None
    unseen: str | None = None
    snoozed: bool | None = None
    now: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether any conversation will do."""
        return self == CardFilters()


class LineQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines: with each of `groups`, with the phrases word by word, by these authors, in [since, until)."""

    groups: tuple[Group, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    authors: tuple[Author, ...] = ()
    cards: CardFilters = CardFilters()
    since: datetime | None = None
    until: datetime | None = None
    order: Order = "newest"

    @property
    def wants_lines(self) -> bool:
        """Return whether lines are asked for, and not conversations alone."""
        return bool(self.groups or self.authors)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line that was found: its number and author, when it was written, and its masked text.

    Of what staff wrote the text is without the signs that make form.
    """

    seq: int
    author: Author
    at: datetime
    text: MaskedText


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One hit: a conversation, and the line of it that has the words. Without words there is no line.

    `id` is the line's number (`line_id`), or the conversation's last moment in microseconds.
    """

    id: int
    card: Card
    line: Line | None = None


class Position(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Where the next page begins: behind the hit `id` (a line, or a moment), of this conversation or this score.

    `newest` is the id below which the first page began: by relevance, what is written meanwhile waits for a new search.
    """

    id: int
    conversation_id: str = ""
    score: float = 0.0
    newest: int = LAST_ID


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Which page of hits: at most `limit` of them, behind `position`, from the beginning without one."""

    limit: int
    position: Position | None = None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A page of hits. `next` is where the next one begins, None at the end.

    `searched_to` tells that the search stopped there to stay quick, and that older lines were not looked at yet.
    """

    hits: tuple[Hit, ...]
    next: Position | None = None
    searched_to: datetime | None = None


def line_id(tenant_id: TenantId, conversation_id: ConversationId, *, seq: int, at: datetime) -> int:
    """Return the number by which lines are in order: 42 bits of milliseconds since 1970, then 13 and 8 that tell apart
    lines of one moment in different and in one conversation. The same line has the same number on every database.

    Two lines may be given the same number, once in millions: whoever writes takes the next that is free.
    """
    digest = blake2b(f"{tenant_id}/{conversation_id}".encode(), digest_size=2).digest()
    tie = (int.from_bytes(digest, "big") & (1 << _TIE_BITS - _NUMBER_BITS) - 1) << _NUMBER_BITS
    return first_id(at) | tie | seq & (1 << _NUMBER_BITS) - 1


def first_id(at: datetime) -> int:
    """Return the lowest number of a line written in this millisecond; before 1970 and after 2109 all are the same."""
    return min(max(0, (at - _EPOCH) // _MILLISECOND), LAST_ID >> _TIE_BITS) << _TIE_BITS


def moment_of(number: int) -> datetime:
    """Return when a line with this number was written, to the millisecond."""
    return _EPOCH + (number >> _TIE_BITS) * _MILLISECOND


def microseconds(at: datetime) -> int:
    """Return a moment as microseconds since 1970, by which conversations are in order."""
    return (at - _EPOCH) // _MICROSECOND


def moment_at(number: int) -> datetime:
    """Return the moment so many microseconds after 1970."""
    return _EPOCH + number * _MICROSECOND
