"""Who takes conversations, why not, and what becomes of those of somebody who dropped out."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from doorward.kit.tx import Tx
from doorward.routing import repository
from doorward.routing.giving import drain
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

PresenceState = Literal["available", "away"]
AwayReason = Literal["", "break", "training", "meeting", "paperwork", "other"]
"""Why somebody who is there takes nothing now; empty says nothing."""

GONE: Final = "gone"
"""The reason of those whose sessions have all ended: they did not say so themselves."""


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an agent takes conversations, how many units of them at once, and why not (`gone`: signed in nowhere)."""

    staff_id: StaffId
    state: PresenceState
    capacity: int
    reason: str = ""


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that an agent who dropped out had, and that waits again."""

    conversation_id: ConversationId
    staff_id: StaffId
    queue: str


def set_presence(tx: Tx, scope: Scope, staff_id: StaffId, *, state: PresenceState, capacity: int) -> Outcome[Presence]:
    """Say whether an agent takes conversations and how many at once; whoever waits is given out at once."""
    return _said(tx, scope, Presence(staff_id=staff_id, state=state, capacity=capacity))


def step_away(tx: Tx, scope: Scope, staff_id: StaffId, *, capacity: int, reason: AwayReason) -> Outcome[Presence]:
    """Say that an agent takes nothing for now, and why; what they have stays theirs."""
    return _said(tx, scope, Presence(staff_id=staff_id, state="away", capacity=capacity, reason=reason))


def _said(tx: Tx, scope: Scope, presence: Presence) -> Outcome[Presence]:
    repository.lock_queue(tx, scope)
    values = {"state": presence.state, "capacity": presence.capacity, "reason": presence.reason}
    repository.save_presence(tx, scope, presence.staff_id, values)
    fields = tuple(filter(None, (presence.state, presence.reason)))
    audit = AuditEvent(action="presence.set", object_kind="staff", object_id=presence.staff_id, fields=fields)
    return Outcome(presence, (audit, *drain(tx, scope)))


def presence_of(tx: Tx, scope: Scope, staff_id: StaffId) -> Presence | None:
    """Return an agent's presence, None before the first time."""
    row = repository.find_presence(tx, scope, staff_id)
    return None if row is None else _presence(row)


def available_staff(tx: Tx, scope: Scope) -> frozenset[StaffId]:
    """Return the agents who take conversations now."""
    return frozenset(StaffId(row.staff_id) for row in repository.present_staff(tx, scope))


def staff_load(tx: Tx, scope: Scope) -> dict[StaffId, int]:
    """Return how many conversations each agent has; who has none is left out."""
    return {StaffId(staff_id): number for staff_id, number in repository.load_by_staff(tx, scope).items()}


def retire_absent(tx: Tx, scope: Scope, *, present: Collection[StaffId]) -> Outcome[int]:
    """Set away every available agent who is not among `present`, so that nobody waits for them; return how many.

    What they have stays theirs for a while; see `release_dropped`.
    """
    repository.lock_queue(tx, scope)
    absent = [row for row in repository.present_staff(tx, scope) if row.staff_id not in present]
    for row in absent:
        values = {"state": "away", "capacity": row.capacity, "reason": GONE}
        repository.save_presence(tx, scope, StaffId(row.staff_id), values)
    audits = (
        AuditEvent(action="presence.lapsed", object_kind="staff", object_id=row.staff_id, fields=("away",))
        for row in absent
    )
    return Outcome(len(absent), tuple(audits))


def dropped_since(tx: Tx, scope: Scope, *, before: datetime) -> tuple[Released, ...]:
    """Return what those have whose sessions had all ended by a moment and who have not come back."""
    return tuple(
        Released(conversation_id=ConversationId(item.conversation_id), staff_id=StaffId(row.staff_id), queue=item.queue)
        for row in repository.lapsed_before(tx, scope, before, reason=GONE)
        for item in repository.held_items(tx, scope, StaffId(row.staff_id))
    )


def release_dropped(tx: Tx, scope: Scope, *, after: timedelta) -> Outcome[tuple[Released, ...]]:
    """Put what those have who dropped out so long ago back to its place in the queue; return it. Nothing is given out.

    Whoever tells the customers calls `hand_out` behind that, so that the lines of a conversation stand in their order.
    """
    repository.lock_queue(tx, scope)
    released = dropped_since(tx, scope, before=tx.now - after)
    for one in released:
        repository.release_item(tx, scope, one.conversation_id, by=None)
    return Outcome(released)


def _presence(row: Any) -> Presence:
    return Presence(staff_id=StaffId(row.staff_id), state=row.state, capacity=row.capacity, reason=row.reason)
