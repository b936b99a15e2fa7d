"""Sessions of staff: server-side, found by a cookie, ended by time, by choice, or by a new sign-in."""

from datetime import datetime, timedelta
from typing import Any, Final

from doorward.identity.repository import sessions as repository
from doorward.identity.service.secrets_kept import digest_of
from doorward.identity.service.staff import ROLES, Principal
from doorward.kit.settings import Sessions as SessionSettings
from doorward.kit.tx import Tx
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import NotFound, NotSignedIn
from doorward.vocabulary.ids import SessionId, StaffId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor, Scope

TOUCH_AFTER: Final = timedelta(minutes=1)
"""A session notes its use this often at most: reading a page must not cost a write."""


class Session(Discreet, frozen=True, kw_only=True):
    """A good session. When `stale`, the door calls `touch` so that it does not count as idle."""

    principal: Principal
    session_id: SessionId
    staff_id: StaffId
    stale: bool


class Sessions:
    """Reads and ends sessions; `SignIns` opens them."""

    def __init__(self, settings: SessionSettings) -> None:
        """Sessions end as `settings` say."""
        self._idle = timedelta(minutes=settings.staff_idle_minutes)

    def read(self, tx: Tx, token: str) -> Session:
        """Return the session of a cookie, and with it the tenant. Raises `NotSignedIn`.

        What a role may do is looked up every time, so a change counts from the next request on.
        """
        row = repository.find_session(tx, digest_of(token), idle=self._idle)
        if row is None:
            raise NotSignedIn("no session")
        return Session(
            principal=_principal(row),
            session_id=SessionId(row.id),
            staff_id=StaffId(row.staff_id),
            stale=row.seen_at <= tx.now - TOUCH_AFTER,
        )

    def touch(self, tx: Tx, scope: Scope, session_id: SessionId) -> Outcome[None]:
        """Note that a session is in use."""
        repository.touch_session(tx, scope, session_id)
        return Outcome(None)

    def signed_in(self, tx: Tx, scope: Scope) -> frozenset[StaffId]:
        """Return which members of the tenant's staff are signed in anywhere."""
        return repository.signed_in_staff(tx, scope, idle=self._idle)

    def last_seen(self, tx: Tx, scope: Scope) -> dict[StaffId, datetime]:
        """Return when each member of the tenant's staff who is signed in did something last, to about a minute."""
        return repository.last_seen(tx, scope, idle=self._idle)

    def sign_out(self, tx: Tx, scope: Scope, session_id: SessionId) -> Outcome[None]:
        """End a session. Raises `NotFound`."""
        if not repository.delete_session(tx, scope, session_id):
            raise NotFound("no such session")
        event = AuditEvent(action="staff.signed_out", object_kind="session", object_id=session_id)
        return Outcome(None, entries=(event,))

    def sign_out_everywhere(
        self, tx: Tx, scope: Scope, staff_id: StaffId, *, but: SessionId | None = None
    ) -> Outcome[int]:
        """End all sessions of a member of staff, all but one if given; return how many."""
        ended = repository.delete_sessions_of(tx, scope, staff_id, but=but)
        event = AuditEvent(action="staff.signed_out_everywhere", object_kind="staff", object_id=staff_id)
        return Outcome(ended, entries=(event,))


def _principal(row: Any) -> Principal:
    staff_id = StaffId(row.staff_id)
    return Principal(
        scope=Scope(tenant_id=TenantId(row.tenant_id), actor=Actor(kind="staff", id=staff_id)),
        permissions=ROLES[row.role],
        name=row.display_name,
        role=row.role,
        staff_id=staff_id,
        session_id=SessionId(row.id),
    )
