"""The queue: who waits, in the order of claims, drained the moment anybody is free. Who gets whom is `matching`'s."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from doorward.kit.tx import Tx
from doorward.routing import repository
from doorward.routing.estimating import worth_calling_back
from doorward.routing.giving import count_handling, count_wait, drain, estimate_of, give, plan_of, waiting_in_order
from doorward.routing.plan import DEFAULT_QUEUE
from doorward.routing.presence import presence_of
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.ids import ConversationId, PartyId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reply import Handoff
from doorward.vocabulary.scope import Scope


def lock_queue(tx: Tx, scope: Scope) -> None:
    """Make this transaction the only one that queues or assigns in the tenant until it ends.

    Whoever will also write to a conversation locks the queue first: giving out a place writes to whatever conversation
    waits, and two transactions that lock in different orders would wait for each other.
    """
    repository.lock_queue(tx, scope)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation in the queue."""

    conversation_id: ConversationId
    party_id: PartyId
    priority: int
    entered_at: datetime


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody who waits may expect: how many are before them, the seconds that it takes, and whether to offer a
    call-back. No seconds: nobody is there who may have it.
    """

    ahead: int
    seconds: float | None
    call_back: bool


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """In which queue, by which channel and in which class something waits or is with an agent, and since when.

    What is over, or with the assistant again, has no time.
    """

    queue: str
    channel: str
    priority: int
    entered_at: datetime | None = None


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
                "channel": handoff.channel,
                "language": handoff.language,
                "needs": handoff.needs,
                "rank": handoff.rank,
                "last_agent": _last_agent(tx, scope, party_id),
            },
        )
    entries = drain(tx, scope)
    return Outcome(place_in_queue(tx, scope, conversation_id) or 0, entries)


def place_in_queue(tx: Tx, scope: Scope, conversation_id: ConversationId) -> int | None:
    """Return how many wait before this conversation, None when it does not wait."""
    item = repository.find_item(tx, scope, conversation_id)
    if item is None or item.staff_id is not None:
        return None
    places = [row.conversation_id for row in waiting_in_order(tx, scope)]
    return places.index(conversation_id) if conversation_id in places else len(places)


def estimated_wait(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Expected | None:
    """Return what somebody who waits may expect; None for a conversation that does not wait."""
    place = place_in_queue(tx, scope, conversation_id)
    item = repository.find_item(tx, scope, conversation_id)
    if place is None or item is None:
        return None
    seconds = estimate_of(tx, scope, item, ahead=place)
    minutes = plan_of(tx, scope).callback_minutes
    return Expected(ahead=place, seconds=seconds, call_back=worth_calling_back(seconds, minutes=minutes))


def standing_of(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Standing | None:
    """Return in which queue and class a conversation waits or is with an agent; None where routing knows it not."""
    item = repository.find_item(tx, scope, conversation_id)
    if item is None:
        return None
    return Standing(queue=item.queue, channel=item.channel, priority=item.priority, entered_at=item.entered_at)


def with_people(tx: Tx, scope: Scope, *, limit: int) -> tuple[ConversationId, ...]:
    """Return the conversations that wait or are with an agent, at most so many, those who came first."""
    return tuple(ConversationId(row.conversation_id) for row in repository.all_items(tx, scope, limit=limit))


def with_people_behind(tx: Tx, scope: Scope, conversation_id: str, *, limit: int) -> tuple[ConversationId, ...]:
    """Return the conversations that wait or are with an agent behind this id, at most so many, by their ids."""
    rows = repository.all_items_behind(tx, scope, conversation_id, limit=limit)
    return tuple(ConversationId(row.conversation_id) for row in rows)


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
    item = _taken_in(tx, scope, conversation_id, party_id)
    return Outcome(value=True, entries=give(tx, scope, item, staff_id))


def pass_to(
    tx: Tx, scope: Scope, conversation_id: ConversationId, party_id: PartyId, *, staff_id: StaffId
) -> Outcome[None]:
    """Give a conversation that somebody has to this agent, and the freed place to who waits longest.

    Like taking by hand it may exceed the agent's capacity: the one who hands it over chose them.
    """
    repository.lock_queue(tx, scope)
    item = _taken_in(tx, scope, conversation_id, party_id)
    return Outcome(None, (*give(tx, scope, item, staff_id), *drain(tx, scope)))


def put_back(tx: Tx, scope: Scope, conversation_id: ConversationId, party_id: PartyId, *, by: StaffId) -> Outcome[int]:
    """Put a conversation that an agent has back into the queue, and give out what can be given out.

    It stands where it would stand had nobody had it: it keeps its priority and the time at which it entered. It does
    not come to `by` again by itself, though they may take it. Returns how many wait before it, 0 when it was assigned.
    """
    repository.lock_queue(tx, scope)
    _taken_in(tx, scope, conversation_id, party_id)
    repository.release_item(tx, scope, conversation_id, by=by)
    entries = drain(tx, scope)
    return Outcome(place_in_queue(tx, scope, conversation_id) or 0, entries)


def move_to(tx: Tx, scope: Scope, conversation_id: ConversationId, *, queue: str) -> Outcome[bool]:
    """Let a conversation that waits stand in another queue, with the time and the class that it has, and give out anew.

    Returns whether it waits and stood elsewhere. Raises `NotFound` for a queue that the company's plan does not have.
    """
    repository.lock_queue(tx, scope)
    if queue not in {DEFAULT_QUEUE, *(one.name for one in plan_of(tx, scope).queues)}:
        raise NotFound(f"there is no queue {queue}")
    item = repository.find_item(tx, scope, conversation_id)
    if item is None or item.staff_id is not None or item.queue == queue:
        return Outcome(value=False)
    repository.move_item(tx, scope, conversation_id, queue=queue)
    return Outcome(value=True, entries=drain(tx, scope))


def carry_on(
    tx: Tx, scope: Scope, conversation_id: ConversationId, *, other: ConversationId, party_id: PartyId
) -> Outcome[bool]:
    """Let another conversation, which does not wait, have the place of one that does: queue, class, needs and time.

    Returns whether there was a place to have.
    """
    repository.lock_queue(tx, scope)
    item = repository.find_item(tx, scope, conversation_id)
    if item is None or item.staff_id is not None or repository.find_item(tx, scope, other) is not None:
        return Outcome(value=False)
    repository.rename_item(tx, scope, conversation_id, other=other, party_id=party_id)
    return Outcome(value=True)


def leave_queue(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Outcome[bool]:
    """Take a conversation out of routing (handed back or resolved) and give the freed place to who waits longest."""
    repository.lock_queue(tx, scope)
    item = repository.find_item(tx, scope, conversation_id)
    if item is not None and item.staff_id is None:
        count_wait(tx, scope, item)
    elif item is not None:
        count_handling(tx, scope, item)
    was_there = repository.delete_item(tx, scope, conversation_id)
    return Outcome(was_there, drain(tx, scope))


def waiting_list(tx: Tx, scope: Scope, *, limit: int = 100) -> tuple[Waiting, ...]:
    """Return who waits, next first."""
    return tuple(
        Waiting(
            conversation_id=ConversationId(row.conversation_id),
            party_id=PartyId(row.party_id),
            priority=row.priority,
            entered_at=row.entered_at,
        )
        for row in waiting_in_order(tx, scope)[:limit]
    )


def hand_out(tx: Tx, scope: Scope) -> Outcome[None]:
    """Give out what can be given out: when time alone has changed who may have whom, as it does by overflowing."""
    repository.lock_queue(tx, scope)
    return Outcome(None, drain(tx, scope))


def _taken_in(tx: Tx, scope: Scope, conversation_id: ConversationId, party_id: PartyId) -> Any:
    """Return what routing knows of a conversation; one that never waited enters now."""
    item = repository.find_item(tx, scope, conversation_id)
    if item is not None:
        return item
    values = {"conversation_id": conversation_id, "party_id": party_id, "entered_at": tx.now}
    repository.insert_item(tx, scope, values | {"queue": "default", "priority": 0})
    return repository.find_item(tx, scope, conversation_id)


def _last_agent(tx: Tx, scope: Scope, party_id: PartyId) -> str | None:
    """Return who had this customer last, if that is not too long ago for the company's plan."""
    last = repository.find_last(tx, scope, party_id)
    if last is None or tx.now - last.at > timedelta(days=plan_of(tx, scope).sticky_days):
        return None
    return str(last.staff_id)
