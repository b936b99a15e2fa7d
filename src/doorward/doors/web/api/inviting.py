"""Handing over warm: a colleague is asked, and answers."""

from typing import Annotated, Final

import msgspec
from litestar import Response, post
from litestar.params import JSONBody
from msgspec import Meta

from doorward.doors.web.api.common import ANY_OF, ID_PATTERN, ACall, IdPath, problems
from doorward.flow.desk import LONGEST_NOTE
from doorward.record import Card
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.text import WildText


class InvitationBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which colleague is asked, as `list_colleagues` tells their id, and what they should know (masked)."""

    to: Annotated[str, Meta(pattern=ID_PATTERN)]
    note: Annotated[str, Meta(max_length=LONGEST_NOTE)] = ""


@post(
    "/conversations/{conversation_id:str}/invitation",
    status_code=200,
    responses=problems(404, 409, 413, 415, 422),
    security=ANY_OF,
    operation_id="invite_colleague",
)
async def invite_colleague(call: ACall, conversation_id: IdPath, data: JSONBody[InvitationBody]) -> Response[Card]:
    """Ask a colleague to have a conversation that the caller has; it stays with the caller until they accept."""
    scope, wanted = call.member_scope("conversations:write"), ConversationId(conversation_id)
    to, note, desk = StaffId(data.to), WildText(data.note), call.house.desk
    return await call.answer_once(scope, lambda key: desk.inviting.invite(scope, wanted, to=to, note=note, key=key))


@post(
    "/conversations/{conversation_id:str}/invitation/accept",
    status_code=200,
    responses=problems(404, 409, 422),
    security=ANY_OF,
    operation_id="accept_invitation",
)
async def accept_invitation(call: ACall, conversation_id: IdPath) -> Response[Card]:
    """Have the conversation that a colleague asked the caller to have; the customer is told of it."""
    scope, wanted = call.member_scope("conversations:write"), ConversationId(conversation_id)
    return await call.answer_once(scope, lambda _key: call.house.desk.inviting.accept(scope, wanted))


@post(
    "/conversations/{conversation_id:str}/invitation/decline",
    status_code=200,
    responses=problems(404, 409, 422),
    security=ANY_OF,
    operation_id="decline_invitation",
)
async def decline_invitation(call: ACall, conversation_id: IdPath) -> Response[Card]:
    """Say no to an invitation, or take back one's own: the conversation stays where it is."""
    scope, wanted = call.member_scope("conversations:write"), ConversationId(conversation_id)
    return await call.answer_once(scope, lambda _key: call.house.desk.inviting.decline(scope, wanted))


HANDLERS: Final = [invite_colleague, accept_invitation, decline_invitation]
