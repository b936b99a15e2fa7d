"""The SQL of files."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from doorward.flow.tables import attachment_table
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope


def insert_attachment(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Keep a sealed file."""
    tx.execute(insert(attachment_table).values(tenant_id=scope.tenant_id, at=tx.now, **values))


def count_attachments(tx: Tx, scope: Scope, conversation_id: ConversationId) -> int:
    """Return how many files a conversation has."""
    query = select(func.count()).where(
        attachment_table.c.tenant_id == scope.tenant_id, attachment_table.c.conversation_id == conversation_id
    )
    return int(tx.execute(query).scalar_one())


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


def _settle(tx: Tx, scope: Scope, attachment_id: str, values: dict[str, Any]) -> None:
    mine = (attachment_table.c.tenant_id == scope.tenant_id, attachment_table.c.attachment_id == attachment_id)
    tx.execute(update(attachment_table).where(*mine).values(scanned_at=tx.now, **values))
