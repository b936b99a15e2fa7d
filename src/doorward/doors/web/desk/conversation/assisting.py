"""Help beside a conversation: a part of its page that is fetched by itself, or a page of its own."""

import asyncio
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromPath

from doorward.doors.web.callers import BY_ITSELF
from doorward.doors.web.desk.conversation.view import conversation_places, line_number, original_address, standing_of
from doorward.doors.web.desk.shared import ADeskCall
from doorward.flow.reading import conversation_read
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome

READ_AT_A_GLANCE: Final = 6
"""Messages of a conversation that is read faster than a summary of it, which would only say the same again."""


@get("/desk/conversations/{conversation_id:str}/assist", include_in_schema=False, opt=BY_ITSELF)
async def show_assist(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[str]:
    """Show what helps with the conversation; on a page of its own that somebody looked is noted in the audit."""
    scope, wanted, house = desk.require("conversations:read"), ConversationId(conversation_id), desk.house
    card = await house.desk.card(scope, wanted)
    places: dict[str, Any] = {
        "id": wanted,
        "assist": await house.assisting.of(scope, wanted, language=desk.language),
        "names": await asyncio.to_thread(house.assisting.names, scope, language=desk.language),
        "standing": standing_of(card, scope),
        "customer_language": card.language,
        "original_address": original_address(wanted),
        "is_long": card.customer_messages + card.bot_messages + card.agent_messages > READ_AT_A_GLANCE,
    }
    if desk.by_script:
        return await desk.part("desk/conversation/_assist.html", **places)
    await house.transactions.write_async(scope, lambda _tx: Outcome(None, (conversation_read(wanted),)))
    return await desk.page("desk/conversation/assist.html", here="inbox", **places)


@post("/desk/conversations/{conversation_id:str}/assist", status_code=200, include_in_schema=False)
async def use_answer(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[str]:
    """Show the conversation with an answer in the reply's field, where no script puts it there. Nothing is sent."""
    desk.require("conversations:write")
    fields = await desk.form()
    places = await conversation_places(
        desk, ConversationId(conversation_id), since=line_number(fields.get("since", ""))
    )
    places["begun"] = fields.get("text", "").replace("\r\n", "\n")[: places["longest"]]
    return await desk.page("desk/conversation/page.html", here="inbox", **places)


ASSISTING: Final = [show_assist, use_answer]
