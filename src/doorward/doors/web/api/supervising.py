"""What supervisors ask and say: the wallboard, and what they whisper to whoever has a conversation."""

from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody
from msgspec import Meta

from doorward.doors.web.api.common import ANY_OF, ACall, IdPath, problems
from doorward.flow.views.transcript import ShownEntry, show_to_staff
from doorward.flow.views.wallboard import Wallboard
from doorward.record import Card
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.text import WildText


class WhisperBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the colleague who has the conversation shall read now."""

    text: Annotated[str, Meta(min_length=1, max_length=8000)]


@get("/wallboard", responses=problems(), security=ANY_OF, operation_id="get_wallboard")
async def get_wallboard(call: ACall) -> Wallboard:
    """Show queues, agents and today's figures; reckoned once a second at most, however many ask."""
    return await call.house.wallboards.now(call.scope("measure:read"))


@post(
    "/conversations/{conversation_id:str}/whispers",
    status_code=201,
    responses=problems(404, 409, 413, 415, 422),
    security=ANY_OF,
    operation_id="whisper",
)
async def whisper(call: ACall, conversation_id: IdPath, data: JSONBody[WhisperBody]) -> Response[ShownEntry]:
    """Whisper to the colleague who has the conversation: a note that no customer sees, and news to them at once."""
    scope, text = call.member_scope("conversations:supervise"), WildText(data.text)
    wanted = ConversationId(conversation_id)

    async def act(key: str) -> ShownEntry:
        return show_to_staff(await call.house.desk.noting.whisper(scope, wanted, text, key=key))

    return await call.answer_once(scope, act, status=201)


@post(
    "/conversations/{conversation_id:str}/take-from",
    status_code=200,
    responses=problems(404, 409, 422),
    security=ANY_OF,
    operation_id="take_conversation_from_colleague",
)
async def take_from_colleague(call: ACall, conversation_id: IdPath) -> Response[Card]:
    """Take over a conversation that a colleague has; they get who waits longest in its place."""
    scope, wanted = call.member_scope("conversations:supervise"), ConversationId(conversation_id)
    return await call.answer_once(scope, lambda _key: call.house.desk.take_from(scope, wanted))


HANDLERS: Final = [get_wallboard, whisper, take_from_colleague]
