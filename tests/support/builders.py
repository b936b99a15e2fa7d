"""Small makers of the values that tests talk about."""

from datetime import datetime
from typing import Any

from doorward.vocabulary.entry import Entry, EntryKind
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Actor
from doorward.vocabulary.text import MaskedText
from tests.support.transactions import CONVERSATION, NOON, PARTY


def an_entry(
    kind: EntryKind,
    *,
    key: str | None = None,
    text: str | None = None,
    at: datetime = NOON,
    conversation_id: ConversationId = CONVERSATION,
    **data: Any,
) -> Entry:
    """Return a ledger entry; `data` are its fields, the key is the kind unless told."""
    return Entry(
        kind=kind,
        conversation_id=conversation_id,
        party_id=PARTY,
        key=key or kind,
        at=at,
        actor=Actor(kind="system", id="test"),
        text=None if text is None else MaskedText(text),
        data=data,
    )
