"""Handing a conversation over: what is asked, in a dialog or on a page of its own, and what comes of it."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from doorward.doors.web.desk.conversation.view import Line, conversation_places, line_number
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.refused import kinds_in_words
from doorward.flow.desk import LONGEST_NOTE, HandOver, card_at, require_mine
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, Malformed, Refusal, SecretRefused, TooLarge
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.text import WildText

QUEUE: Final = "queue"
"""What stands in the form's `to` for any colleague; no id looks like it."""

_PART: Final = "desk/conversation/_hand_over.html"
_PAGE: Final = "desk/conversation/hand_over.html"
_IN_DIALOG: Final = {"hx-retarget": "#hand-over-content", "hx-reswap": "innerHTML"}


@get("/desk/conversations/{conversation_id:str}/hand-over", include_in_schema=False)
async def show_hand_over(desk: ADeskCall, conversation_id: FromPath[str], since: Line = 0) -> Response[str]:
    """Ask to whom a conversation goes; `since` is where the page that asks begins."""
    desk.require("conversations:write")
    return await _ask(desk, ConversationId(conversation_id), {"since": str(since)})


@post("/desk/conversations/{conversation_id:str}/hand-over", status_code=200, include_in_schema=False)
async def hand_over(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[Any]:
    """Hand a conversation over, or say why that cannot be, with everything that was written kept."""
    scope = desk.require("conversations:write")
    fields, wanted = await desk.form(), ConversationId(conversation_id)
    # The form's own key makes a double click one hand-over.
    key = f"desk:{fields.get('key') or new_id()}"[:80]
    try:
        wish = _wish(fields)
        if wish.to is not None and fields.get("ask_first") == "yes":
            await desk.house.desk.inviting.invite(scope, wanted, to=wish.to, note=wish.note, key=key)
        else:
            await desk.house.desk.hand_over(scope, wanted, wish, key=key)
    except (Conflict, Malformed, SecretRefused, TooLarge) as error:
        return await _ask(desk, wanted, fields, error)
    if not desk.by_script:
        return Redirect(f"/desk/conversations/{wanted}", status_code=303)
    places = await conversation_places(desk, wanted, since=line_number(fields.get("since", "")))
    return await desk.part("desk/conversation/_conversation.html", **places)


HANDING: Final = [show_hand_over, hand_over]


def _wish(fields: Mapping[str, str]) -> HandOver:
    to = fields.get("to", "")
    if not to:
        raise Malformed("to: nobody was chosen")
    note = WildText(fields.get("note", "").replace("\r\n", "\n"))
    return HandOver(to=None if to == QUEUE else StaffId(to[:40]), note=note)


async def _ask(
    desk: DeskCall, conversation_id: ConversationId, fields: Mapping[str, str], error: Refusal | None = None
) -> Response[str]:
    """Show the form; who does not have the conversation is told so, whatever else was wrong."""
    scope, colleagues = desk.scope, desk.house.colleagues

    def read(tx: Tx) -> tuple[Any, Any, Refusal | None]:
        card = card_at(tx, scope, conversation_id)
        try:
            require_mine(card, scope)
        except Conflict as theirs:
            return card, (), theirs
        return card, colleagues.here(tx, scope), error

    card, here, refusal = await desk.house.transactions.read_async(read)
    places = {
        "id": conversation_id,
        "card": card,
        "colleagues": here,
        "fields": {"to": QUEUE, **fields, "key": fields.get("key") or new_id()},
        "longest_note": LONGEST_NOTE,
        "trouble": _trouble(desk, refusal),
        "theirs": refusal is not None and refusal.facts.get("why") == "not_mine",
    }
    status = 200 if refusal is None else refusal.status
    if not desk.by_script:
        return await desk.page(_PAGE, status=status, here="inbox", **places)
    part = await desk.part(_PART, status=status, **places)
    part.headers.update(_IN_DIALOG)
    return part


def _trouble(desk: DeskCall, error: Refusal | None) -> str:
    if error is None:
        return ""
    if isinstance(error, SecretRefused):
        kinds = str(error.facts["kinds"]).split()
        return desk.say("hand.trouble.secret", what=kinds_in_words(desk.house.translator, desk.language, kinds))
    if isinstance(error, TooLarge):
        return desk.say("hand.trouble.too_long", **error.facts)
    why = error.facts.get("why", "") if isinstance(error, Conflict) else "choose"
    return desk.say(f"hand.trouble.{why}")
