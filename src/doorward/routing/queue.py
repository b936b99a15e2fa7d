"""A queue that is first in, first out within a priority, and is drained the moment anybody is free."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal

import msgspec

from doorward.kit.tx import Tx
from doorward.routing import repository
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import Conflict
from doorward.vocabulary.ids import ConversationId, PartyId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reply import Handoff
from doorward.vocabulary.scope import Scope

PresenceState = Literal["available", "away"]


def lock_queue(tx: Tx, scope: Scope) -> None:
    """Make this transaction the only one that queues or assigns in the tenant until it ends.

    Whoever will also write to a conversation locks the queue first: giving out a place writes to whatever conversation
    waits, and two transactions that lock in different orders would wait for each other.
    """
    repository.lock_queue(tx, scope)


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an agent takes conversations, and how many at once."""

    staff_id: StaffId
    state: PresenceState
    capacity: int


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation in the queue."""

    conversation_id: ConversationId
    party_id: PartyId
    priority: int
    entered_at: datetime


def enter_queue(
    tx: Tx, scope: Scope, conversation_id: ConversationId, party_id: PartyId, *, handoff: Handoff
) -> Outcome[int]:
    """Put a conversation into the queue, unless it is there or with an agent, and give out what can be given out.

    Returns how many wait before it: 0 when it is next or was assigned at once.
    """
    repository.lock_queue(tx, scope)
    if repository.find_item(tx, scope, conversation_id) is None:
        repository.insert_item(
            tx,
            scope,
            {
                "conversation_id": conversation_id,
                "party_id": party_id,
                "queue": handoff.queue,
                "priority": handoff.priority,
                "entered_at": tx.now,
            },
        )
    entries = _drain(tx, scope)
    return Outcome(place_in_queue(tx, scope, conversation_id) or 0, entries)


def place_in_queue(tx: Tx, scope: Scope, conversation_id: ConversationId) -> int | None:
    """Return how many wait before this conversation, None when it does not wait."""
    item = repository.find_item(tx, scope, conversation_id)
    if item is None or item.staff_id is not None:
        return None
    return repository.count_before(tx, scope, item)


def assign(
    tx: Tx, scope: Scope, conversation_id: ConversationId, party_id: PartyId, *, staff_id: StaffId
) -> Outcome[bool]:
    """Give a conversation to this agent, whether it waits, is with the bot, or is with nobody.

    Returns whether anything changed. Raises `Conflict` when another agent has it and has not gone away: a customer must
    not wait for somebody who left. Taking by hand may exceed the agent's capacity: a person who decides to help is not
    stopped.
    """
    repository.lock_queue(tx, scope)
    item = repository.find_item(tx, scope, conversation_id)
    if item is not None and item.staff_id is not None:
        if item.staff_id == staff_id:
            return Outcome(value=False)
        holder = presence_of(tx, scope, StaffId(item.staff_id))
        if holder is None or holder.state != "away":
            raise Conflict("another agent has this conversation")
    _take_in(tx, scope, conversation_id, party_id)
    repository.assign_item(tx, scope, conversation_id, staff_id)
    return Outcome(value=True, entries=_assigned(tx, scope, conversation_id, party_id, staff_id))


def pass_to(
    tx: Tx, scope: Scope, conversation_id: ConversationId, party_id: PartyId, *, staff_id: StaffId
) -> Outcome[None]:
    """Give a conversation that somebody has to this agent, and the freed place to who waits longest.

    Like taking by hand it may exceed the agent's capacity: the one who hands it over chose them.
    """
    repository.lock_queue(tx, scope)
    _take_in(tx, scope, conversation_id, party_id)
    repository.assign_item(tx, scope, conversation_id, staff_id)
    return Outcome(None, (*_assigned(tx, scope, conversation_id, party_id, staff_id), *_drain(tx, scope)))


def put_back(tx: Tx, scope: Scope, conversation_id: ConversationId, party_id: PartyId, *, by: StaffId) -> Outcome[int]:
    """Put a conversation that an agent has back into the queue, and give out what can be given out.

    It stands where it would stand had nobody had it: it keeps its priority and the time at which it entered. It does
    not come to `by` again by itself, though they may take it. Returns how many wait before it, 0 when it was assigned.
    """
    repository.lock_queue(tx, scope)
    _take_in(tx, scope, conversation_id, party_id)
    repository.release_item(tx, scope, conversation_id, by=by)
    entries = _drain(tx, scope)
    return Outcome(place_in_queue(tx, scope, conversation_id) or 0, entries)


def leave_queue(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Outcome[bool]:
    """Take a conversation out of routing (handed back or resolved) and give the freed place to who waits longest."""
    repository.lock_queue(tx, scope)
    was_there = repository.delete_item(tx, scope, conversation_id)
    return Outcome(was_there, _drain(tx, scope))


def set_presence(tx: Tx, scope: Scope, staff_id: StaffId, *, state: PresenceState, capacity: int) -> Outcome[Presence]:
    """Say whether an agent takes conversations and how many at once; whoever waits is given out at once."""
    repository.lock_queue(tx, scope)
    repository.save_presence(tx, scope, staff_id, state=state, capacity=capacity)
    audit = AuditEvent(action="presence.set", object_kind="staff", object_id=staff_id, fields=(state,))
    presence = Presence(staff_id=staff_id, state=state, capacity=capacity)
    return Outcome(presence, (audit, *_drain(tx, scope)))


def staff_load(tx: Tx, scope: Scope) -> dict[StaffId, int]:
    """Return how many conversations each agent has; who has none is left out."""
    return {StaffId(staff_id): number for staff_id, number in repository.load_by_staff(tx, scope).items()}


def available_staff(tx: Tx, scope: Scope) -> frozenset[StaffId]:
    """Return the agents who take conversations now."""
    return frozenset(StaffId(row.staff_id) for row in repository.present_staff(tx, scope))


def retire_absent(tx: Tx, scope: Scope, *, present: Collection[StaffId]) -> Outcome[int]:
    """Set away every available agent who is not among `present`, so that nobody waits for them; return how many.

    What they have stays theirs until they come back or somebody takes it over.
    """
    repository.lock_queue(tx, scope)
    absent = [row for row in repository.present_staff(tx, scope) if row.staff_id not in present]
    for row in absent:
        repository.save_presence(tx, scope, StaffId(row.staff_id), state="away", capacity=row.capacity)
    audits = (
        AuditEvent(action="presence.lapsed", object_kind="staff", object_id=row.staff_id, fields=("away",))
        for row in absent
    )
    return Outcome(len(absent), tuple(audits))


def presence_of(tx: Tx, scope: Scope, staff_id: StaffId) -> Presence | None:
    """Return an agent's presence, None before the first time."""
    row = repository.find_presence(tx, scope, staff_id)
    return None if row is None else Presence(staff_id=StaffId(row.staff_id), state=row.state, capacity=row.capacity)


