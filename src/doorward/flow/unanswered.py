"""What customers said of late and nobody understood: lines of the ledger, masked as they are, while they are there."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from doorward import record
from doorward.kit.tx import Tx
from doorward.understanding import LONGEST_PHRASE
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText

LOOKED_BACK: Final = timedelta(days=30)
MESSAGES: Final = 400
"""Messages that are looked at, the latest: reading them anew takes a second or two."""

UNANSWERED: Final = frozenset({"nothing_fits", "not_sure", "misunderstood_twice"})
"""Reasons of decisions that mean: it was not understood."""

_AT_ONCE: Final = 500
_MOST_PAGES: Final = 10
"""So many conversations at once, so many times, the latest first: beyond, a busy house would be read for minutes."""


class SuggestedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a conversation that nobody understood: where it stands, and what it says, masked."""

    conversation_id: str
    seq: int
    text: str
    language: str


class Unanswered(NamedTuple):
    """A line with its masked places, when it was said and by whom."""

    said: SuggestedLine
    masked: MaskedText
    at: datetime
    party_id: PartyId


def find_unanswered(
    tx: Tx, scope: Scope, *, looked_back: timedelta = LOOKED_BACK, but: Collection[str] = ()
) -> tuple[Unanswered, ...]:
    """Return the latest messages that were not understood, the oldest first; none of the parties `but`."""
    found: list[Unanswered] = []
    for ids in _pages(tx, scope, since=tx.now - looked_back):
        decided = record.entries_of_kinds(tx, scope, ids, kinds=("decision.made",), limit=20 * _AT_ONCE)
        lost = {one.entry.message_id for one in decided if one.entry.data.get("reason") in UNANSWERED}
        spoken = record.entries_of_kinds(tx, scope, ids, kinds=("message.customer",), limit=20 * _AT_ONCE)
        found += [
            _line(one)
            for one in spoken
            if one.entry.message_id in lost and is_short(one.entry) and one.entry.party_id not in but
        ]
        if len(found) >= MESSAGES:
            break
    latest = sorted(found, key=lambda one: (one.at, one.said.seq), reverse=True)[:MESSAGES]
    return tuple(reversed(latest))


def find_lines(
    tx: Tx, scope: Scope, lines: Sequence[tuple[str, int]], *, but: Collection[str] = ()
) -> tuple[Unanswered, ...]:
    """Return customers' lines by conversation and number, in this order.

    Raises `NotFound` for one that is not there, not a customer's, or of one of the parties `but`.
    """
    found = []
    for conversation_id, seq in lines:
        line = record.entries_at(tx, scope, ConversationId(conversation_id), (seq,)).get(seq)
        if line is None or line.entry.kind != "message.customer" or not is_short(line.entry):
            raise NotFound("no such message")
        if line.entry.party_id in but:
            raise NotFound("no such message")
        found.append(_line(line))
    return tuple(found)


def by_text(found: Sequence[Unanswered]) -> Mapping[str, SuggestedLine]:
    """Return the lines by what they say, the latest of those that say the same."""
    return {one.masked.text: one.said for one in found}


def is_short(entry: Entry) -> bool:
    """Return whether a line says something, and no more than a phrase may."""
    return entry.text is not None and len(entry.text) <= LONGEST_PHRASE and bool(entry.text.text.strip())


def _pages(tx: Tx, scope: Scope, *, since: datetime) -> Iterator[list[ConversationId]]:
    after: record.CardPlace | None = None
    for _ in range(_MOST_PAGES):
        cards = record.list_cards(tx, scope, record.CardQuery(since=since, after=after, limit=_AT_ONCE))
        if not cards:
            return
        yield [card.conversation_id for card in cards]
        after = record.CardPlace(at=cards[-1].last_at, conversation_id=cards[-1].conversation_id)


def _line(written: record.WrittenEntry) -> Unanswered:
    entry = written.entry
    masked = entry.text or MaskedText("")
    said = SuggestedLine(
        conversation_id=entry.conversation_id,
        seq=written.seq,
        text=masked.text,
        language=str(entry.data.get("language") or "").partition("-")[0],
    )
    return Unanswered(said, masked, entry.at, entry.party_id)
