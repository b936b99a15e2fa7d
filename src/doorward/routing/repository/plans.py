"""The plan of a tenant, what its agents can, who had whom, and what was lately."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select, update

from doorward.kit.tx import Tx
from doorward.routing.tables import last_table, lately_table, plan_table, profile_table, reserve_table
from doorward.vocabulary.ids import PartyId, StaffId
from doorward.vocabulary.scope import Scope


def find_plan(tx: Tx, scope: Scope) -> Any | None:
    """Return the tenant's plan with its number, or None."""
    return tx.execute(select(plan_table).where(plan_table.c.tenant_id == scope.tenant_id)).first()


def save_plan(tx: Tx, scope: Scope, *, number: int, plan: Any) -> None:
    """Write the tenant's plan under its number."""
    values = {"number": number, "plan": plan, "changed_at": tx.now}
    if find_plan(tx, scope) is None:
        tx.execute(insert(plan_table).values(tenant_id=scope.tenant_id, **values))
        return
    tx.execute(update(plan_table).where(plan_table.c.tenant_id == scope.tenant_id).values(**values))


def find_reserve(tx: Tx, scope: Scope) -> Any | None:
    """Return what is kept free of whom, or None."""
    return tx.execute(select(reserve_table).where(reserve_table.c.tenant_id == scope.tenant_id)).first()


def save_reserve(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Write what is kept free of whom."""
    tx.execute(delete(reserve_table).where(reserve_table.c.tenant_id == scope.tenant_id))
    tx.execute(insert(reserve_table).values(tenant_id=scope.tenant_id, **values))


def profiles(tx: Tx, scope: Scope) -> dict[str, Any]:
    """Return what is said of agents, by their ids."""
    query = select(profile_table).where(profile_table.c.tenant_id == scope.tenant_id)
    return {row.staff_id: row.profile for row in tx.execute(query.order_by(profile_table.c.staff_id))}


def save_profile(tx: Tx, scope: Scope, staff_id: StaffId, profile: Any) -> None:
    """Write what an agent can."""
    own = (profile_table.c.tenant_id == scope.tenant_id) & (profile_table.c.staff_id == staff_id)
    tx.execute(delete(profile_table).where(own))
    tx.execute(insert(profile_table).values(tenant_id=scope.tenant_id, staff_id=staff_id, profile=profile))


def find_last(tx: Tx, scope: Scope, party_id: PartyId) -> Any | None:
    """Return who had this customer last and when, or None."""
    own = (last_table.c.tenant_id == scope.tenant_id) & (last_table.c.party_id == party_id)
    return tx.execute(select(last_table).where(own)).first()


def save_last(tx: Tx, scope: Scope, party_id: PartyId, staff_id: StaffId) -> None:
    """Write who has this customer now."""
    own = (last_table.c.tenant_id == scope.tenant_id) & (last_table.c.party_id == party_id)
    if find_last(tx, scope, party_id) is None:
        tx.execute(
            insert(last_table).values(tenant_id=scope.tenant_id, party_id=party_id, staff_id=staff_id, at=tx.now)
        )
        return
    tx.execute(update(last_table).where(own).values(staff_id=staff_id, at=tx.now))


def find_lately(tx: Tx, scope: Scope) -> dict[str, Any]:
    """Return the counts of what contacts asked for lately, by name."""
    query = select(lately_table).where(lately_table.c.tenant_id == scope.tenant_id)
    return {row.name: row for row in tx.execute(query)}


def save_lately(tx: Tx, scope: Scope, counts: Mapping[str, tuple[float, float]], *, known: frozenset[str]) -> None:
    """Write counts of contacts and waits; `known` are the names that have a row."""
    for name, (contacts, waited) in sorted(counts.items()):
        values = {"contacts": contacts, "waited": waited}
        if name not in known:
            tx.execute(insert(lately_table).values(tenant_id=scope.tenant_id, name=name, **values))
            continue
        own = (lately_table.c.tenant_id == scope.tenant_id) & (lately_table.c.name == name)
        tx.execute(update(lately_table).where(own).values(**values))
