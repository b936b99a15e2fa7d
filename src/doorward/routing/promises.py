"""What is promised to whom, as it stands: rows that are written from the ledger, looked at when time changes them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from doorward.kit.tx import Tx
from doorward.routing import repository
from doorward.routing.plan import RoutingPlan, queues_of
from doorward.routing.queue import Standing
from doorward.routing.service_levels import ClockKind, ClockState, ServiceClock
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.scope import Scope

Told = Literal["", "warned", "breached"]
_SOON: Final = timedelta(seconds=1)


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """One promise to one conversation: by which level, since when, to whom, and how it stands.

    `due_at` is when it would be broken, null where its clock does not run. `ended_at` is when it was kept or broken for
    good. `told` is what was told of it last, at `told_at`.
    """

    conversation_id: ConversationId
    clock: ClockKind
    since: datetime
    level: str
    queue: str
    channel: str
    language: str
    priority: int
    state: ClockState
    used_seconds: int
    target_seconds: int
    due_at: datetime | None = None
    ended_at: datetime | None = None
    told: Told = ""
    told_at: datetime | None = None

    @property
    def is_untold(self) -> bool:
        """Return whether somebody should hear of it who has not: a warning is late once the promise is broken."""
        return self.state in {"warned", "breached"} and self.told not in {self.state, "breached"}


class Promised(msgspec.Struct, frozen=True, kw_only=True):
    """By which level, to which conversation, and by which of its sides reports tell it apart."""

    conversation_id: ConversationId
    level: str
    standing: Standing
    language: str


def keep_promises(tx: Tx, scope: Scope, promised: Promised, found: Iterable[ServiceClock]) -> None:
    """Write how the promises to a conversation stand by its clocks; the transaction holds the conversation.

    A promise that has no clock any more cannot be kept or broken: it is forgotten, or was broken for good before. One
    that had ended before it was ever looked at is left out.
    """
    held = {(one.clock, one.since): one for one in open_promises(tx, scope, promised.conversation_id)}
    for clock in found:
        before = held.pop((clock.kind, clock.since), None)
        if before is None and clock.ended_at is not None:
            continue
        if before is None:  # broken for good once, by a level that held no more, and promised again: the same row
            key = {"conversation_id": promised.conversation_id, "clock": clock.kind, "since": clock.since}
            row = repository.find_promise(tx, scope, key)
            before = None if row is None else _read(row)
        _save(tx, scope, _written(promised, clock, before=before), clock, new=before is None)
    for one in held.values():
        _let_go(tx, scope, one)


def forget_promises(tx: Tx, scope: Scope, conversation_id: ConversationId) -> None:
    """Let go of all that is promised still to a conversation; what was broken stays so."""
    for one in open_promises(tx, scope, conversation_id):
        _let_go(tx, scope, one)


def open_promises(tx: Tx, scope: Scope, conversation_id: ConversationId) -> tuple[Promise, ...]:
    """Return what is promised still to a conversation, or to be told of what was, the latest first."""
    return tuple(_read(row) for row in repository.open_promises(tx, scope, conversation_id))


def promised_last(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Promise | None:
    """Return what was promised to a conversation last, None where nothing ever was."""
    row = repository.last_promise(tx, scope, conversation_id)
    return None if row is None else _read(row)


def note_told(tx: Tx, scope: Scope, promise: Promise) -> None:
    """Write that people were told how a promise stands."""
    following = promise.due_at if promise.state == "warned" else None
    values = _key(promise) | {"told": promise.state, "told_at": tx.now, "look_at": following}
    repository.save_promise(tx, scope, values, new=False)


def to_look_at(tx: Tx, scope: Scope, *, limit: int) -> tuple[ConversationId, ...]:
    """Return conversations of whose promises one has to be looked at by now."""
    return tuple(ConversationId(one) for one in repository.to_look_at(tx, scope, limit=limit))


def pressing(tx: Tx, scope: Scope, conversation_ids: Sequence[ConversationId]) -> dict[ConversationId, Promise]:
    """Return of each of these conversations what presses most: what is broken, then what will be first."""
    found: dict[ConversationId, Promise] = {}
    for one in sorted(map(_read, repository.pressing_of(tx, scope, conversation_ids)), key=_urgency):
        found.setdefault(one.conversation_id, one)
    return found


def pressed_conversations(tx: Tx, scope: Scope, *, limit: int) -> tuple[ConversationId, ...]:
    """Return conversations to which a promise is due soon or late."""
    return tuple(ConversationId(one) for one in repository.pressed_conversations(tx, scope, limit=limit))


def latest_told(tx: Tx, scope: Scope, *, limit: int) -> tuple[Promise, ...]:
    """Return what presses and was told, the latest first."""
    return tuple(_read(row) for row in repository.latest_told(tx, scope, limit=limit))


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What reports count of a promise."""

    clock: ClockKind
    since: datetime
    queue: str
    language: str
    priority: int
    state: ClockState
    used_seconds: int
    ended_at: datetime | None


def promises_between(tx: Tx, scope: Scope, since: datetime, until: datetime) -> tuple[Counted, ...]:
    """Return what was promised from a time on until before another."""
    rows = repository.promises_between(tx, scope, since, until)
    return tuple(Counted(**{name: getattr(row, name) for name in Counted.__struct_fields__}) for row in rows)


def serves(plan: RoutingPlan, staff_id: StaffId, queue: str) -> bool:
    """Return whether a queue is an agent's: one of their teams', or any for somebody in no team."""
    own = queues_of(plan, staff_id)
    return not own or queue in own


def _urgency(one: Promise) -> tuple[bool, bool, float]:
    due = 0.0 if one.due_at is None else one.due_at.timestamp()
    return (one.state != "breached", one.due_at is None, due)


def _written(promised: Promised, clock: ServiceClock, *, before: Promise | None) -> Promise:
    return Promise(
        conversation_id=promised.conversation_id,
        clock=clock.kind,
        since=clock.since,
        level=promised.level,
        queue=promised.standing.queue,
        channel=promised.standing.channel,
        language=promised.language,
        priority=promised.standing.priority,
        state=clock.state,
        used_seconds=clock.used_seconds,
        target_seconds=clock.target_seconds,
        due_at=clock.due_at,
        ended_at=clock.ended_at,
        told="" if before is None else before.told,
        told_at=None if before is None else before.told_at,
    )


def _save(tx: Tx, scope: Scope, promise: Promise, clock: ServiceClock, *, new: bool) -> None:
    look_at = None if promise.ended_at is not None else clock.warn_at or clock.due_at
    if look_at is not None:
        look_at = max(look_at, tx.now + _SOON)  # what is due in a fraction of a second is not looked at without end
    if promise.is_untold:
        look_at = tx.now
    repository.save_promise(tx, scope, msgspec.structs.asdict(promise) | {"look_at": look_at}, new=new)


def _let_go(tx: Tx, scope: Scope, promise: Promise) -> None:
    if promise.ended_at is not None:
        return
    if promise.state == "breached":
        look_at = tx.now if promise.is_untold else None
        repository.save_promise(tx, scope, _key(promise) | {"ended_at": tx.now, "look_at": look_at}, new=False)
    else:
        repository.delete_promise(tx, scope, _key(promise))


def _key(promise: Promise) -> dict[str, Any]:
    return {"conversation_id": promise.conversation_id, "clock": promise.clock, "since": promise.since}


def _read(row: Any) -> Promise:
    return Promise(**{name: getattr(row, name) for name in Promise.__struct_fields__})
