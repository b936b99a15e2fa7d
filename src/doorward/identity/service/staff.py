"""Staff: who works here, as what, and what that entitles to."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, get_args

import msgspec

from doorward.identity.repository import sessions
from doorward.identity.repository import staff as repository
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, Malformed, NotAllowed, NotFound
from doorward.vocabulary.ids import SessionId, StaffId, TokenId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Role, Scope

Permission = Literal[
    "messages:write",
    "conversations:read",
    "conversations:write",
    "conversations:supervise",
    "customers:read",
    "originals:read",
    "articles:read",
    "articles:write",
    "queue:read",
    "measure:read",
    "audit:read",
    "settings:read",
    "settings:write",
    "staff:read",
    "staff:write",
    "tokens:write",
    "webhooks:read",
    "webhooks:write",
    "workspace:write",
    "reviews:write",
    "agreements:write",
    "flood:write",
]
"""`conversations:supervise` is to read along what a colleague has and to whisper to them, `reviews:write` to judge by
scorecards how conversations went, `flood:write` to say how things stand with a flood and to decide appeals of those
who got no person, `agreements:write` to agree as a second person to what is done for customers.
`workspace:write` sets up what everybody at the desk works with: labels, fields, canned replies. `customers:read` opens
customers' own data, `originals:read` what was masked; both are audited every time.
"""

PERMISSIONS: Final[frozenset[Permission]] = frozenset(get_args(Permission))

_DESK: Final[frozenset[Permission]] = frozenset(
    {"conversations:read", "conversations:write", "articles:read", "queue:read", "customers:read", "originals:read"}
)

ROLES: Final[Mapping[Role, frozenset[Permission]]] = {
    "agent": _DESK,
    "supervisor": _DESK
    | {
        "conversations:supervise",
        "articles:write",
        "measure:read",
        "staff:read",
        "settings:read",
        "workspace:write",
        "reviews:write",
        "agreements:write",
        "flood:write",
    },
    "security": frozenset(
        {
            "conversations:read",
            "originals:read",
            "queue:read",
            "measure:read",
            "audit:read",
            "staff:read",
            "flood:write",
        }
    ),
    "privacy": frozenset({"conversations:read", "customers:read", "originals:read", "audit:read", "settings:read"}),
    # Who runs the house need not read what customers hid in it; the one who may can be looked up in the audit.
    "administrator": PERMISSIONS - {"originals:read"},
}

_USERNAME: Final = re.compile(r"\A[a-z0-9][a-z0-9._-]{1,39}\Z")


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A member of staff."""

    id: StaffId
    username: str
    display_name: str
    role: Role
    languages: tuple[str, ...]
    disabled: bool
    created_at: datetime


