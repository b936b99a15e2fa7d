"""Customers at their portal: sessions, the steps of signing in, passkeys and consents."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from doorward.identity.repository.inserting import insert_new, replace
from doorward.identity.tables import (
    ceremony_table,
    consent_table,
    customer_session_table,
    passkey_table,
    tenant_table,
)
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import PartyId, SessionId
from doorward.vocabulary.scope import Scope


def insert_session(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Add a session."""
    tx.execute(insert(customer_session_table).values(tenant_id=scope.tenant_id, **values))


def find_session(tx: Tx, scope: Scope, token_hash: bytes, *, idle: timedelta) -> Any | None:
    """Return the tenant's session that is good now, or None.

    Good: used within `idle`, not at its end, in a tenant that is active.
    """
    query = (
        select(customer_session_table)
        .join(tenant_table, tenant_table.c.tenant_id == customer_session_table.c.tenant_id)
        .where(
            customer_session_table.c.tenant_id == scope.tenant_id,
            customer_session_table.c.token_hash == token_hash,
            customer_session_table.c.ends_at > tx.now,
            customer_session_table.c.seen_at > tx.now - idle,
            tenant_table.c.state == "active",
        )
    )
    return tx.execute(query).first()


def list_sessions(tx: Tx, scope: Scope, customer_id: PartyId, *, idle: timedelta) -> Sequence[Any]:
    """Return a customer's sessions that are good now, the latest used first."""
    query = select(customer_session_table).where(
        customer_session_table.c.tenant_id == scope.tenant_id,
        customer_session_table.c.customer_id == customer_id,
        customer_session_table.c.ends_at > tx.now,
        customer_session_table.c.seen_at > tx.now - idle,
    )
    return tx.execute(query.order_by(customer_session_table.c.seen_at.desc(), customer_session_table.c.id)).all()


def touch_session(tx: Tx, scope: Scope, session_id: SessionId) -> None:
    """Note that a session is used now."""
    tx.execute(
        update(customer_session_table)
        .where(customer_session_table.c.tenant_id == scope.tenant_id, customer_session_table.c.id == session_id)
        .values(seen_at=tx.now)
    )


def delete_sessions(
    tx: Tx, scope: Scope, customer_id: PartyId, *, one: SessionId | None = None, but: SessionId | None = None
) -> int:
    """End a customer's sessions: one, all but one, or all; return how many."""
    statement = delete(customer_session_table).where(
        customer_session_table.c.tenant_id == scope.tenant_id, customer_session_table.c.customer_id == customer_id
    )
    if one is not None:
        statement = statement.where(customer_session_table.c.id == one)
    if but is not None:
        statement = statement.where(customer_session_table.c.id != but)
    return tx.execute(statement).rowcount


def replace_ceremony(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Keep a step of signing in, in place of the one that the same browser had begun for the same purpose."""
    replace(tx, scope, ceremony_table, values)


def find_ceremony(tx: Tx, scope: Scope, digest: bytes, *, purpose: str) -> Any | None:
    """Return a step that is good now, or None."""
    query = select(ceremony_table).where(
        ceremony_table.c.tenant_id == scope.tenant_id,
        ceremony_table.c.digest == digest,
        ceremony_table.c.purpose == purpose,
        ceremony_table.c.expires_at > tx.now,
    )
    return tx.execute(query).first()


def take_ceremony(tx: Tx, scope: Scope, digest: bytes, *, purpose: str) -> Any | None:
    """Use a step up and return it, or None when there is none that is good.

    One statement: of two that come at once, one gets it.
    """
    statement = (
        delete(ceremony_table)
        .where(
            ceremony_table.c.tenant_id == scope.tenant_id,
            ceremony_table.c.digest == digest,
            ceremony_table.c.purpose == purpose,
            ceremony_table.c.expires_at > tx.now,
        )
        .returning(ceremony_table)
    )
    return tx.execute(statement).first()


def insert_passkey(tx: Tx, scope: Scope, values: dict[str, Any]) -> bool:
    """Add a passkey; return False when its credential is registered already."""
    return insert_new(tx, scope, passkey_table, values)


def find_passkey(tx: Tx, scope: Scope, credential_id: bytes) -> Any | None:
    """Return the passkey with this credential, or None."""
    query = select(passkey_table).where(
        passkey_table.c.tenant_id == scope.tenant_id, passkey_table.c.credential_id == credential_id
    )
    return tx.execute(query).first()


def list_passkeys(tx: Tx, scope: Scope, customer_id: PartyId) -> Sequence[Any]:
    """Return a customer's passkeys, the oldest first."""
    query = select(passkey_table).where(
        passkey_table.c.tenant_id == scope.tenant_id, passkey_table.c.customer_id == customer_id
    )
    return tx.execute(query.order_by(passkey_table.c.created_at, passkey_table.c.id)).all()


def count_use(tx: Tx, scope: Scope, passkey_id: str, *, before: int, now: int) -> bool:
    """Note a use and its counter; return False when another use came between or the passkey is gone."""
    result = tx.execute(
        update(passkey_table)
        .where(
            passkey_table.c.tenant_id == scope.tenant_id,
            passkey_table.c.id == passkey_id,
            passkey_table.c.sign_count == before,
        )
        .values(sign_count=now, used_at=tx.now)
    )
    return result.rowcount == 1


def delete_passkey(tx: Tx, scope: Scope, customer_id: PartyId, *, passkey_id: str) -> bool:
    """Remove one of a customer's passkeys; return whether it was there."""
    result = tx.execute(
        delete(passkey_table).where(
            passkey_table.c.tenant_id == scope.tenant_id,
            passkey_table.c.customer_id == customer_id,
            passkey_table.c.id == passkey_id,
        )
    )
    return result.rowcount == 1


def insert_consent(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Add a line to the ledger of consents, which only grows."""
    tx.execute(insert(consent_table).values(tenant_id=scope.tenant_id, **values))


def list_consents(tx: Tx, scope: Scope, customer_id: PartyId) -> Sequence[Any]:
    """Return all that a customer ever granted and withdrew, the latest first."""
    query = select(consent_table).where(
        consent_table.c.tenant_id == scope.tenant_id, consent_table.c.customer_id == customer_id
    )
    return tx.execute(query.order_by(consent_table.c.at.desc(), consent_table.c.id.desc())).all()
