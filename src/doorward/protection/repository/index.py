"""The SQL of the blind index: parties by keyed hashes of what they are known by."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from doorward.kit.tx import Tx
from doorward.protection.screened import IndexEntry
from doorward.protection.tables import index_table
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.scope import Scope

_columns = index_table.c


def insert_entries(
    tx: Tx, scope: Scope, entries: Collection[IndexEntry], *, party_id: PartyId, from_profile: bool
) -> None:
    """Write down by what a party is known; what is written already stays."""
    shared = {"tenant_id": scope.tenant_id, "party_id": party_id, "from_profile": from_profile}
    rows = [{"kind": one.kind, "value": one.value, **shared} for one in sorted(set(entries))]
    if rows:
        dialect = postgresql if tx.connection.dialect.name == "postgresql" else sqlite
        tx.execute(dialect.insert(index_table).on_conflict_do_nothing(), rows)


def delete_profile_entries(tx: Tx, scope: Scope, party_id: PartyId, *, kinds: Collection[str]) -> None:
    """Delete what a party was known by from its profile, of these kinds."""
    tx.execute(
        delete(index_table).where(
            _columns.tenant_id == scope.tenant_id,
            _columns.party_id == party_id,
            _columns.from_profile,
            _columns.kind.in_(kinds),
        )
    )


def find_parties(tx: Tx, scope: Scope, entries: Sequence[IndexEntry], *, limit: int) -> tuple[PartyId, ...]:
    """Return the parties that are known by any of these, in order of their ids."""
    wanted = [one.value for one in entries]
    query = (
        select(_columns.party_id)
        .where(_columns.tenant_id == scope.tenant_id, _columns.value.in_(wanted))
        .distinct()
        .order_by(_columns.party_id)
        .limit(limit)
    )
    return tuple(PartyId(found) for found in tx.execute(query).scalars())


def move_entries(tx: Tx, scope: Scope, *, origin: PartyId, target: PartyId) -> None:
    """Let one party be known by what another was known by."""
    here = (_columns.tenant_id == scope.tenant_id, _columns.party_id == origin)
    rows = tx.execute(select(_columns.kind, _columns.value).where(*here)).all()
    entries = [IndexEntry(row.kind, bytes(row.value)) for row in rows]
    insert_entries(tx, scope, entries, party_id=target, from_profile=False)
    tx.execute(delete(index_table).where(*here))


def delete_entries(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Delete all that a party is known by; return how many rows."""
    here = (_columns.tenant_id == scope.tenant_id, _columns.party_id == party_id)
    return int(tx.execute(delete(index_table).where(*here)).rowcount)
