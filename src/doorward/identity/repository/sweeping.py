"""Forgetting what time has ended, for all tenants at once."""

from datetime import timedelta

from sqlalchemy import delete

from doorward.identity.tables import (
    attempt_table,
    ceremony_table,
    code_table,
    customer_session_table,
    familiar_table,
    host_token_table,
    mail_table,
    session_table,
)
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import crosses_tenants


@crosses_tenants("a sweep by time alone")
def delete_ended_sessions(tx: Tx, *, idle: timedelta) -> int:
    """Forget sessions that are at their end or were idle for too long; return how many."""
    ended = (session_table.c.ends_at <= tx.now) | (session_table.c.seen_at <= tx.now - idle)
    return tx.execute(delete(session_table).where(ended)).rowcount


@crosses_tenants("a sweep by time alone")
def delete_ended_customer_sessions(tx: Tx, *, idle: timedelta) -> int:
    """Forget customers' sessions that are at their end or were idle for too long; return how many."""
    ended = (customer_session_table.c.ends_at <= tx.now) | (customer_session_table.c.seen_at <= tx.now - idle)
    return tx.execute(delete(customer_session_table).where(ended)).rowcount


@crosses_tenants("a sweep by time alone")
def delete_ended_codes(tx: Tx) -> int:
    """Forget codes, mails and begun sign-ins whose time has run out; return how many."""
    codes = tx.execute(delete(code_table).where(code_table.c.expires_at <= tx.now)).rowcount
    codes += tx.execute(delete(ceremony_table).where(ceremony_table.c.expires_at <= tx.now)).rowcount
    return codes + tx.execute(delete(mail_table).where(mail_table.c.expires_at <= tx.now)).rowcount


@crosses_tenants("a sweep by time alone")
def delete_ended_host_tokens(tx: Tx) -> int:
    """Forget used tokens that are too old to be used again anyway; return how many."""
    return tx.execute(delete(host_token_table).where(host_token_table.c.expires_at <= tx.now)).rowcount


@crosses_tenants("a sweep by time alone")
def delete_old_attempts(tx: Tx, *, older_than: timedelta, marks_older_than: timedelta) -> int:
    """Forget counters of failed sign-ins, and from where people signed in, after that long; return how many."""
    attempts = tx.execute(delete(attempt_table).where(attempt_table.c.last_at <= tx.now - older_than)).rowcount
    marks = tx.execute(delete(familiar_table).where(familiar_table.c.seen_at <= tx.now - marks_older_than)).rowcount
    return attempts + marks
