"""Who takes conversations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from doorward.kit.tx import Tx
from doorward.routing.tables import presence_table
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.scope import Scope


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


def lapsed_before(tx: Tx, scope: Scope, moment: datetime, *, reason: str) -> Sequence[Any]:
    """Return the presence rows of those away for this reason since before a moment."""
    return tx.execute(
        select(presence_table)
        .where(
            presence_table.c.tenant_id == scope.tenant_id,
            presence_table.c.state == "away",
            presence_table.c.reason == reason,
            presence_table.c.since <= moment,
        )
        .order_by(presence_table.c.staff_id)
    ).all()


def save_presence(tx: Tx, scope: Scope, staff_id: StaffId, values: dict[str, Any]) -> None:
    """Write an agent's presence: state, capacity, reason."""
    values = values | {"since": tx.now}
    if find_presence(tx, scope, staff_id) is None:
        tx.execute(insert(presence_table).values(tenant_id=scope.tenant_id, staff_id=staff_id, **values))
        return
    tx.execute(
        update(presence_table)
        .where(presence_table.c.tenant_id == scope.tenant_id, presence_table.c.staff_id == staff_id)
        .values(**values)
    )
