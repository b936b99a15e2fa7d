"""The SQL of what lines of the ledger put beside a conversation's card: labels, mentions, tasks, replies to be sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Table, and_, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from doorward.kit.tx import Tx
from doorward.record.tables import label_table, mention_table, scheduled_table, seen_table, task_table
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.scope import Scope, crosses_tenants

_DUE_FIRST: Final = (task_table.c.due_at.is_(None), task_table.c.due_at, task_table.c.task_id)


def _insert(tx: Tx, table: Table) -> Any:
    return postgresql.insert(table) if tx.connection.dialect.name == "postgresql" else sqlite.insert(table)


def add_labels(tx: Tx, scope: Scope, conversation_id: ConversationId, labels: Sequence[str]) -> None:
    """Note that a conversation has these labels; those that it has already are left as they are."""
    rows = [{"tenant_id": scope.tenant_id, "label": one, "conversation_id": conversation_id} for one in labels]
    if rows:
        tx.execute(_insert(tx, label_table).on_conflict_do_nothing(), rows)


def remove_labels(tx: Tx, scope: Scope, conversation_id: ConversationId, labels: Sequence[str]) -> None:
    """Forget that a conversation has these labels."""
    here = (label_table.c.tenant_id == scope.tenant_id, label_table.c.conversation_id == conversation_id)
    tx.execute(delete(label_table).where(*here, label_table.c.label.in_(labels)))


def count_labels(tx: Tx, scope: Scope) -> dict[str, int]:
    """Return how many conversations have each label."""
    query = select(label_table.c.label, func.count().label("number")).where(label_table.c.tenant_id == scope.tenant_id)
    return {row.label: row.number for row in tx.execute(query.group_by(label_table.c.label))}


def add_mentions(tx: Tx, scope: Scope, rows: Sequence[dict[str, Any]]) -> None:
    """Note whom a note names."""
    tx.execute(
        _insert(tx, mention_table).on_conflict_do_nothing(), [{"tenant_id": scope.tenant_id, **row} for row in rows]
    )


def latest_mention(tx: Tx, scope: Scope, staff_id: StaffId) -> Any | None:
    """Return the row of the latest line that names somebody, or None."""
    here = (mention_table.c.tenant_id == scope.tenant_id, mention_table.c.staff_id == staff_id)
    return tx.execute(select(mention_table).where(*here).order_by(mention_table.c.at.desc()).limit(1)).first()


def add_task(tx: Tx, scope: Scope, row: dict[str, Any]) -> None:
    """Add a task."""
    tx.execute(insert(task_table).values(tenant_id=scope.tenant_id, **row))


def change_task(tx: Tx, scope: Scope, task_id: str, changes: dict[str, Any]) -> None:
    """Change a task."""
    here = (task_table.c.tenant_id == scope.tenant_id, task_table.c.task_id == task_id)
    tx.execute(update(task_table).where(*here).values(**changes))


def find_tasks(
    tx: Tx, scope: Scope, *, conversation_id: ConversationId | None, assignee: StaffId | None, limit: int
) -> Sequence[Any]:
    """Return tasks: of a conversation all, done ones last, of somebody those to be done; what is due first first."""
    query = select(task_table).where(task_table.c.tenant_id == scope.tenant_id)
    if conversation_id is not None:
        query = query.where(task_table.c.conversation_id == conversation_id)
    if assignee is not None:
        query = query.where(task_table.c.assignee == assignee, task_table.c.done_at.is_(None))
    return tx.execute(query.order_by(task_table.c.done_at.is_not(None), *_DUE_FIRST).limit(limit)).all()


def find_tasks_behind(
    tx: Tx, scope: Scope, assignee: StaffId, *, place: tuple[datetime | None, str], limit: int
) -> Sequence[Any]:
    """Return what somebody still has to do behind a place, a due moment and a task's id; what is due first first."""
    columns = task_table.c
    due_at, task_id = place
    later = and_(columns.due_at.is_(None), columns.task_id > task_id)
    if due_at is not None:
        same = and_(columns.due_at == due_at, columns.task_id > task_id)
        later = or_(columns.due_at.is_(None), columns.due_at > due_at, same)
    query = select(task_table).where(
        columns.tenant_id == scope.tenant_id, columns.assignee == assignee, columns.done_at.is_(None), later
    )
    return tx.execute(query.order_by(*_DUE_FIRST).limit(limit)).all()


def add_scheduled(tx: Tx, scope: Scope, row: dict[str, Any]) -> None:
    """Note a reply that waits to be sent."""
    tx.execute(insert(scheduled_table).values(tenant_id=scope.tenant_id, **row))


def remove_scheduled(tx: Tx, scope: Scope, message_id: str) -> None:
    """Forget a reply that waits: it is sent or will not be."""
    here = (scheduled_table.c.tenant_id == scope.tenant_id, scheduled_table.c.message_id == message_id)
    tx.execute(delete(scheduled_table).where(*here))


def find_scheduled(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Sequence[Any]:
    """Return the replies of a conversation that wait to be sent, the next first."""
    here = (scheduled_table.c.tenant_id == scope.tenant_id, scheduled_table.c.conversation_id == conversation_id)
    return tx.execute(select(scheduled_table).where(*here).order_by(scheduled_table.c.send_at)).all()


@crosses_tenants("one sweep sends what is due for everybody; each reply is then sent in its own tenant's scope")
def due_scheduled(tx: Tx, *, until: datetime, limit: int) -> Sequence[Any]:
    """Return the replies of all tenants that are due, the first first."""
    query = select(scheduled_table).where(scheduled_table.c.send_at <= until)
    return tx.execute(query.order_by(scheduled_table.c.send_at).limit(limit)).all()


def save_seen(tx: Tx, scope: Scope, staff_id: StaffId, conversation_id: ConversationId, *, seq: int) -> None:
    """Note how far somebody has seen a conversation; never less than before."""
    values = {"tenant_id": scope.tenant_id, "staff_id": staff_id, "conversation_id": conversation_id}
    fresh = _insert(tx, seen_table).values(**values, seq=seq, at=tx.now)
    tx.execute(
        fresh.on_conflict_do_update(
            index_elements=["tenant_id", "staff_id", "conversation_id"],
            set_={"seq": fresh.excluded.seq, "at": fresh.excluded.at},
            where=fresh.excluded.seq > seen_table.c.seq,
        )
    )


def find_seen(
    tx: Tx, scope: Scope, staff_id: StaffId, conversation_ids: Sequence[ConversationId]
) -> dict[ConversationId, int]:
    """Return how far somebody has seen these conversations; those they never saw are left out."""
    query = select(seen_table.c.conversation_id, seen_table.c.seq).where(
        seen_table.c.tenant_id == scope.tenant_id,
        seen_table.c.staff_id == staff_id,
        seen_table.c.conversation_id.in_(conversation_ids),
    )
    return {ConversationId(row.conversation_id): row.seq for row in tx.execute(query)}
