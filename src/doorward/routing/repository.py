"""Routing's SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update

from doorward.kit.tx import Tx
from doorward.routing.tables import item_table, presence_table
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.scope import Scope


def lock_queue(tx: Tx, scope: Scope) -> None:
    """Be the only one who assigns in this tenant until the transaction ends."""
    if tx.connection.dialect.name == "postgresql":
        key = f"{scope.tenant_id}\x1fqueue"
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


def find_item(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Any | None:
    """Return the conversation's place in the queue or with an agent, or None."""
    return tx.execute(
        select(item_table).where(
            item_table.c.tenant_id == scope.tenant_id, item_table.c.conversation_id == conversation_id
        )
    ).first()


def insert_item(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Put a conversation into the queue."""
    tx.execute(insert(item_table).values(tenant_id=scope.tenant_id, **values))


def delete_item(tx: Tx, scope: Scope, conversation_id: ConversationId) -> bool:
    """Take a conversation out of routing; return whether it was there."""
    result = tx.execute(
        delete(item_table).where(
            item_table.c.tenant_id == scope.tenant_id, item_table.c.conversation_id == conversation_id
        )
    )
    return result.rowcount > 0


def assign_item(tx: Tx, scope: Scope, conversation_id: ConversationId, staff_id: StaffId) -> None:
    """Give a conversation to an agent."""
    tx.execute(
        update(item_table)
        .where(item_table.c.tenant_id == scope.tenant_id, item_table.c.conversation_id == conversation_id)
        .values(staff_id=staff_id, assigned_at=tx.now, put_back_by=None)
    )


def release_item(tx: Tx, scope: Scope, conversation_id: ConversationId, *, by: StaffId) -> None:
    """Let a conversation wait again at its old place, put back by this agent."""
    tx.execute(
        update(item_table)
        .where(item_table.c.tenant_id == scope.tenant_id, item_table.c.conversation_id == conversation_id)
        .values(staff_id=None, assigned_at=None, put_back_by=by)
    )


def waiting_items(tx: Tx, scope: Scope, *, limit: int) -> Sequence[Any]:
    """Return who waits: higher priority first, then first come, first served."""
    return tx.execute(
        select(item_table)
        .where(item_table.c.tenant_id == scope.tenant_id, item_table.c.staff_id.is_(None))
        .order_by(item_table.c.priority.desc(), item_table.c.entered_at, item_table.c.conversation_id)
        .limit(limit)
    ).all()


def count_put_back(tx: Tx, scope: Scope) -> int:
    """Return how many wait that an agent has put back."""
    query = select(func.count()).where(
        item_table.c.tenant_id == scope.tenant_id,
        item_table.c.staff_id.is_(None),
        item_table.c.put_back_by.is_not(None),
    )
    return int(tx.execute(query).scalar_one())


def count_before(tx: Tx, scope: Scope, item: Any) -> int:
    """Return how many wait before this item."""
    before = (item_table.c.priority > item.priority) | (
        (item_table.c.priority == item.priority)
        & (
            (item_table.c.entered_at < item.entered_at)
            | ((item_table.c.entered_at == item.entered_at) & (item_table.c.conversation_id < item.conversation_id))
        )
    )
    query = select(func.count()).where(
        item_table.c.tenant_id == scope.tenant_id, item_table.c.staff_id.is_(None), before
    )
    return int(tx.execute(query).scalar_one())


def load_by_staff(tx: Tx, scope: Scope) -> dict[str, int]:
    """Return how many conversations each agent has."""
    query = (
        select(item_table.c.staff_id, func.count().label("number"))
        .where(item_table.c.tenant_id == scope.tenant_id, item_table.c.staff_id.is_not(None))
        .group_by(item_table.c.staff_id)
    )
    return {row.staff_id: row.number for row in tx.execute(query)}


def present_staff(tx: Tx, scope: Scope) -> Sequence[Any]:
    """Return the presence rows of everybody who takes conversations now."""
    return tx.execute(
        select(presence_table).where(
            presence_table.c.tenant_id == scope.tenant_id, presence_table.c.state == "available"
        )
    ).all()


def find_presence(tx: Tx, scope: Scope, staff_id: StaffId) -> Any | None:
    """Return one agent's presence row, or None."""
    return tx.execute(
        select(presence_table).where(
            presence_table.c.tenant_id == scope.tenant_id, presence_table.c.staff_id == staff_id
        )
    ).first()


def save_presence(tx: Tx, scope: Scope, staff_id: StaffId, *, state: str, capacity: int) -> None:
    """Write an agent's presence."""
    values = {"state": state, "capacity": capacity, "since": tx.now}
    if find_presence(tx, scope, staff_id) is None:
        tx.execute(insert(presence_table).values(tenant_id=scope.tenant_id, staff_id=staff_id, **values))
        return
    tx.execute(
        update(presence_table)
        .where(presence_table.c.tenant_id == scope.tenant_id, presence_table.c.staff_id == staff_id)
        .values(**values)
    )
