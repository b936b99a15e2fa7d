"""Tenants, their host names, and the keys of their host sites."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update

from doorward.identity.repository.inserting import insert_new
from doorward.identity.tables import host_key_table, host_table, host_token_table, setting_change_table, tenant_table
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope, crosses_tenants


def insert_tenant(tx: Tx, scope: Scope, values: dict[str, Any]) -> bool:
    """Add the scope's tenant; return False when its id, slug or widget key is taken."""
    return insert_new(tx, scope, tenant_table, values)


def insert_host(tx: Tx, scope: Scope, host: str) -> bool:
    """Give the tenant a host name; return False when it is taken."""
    return insert_new(tx, scope, host_table, {"host": host})


def hosts(tx: Tx, scope: Scope) -> Sequence[str]:
    """Return the tenant's host names in order."""
    query = select(host_table.c.host).where(host_table.c.tenant_id == scope.tenant_id).order_by(host_table.c.host)
    return tx.execute(query).scalars().all()


def find_tenant(tx: Tx, scope: Scope) -> Any | None:
    """Return the scope's tenant, or None."""
    return tx.execute(select(tenant_table).where(tenant_table.c.tenant_id == scope.tenant_id)).first()


def lock_tenant(tx: Tx, scope: Scope) -> Any | None:
    """Return the scope's tenant, or None, and hold off others who would change it until the transaction ends."""
    query = select(tenant_table).where(tenant_table.c.tenant_id == scope.tenant_id).with_for_update()
    return tx.execute(query).first()


def update_tenant(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Change the tenant, which is a new revision of it."""
    tx.execute(
        update(tenant_table)
        .where(tenant_table.c.tenant_id == scope.tenant_id)
        .values(revision=tenant_table.c.revision + 1, **values)
    )


def insert_setting_change(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Add a change of a setting to the history."""
    tx.execute(insert(setting_change_table).values(tenant_id=scope.tenant_id, **values))


def setting_changes(tx: Tx, scope: Scope, *, before: str | None, limit: int) -> Sequence[Any]:
    """Return the changes of settings, the newest first, those with ids below `before` if given."""
    query = select(setting_change_table).where(setting_change_table.c.tenant_id == scope.tenant_id)
    if before is not None:
        query = query.where(setting_change_table.c.id < before)
    return tx.execute(query.order_by(setting_change_table.c.id.desc()).limit(limit)).all()


def find_setting_change(tx: Tx, scope: Scope, change_id: str) -> Any | None:
    """Return a change of a setting, or None."""
    own = (setting_change_table.c.tenant_id == scope.tenant_id) & (setting_change_table.c.id == change_id)
    return tx.execute(select(setting_change_table).where(own)).first()


@crosses_tenants("a widget key names its tenant")
def find_tenant_by_widget_key(tx: Tx, widget_key: str) -> Any | None:
    """Return the tenant with this widget key, or None."""
    return tx.execute(select(tenant_table).where(tenant_table.c.widget_key == widget_key)).first()


@crosses_tenants("a slug names its tenant, for operators and sign-in forms")
def find_tenant_by_slug(tx: Tx, slug: str) -> Any | None:
    """Return the tenant with this slug, or None."""
    return tx.execute(select(tenant_table).where(tenant_table.c.slug == slug)).first()


@crosses_tenants("a host name names its tenant")
def find_tenant_by_host(tx: Tx, host: str) -> Any | None:
    """Return the tenant with this host name, or None."""
    query = select(tenant_table).join(host_table, host_table.c.tenant_id == tenant_table.c.tenant_id)
    return tx.execute(query.where(host_table.c.host == host)).first()


@crosses_tenants("the operator's list of tenants")
def all_tenants(tx: Tx) -> Sequence[Any]:
    """Return all tenants, the oldest first."""
    return tx.execute(select(tenant_table).order_by(tenant_table.c.created_at, tenant_table.c.tenant_id)).all()


def insert_host_key(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Add a key that a host site signs with."""
    tx.execute(insert(host_key_table).values(tenant_id=scope.tenant_id, **values))


def host_keys(tx: Tx, scope: Scope) -> Sequence[Any]:
    """Return the keys that are good now, the newest first."""
    query = (
        select(host_key_table)
        .where(
            host_key_table.c.tenant_id == scope.tenant_id,
            or_(host_key_table.c.ends_at.is_(None), host_key_table.c.ends_at > tx.now),
        )
        .order_by(host_key_table.c.created_at.desc(), host_key_table.c.key_id.desc())
    )
    return tx.execute(query).all()


def end_host_keys(tx: Tx, scope: Scope, key_ids: Sequence[str], *, at: datetime) -> None:
    """Have these keys end at `at`, unless they end before."""
    tx.execute(
        update(host_key_table)
        .where(
            host_key_table.c.tenant_id == scope.tenant_id,
            host_key_table.c.key_id.in_(key_ids),
            or_(host_key_table.c.ends_at.is_(None), host_key_table.c.ends_at > at),
        )
        .values(ends_at=at)
    )


def insert_host_token(tx: Tx, scope: Scope, digest: bytes, *, expires_at: datetime) -> bool:
    """Remember that a host site's token was used; return False when it was used before."""
    return insert_new(tx, scope, host_token_table, {"digest": digest, "expires_at": expires_at})
