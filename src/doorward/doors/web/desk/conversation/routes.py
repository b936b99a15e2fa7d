"""One conversation: its page, its refresh, and what an agent does with it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from doorward.bootstrap import House
from doorward.doors.web.callers import BY_ITSELF
from doorward.doors.web.desk.conversation import composing
from doorward.doors.web.desk.conversation.assisting import ASSISTING
from doorward.doors.web.desk.conversation.attaching import WHYS
from doorward.doors.web.desk.conversation.emoji import EMOJI
from doorward.doors.web.desk.conversation.handing import HANDING
from doorward.doors.web.desk.conversation.machine import BY_MACHINE
from doorward.doors.web.desk.conversation.macros import MACROS
from doorward.doors.web.desk.conversation.marking import MARKING
from doorward.doors.web.desk.conversation.seeing import note_look
from doorward.doors.web.desk.conversation.standing_out import STANDING_OUT
from doorward.doors.web.desk.conversation.translating import TRANSLATING, begun_translation
from doorward.doors.web.desk.conversation.view import Line, conversation_places, earlier_places, line_number
from doorward.doors.web.desk.shared import ADeskCall
from doorward.doors.web.downloads import file_response
from doorward.doors.web.refused import kinds_in_words
from doorward.flow.desk.noting import MOST_MENTIONS
from doorward.flow.looking_signs import LookingSign, LookingSigns
from doorward.identity import Permission
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, RateLimited, SecretRefused, TooLarge
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.scope import Scope

_PAGE: Final = "desk/conversation/page.html"
_PART: Final = "desk/conversation/_conversation.html"
_EARLIER: Final = "desk/conversation/_earlier.html"
_SENTENCES: Final[Mapping[type[Exception], str]] = {
    Conflict: "desk.conversation.conflict",
    Malformed: "desk.conversation.reply_empty",
}
_WHYS: Final[Mapping[str, str]] = {
    "moment": "later.trouble.moment",
    "sent": "later.trouble.sent",
    "too_many": "later.trouble.too_many",
    "not_invited": "warm.trouble.not_invited",
    **WHYS,
    "nobody": "whisper.trouble.nobody",
    "yours": "whisper.trouble.yours",
}
"""What an agent is told when an action could not be done, by why if it says so; others say it in their own words."""

Act = Callable[[House, Scope, ConversationId, Mapping[str, str]], Awaitable[Any]]


@get("/desk/conversations/{conversation_id:str}", include_in_schema=False)
async def show_conversation(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[str]:
    """Show a conversation; that somebody looked is noted in the audit."""
    desk.require("conversations:read")
    places = await conversation_places(desk, ConversationId(conversation_id), opened=True)
    await note_look(desk, places["view"].card)
    if places["along"]:
        await desk.house.desk.noting.note_along(desk.scope, ConversationId(conversation_id))
    return await desk.page(_PAGE, here="inbox", **places)


@get("/desk/conversations/{conversation_id:str}/now", include_in_schema=False, opt=BY_ITSELF)
async def refresh_conversation(desk: ADeskCall, conversation_id: FromPath[str], since: Line = 0) -> Response[str]:
    """Show the conversation as it is now, for the page's refresh, beginning where the page began."""
    desk.require("conversations:read")
    places = await conversation_places(desk, ConversationId(conversation_id), since=since)
    await note_look(desk, places["view"].card)
    return await desk.part(_PART, **places)


@get("/desk/conversations/{conversation_id:str}/earlier", include_in_schema=False)
async def show_earlier(desk: ADeskCall, conversation_id: FromPath[str], before: Line) -> Response[str]:
    """Show what was said before what a page shows: as a part of it, or as a page of its own."""
    desk.require("conversations:read")
    wanted = ConversationId(conversation_id)
    earlier = await earlier_places(desk, wanted, before=before)
    if desk.by_script:
        return await desk.part(_EARLIER, **earlier)
    places = await conversation_places(desk, wanted) | earlier
    return await desk.page("desk/conversation/earlier.html", here="inbox", **places)


@get("/desk/conversations/{conversation_id:str}/files/{attachment_id:str}", include_in_schema=False)
async def download_file(
    desk: ADeskCall, conversation_id: FromPath[str], attachment_id: FromPath[str]
) -> Response[bytes]:
    """Hand out a clean file; that somebody has it is noted in the audit."""
    scope = desk.require("conversations:read")
    return file_response(await desk.house.downloads.open(scope, ConversationId(conversation_id), attachment_id))


async def _take(house: House, scope: Scope, conversation_id: ConversationId, _fields: Mapping[str, str]) -> None:
    await house.desk.take_over(scope, conversation_id)


async def _take_from(house: House, scope: Scope, conversation_id: ConversationId, _fields: Mapping[str, str]) -> None:
    await house.desk.take_from(scope, conversation_id)


