"""Who takes conversations, why not, and what becomes of those of somebody who dropped out."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from doorward.kit.tx import Tx
from doorward.routing import repository
from doorward.routing.giving import drain
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.presence import GONE
from doorward.vocabulary.scope import Scope

PresenceState = Literal["available", "away"]


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an agent takes conversations, how many units of them at once, why not (`gone`: signed in nowhere), and
    since when.
    """

    staff_id: StaffId
    state: PresenceState
    capacity: int
    reason: str = ""
    since: datetime | None = None


class PresenceTime(msgspec.Struct, frozen=True, kw_only=True):
    """How long an agent was available in a period, or away for one reason (empty: they gave none)."""

    staff_id: StaffId
    state: PresenceState
    reason: str
    seconds: int


class PresenceSpell(msgspec.Struct, frozen=True, kw_only=True):
    """From when until when an agent was available, or away for one reason (empty: they gave none)."""

    staff_id: StaffId
    state: PresenceState
    reason: str
    since: datetime
    until: datetime


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that an agent who dropped out had, and that waits again."""

    conversation_id: ConversationId
    staff_id: StaffId
    queue: str


def set_presence(tx: Tx, scope: Scope, staff_id: StaffId, *, state: PresenceState, capacity: int) -> Outcome[Presence]:
    """Say whether an agent takes conversations and how many at once; whoever waits is given out at once."""
    return _said(tx, scope, Presence(staff_id=staff_id, state=state, capacity=capacity))


def step_away(tx: Tx, scope: Scope, staff_id: StaffId, *, capacity: int, reason: str) -> Outcome[Presence]:
    """Say that an agent takes nothing for now, and why; what they have stays theirs. The caller knows reasons."""
    return _said(tx, scope, Presence(staff_id=staff_id, state="away", capacity=capacity, reason=reason))


def _said(tx: Tx, scope: Scope, presence: Presence) -> Outcome[Presence]:
    repository.lock_queue(tx, scope)
    values = {"state": presence.state, "capacity": presence.capacity, "reason": presence.reason}
    since = repository.save_presence(tx, scope, presence.staff_id, values)
    presence = msgspec.structs.replace(presence, since=since)
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


def attending_staff(tx: Tx, scope: Scope) -> frozenset[StaffId]:
    """Return the agents who take conversations now, or are away for a reason that they gave."""
    return frozenset(StaffId(row.staff_id) for row in repository.attending_staff(tx, scope))


def presence_times(tx: Tx, scope: Scope, *, since: datetime, until: datetime) -> tuple[PresenceTime, ...]:
    """Return for how long each agent was available or away in a period that may last still; who was gone is left out.

    Whole seconds, by agent, state and reason; what did not happen is left out.
    """
    times: dict[tuple[str, PresenceState, str], float] = {}
    for one in presence_spells(tx, scope, since=since, until=until):
        place = (one.staff_id, one.state, one.reason)
        times[place] = times.get(place, 0.0) + (one.until - one.since).total_seconds()
    return tuple(
        PresenceTime(staff_id=StaffId(staff_id), state=state, reason=reason, seconds=round(seconds))
        for (staff_id, state, reason), seconds in sorted(times.items())
    )


def presence_spells(tx: Tx, scope: Scope, *, since: datetime, until: datetime) -> tuple[PresenceSpell, ...]:
    """Return how each agent stood, one after the other, cut to a period that may last still; who was gone is left out.

    What holds still ends now.
    """
    rows = [(row, row.until) for row in repository.past_presence(tx, scope, since=since, until=until)]
    rows += [(row, tx.now) for row in repository.all_presence(tx, scope) if row.reason != GONE]
    spells = (
        PresenceSpell(
            staff_id=StaffId(row.staff_id),
            state=row.state,
            reason=row.reason,
            since=max(row.since, since),
            until=min(ended, until),
        )
        for row, ended in rows
    )
    return tuple(one for one in spells if one.since < one.until)


def staff_load(tx: Tx, scope: Scope) -> dict[StaffId, int]:
    """Return how many conversations each agent has; who has none is left out."""
    return {StaffId(staff_id): number for staff_id, number in repository.load_by_staff(tx, scope).items()}


def retire_absent(tx: Tx, scope: Scope, *, present: Collection[StaffId]) -> Outcome[int]:
    """Set away every agent who takes conversations or said why not, and who is not among `present`; return how many.

    Nobody waits for them then. What they have stays theirs for a while; see `release_dropped`.
    """
    repository.lock_queue(tx, scope)
    absent = [row for row in repository.attending_staff(tx, scope) if row.staff_id not in present]
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
    return Presence(
        staff_id=StaffId(row.staff_id), state=row.state, capacity=row.capacity, reason=row.reason, since=row.since
    )
