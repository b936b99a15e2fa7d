"""Parties and how sure we are of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select, update

from doorward.identity.repository.inserting import insert_new, replace
from doorward.identity.tables import assurance_table, party_table
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.party import AssuranceLevel
from doorward.vocabulary.scope import Scope


def insert_party(tx: Tx, scope: Scope, values: dict[str, Any]) -> bool:
    """Add a party; return False when its id or its reference is there already."""
    return insert_new(tx, scope, party_table, values)


def find_party(tx: Tx, scope: Scope, party_id: PartyId) -> Any | None:
    """Return a party, or None."""
    query = select(party_table).where(party_table.c.tenant_id == scope.tenant_id, party_table.c.id == party_id)
    return tx.execute(query).first()


def find_party_by_reference(tx: Tx, scope: Scope, reference: str) -> Any | None:
    """Return the party with the company's customer number, or None."""
    query = select(party_table).where(party_table.c.tenant_id == scope.tenant_id, party_table.c.reference == reference)
    return tx.execute(query).first()


def find_parties_by_email(tx: Tx, scope: Scope, email_hash: bytes) -> Sequence[Any]:
    """Return up to two parties with a mail address: whether there is more than one is all that matters."""
    query = select(party_table).where(
        party_table.c.tenant_id == scope.tenant_id, party_table.c.email_hash == email_hash
    )
    return tx.execute(query.limit(2)).all()


def update_party(tx: Tx, scope: Scope, party_id: PartyId, values: dict[str, Any]) -> None:
    """Change a party."""
    tx.execute(
        update(party_table)
        .where(party_table.c.tenant_id == scope.tenant_id, party_table.c.id == party_id)
        .values(**values)
    )


def link_party(tx: Tx, scope: Scope, party_id: PartyId, *, customer_id: PartyId) -> bool:
    """Note which customer a visitor is; return False when the visitor is another one already, or not a visitor."""
    result = tx.execute(
        update(party_table)
        .where(
            party_table.c.tenant_id == scope.tenant_id,
            party_table.c.id == party_id,
            party_table.c.kind == "visitor",
            or_(party_table.c.linked_to.is_(None), party_table.c.linked_to == customer_id),
        )
        .values(linked_to=customer_id)
    )
    return result.rowcount == 1


def linked_parties(tx: Tx, scope: Scope, customer_id: PartyId) -> Sequence[str]:
    """Return the ids of the visitors that were this customer, in order."""
    query = (
        select(party_table.c.id)
        .where(party_table.c.tenant_id == scope.tenant_id, party_table.c.linked_to == customer_id)
        .order_by(party_table.c.id)
    )
    return tx.execute(query).scalars().all()


def record_assurance(tx: Tx, scope: Scope, party_id: PartyId, *, level: AssuranceLevel, factor: str) -> None:
    """Note that a party has reached a level now; other levels stay as they are."""
    values = {"party_id": party_id, "level": int(level), "factor": factor, "at": tx.now}
    replace(tx, scope, assurance_table, values)


def assurances(tx: Tx, scope: Scope, party_id: PartyId) -> Sequence[Any]:
    """Return the levels that a party has reached, the highest first."""
    query = (
        select(assurance_table)
        .where(assurance_table.c.tenant_id == scope.tenant_id, assurance_table.c.party_id == party_id)
        .order_by(assurance_table.c.level.desc())
    )
    return tx.execute(query).all()
