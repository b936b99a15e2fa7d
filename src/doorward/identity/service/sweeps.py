"""Sweeps: forgetting what time has ended. Idempotent; each is one write transaction over all tenants."""

from datetime import timedelta

from doorward.identity.repository import sweeping as repository
from doorward.identity.service.sign_ins import FORGET_AFTER, FORGET_PLACES_AFTER
from doorward.kit.settings import Sessions as SessionSettings
from doorward.kit.tx import Tx
from doorward.vocabulary.outcome import Outcome


def sweep_sessions(tx: Tx, *, settings: SessionSettings) -> Outcome[int]:
    """Forget ended and idle sessions, of staff and of customers; return how many."""
    ended = repository.delete_ended_sessions(tx, idle=timedelta(minutes=settings.staff_idle_minutes))
    idle = timedelta(minutes=settings.customer_idle_minutes)
    return Outcome(ended + repository.delete_ended_customer_sessions(tx, idle=idle))


def sweep_codes(tx: Tx) -> Outcome[int]:
    """Forget codes that ran out, and mails that would carry such; return how many."""
    return Outcome(repository.delete_ended_codes(tx))


def sweep_host_tokens(tx: Tx) -> Outcome[int]:
    """Forget used user tokens that are too old to be good again; return how many."""
    return Outcome(repository.delete_ended_host_tokens(tx))


def sweep_sign_ins(tx: Tx) -> Outcome[int]:
    """Forget old failures, and places from which nobody signed in for half a year; return how many."""
    return Outcome(repository.delete_old_attempts(tx, older_than=FORGET_AFTER, marks_older_than=FORGET_PLACES_AFTER))
