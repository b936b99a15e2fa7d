"""Platforms of machine customers and their keys, as a company knows them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select

from doorward.identity.repository.inserting import replace
from doorward.identity.tables import machine_key_table, machine_platform_table
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope


def replace_platform(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Note how a platform stands."""
    replace(tx, scope, machine_platform_table, values)


def delete_platform(tx: Tx, scope: Scope, platform: str) -> bool:
    """Forget a platform; return False when it was not known."""
    table = machine_platform_table
    statement = delete(table).where(table.c.tenant_id == scope.tenant_id, table.c.platform == platform)
    return tx.execute(statement.returning(table.c.platform)).first() is not None


def find_platform(tx: Tx, scope: Scope, platform: str) -> Any | None:
    """Return a platform, or None."""
    table = machine_platform_table
    query = select(table).where(table.c.tenant_id == scope.tenant_id, table.c.platform == platform)
    return tx.execute(query).first()


def platforms(tx: Tx, scope: Scope) -> Sequence[Any]:
    """Return all platforms in order."""
    table = machine_platform_table
    return tx.execute(select(table).where(table.c.tenant_id == scope.tenant_id).order_by(table.c.platform)).all()


def count_platforms(tx: Tx, scope: Scope) -> int:
    """Return how many platforms there are."""
    table = machine_platform_table
    return int(
        tx.execute(select(func.count()).select_from(table).where(table.c.tenant_id == scope.tenant_id)).scalar_one()
    )


def replace_key(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Note how a key stands."""
    replace(tx, scope, machine_key_table, values)


def find_key(tx: Tx, scope: Scope, key_id: str) -> Any | None:
    """Return a key, or None."""
    table = machine_key_table
    return tx.execute(select(table).where(table.c.tenant_id == scope.tenant_id, table.c.key_id == key_id)).first()


def keys(tx: Tx, scope: Scope) -> Sequence[Any]:
    """Return all keys, the newest first."""
    table = machine_key_table
    query = select(table).where(table.c.tenant_id == scope.tenant_id)
    return tx.execute(query.order_by(table.c.changed_at.desc(), table.c.key_id)).all()


def count_keys(tx: Tx, scope: Scope) -> int:
    """Return how many keys there are."""
    table = machine_key_table
    return int(
        tx.execute(select(func.count()).select_from(table).where(table.c.tenant_id == scope.tenant_id)).scalar_one()
    )