def waiting_list(tx: Tx, scope: Scope, *, limit: int = 100) -> tuple[Waiting, ...]:
    """Return who waits, next first."""
    return tuple(
        Waiting(
            conversation_id=ConversationId(row.conversation_id),
            party_id=PartyId(row.party_id),
            priority=row.priority,
            entered_at=row.entered_at,
        )
        for row in repository.waiting_items(tx, scope, limit=limit)
    )


def _take_in(tx: Tx, scope: Scope, conversation_id: ConversationId, party_id: PartyId) -> None:
    """See to it that routing knows a conversation; one that never waited enters now."""
    if repository.find_item(tx, scope, conversation_id) is None:
        item = {"conversation_id": conversation_id, "party_id": party_id, "entered_at": tx.now}
        repository.insert_item(tx, scope, item | {"queue": "default", "priority": 0})


def _drain(tx: Tx, scope: Scope) -> tuple[Entry | AuditEvent, ...]:
    """Give waiting conversations to available agents: next in line first, to the agent with most room, fewest first.

    What an agent has put back goes to somebody else, and waits while nobody else has room.
    """
    load = repository.load_by_staff(tx, scope)
    room = {row.staff_id: row.capacity - load.get(row.staff_id, 0) for row in repository.present_staff(tx, scope)}
    room = {staff_id: free for staff_id, free in room.items() if free > 0}
    entries: list[Entry | AuditEvent] = []
    if not room:
        return ()
    # What one agent may not have stands in nobody else's way: as many more are looked at.
    most = sum(room.values()) + repository.count_put_back(tx, scope)
    for item in repository.waiting_items(tx, scope, limit=most):
        fitting = [staff_id for staff_id in room if staff_id != item.put_back_by]
        if not fitting:
            continue
        staff_id = min(fitting, key=lambda one: (load.get(one, 0), one))
        conversation_id = ConversationId(item.conversation_id)
        repository.assign_item(tx, scope, conversation_id, StaffId(staff_id))
        entries += _assigned(tx, scope, conversation_id, PartyId(item.party_id), StaffId(staff_id))
        load[staff_id] = load.get(staff_id, 0) + 1
        room[staff_id] -= 1
        if not room[staff_id]:
            del room[staff_id]
    return tuple(entries)


def _assigned(
    tx: Tx, scope: Scope, conversation_id: ConversationId, party_id: PartyId, staff_id: StaffId
) -> tuple[Entry | AuditEvent, ...]:
    item = repository.find_item(tx, scope, conversation_id)
    # The moment of assignment makes the key: the same agent may get the same conversation again another time.
    key = f"assigned:{staff_id}:{tx.now.isoformat()}:{item.entered_at.isoformat() if item is not None else ''}"
    entry = Entry(
        kind="handoff.assigned",
        conversation_id=conversation_id,
        party_id=party_id,
        key=key,
        at=tx.now,
        actor=scope.actor,
        data={"staff_id": staff_id},
    )
    audit = AuditEvent(
        action="conversation.assigned", object_kind="conversation", object_id=conversation_id, fields=("assignee",)
    )
    return (entry, audit)
