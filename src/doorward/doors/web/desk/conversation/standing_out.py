"""What stands out for the customer of a conversation: a part of its page that is fetched once, or a page of its own."""

from typing import Any, Final, cast

from litestar import Response, get, post
from litestar.params import FromPath

from doorward.answering.nudges import OfferState
from doorward.doors.web.callers import BY_ITSELF
from doorward.doors.web.desk.conversation.view import standing_of
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId

_STATES: Final = frozenset({"offered", "taken", "declined"})


@get("/desk/conversations/{conversation_id:str}/stands-out", include_in_schema=False, opt=BY_ITSELF)
async def show_stands_out(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[str]:
    """Show what stands out. That somebody looked is noted in the audit: with the page of which it is a part, or
    here.
    """
    desk.require("customers:read")
    return await _show(desk, ConversationId(conversation_id))


@post("/desk/conversations/{conversation_id:str}/stands-out", status_code=200, include_in_schema=False)
async def note_nudge(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[str]:
    """Keep what the customer said to an offer, and show what stands out."""
    scope, wanted = desk.require("conversations:write"), ConversationId(conversation_id)
    desk.require("customers:read")
    fields, trouble = await desk.form(), ""
    state = fields.get("state", "")
    try:
        if state not in _STATES:
            raise NotFound("no such answer")
        await desk.house.nudge_cards.note(scope, wanted, fields.get("nudge", ""), cast("OfferState", state))
    except NotFound:
        trouble = desk.say("nudge.card.gone")
    return await _show(desk, wanted, trouble=trouble)


STANDING_OUT: Final = [show_stands_out, note_nudge]


async def _show(desk: DeskCall, conversation_id: ConversationId, *, trouble: str = "") -> Response[str]:
    scope = desk.scope
    found = await desk.house.nudge_cards.of(scope, conversation_id, language=desk.language)
    card = await desk.house.desk.card(scope, conversation_id)
    places: dict[str, Any] = {
        "id": conversation_id,
        "found": found,
        "standing": standing_of(card, scope),
        "trouble": trouble,
    }
    if desk.by_script:
        return await desk.part("desk/conversation/_stands_out.html", **places)
    return await desk.page("desk/conversation/stands_out.html", here="inbox", **places)
