"""The SQL of what was expected."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from doorward.kit.tx import Tx
from doorward.understanding.expecting.tables import expectation_table
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope

_of = expectation_table.c


def insert_expectation(tx: Tx, scope: Scope, values: dict[str, Any]) -> bool:
    """Keep what is expected in a conversation; return False where something is kept already."""
    into = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    written = into(expectation_table).values(tenant_id=scope.tenant_id, **values).on_conflict_do_nothing()
    return tx.execute(written.returning(_of.conversation_id)).first() is not None


def find_expectation(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Any | None:
    """Return what was expected in a conversation, None for nothing kept."""
    own = (_of.tenant_id == scope.tenant_id) & (_of.conversation_id == conversation_id)
    return tx.execute(select(expectation_table).where(own)).first()


def find_expectations_of(tx: Tx, scope: Scope, parties: Sequence[PartyId], *, limit: int) -> Sequence[Any]:
    """Return what was expected of some parties, the newest first."""
    query = select(expectation_table).where(_of.tenant_id == scope.tenant_id, _of.party_id.in_(parties))
    return tx.execute(query.order_by(_of.made_at.desc(), _of.conversation_id).limit(limit)).all()


def set_wanted(tx: Tx, scope: Scope, conversation_id: ConversationId, intent: str) -> bool:
    """Note what was wanted first in a conversation; return False where that is known, or nothing was expected."""
    own = (_of.tenant_id == scope.tenant_id) & (_of.conversation_id == conversation_id) & (_of.wanted == "")
    return tx.execute(update(expectation_table).where(own).values(wanted=intent)).rowcount > 0


def find_judged(tx: Tx, scope: Scope, *, since: datetime, until: datetime, limit: int) -> Sequence[Any]:
    """Return the newest expectations of a time of which it is known what was wanted, the newest first."""
    query = (
        select(expectation_table)
        .where(_of.tenant_id == scope.tenant_id, _of.made_at >= since, _of.made_at < until, _of.wanted != "")
        .order_by(_of.made_at.desc(), _of.conversation_id)
    )
    return tx.execute(query.limit(limit)).all()


def delete_before(tx: Tx, scope: Scope, before: datetime) -> int:
    """Remove what was expected before a moment; return how many."""
    own = (_of.tenant_id == scope.tenant_id) & (_of.made_at < before)
    return tx.execute(delete(expectation_table).where(own)).rowcount


def delete_expectations_of(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Remove what was expected of a party; return how many."""
    own = (_of.tenant_id == scope.tenant_id) & (_of.party_id == party_id)
    return tx.execute(delete(expectation_table).where(own)).rowcount
