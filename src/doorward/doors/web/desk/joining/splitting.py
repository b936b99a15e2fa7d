"""Splitting a conversation: which lines begin one of their own."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.flow.desk import MOST_LINES
from doorward.flow.views.conversation import ConversationView, conversation
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, Malformed, Refusal, TooLarge
from doorward.vocabulary.ids import ConversationId

_LINE: Final = "line-"
"""What the fields begin with that choose a line; the rest is its number."""

_SHOWN: Final = 400
_AUTHORS: Final = frozenset({"customer", "bot", "agent"})


@get("/desk/conversations/{conversation_id:str}/split", include_in_schema=False)
async def show_split(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[str]:
    """Ask which lines begin a conversation of their own."""
    desk.require("conversations:write")
    return await _ask(desk, ConversationId(conversation_id), {})


@post("/desk/conversations/{conversation_id:str}/split", status_code=200, include_in_schema=False)
async def split(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[Any]:
    """Split it, and show the new conversation; or say why that cannot be."""
    scope = desk.require("conversations:write")
    fields, wanted = dict(await desk.pairs(most=MOST_LINES + 10)), ConversationId(conversation_id)
    chosen = [name.removeprefix(_LINE) for name in fields if name.startswith(_LINE)]
    lines = [int(one) for one in chosen if one.isascii() and one.isdigit() and len(one) < 10]
    key = f"desk:{fields.get('key') or new_id()}"[:80]
    try:
        card = await desk.house.desk.parting.split(scope, wanted, lines, key=key)
    except (Conflict, Malformed, TooLarge) as error:
        return await _ask(desk, wanted, fields, error)
    return Redirect(f"/desk/conversations/{card.conversation_id}", status_code=303)


HANDLERS: Final = [show_split, split]


async def _ask(
    desk: DeskCall, conversation_id: ConversationId, fields: Mapping[str, str], error: Refusal | None = None
) -> Response[str]:
    scope = desk.scope

    def read(tx: Tx) -> ConversationView:
        return conversation(tx, scope, conversation_id, lines=_SHOWN)

    view = await desk.house.transactions.read_async(read)
    lines = [one for one in view.lines if one.author in _AUTHORS and not one.conversation_id and one.attachment is None]
    why = "" if error is None else error.facts.get("why", "too_many")
    return await desk.page(
        "desk/joining/split.html",
        status=200 if error is None else error.status,
        here="inbox",
        id=conversation_id,
        card=view.card,
        lines=lines[-MOST_LINES * 2 :],
        fields={**fields, "key": fields.get("key") or new_id()},
        trouble="" if error is None else desk.say(f"split.trouble.{why}", limit=MOST_LINES),
    )
