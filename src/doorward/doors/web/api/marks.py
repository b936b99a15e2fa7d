"""Putting conversations in order by program: marks of one, one thing done to many, and what somebody has seen."""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, patch, post, put
from litestar.params import JSONBody
from msgspec import UNSET, Meta, UnsetType

from doorward import record
from doorward.doors.web.api.common import ANY_OF, ID_PATTERN, ACall, Call, IdPath, problems
from doorward.flow.desk import MOST_AT_ONCE, BulkAct, BulkDone, UndoStep
from doorward.flow.desk.marking import AttributeValue
from doorward.kit.tx import Tx
from doorward.record import Card
from doorward.vocabulary.errors import Malformed, NotFound
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

Key = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9_-]{0,59}$")]
StatusKey = Annotated[str, Meta(pattern="^([a-z0-9][a-z0-9_-]{0,59})?$")]
Keys = Annotated[tuple[Key, ...], Meta(max_length=50)]
Ids = Annotated[tuple[Annotated[str, Meta(pattern=ID_PATTERN)], ...], Meta(min_length=1, max_length=MOST_AT_ONCE)]
Priority = Annotated[int, Meta(ge=-1, le=2)]
Words = Annotated[str, Meta(max_length=500)]


class MarksBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes; what is left out stays as it is.

    `attributes` are fields by key, null empties one. `snoozed_until` null wakes the conversation.
    """

    add_labels: Keys = ()
    remove_labels: Keys = ()
    priority: Priority | UnsetType = UNSET
    status: StatusKey | UnsetType = UNSET
    attributes: Annotated[dict[Key, Words | float | bool | None], Meta(max_length=200)] = {}
    snoozed_until: datetime | UnsetType | None = UNSET


class BulkBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which conversations, and what is done to each."""

    conversation_ids: Ids
    act: BulkAct


class UndoBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `undo` of a bulk action's answer."""

    steps: Annotated[tuple[UndoStep, ...], Meta(min_length=1, max_length=MOST_AT_ONCE)]


class SeenBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Up to which line of the ledger the caller has seen the conversation."""

    seq: Annotated[int, Meta(ge=0, le=2**31 - 1)]


@patch(
    "/conversations/{conversation_id:str}/marks",
    responses=problems(404, 409, 413, 415, 422),
    security=ANY_OF,
    operation_id="mark_conversation",
)
async def mark_conversation(call: ACall, conversation_id: IdPath, data: JSONBody[MarksBody]) -> Response[Card]:
    """Change labels, priority, status, fields and sleep of a conversation, in this order.

    A label, status or field that the company does not have is 404; what a field does not hold 400; then what comes
    after it in this order has not changed.
    """
    scope = call.scope("conversations:write")
    wanted = ConversationId(conversation_id)

    async def act(_key: str) -> Card:
        card = await call.house.desk.card(scope, wanted)
        await _mark(call, scope, card, data)
        return await call.house.desk.card(scope, wanted)

    return await call.answer_once(scope, act)


@post(
    "/conversations/bulk",
    status_code=200,
    responses=problems(404, 413, 415, 422),
    security=ANY_OF,
    operation_id="change_conversations",
)
async def change_conversations(call: ACall, data: JSONBody[BulkBody]) -> Response[BulkDone]:
    """Do one thing to up to 200 conversations: what one refuses does not hold the others.

    Verbs: `label` and `unlabel` (a key), `priority` (-1 to 2), `status` (a key or empty), `snooze` (until when, ISO
    8601), `wake`; members of staff also `take`, `put_back` and `resolve`. The answer's `undo` takes the change back.
    """
    scope = _scope_for(call, (data.act,))
    ids = tuple(ConversationId(one) for one in data.conversation_ids)
    return await call.answer_once(scope, lambda _key: call.house.bulk.do(scope, ids, data.act))


@post(
    "/conversations/bulk/undo",
    status_code=200,
    responses=problems(404, 413, 415, 422),
    security=ANY_OF,
    operation_id="undo_change_of_conversations",
)
async def undo_change(call: ACall, data: JSONBody[UndoBody]) -> Response[BulkDone]:
    """Take back what a bulk action changed, where nobody changed it since (`refused`, `why`: `since`)."""
    scope = _scope_for(call, tuple(step.act for step in data.steps))
    if sum(len(step.conversation_ids) for step in data.steps) > MOST_AT_ONCE:
        raise Malformed(f"steps: more than {MOST_AT_ONCE} conversations")
    return await call.answer_once(scope, lambda _key: call.house.bulk.undo(scope, data.steps))


@put(
    "/conversations/{conversation_id:str}/seen",
    status_code=204,
    responses=problems(404, 415),
    security=ANY_OF,
    operation_id="note_conversation_seen",
)
async def note_seen(call: ACall, conversation_id: IdPath, data: JSONBody[SeenBody]) -> None:
    """Note how far the caller has seen a conversation; it never goes back."""
    scope = call.member_scope("conversations:read")
    wanted = ConversationId(conversation_id)

    def work(tx: Tx) -> Outcome[None]:
        card = record.card_of(tx, scope, wanted)
        if card is None:
            raise NotFound("no such conversation")
        record.note_seen(tx, scope, wanted, seq=min(data.seq, card.last_seq))
        return Outcome(None)

    await call.house.transactions.write_async(scope, work)


HANDLERS: Final = [mark_conversation, change_conversations, undo_change, note_seen]

_OF_MEMBERS: Final = frozenset({"take", "put_back", "resolve"})


def _scope_for(call: Call, acts: tuple[BulkAct, ...]) -> Scope:
    if any(act.verb in _OF_MEMBERS for act in acts):
        return call.member_scope("conversations:write")
    return call.scope("conversations:write")


async def _mark(call: Call, scope: Scope, card: Card, data: MarksBody) -> None:
    desk, one = call.house.desk, (card.conversation_id,)
    if data.add_labels or data.remove_labels:
        await desk.marking.label(scope, one, add=data.add_labels, remove=data.remove_labels)
    if not isinstance(data.priority, UnsetType):
        await desk.marking.prioritise(scope, one, priority=data.priority)
    if not isinstance(data.status, UnsetType):
        await desk.marking.set_status(scope, one, status=data.status)
    if data.attributes:
        values = {key: _value(value) for key, value in data.attributes.items()}
        await desk.marking.fill_in(scope, card.conversation_id, values)
    until: Any = data.snoozed_until
    if until is None:
        await desk.snoozing.wake(scope, card.conversation_id)
    elif isinstance(until, datetime):
        if until.tzinfo is None:
            raise Malformed("snoozed_until: a moment with its zone")
        await desk.snoozing.snooze(scope, card.conversation_id, until=until)


def _value(given: str | float | bool | None) -> AttributeValue:  # noqa: FBT001 - a value of a field
    return WildText(given) if isinstance(given, str) else given
