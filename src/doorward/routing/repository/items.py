"""Who waits and who has whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select, text, update

from doorward.kit.tx import Tx
from doorward.routing.tables import item_table
from doorward.vocabulary.ids import ConversationId, PartyId, StaffId
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


def rename_item(
    tx: Tx, scope: Scope, conversation_id: ConversationId, *, other: ConversationId, party_id: PartyId
) -> None:
    """Let another conversation have a place as it is."""
    tx.execute(
        update(item_table)
        .where(item_table.c.tenant_id == scope.tenant_id, item_table.c.conversation_id == conversation_id)
        .values(conversation_id=other, party_id=party_id)
    )


def release_item(tx: Tx, scope: Scope, conversation_id: ConversationId, *, by: StaffId | None) -> None:
    """Let a conversation wait again at its old place, put back by this agent, or by nobody."""
    tx.execute(
        update(item_table)
        .where(item_table.c.tenant_id == scope.tenant_id, item_table.c.conversation_id == conversation_id)
        .values(staff_id=None, assigned_at=None, put_back_by=by)
    )


def note_offered(tx: Tx, scope: Scope, conversation_id: ConversationId) -> None:
    """Write that a call-back was offered to who waits."""
    tx.execute(
        update(item_table)
        .where(item_table.c.tenant_id == scope.tenant_id, item_table.c.conversation_id == conversation_id)
        .values(offered_at=tx.now)
    )


def move_item(tx: Tx, scope: Scope, conversation_id: ConversationId, *, queue: str) -> None:
    """Let what waits stand in another queue; it keeps its time and its class."""
    tx.execute(
        update(item_table)
        .where(item_table.c.tenant_id == scope.tenant_id, item_table.c.conversation_id == conversation_id)
        .values(queue=queue)
    )


def waiting_items(tx: Tx, scope: Scope, *, limit: int, by_rank: bool = False) -> Sequence[Any]:
    """Return who waits, at most so many, those who came first; `by_rank`: the most urgent of the first ranks."""
    columns = item_table.c
    order = (columns.entered_at, columns.conversation_id)
    return tx.execute(
        select(item_table)
        .where(columns.tenant_id == scope.tenant_id, columns.staff_id.is_(None))
        .order_by(*((columns.priority.desc(), columns.rank) if by_rank else ()), *order)
        .limit(limit)
    ).all()


def count_waiting(tx: Tx, scope: Scope) -> dict[int, int]:
    """Return how many of each rank wait."""
    query = (
        select(item_table.c.rank, func.count().label("number"))
        .where(item_table.c.tenant_id == scope.tenant_id, item_table.c.staff_id.is_(None))
        .group_by(item_table.c.rank)
    )
    return {row.rank: row.number for row in tx.execute(query)}


def all_items(tx: Tx, scope: Scope, *, limit: int) -> Sequence[Any]:
    """Return all that waits or is with an agent, at most so many, those who came first."""
    return tx.execute(
        select(item_table)
        .where(item_table.c.tenant_id == scope.tenant_id)
        .order_by(item_table.c.entered_at, item_table.c.conversation_id)
        .limit(limit)
    ).all()


def all_items_behind(tx: Tx, scope: Scope, conversation_id: str, *, limit: int) -> Sequence[Any]:
    """Return what waits or is with an agent and has a larger id, at most so many, in the order of their ids."""
    return tx.execute(
        select(item_table)
        .where(item_table.c.tenant_id == scope.tenant_id, item_table.c.conversation_id > conversation_id)
        .order_by(item_table.c.conversation_id)
        .limit(limit)
    ).all()


def held_items(tx: Tx, scope: Scope, staff_id: StaffId) -> Sequence[Any]:
    """Return what an agent has, in the order of the conversations' ids."""
    return tx.execute(
        select(item_table)
        .where(item_table.c.tenant_id == scope.tenant_id, item_table.c.staff_id == staff_id)
        .order_by(item_table.c.conversation_id)
    ).all()


def load_by_channel(tx: Tx, scope: Scope) -> dict[str, dict[str, int]]:
    """Return how many conversations of each channel each agent has."""
    query = (
        select(item_table.c.staff_id, item_table.c.channel, func.count().label("number"))
        .where(item_table.c.tenant_id == scope.tenant_id, item_table.c.staff_id.is_not(None))
        .group_by(item_table.c.staff_id, item_table.c.channel)
    )
    load: dict[str, dict[str, int]] = {}
    for row in tx.execute(query):
        load.setdefault(row.staff_id, {})[row.channel] = row.number
    return load


def load_by_staff(tx: Tx, scope: Scope) -> dict[str, int]:
    """Return how many conversations each agent has."""
    query = (
        select(item_table.c.staff_id, func.count().label("number"))
        .where(item_table.c.tenant_id == scope.tenant_id, item_table.c.staff_id.is_not(None))
        .group_by(item_table.c.staff_id)
    )
    return {row.staff_id: row.number for row in tx.execute(query)}


class QueueCount(NamedTuple):
    """How many wait in a queue, since when the first of them does, and how many of it agents have."""

    waiting: int
    since: datetime | None
    served: int


def count_by_queue(tx: Tx, scope: Scope) -> dict[str, QueueCount]:
    """Return the counts of each queue in which something waits or of which agents have something."""
    waits = item_table.c.staff_id.is_(None)
    query = (
        select(
            item_table.c.queue,
            func.count().filter(waits).label("waiting"),
            func.min(item_table.c.entered_at).filter(waits).label("since"),
            func.count().filter(~waits).label("served"),
        )
        .where(item_table.c.tenant_id == scope.tenant_id)
        .group_by(item_table.c.queue)
    )
    return {row.queue: QueueCount(row.waiting, row.since, row.served) for row in tx.execute(query)}
