"""A conversation to be taken along: all of it as the desk reads it, masked, as data or as plain text."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from doorward.flow.views.conversation import conversation, earlier_lines
from doorward.flow.views.transcript import ShownEntry
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

MOST_STRETCHES: Final = 500
"""Stretches of 2,000 ledger lines that are read for one export."""


class ExportedConversation(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation as it is handed out; every text is masked."""

    conversation_id: ConversationId
    channel: str
    language: str
    state: str
    opened_at: datetime
    exported_at: datetime
    lines: tuple[ShownEntry, ...]


async def export_conversation(
    transactions: Transactions, scope: Scope, conversation_id: ConversationId, *, notes: bool
) -> ExportedConversation:
    """Return all that was said in a conversation and those merged into it, once the audit has it.

    `notes` takes colleagues' notes along, which nobody outside should read. Raises `NotFound`.
    """

    def work(tx: Tx) -> Outcome[ExportedConversation]:
        view = conversation(tx, scope, conversation_id)
        lines, since = view.lines, view.since
        for _ in range(MOST_STRETCHES):
            if since <= 0:
                break
            earlier = earlier_lines(tx, scope, conversation_id, before=since)
            lines, since = (*earlier.lines, *lines), earlier.since
        card = view.card
        exported = ExportedConversation(
            conversation_id=conversation_id,
            channel=card.channel,
            language=card.language,
            state=card.state,
            opened_at=card.opened_at,
            exported_at=tx.now,
            lines=tuple(one for one in lines if notes or one.author != "note"),
        )
        fields = ("lines", "notes") if notes else ("lines",)
        event = AuditEvent(
            action="conversation.exported", object_kind="conversation", object_id=conversation_id, fields=fields
        )
        return Outcome(exported, (event,))

    return await transactions.write_async(scope, work)


def as_text(exported: ExportedConversation, *, who: Callable[[ShownEntry], str]) -> str:
    """Return an export as plain text: for each line its time (UTC), who said it, and below it what was said."""
    head = f"{exported.conversation_id} · {exported.channel} · {exported.opened_at:%Y-%m-%d %H:%M} UTC\n"
    return head + "".join(f"\n{one.at:%Y-%m-%d %H:%M} UTC · {who(one)}\n{one.text}\n" for one in exported.lines)
