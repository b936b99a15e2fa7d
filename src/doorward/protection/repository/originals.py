"""The SQL of sealed originals."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from doorward.kit.tx import Tx
from doorward.protection.tables import original_table
from doorward.vocabulary.ids import MessageId, PartyId, SpanId
from doorward.vocabulary.scope import Scope


class SealedOriginal(NamedTuple):
    """What stood in one masked place, sealed."""

    span_id: SpanId
    kind: str
    subkind: str | None
    sealed: bytes


def insert_originals(
    tx: Tx, scope: Scope, originals: Sequence[SealedOriginal], *, party_id: PartyId, message_id: MessageId
) -> None:
    """Write down the sealed originals of one message; at least one."""
    shared = {"tenant_id": scope.tenant_id, "party_id": party_id, "message_id": message_id, "created_at": tx.now}
    tx.execute(insert(original_table), [{**original._asdict(), **shared} for original in originals])


def find_original(tx: Tx, scope: Scope, span_id: SpanId) -> tuple[PartyId, SealedOriginal] | None:
    """Return whose original belongs to a masked place, and the sealed original; None if there is none."""
    columns = original_table.c
    row = tx.execute(
        select(columns.party_id, columns.span_id, columns.kind, columns.subkind, columns.sealed).where(
            columns.tenant_id == scope.tenant_id, columns.span_id == span_id
        )
    ).first()
    return (
        None
        if row is None
        else (PartyId(row.party_id), SealedOriginal(SpanId(row.span_id), row.kind, row.subkind, row.sealed))
    )


def find_originals_of_party(tx: Tx, scope: Scope, party_id: PartyId) -> tuple[SealedOriginal, ...]:
    """Return all sealed originals of a party, in order of their ids."""
    columns = original_table.c
    rows = tx.execute(
        select(columns.span_id, columns.kind, columns.subkind, columns.sealed)
        .where(columns.tenant_id == scope.tenant_id, columns.party_id == party_id)
        .order_by(columns.span_id)
    )
    return tuple(SealedOriginal(SpanId(row.span_id), row.kind, row.subkind, row.sealed) for row in rows)


def update_original(tx: Tx, scope: Scope, span_id: SpanId, *, party_id: PartyId, sealed: bytes) -> None:
    """Replace a sealed original by the same one, sealed for another party."""
    columns = original_table.c
    tx.execute(
        update(original_table)
        .where(columns.tenant_id == scope.tenant_id, columns.span_id == span_id)
        .values(party_id=party_id, sealed=sealed)
    )


def delete_originals_of_party(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Delete all sealed originals of a party; return how many there were."""
    columns = original_table.c
    found = tx.execute(delete(original_table).where(columns.tenant_id == scope.tenant_id, columns.party_id == party_id))
    return int(found.rowcount)
