"""Reads of customers' data: what is seen is noted in the audit, as law 8 asks."""

from collections.abc import Callable
from typing import TypeVar

from doorward.flow.views.conversation import ConversationView, conversation
from doorward.flow.views.transcript import SHOWN_LINES
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

T = TypeVar("T")


async def read_noted(transactions: Transactions, scope: Scope, work: Callable[[Tx], T], *, event: AuditEvent) -> T:
    """Return what `work` reads, once it is noted that it was read; what raises was not read, and is not noted."""
    value = await transactions.read_async(work)
    await transactions.write_async(scope, lambda _tx: Outcome(None, (event,)))
    return value


async def open_conversation(
    transactions: Transactions,
    scope: Scope,
    conversation_id: ConversationId,
    *,
    lines: int = SHOWN_LINES,
    beside: tuple[str, ...] = (),
) -> ConversationView:
    """Return the conversation as the desk sees it, and note who looked, also at what is shown `beside` it.

    Raises `NotFound`, and notes nothing then.
    """
    return await read_noted(
        transactions,
        scope,
        lambda tx: conversation(tx, scope, conversation_id, lines=lines),
        event=conversation_read(conversation_id, beside=beside),
    )


def conversation_read(conversation_id: ConversationId, *, beside: tuple[str, ...] = ()) -> AuditEvent:
    """Return the audit line of a look into a conversation, and at what is shown beside it."""
    return AuditEvent(action="conversation.read", object_kind="conversation", object_id=conversation_id, fields=beside)
