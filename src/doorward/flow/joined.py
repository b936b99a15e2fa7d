"""Conversations of one customer that were merged: where one goes on, and what it took in."""

from typing import Final

from doorward import record
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope

MOST_HOPS: Final = 15
"""How often a conversation may go on in another one; further merging is refused."""

_SAID: Final = frozenset(
    {
        "message.customer",
        "message.bot",
        "message.agent",
        "attachment.received",
        "callback.requested",
        "callback.withdrawn",
        "conversation.resolved",
        "conversation.merged",
        "conversation.parted",
    }
)
"""After one of these a merge stays: taking it apart would tear what was said from what it answered."""


def goes_on_in(tx: Tx, scope: Scope, conversation_id: ConversationId) -> ConversationId:
    """Return the conversation in which this one goes on: itself unless it was merged."""
    for _ in range(MOST_HOPS):
        card = record.card_of(tx, scope, conversation_id)
        if card is None or card.merged_into is None:
            return conversation_id
        conversation_id = ConversationId(card.merged_into)
    return conversation_id


def taken_in(tx: Tx, scope: Scope, conversation_id: ConversationId) -> tuple[record.WrittenEntry, ...]:
    """Return the ledger lines by which a conversation took in the others that it holds now, the latest first."""
    lines = record.entries_of_kinds(tx, scope, (conversation_id,), kinds=("conversation.absorbed",))
    held: dict[str, record.WrittenEntry] = {}
    for line in lines:
        other = line.entry.data["from"]
        card = record.card_of(tx, scope, ConversationId(other))
        if other not in held and card is not None and card.merged_into == conversation_id:
            held[other] = line
    return tuple(held.values())


def all_taken_in(tx: Tx, scope: Scope, conversation_id: ConversationId) -> tuple[ConversationId, ...]:
    """Return all conversations that go on in this one, also by way of others."""
    found: list[ConversationId] = []
    open_ends = [conversation_id]
    while open_ends:
        some = [ConversationId(one.entry.data["from"]) for one in taken_in(tx, scope, open_ends.pop())]
        found += some
        open_ends += some
    return tuple(found)


def is_undoable(tx: Tx, scope: Scope, line: record.WrittenEntry) -> bool:
    """Return whether nothing was said since a conversation took in another one by this ledger line."""
    since = record.entries_after(tx, scope, line.entry.conversation_id, after=line.seq, limit=200)
    return len(since) < 200 and not any(_is_said(one.entry) for one in since)


def _is_said(entry: Entry) -> bool:
    return entry.kind in _SAID and entry.data.get("action") != "handoff.passed"