class MemberSeed(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to add to the staff."""

    username: str
    display_name: str
    role: Role
    languages: tuple[str, ...] = ()


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody or something that has shown a session or a token: who, for which tenant, and what it may do."""

    scope: Scope
    permissions: frozenset[Permission]
    name: str
    role: Role | None = None
    staff_id: StaffId | None = None
    session_id: SessionId | None = None
    token_id: TokenId | None = None


def permits(role: Role, permission: Permission) -> bool:
    """Return whether a role may do this."""
    return permission in ROLES[role]


def require_permission(principal: Principal, permission: Permission) -> None:
    """Raise `NotAllowed` unless the principal may do this."""
    if permission not in principal.permissions:
        raise NotAllowed(f"this needs the permission {permission}")


def normal_username(username: str) -> str:
    """Return the one spelling of a user name."""
    return username.strip().lower()


def possible_username(username: str) -> str:
    """Return the one spelling of a user name, or nothing for what could not be one and no database should see."""
    name = normal_username(username)
    return name if _USERNAME.match(name) else ""


class Staff:
    """Adds, changes and finds members of staff. Passwords come in as hashes, made outside of any transaction."""

    def add(self, tx: Tx, scope: Scope, seed: MemberSeed) -> Outcome[Member]:
        """Add a member of staff, who cannot sign in before a password is set.

        Raises `Malformed` for an impossible name or role, `Conflict` when the user name is taken.
        """
        name = normal_username(seed.username)
        if not _USERNAME.match(name):
            raise Malformed("username: 2 to 40 of a-z, 0-9 and . _ -")
        staff_id = StaffId(new_id())
        values = {
            "id": staff_id,
            "username": name,
            "display_name": _shown(seed.display_name),
            "role": _role(seed.role),
            "languages": seed.languages,
            "disabled": False,
            "created_at": tx.now,
        }
        if not repository.insert_staff(tx, scope, values):
            raise Conflict("the user name is taken")
        event = _event("staff.added", staff_id, "username", "display_name", "role", "languages")
        return Outcome(self.find(tx, scope, staff_id), entries=(event,))

    def set_password(
        self, tx: Tx, scope: Scope, staff_id: StaffId, *, password_hash: str, keep: SessionId | None = None
    ) -> Outcome[None]:
        """Set a password by its hash (see `Passwords`); all sessions but the one to `keep` end. Raises `NotFound`."""
        self.find(tx, scope, staff_id)
        repository.update_staff(tx, scope, staff_id, {"password_hash": password_hash})
        sessions.delete_sessions_of(tx, scope, staff_id, but=keep)
        return Outcome(None, entries=(_event("staff.changed", staff_id, "password"),))

    def rename(
        self, tx: Tx, scope: Scope, staff_id: StaffId, *, display_name: str, languages: Sequence[str]
    ) -> Outcome[Member]:
        """Change what a member of staff is called and speaks. Raises `Malformed`, `NotFound`."""
        before = self.find(tx, scope, staff_id)
        values = {"display_name": _shown(display_name), "languages": tuple(languages)}
        changed = tuple(name for name, value in values.items() if getattr(before, name) != value)
        if not changed:
            return Outcome(before)
        repository.update_staff(tx, scope, staff_id, values)
        return Outcome(self.find(tx, scope, staff_id), entries=(_event("staff.changed", staff_id, *changed),))

    def change_role(self, tx: Tx, scope: Scope, staff_id: StaffId, *, role: Role) -> Outcome[Member]:
        """Change what a member of staff may do, from the next request on.

        Raises `Malformed`, `NotFound`, and `Conflict` for the last administrator who can sign in.
        """
        before = self.find(tx, scope, staff_id)
        if before.role == _role(role):
            return Outcome(before)
        self._leave_an_administrator(tx, scope, before)
        repository.update_staff(tx, scope, staff_id, {"role": role})
        return Outcome(self.find(tx, scope, staff_id), entries=(_event("staff.changed", staff_id, "role"),))

    def disable(self, tx: Tx, scope: Scope, staff_id: StaffId, *, disabled: bool = True) -> Outcome[None]:
        """Shut a member of staff out at once, or let them in again.

        Raises `NotFound`, and `Conflict` for the last administrator who can sign in.
        """
        before = self.find(tx, scope, staff_id)
        if disabled:
            self._leave_an_administrator(tx, scope, before)
            sessions.delete_sessions_of(tx, scope, staff_id)
        repository.update_staff(tx, scope, staff_id, {"disabled": disabled})
        return Outcome(None, entries=(_event("staff.changed", staff_id, "disabled"),))

    def _leave_an_administrator(self, tx: Tx, scope: Scope, leaving: Member) -> None:
        active = [row.id for row in repository.lock_administrators(tx, scope) if not row.disabled]
        if active == [leaving.id]:
            raise Conflict("this is the last administrator")

    def find(self, tx: Tx, scope: Scope, staff_id: StaffId) -> Member:
        """Return a member of staff. Raises `NotFound`."""
        row = repository.find_staff(tx, scope, staff_id)
        if row is None:
            raise NotFound("no such member of staff")
        return _member(row)

    def find_by_username(self, tx: Tx, scope: Scope, username: str) -> Member | None:
        """Return a member of staff by user name, or None."""
        row = repository.find_staff_by_username(tx, scope, possible_username(username))
        return None if row is None else _member(row)

    def everybody(self, tx: Tx, scope: Scope) -> tuple[Member, ...]:
        """Return all members of staff by user name."""
        return tuple(_member(row) for row in repository.list_staff(tx, scope))


def _shown(display_name: str) -> str:
    if not display_name.strip() or len(display_name) > 80 or not display_name.isprintable():
        raise Malformed("display_name: 1 to 80 printable characters")
    return display_name.strip()


def _role(role: Role) -> Role:
    if role not in ROLES:
        raise Malformed(f"role: one of {', '.join(ROLES)}")
    return role


def _member(row: Any) -> Member:
    return Member(
        id=StaffId(row.id),
        username=row.username,
        display_name=row.display_name,
        role=row.role,
        languages=tuple(row.languages),
        disabled=row.disabled,
        created_at=row.created_at,
    )


def _event(action: str, staff_id: StaffId, *fields: str) -> AuditEvent:
    return AuditEvent(action=action, object_kind="staff", object_id=staff_id, fields=fields)
