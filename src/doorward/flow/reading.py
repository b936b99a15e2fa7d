"""Looking at a customer's conversation: what is seen is noted in the audit, as law 8 asks."""

from doorward.flow.views.conversation import ConversationView, conversation
from doorward.flow.views.transcript import SHOWN_LINES
from doorward.kit.tx import Transactions
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope


async def open_conversation(
    transactions: Transactions, scope: Scope, conversation_id: ConversationId, *, lines: int = SHOWN_LINES
) -> ConversationView:
    """Return the conversation as the desk sees it, and note who looked. Raises `NotFound`, and notes nothing then."""
    view = await transactions.read_async(lambda tx: conversation(tx, scope, conversation_id, lines=lines))
    event = AuditEvent(action="conversation.read", object_kind="conversation", object_id=conversation_id)
    await transactions.write_async(scope, lambda _tx: Outcome(None, (event,)))
    return view
