"""The SQL of hints."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from doorward.kit.tx import Tx
from doorward.understanding.feelings.tables import hint_table
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope, crosses_tenants


def replace_hint(tx: Tx, scope: Scope, conversation_id: ConversationId, values: dict[str, Any]) -> None:
    """Write a conversation's hint in the place of the one before."""
    here = (hint_table.c.tenant_id == scope.tenant_id) & (hint_table.c.conversation_id == conversation_id)
    tx.execute(delete(hint_table).where(here))
    tx.execute(insert(hint_table).values(tenant_id=scope.tenant_id, conversation_id=conversation_id, **values))


def find_hint(tx: Tx, scope: Scope, conversation_id: ConversationId, *, after: datetime) -> Any | None:
    """Return a conversation's hint that lives longer than a moment, or None."""
    here = (hint_table.c.tenant_id == scope.tenant_id) & (hint_table.c.conversation_id == conversation_id)
    return tx.execute(select(hint_table).where(here, hint_table.c.expires_at > after)).first()


def delete_hints_of(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Remove all hints of a party; return how many."""
    own = (hint_table.c.tenant_id == scope.tenant_id) & (hint_table.c.party_id == party_id)
    return tx.execute(delete(hint_table).where(own)).rowcount


@crosses_tenants("the sweeper removes the expired hints of all tenants")
def delete_expired(tx: Tx) -> int:
    """Remove what has lived its day; return how many."""
    return tx.execute(delete(hint_table).where(hint_table.c.expires_at <= tx.now)).rowcount
