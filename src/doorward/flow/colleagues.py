"""Colleagues: who else is at the desk and may have a conversation."""

import contextlib
from collections.abc import Iterable
from datetime import datetime

import msgspec

from doorward import routing
from doorward.identity import Member, Sessions, Staff, permits
from doorward.kit.tx import Tx
from doorward.routing import PresenceState
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.presence import GONE
from doorward.vocabulary.scope import Scope


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """A colleague: whether they take conversations now, why not, since when, how many they have, of how many.

    `capacity` and `since` are null for somebody who never said whether they take conversations, `since` also for who is
    signed in again and has said nothing yet. `reason` is empty for who gave none, `gone` for who is signed in nowhere.
    """

    staff_id: StaffId
    name: str
    state: PresenceState
    conversations: int
    capacity: int | None
    reason: str = ""
    since: datetime | None = None


class Colleagues:
    """Knows who is there: who is signed in nowhere takes no conversations, and no customer waits for them."""

    def __init__(self, staff: Staff, sessions: Sessions) -> None:
        """Take who works here and who is signed in."""
        self._staff = staff
        self._sessions = sessions

    def here(self, tx: Tx, scope: Scope) -> tuple[Colleague, ...]:
        """Return those to whom the acting member can hand a conversation: available, and least to do, first."""
        signed_in, load = self._sessions.signed_in(tx, scope), routing.staff_load(tx, scope)
        found = [
            _colleague(tx, scope, member, conversations=load.get(member.id, 0))
            for member in self._staff.everybody(tx, scope)
            if member.id in signed_in and member.id != scope.actor.id and _may_have_conversations(member)
        ]
        return tuple(sorted(found, key=lambda one: (one.state != "available", one.conversations, one.name)))

    def everybody(self, tx: Tx, scope: Scope) -> tuple[Colleague, ...]:
        """Return everybody who may have conversations, the acting member too: those who are there first.

        Who is signed in nowhere is `gone`, whatever they said before.
        """
        signed_in, load = self._sessions.signed_in(tx, scope), routing.staff_load(tx, scope)
        found = []
        for member in self._staff.everybody(tx, scope):
            if _may_have_conversations(member):
                one = _colleague(tx, scope, member, conversations=load.get(member.id, 0))
                if member.id not in signed_in:
                    presence = routing.presence_of(tx, scope, member.id)
                    since = presence.since if presence is not None and presence.reason == GONE else None
                    one = msgspec.structs.replace(one, state="away", reason=GONE, since=since)
                found.append(one)
        return tuple(sorted(found, key=_place))

    def names(self, tx: Tx, scope: Scope, others: Iterable[StaffId] = ()) -> tuple[str, ...]:
        """Return how the acting member and these colleagues are called; who does not work here has no name."""
        found = []
        for staff_id in dict.fromkeys((StaffId(scope.actor.id), *others)):
            with contextlib.suppress(NotFound):
                found.append(self._staff.find(tx, scope, staff_id).display_name)
        return tuple(found)

    def require(self, tx: Tx, scope: Scope, staff_id: StaffId) -> None:
        """Refuse a colleague who cannot have a conversation.

        Raises `NotFound` for somebody who does not work here, and `Conflict` for the acting member, for somebody who
        may not write to customers, is shut out, or is signed in nowhere; its fact `why` says which (`yourself`,
        `not_allowed`, `gone`).
        """
        if staff_id == scope.actor.id:
            raise Conflict("you have this conversation already", why="yourself")
        member = self._staff.find(tx, scope, staff_id)
        if not member.disabled and not permits(member.role, "conversations:write"):
            raise Conflict("this colleague may not write to customers", why="not_allowed")
        if member.disabled or staff_id not in self._sessions.signed_in(tx, scope):
            raise Conflict("this colleague is not signed in", why="gone")

    def require_known(self, tx: Tx, scope: Scope, staff_ids: Iterable[StaffId]) -> None:
        """Raise `NotFound` unless all of these work here."""
        for staff_id in staff_ids:
            self._staff.find(tx, scope, staff_id)


def _may_have_conversations(member: Member) -> bool:
    return not member.disabled and permits(member.role, "conversations:write")


def _colleague(tx: Tx, scope: Scope, member: Member, *, conversations: int) -> Colleague:
    presence = routing.presence_of(tx, scope, member.id)
    said = said_here(presence)
    return Colleague(
        staff_id=member.id,
        name=member.display_name,
        state="away" if presence is None else presence.state,
        conversations=conversations,
        capacity=None if presence is None else presence.capacity,
        reason="" if said is None else said.reason,
        since=None if said is None else said.since,
    )


def said_here(presence: routing.Presence | None) -> routing.Presence | None:
    """Return what somebody who is signed in has said since they are, None for nothing yet."""
    return None if presence is None or presence.reason == GONE else presence


def _place(one: Colleague) -> tuple[int, str]:
    return (0 if one.state == "available" else 2 if one.reason == GONE else 1, one.name)
