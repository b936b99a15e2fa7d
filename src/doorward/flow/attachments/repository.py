"""The SQL of files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, insert, select, update

from doorward.flow.tables import attachment_table
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import ConversationId, MessageId, PartyId, StaffId
from doorward.vocabulary.scope import Scope

_STANDING: Final = [column for column in attachment_table.c if column.name != "sealed"]
"""All of a file but the file."""


def insert_attachment(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Keep a sealed file."""
    tx.execute(insert(attachment_table).values(tenant_id=scope.tenant_id, at=tx.now, **values))


def count_attachments(tx: Tx, scope: Scope, conversation_id: ConversationId) -> int:
    """Return how many files a customer handed in to a conversation."""
    return _count(tx, scope, conversation_id, attachment_table.c.staff_id.is_(None))


def count_outgoing(tx: Tx, scope: Scope, conversation_id: ConversationId) -> int:
    """Return how many files replies and notes brought to a conversation, or will."""
    return _count(tx, scope, conversation_id, attachment_table.c.staff_id.is_not(None))


def find_beside(tx: Tx, scope: Scope, conversation_id: ConversationId, staff_id: StaffId) -> Sequence[Any]:
    """Return the files that somebody attached and that go with no reply yet."""
    query = select(*_STANDING).where(
        *_here(scope, conversation_id), attachment_table.c.staff_id == staff_id, attachment_table.c.reply_id.is_(None)
    )
    return tx.execute(query).all()


def find_of_reply(tx: Tx, scope: Scope, conversation_id: ConversationId, reply_id: MessageId) -> Sequence[Any]:
    """Return the files that go with a reply."""
    query = select(*_STANDING).where(*_here(scope, conversation_id), attachment_table.c.reply_id == reply_id)
    return tx.execute(query).all()


def find_left_beside(tx: Tx, scope: Scope, *, before: datetime, limit: int) -> tuple[tuple[ConversationId, str], ...]:
    """Return the conversations and ids of files that lie beside a field since before a moment, the oldest first."""
    query = select(attachment_table.c.conversation_id, attachment_table.c.attachment_id).where(
        attachment_table.c.tenant_id == scope.tenant_id,
        attachment_table.c.staff_id.is_not(None),
        attachment_table.c.reply_id.is_(None),
        attachment_table.c.at < before,
    )
    rows = tx.execute(query.order_by(attachment_table.c.at).limit(limit))
    return tuple((ConversationId(row.conversation_id), row.attachment_id) for row in rows)


def save_reply(tx: Tx, scope: Scope, attachment_id: str, reply_id: MessageId | None) -> None:
    """Write with which reply or note a file goes, None for none: it lies beside the field again, from now on."""
    mine = (attachment_table.c.tenant_id == scope.tenant_id, attachment_table.c.attachment_id == attachment_id)
    since = {"at": tx.now} if reply_id is None else {}
    tx.execute(update(attachment_table).where(*mine).values(reply_id=reply_id, **since))


def delete_attachment(tx: Tx, scope: Scope, attachment_id: str) -> None:
    """Delete a file."""
    mine = (attachment_table.c.tenant_id == scope.tenant_id, attachment_table.c.attachment_id == attachment_id)
    tx.execute(delete(attachment_table).where(*mine))


def delete_attachments(tx: Tx, scope: Scope, parties: Sequence[PartyId]) -> int:
    """Delete all files of these parties; return how many."""
    theirs = (attachment_table.c.tenant_id == scope.tenant_id, attachment_table.c.party_id.in_(parties))
    return int(tx.execute(delete(attachment_table).where(*theirs)).rowcount)


def find_attachment(tx: Tx, scope: Scope, attachment_id: str) -> Any | None:
    """Return a file's row, or None."""
    query = select(attachment_table).where(
        attachment_table.c.tenant_id == scope.tenant_id, attachment_table.c.attachment_id == attachment_id
    )
    return tx.execute(query).first()


def find_in_state(tx: Tx, scope: Scope, state: str) -> tuple[str, ...]:
    """Return the ids of all files in a state, the oldest first."""
    query = (
        select(attachment_table.c.attachment_id)
        .where(attachment_table.c.tenant_id == scope.tenant_id, attachment_table.c.state == state)
        .order_by(attachment_table.c.at)
    )
    return tuple(tx.execute(query).scalars())


def mark_clean(tx: Tx, scope: Scope, attachment_id: str) -> None:
    """Write that nothing was found in a file."""
    _settle(tx, scope, attachment_id, {"state": "clean"})


def destroy_refused(tx: Tx, scope: Scope, attachment_id: str, *, finding: str) -> None:
    """Write what was found in a file, and overwrite what was sealed with nothing."""
    _settle(tx, scope, attachment_id, {"state": "refused", "finding": finding, "sealed": b""})


def _here(scope: Scope, conversation_id: ConversationId) -> tuple[Any, Any]:
    return (attachment_table.c.tenant_id == scope.tenant_id, attachment_table.c.conversation_id == conversation_id)


def _count(tx: Tx, scope: Scope, conversation_id: ConversationId, of: Any) -> int:
    query = select(func.count()).select_from(attachment_table).where(*_here(scope, conversation_id), of)
    return int(tx.execute(query).scalar_one())


def _settle(tx: Tx, scope: Scope, attachment_id: str, values: dict[str, Any]) -> None:
    mine = (attachment_table.c.tenant_id == scope.tenant_id, attachment_table.c.attachment_id == attachment_id)
    tx.execute(update(attachment_table).where(*mine).values(scanned_at=tx.now, **values))
