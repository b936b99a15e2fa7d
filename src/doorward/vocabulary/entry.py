"""What is written down: lines of the conversation ledger, and lines of the audit."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from doorward.vocabulary.ids import ConversationId, MessageId, PartyId
from doorward.vocabulary.scope import Actor
from doorward.vocabulary.text import MaskedText

EntryKind = Literal[
    "conversation.opened",
    "message.customer",
    "message.bot",
    "message.agent",
    "message.refused",
    "assessment.made",
    "decision.made",
    "handoff.requested",
    "handoff.assigned",
    "handoff.passed",
    "handoff.returned",
    "conversation.resolved",
    "identity.raised",
    "attachment.received",
    "attachment.scanned",
    "feedback.given",
    "callback.requested",
    "deletion.requested",
    "appeal.made",
    "transcript.requested",
]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a conversation's append-only ledger.

    `key` makes it idempotent: the same key in the same conversation is written once. `text` is masked. `data` holds
    JSON values: ids, codes, scores, and words that Doorward or the company wrote, never a customer's raw words.
    """

    kind: EntryKind
    conversation_id: ConversationId
    party_id: PartyId
    key: str
    at: datetime
    actor: Actor
    text: MaskedText | None = None
    message_id: MessageId | None = None
    data: dict[str, Any] = {}


class AuditEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the audit: who did what to which object, which fields; ids and names of fields only (law 8)."""

    action: str
    object_kind: str
    object_id: str
    fields: tuple[str, ...] = ()
    reason: str | None = None
