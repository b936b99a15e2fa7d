"""Endpoints and deliveries in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope
from doorward.webhooks.tables import delivery_table, endpoint_table


def insert_endpoint(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Add an endpoint."""
    tx.execute(insert(endpoint_table).values(tenant_id=scope.tenant_id, **values))


def find_endpoint(tx: Tx, scope: Scope, endpoint_id: str, *, held: bool = False) -> Row[Any] | None:
    """Return an endpoint of the tenant, or None; `held` keeps others from changing it until the transaction ends."""
    query = select(endpoint_table).where(
        endpoint_table.c.tenant_id == scope.tenant_id, endpoint_table.c.id == endpoint_id
    )
    return tx.execute(query.with_for_update() if held else query).first()


def list_endpoints(tx: Tx, scope: Scope, *, after: str = "", limit: int = 1000) -> Sequence[Row[Any]]:
    """Return the tenant's endpoints with ids above `after`, in order: the oldest first."""
    query = select(endpoint_table).where(endpoint_table.c.tenant_id == scope.tenant_id, endpoint_table.c.id > after)
    return tx.execute(query.order_by(endpoint_table.c.id).limit(limit)).all()


def update_endpoint(tx: Tx, scope: Scope, endpoint_id: str, values: dict[str, Any]) -> None:
    """Change an endpoint."""
    own = (endpoint_table.c.tenant_id == scope.tenant_id) & (endpoint_table.c.id == endpoint_id)
    tx.execute(update(endpoint_table).where(own).values(**values))


def delete_endpoint(tx: Tx, scope: Scope, endpoint_id: str) -> None:
    """Remove an endpoint and its log."""
    for table, column in ((delivery_table, delivery_table.c.endpoint_id), (endpoint_table, endpoint_table.c.id)):
        tx.execute(delete(table).where(table.c.tenant_id == scope.tenant_id, column == endpoint_id))


def count_disabled(tx: Tx, scope: Scope) -> int:
    """Return how many endpoints were switched off because nothing arrived."""
    query = select(func.count()).where(
        endpoint_table.c.tenant_id == scope.tenant_id, endpoint_table.c.disabled_at.is_not(None)
    )
    return int(tx.execute(query).scalar_one())


def insert_deliveries(tx: Tx, scope: Scope, rows: Sequence[dict[str, Any]]) -> None:
    """Add lines to the log."""
    tx.execute(insert(delivery_table), [{"tenant_id": scope.tenant_id, **row} for row in rows])


def find_delivery(tx: Tx, scope: Scope, delivery_id: str, *, held: bool = False) -> Row[Any] | None:
    """Return a line of the log, or None; `held` as in `find_endpoint`."""
    query = select(delivery_table).where(
        delivery_table.c.tenant_id == scope.tenant_id, delivery_table.c.id == delivery_id
    )
    return tx.execute(query.with_for_update() if held else query).first()


def newest_deliveries(tx: Tx, scope: Scope, endpoint_id: str, *, before: str | None, limit: int) -> Sequence[Row[Any]]:
    """Return the newest lines of an endpoint's log, those with ids below `before` if given."""
    query = select(delivery_table).where(
        delivery_table.c.tenant_id == scope.tenant_id, delivery_table.c.endpoint_id == endpoint_id
    )
    if before is not None:
        query = query.where(delivery_table.c.id < before)
    return tx.execute(query.order_by(delivery_table.c.id.desc()).limit(limit)).all()


def lost_deliveries(tx: Tx, scope: Scope, endpoint_id: str, *, limit: int) -> Sequence[Row[Any]]:
    """Return what did not arrive at an endpoint, the oldest first; others wait until the transaction ends."""
    query = select(delivery_table).where(
        delivery_table.c.tenant_id == scope.tenant_id,
        delivery_table.c.endpoint_id == endpoint_id,
        delivery_table.c.state.in_(("failed", "dropped")),
    )
    return tx.execute(query.order_by(delivery_table.c.id).limit(limit).with_for_update()).all()


def update_delivery(tx: Tx, scope: Scope, delivery_id: str, values: dict[str, Any]) -> None:
    """Change a line of the log."""
    own = (delivery_table.c.tenant_id == scope.tenant_id) & (delivery_table.c.id == delivery_id)
    tx.execute(update(delivery_table).where(own).values(**values))


def delete_deliveries(tx: Tx, scope: Scope, *, before: datetime) -> int:
    """Remove the lines of the log from before a time that nothing waits for; return how many."""
    old = (delivery_table.c.tenant_id == scope.tenant_id) & (delivery_table.c.created_at < before)
    return tx.execute(delete(delivery_table).where(old, delivery_table.c.state != "waiting")).rowcount
