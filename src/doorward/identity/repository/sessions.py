"""Sessions of staff and tokens of programs: found by the hash of what their holder shows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from doorward.identity.tables import session_table, staff_table, tenant_table, token_table
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import SessionId, StaffId, TokenId
from doorward.vocabulary.scope import Scope, crosses_tenants


def insert_session(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Add a session."""
    tx.execute(insert(session_table).values(tenant_id=scope.tenant_id, **values))


@crosses_tenants("a staff session names its tenant")
def find_session(tx: Tx, token_hash: bytes, *, idle: timedelta) -> Any | None:
    """Return a session that is good now, with its member of staff, or None.

    Good: used within `idle`, not at its end, of somebody who is not disabled, in a tenant that is active.
    """
    query = (
        select(session_table, staff_table.c.role, staff_table.c.username, staff_table.c.display_name)
        .join(
            staff_table,
            (staff_table.c.tenant_id == session_table.c.tenant_id) & (staff_table.c.id == session_table.c.staff_id),
        )
        .join(tenant_table, tenant_table.c.tenant_id == session_table.c.tenant_id)
        .where(
            session_table.c.token_hash == token_hash,
            session_table.c.ends_at > tx.now,
            session_table.c.seen_at > tx.now - idle,
            staff_table.c.disabled.is_(False),
            tenant_table.c.state == "active",
        )
    )
    return tx.execute(query).first()


def signed_in_staff(tx: Tx, scope: Scope, *, idle: timedelta) -> frozenset[StaffId]:
    """Return everybody who has a session that is good now."""
    query = (
        select(session_table.c.staff_id)
        .join(
            staff_table,
            (staff_table.c.tenant_id == session_table.c.tenant_id) & (staff_table.c.id == session_table.c.staff_id),
        )
        .where(
            session_table.c.tenant_id == scope.tenant_id,
            session_table.c.ends_at > tx.now,
            session_table.c.seen_at > tx.now - idle,
            staff_table.c.disabled.is_(False),
        )
        .distinct()
    )
    return frozenset(StaffId(staff_id) for staff_id in tx.execute(query).scalars())


def last_seen(tx: Tx, scope: Scope, *, idle: timedelta) -> dict[StaffId, datetime]:
    """Return when everybody with a session that is good now used one last."""
    query = (
        select(session_table.c.staff_id, func.max(session_table.c.seen_at).label("seen_at"))
        .where(
            session_table.c.tenant_id == scope.tenant_id,
            session_table.c.ends_at > tx.now,
            session_table.c.seen_at > tx.now - idle,
        )
        .group_by(session_table.c.staff_id)
    )
    return {StaffId(row.staff_id): row.seen_at for row in tx.execute(query)}


def touch_session(tx: Tx, scope: Scope, session_id: SessionId) -> None:
    """Note that a session is used now."""
    tx.execute(
        update(session_table)
        .where(session_table.c.tenant_id == scope.tenant_id, session_table.c.id == session_id)
        .values(seen_at=tx.now)
    )


def delete_session_by_hash(tx: Tx, scope: Scope, token_hash: bytes) -> None:
    """End the session that a browser showed, if it is one of this tenant."""
    tx.execute(
        delete(session_table).where(
            session_table.c.tenant_id == scope.tenant_id, session_table.c.token_hash == token_hash
        )
    )


def delete_session(tx: Tx, scope: Scope, session_id: SessionId) -> bool:
    """End a session; return whether it was there."""
    result = tx.execute(
        delete(session_table).where(session_table.c.tenant_id == scope.tenant_id, session_table.c.id == session_id)
    )
    return result.rowcount == 1


def delete_sessions_of(tx: Tx, scope: Scope, staff_id: StaffId, *, but: SessionId | None = None) -> int:
    """End all sessions of a member of staff, all but one if given; return how many."""
    statement = delete(session_table).where(
        session_table.c.tenant_id == scope.tenant_id, session_table.c.staff_id == staff_id
    )
    if but is not None:
        statement = statement.where(session_table.c.id != but)
    return tx.execute(statement).rowcount


def insert_token(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Add an API token."""
    tx.execute(insert(token_table).values(tenant_id=scope.tenant_id, **values))


@crosses_tenants("an API token names its tenant")
def find_token(tx: Tx, token_hash: bytes) -> Any | None:
    """Return an API token that is good now, or None."""
    query = (
        select(token_table)
        .join(tenant_table, tenant_table.c.tenant_id == token_table.c.tenant_id)
        .where(
            token_table.c.token_hash == token_hash,
            token_table.c.revoked_at.is_(None),
            tenant_table.c.state == "active",
        )
    )
    return tx.execute(query).first()


def list_tokens(tx: Tx, scope: Scope) -> Sequence[Any]:
    """Return all API tokens, the newest first."""
    query = select(token_table).where(token_table.c.tenant_id == scope.tenant_id)
    return tx.execute(query.order_by(token_table.c.created_at.desc(), token_table.c.id.desc())).all()


def touch_token(tx: Tx, scope: Scope, token_id: TokenId) -> None:
    """Note that a token is used now."""
    tx.execute(
        update(token_table)
        .where(token_table.c.tenant_id == scope.tenant_id, token_table.c.id == token_id)
        .values(used_at=tx.now)
    )


def revoke_token(tx: Tx, scope: Scope, token_id: TokenId) -> bool:
    """End a token; return False when there is none that is good."""
    result = tx.execute(
        update(token_table)
        .where(
            token_table.c.tenant_id == scope.tenant_id,
            token_table.c.id == token_id,
            token_table.c.revoked_at.is_(None),
        )
        .values(revoked_at=tx.now)
    )
    return result.rowcount == 1
