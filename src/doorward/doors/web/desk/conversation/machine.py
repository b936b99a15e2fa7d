"""A machine that spoke for the customer of a conversation: staff see it, and end its right for the customer."""

from typing import Any, Final

from litestar import Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from doorward.doors.web.desk.conversation.view import conversation_places, line_number
from doorward.doors.web.desk.shared import ADeskCall
from doorward.vocabulary.ids import ConversationId


@post("/desk/conversations/{conversation_id:str}/machine-revoke", status_code=200, include_in_schema=False)
async def revoke_machine(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[Any]:
    """End what a machine may do for the customer of a conversation. The audit has who did."""
    scope = desk.require("conversations:write")
    fields, wanted = await desk.form(), ConversationId(conversation_id)
    await desk.house.own_mandates.revoke_for(scope, wanted, mandate_id=fields.get("mandate", ""))
    if not desk.by_script:
        return Redirect(f"/desk/conversations/{wanted}", status_code=303)
    places = await conversation_places(desk, wanted, since=line_number(fields.get("since", "")))
    return await desk.part("desk/conversation/_conversation.html", **places)


BY_MACHINE: Final = [revoke_machine]
