"""Devices of customers, as a company knows them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select, update

from doorward.identity.tables import device_table
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope


def insert_device(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Add a device."""
    tx.execute(insert(device_table).values(tenant_id=scope.tenant_id, **values))


def update_device(tx: Tx, scope: Scope, device_id: str, values: dict[str, Any]) -> None:
    """Change a device."""
    table = device_table
    which = (table.c.tenant_id == scope.tenant_id, table.c.id == device_id)
    tx.execute(update(table).where(*which).values(**values))


def find_device(tx: Tx, scope: Scope, device_id: str, *, lock: bool = False) -> Any | None:
    """Return a device, or None; with `lock` nobody else changes it meanwhile."""
    table = device_table
    query = select(table).where(table.c.tenant_id == scope.tenant_id, table.c.id == device_id)
    return tx.execute(query.with_for_update() if lock else query).first()


def devices(tx: Tx, scope: Scope, *, after: str, limit: int) -> Sequence[Any]:
    """Return devices in the order in which they came, behind one of them."""
    table = device_table
    query = select(table).where(table.c.tenant_id == scope.tenant_id, table.c.id > after)
    return tx.execute(query.order_by(table.c.id).limit(limit)).all()


def count_devices(tx: Tx, scope: Scope) -> int:
    """Return how many devices have a secret."""
    table = device_table
    query = select(func.count()).select_from(table)
    return int(tx.execute(query.where(table.c.tenant_id == scope.tenant_id, table.c.state == "active")).scalar_one())
