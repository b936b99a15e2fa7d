"""The SQL of openings: who had an original shown, what for, and why, in words that only the party's key opens."""

from typing import Any

from sqlalchemy import delete, insert, select, update

from doorward.kit.tx import Tx
from doorward.protection.tables import opening_table
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.scope import Scope

_columns = opening_table.c


def insert_opening(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Write an opening down."""
    tx.execute(insert(opening_table).values(tenant_id=scope.tenant_id, at=tx.now, **values))


def find_opening(tx: Tx, scope: Scope, opening_id: str) -> Any | None:
    """Return an opening, or None."""
    query = select(opening_table).where(_columns.tenant_id == scope.tenant_id, _columns.id == opening_id)
    return tx.execute(query).first()


def find_openings_of_party(tx: Tx, scope: Scope, party_id: PartyId) -> tuple[Any, ...]:
    """Return all openings of a party's originals."""
    query = select(opening_table).where(_columns.tenant_id == scope.tenant_id, _columns.party_id == party_id)
    return tuple(tx.execute(query).all())


def update_opening(tx: Tx, scope: Scope, opening_id: str, *, party_id: PartyId, sealed: bytes) -> None:
    """Replace an opening's words by the same ones, sealed for another party."""
    here = (_columns.tenant_id == scope.tenant_id, _columns.id == opening_id)
    tx.execute(update(opening_table).where(*here).values(party_id=party_id, sealed=sealed))


def delete_openings(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Delete all openings of a party's originals; return how many."""
    here = (_columns.tenant_id == scope.tenant_id, _columns.party_id == party_id)
    return int(tx.execute(delete(opening_table).where(*here)).rowcount)
