"""Customers' sessions at the portal: server-side, of one tenant, ended by time, by choice, or everywhere at once.

A session remembers two parties. The acting one is who proved something in this very browser: what it has reached, and
how lately, is asked of `Actions.require` for every page. The customer is who it turned out to be.
"""

import re
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from doorward.identity.repository import customers as repository
from doorward.identity.service.secrets_kept import digest_of, new_secret
from doorward.identity.service.sessions import TOUCH_AFTER
from doorward.kit.ids import new_id
from doorward.kit.settings import Sessions as SessionSettings
from doorward.kit.tx import Tx
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import NotFound, NotSignedIn
from doorward.vocabulary.ids import PartyId, SessionId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor, Scope

_BROWSERS: Final = (
    ("edg", "edge"),
    ("opr", "opera"),
    ("firefox", "firefox"),
    ("chrome", "chrome"),
    ("safari", "safari"),
)
_SYSTEMS: Final = (
    ("android", "android"),
    ("iphone", "ios"),
    ("ipad", "ios"),
    ("windows", "windows"),
    ("mac os", "macos"),
    ("linux", "linux"),
)


class CustomerSession(Discreet, frozen=True, kw_only=True):
    """A good session. When `stale`, the door calls `touch` so that it does not count as idle."""

    scope: Scope
    session_id: SessionId
    acting_id: PartyId
    customer_id: PartyId
    factor: str
    stale: bool


class ShownSession(msgspec.Struct, frozen=True, kw_only=True):
    """One session as its owner sees it; `browser` is a family and a system, such as `firefox/linux`."""

    session_id: SessionId
    factor: str
    browser: str
    created_at: datetime
    seen_at: datetime


class OpenedSession(Discreet, frozen=True, kw_only=True):
    """A new session: `token` goes into the browser's cookie and is kept nowhere else."""

    session_id: SessionId
    token: str


def browser_of(user_agent: str) -> str:
    """Return the family and system of a browser, `other` where they are not known: no version, no fingerprint."""
    text = re.sub(r"[^a-z0-9 ./;()_-]", "", user_agent[:500].lower())
    browser = next((name for mark, name in _BROWSERS if mark in text), "other")
    return f"{browser}/{next((name for mark, name in _SYSTEMS if mark in text), 'other')}"


class CustomerSessions:
    """Opens, reads and ends customers' sessions."""

    def __init__(self, settings: SessionSettings) -> None:
        """Sessions end as `settings` say."""
        self._idle = timedelta(minutes=settings.customer_idle_minutes)
        self._lifetime = timedelta(hours=settings.customer_hours)

    def open(
        self, tx: Tx, scope: Scope, acting_id: PartyId, *, customer_id: PartyId, how: tuple[str, str]
    ) -> Outcome[OpenedSession]:
        """Open a session for somebody who has just proven who they are; `how` is the factor and the browser."""
        token, session_id = new_secret("dwc"), SessionId(new_id())
        factor, browser = how
        values = {
            "id": session_id,
            "token_hash": digest_of(token),
            "acting_id": acting_id,
            "customer_id": customer_id,
            "factor": factor,
            "browser": browser,
            "created_at": tx.now,
            "seen_at": tx.now,
            "ends_at": tx.now + self._lifetime,
        }
        repository.insert_session(tx, scope, values)
        event = AuditEvent(action="customer.signed_in", object_kind="party", object_id=customer_id, fields=(factor,))
        return Outcome(OpenedSession(session_id=session_id, token=token), entries=(event,))

    def read(self, tx: Tx, scope: Scope, token: str) -> CustomerSession:
        """Return the session of a cookie, if it is one of this tenant. Raises `NotSignedIn`."""
        row = repository.find_session(tx, scope, digest_of(token), idle=self._idle)
        if row is None:
            raise NotSignedIn("no session")
        acting = PartyId(row.acting_id)
        return CustomerSession(
            scope=scope.acting_as(Actor(kind="customer", id=acting)),
            session_id=SessionId(row.id),
            acting_id=acting,
            customer_id=PartyId(row.customer_id),
            factor=row.factor,
            stale=row.seen_at <= tx.now - TOUCH_AFTER,
        )

    def touch(self, tx: Tx, scope: Scope, session_id: SessionId) -> Outcome[None]:
        """Note that a session is in use."""
        repository.touch_session(tx, scope, session_id)
        return Outcome(None)

    def sessions_of(self, tx: Tx, scope: Scope, customer_id: PartyId) -> tuple[ShownSession, ...]:
        """Return where a customer is signed in, the latest used first."""
        return tuple(_shown(row) for row in repository.list_sessions(tx, scope, customer_id, idle=self._idle))

    def end(self, tx: Tx, scope: Scope, customer_id: PartyId, *, session_id: SessionId) -> Outcome[None]:
        """End one session of the customer. Raises `NotFound` for anybody else's."""
        if not repository.delete_sessions(tx, scope, customer_id, one=session_id):
            raise NotFound("no such session")
        event = AuditEvent(action="customer.signed_out", object_kind="session", object_id=session_id)
        return Outcome(None, entries=(event,))

    def end_all(self, tx: Tx, scope: Scope, customer_id: PartyId, *, but: SessionId | None = None) -> Outcome[int]:
        """End all sessions of the customer, all but one if given; return how many."""
        ended = repository.delete_sessions(tx, scope, customer_id, but=but)
        event = AuditEvent(action="customer.signed_out_everywhere", object_kind="party", object_id=customer_id)
        return Outcome(ended, entries=(event,))


def _shown(row: Any) -> ShownSession:
    return ShownSession(
        session_id=SessionId(row.id),
        factor=row.factor,
        browser=row.browser,
        created_at=row.created_at,
        seen_at=row.seen_at,
    )
