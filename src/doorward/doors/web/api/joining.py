"""Conversations of one customer: merged into one, taken apart again, and split."""

from typing import Annotated, Final

import msgspec
from litestar import Response, post
from litestar.params import JSONBody
from msgspec import Meta

from doorward.doors.web.api.common import ANY_OF, ID_PATTERN, ACall, IdPath, problems
from doorward.flow.desk import MOST_LINES
from doorward.record import Card
from doorward.vocabulary.ids import ConversationId


class SplitBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The numbers (`seq`) of what was said that begins a conversation of its own."""

    lines: Annotated[tuple[Annotated[int, Meta(ge=1, le=2**31 - 1)], ...], Meta(min_length=1, max_length=MOST_LINES)]


class MergeBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The conversation of the same customer in which this one goes on."""

    into: Annotated[str, Meta(pattern=ID_PATTERN)]


@post(
    "/conversations/{conversation_id:str}/merge",
    status_code=200,
    responses=problems(404, 409, 415, 422),
    security=ANY_OF,
    operation_id="merge_conversation",
)
async def merge_conversation(call: ACall, conversation_id: IdPath, data: JSONBody[MergeBody]) -> Response[Card]:
    """Merge a conversation into another one of the same customer, and return the other one's card.

    A conflict, and nothing changed, when they are two customers, one of them was merged already, the other one is over,
    or a colleague has this one.
    """
    scope = call.member_scope("conversations:write")
    wanted, into = ConversationId(conversation_id), ConversationId(data.into)
    return await call.answer_once(scope, lambda _key: call.house.desk.joining.merge(scope, wanted, into=into))


@post(
    "/conversations/{conversation_id:str}/separate",
    status_code=200,
    responses=problems(404, 409, 422),
    security=ANY_OF,
    operation_id="separate_conversation",
)
async def separate_conversation(call: ACall, conversation_id: IdPath) -> Response[Card]:
    """Take a merged conversation apart again; a conflict once something was said in the other one since."""
    scope, wanted = call.member_scope("conversations:write"), ConversationId(conversation_id)
    return await call.answer_once(scope, lambda _key: call.house.desk.joining.separate(scope, wanted))


@post(
    "/conversations/{conversation_id:str}/split",
    status_code=201,
    responses=problems(404, 409, 413, 415, 422),
    security=ANY_OF,
    operation_id="split_conversation",
)
async def split_conversation(call: ACall, conversation_id: IdPath, data: JSONBody[SplitBody]) -> Response[Card]:
    """Begin a conversation of its own with copies of chosen lines; it is the caller's. Only messages can be chosen."""
    scope, wanted = call.member_scope("conversations:write"), ConversationId(conversation_id)
    return await call.answer_once(
        scope, lambda key: call.house.desk.parting.split(scope, wanted, data.lines, key=key), status=201
    )


HANDLERS: Final = [merge_conversation, separate_conversation, split_conversation]