async def _hand_back(house: House, scope: Scope, conversation_id: ConversationId, _fields: Mapping[str, str]) -> None:
    await house.desk.hand_back(scope, conversation_id)


async def _resolve(house: House, scope: Scope, conversation_id: ConversationId, _fields: Mapping[str, str]) -> None:
    await house.desk.resolve(scope, conversation_id)


async def _accept(house: House, scope: Scope, conversation_id: ConversationId, _fields: Mapping[str, str]) -> None:
    await house.desk.inviting.accept(scope, conversation_id)


async def _decline(house: House, scope: Scope, conversation_id: ConversationId, _fields: Mapping[str, str]) -> None:
    await house.desk.inviting.decline(scope, conversation_id)


def _action(name: str, act: Act, *, permission: Permission = "conversations:write") -> HTTPRouteHandler:
    """Return the handler of a button: do it, then show the conversation, with a kind sentence when it went wrong."""

    async def do(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[Any]:
        scope = desk.require(permission)
        fields = dict(await desk.pairs(most=MOST_MENTIONS + 20))
        wanted = ConversationId(conversation_id)
        trouble, status = "", 200
        try:
            await act(desk.house, scope, wanted, fields)
        except (Conflict, Malformed, NotFound, TooLarge, RateLimited) as error:
            key = _WHYS.get(str(error.facts.get("why"))) or _SENTENCES.get(type(error), error.message_key)
            trouble, status = desk.say(key, **error.facts), error.status
        except SecretRefused as error:
            kinds = str(error.facts["kinds"]).split()
            what = kinds_in_words(desk.house.translator, desk.language, kinds)
            trouble, status = desk.say("desk.conversation.reply_secret", what=what), error.status
        if not trouble and not desk.by_script:
            return Redirect(f"/desk/conversations/{wanted}", status_code=303)
        since = line_number(fields.get("since", ""))
        places = await conversation_places(desk, wanted, since=since) | {"trouble": trouble}
        if trouble and name == "replies":
            places["begun"] = fields.get("text", "").replace("\r\n", "\n")
            places["translation"] = begun_translation(fields)
        if desk.by_script:
            return await desk.part(_PART, status=status, **places)
        return await desk.page(_PAGE, status=status, here="inbox", **places)

    return post(
        f"/desk/conversations/{{conversation_id:str}}/{name}",
        status_code=200,
        include_in_schema=False,
        name=f"desk.conversation.{name}",
    )(do)


@post("/desk/conversations/{conversation_id:str}/typing", status_code=204, include_in_schema=False)
async def tell_typing(desk: ADeskCall, conversation_id: FromPath[str]) -> None:
    """Let the customer see that the agent who has the conversation writes; kept nowhere."""
    scope = desk.require("conversations:write")
    await desk.form()
    card = await desk.house.desk.card(scope, ConversationId(conversation_id))
    if card.assignee == scope.actor.id:
        desk.house.contact.signs.give(scope.tenant_id, card.conversation_id, side="agent")


@post("/desk/conversations/{conversation_id:str}/looking", status_code=204, include_in_schema=False, opt=BY_ITSELF)
async def tell_looking(desk: ADeskCall, conversation_id: FromPath[str]) -> None:
    """Let colleagues see that the reader looks at a conversation, or has left it; kept nowhere.

    One that a colleague has is looked at by whoever may read along; others' looks at it are nobody's business.
    """
    scope = desk.require("conversations:read")
    fields = await desk.form()
    card = await desk.house.desk.card(scope, ConversationId(conversation_id))
    gone, along = fields.get("gone") == "yes", card.assignee is not None and card.state == "human"
    if gone or not along or (desk.may("conversations:supervise") and card.assignee != scope.actor.id):
        staff_id = StaffId(scope.actor.id)
        sign = LookingSign(conversation_id=card.conversation_id, staff_id=staff_id, gone=gone, along=along)
        LookingSigns(desk.house.bus).give(scope.tenant_id, sign)


ACTIONS: Final = [
    tell_typing,
    tell_looking,
    _action("take", _take),
    _action("take-from", _take_from, permission="conversations:supervise"),
    _action("replies", composing.reply),
    _action("take-back", composing.take_back),
    _action("whispers", composing.whisper, permission="conversations:supervise"),
    _action("tasks", composing.add_task),
    _action("task", composing.change_task),
    composing.canned_replies,
    composing.show_preview,
    *EMOJI,
    *HANDING,
    *MARKING,
    *TRANSLATING,
    *ASSISTING,
    *STANDING_OUT,
    *BY_MACHINE,
    *MACROS,
    _action("hand-back", _hand_back),
    _action("accept", _accept),
    _action("decline", _decline),
    _action("resolve", _resolve),
]
