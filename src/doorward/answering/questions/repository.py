"""The SQL of dismissed questions."""

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from doorward.answering.questions.asked import Asked
from doorward.answering.tables import dismissed
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.scope import Scope


def add(tx: Tx, scope: Scope, one: Asked) -> bool:
    """Add a line; return False when it is there already."""
    into = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    values = {"conversation_id": one.conversation_id, "seq": one.seq, "party_id": one.party_id}
    statement = into(dismissed).values(tenant_id=scope.tenant_id, at=tx.now, actor_id=scope.actor.id, **values)
    return tx.execute(statement.on_conflict_do_nothing().returning(dismissed.c.seq)).first() is not None


def latest(tx: Tx, scope: Scope, *, limit: int) -> tuple[Asked, ...]:
    """Return the lines that were dismissed last."""
    query = select(dismissed).where(dismissed.c.tenant_id == scope.tenant_id)
    order = (dismissed.c.at.desc(), dismissed.c.conversation_id, dismissed.c.seq)
    return tuple(
        Asked(conversation_id=row.conversation_id, seq=row.seq, party_id=PartyId(row.party_id))
        for row in tx.execute(query.order_by(*order).limit(limit))
    )


def count(tx: Tx, scope: Scope) -> int:
    """Return how many lines are dismissed."""
    query = select(func.count()).select_from(dismissed).where(dismissed.c.tenant_id == scope.tenant_id)
    return int(tx.execute(query).scalar_one())


def delete_all(tx: Tx, scope: Scope) -> int:
    """Delete all lines of the tenant; return how many."""
    return tx.execute(delete(dismissed).where(dismissed.c.tenant_id == scope.tenant_id)).rowcount


def delete_of(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Delete a party's lines; return how many."""
    theirs = (dismissed.c.tenant_id == scope.tenant_id) & (dismissed.c.party_id == party_id)
    return tx.execute(delete(dismissed).where(theirs)).rowcount
