"""A masked place: what it is wanted for, and for half a minute what stands there."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.flow.originals import SHOWN_SECONDS
from doorward.protection import LONGEST_REASON, PURPOSES, Opened
from doorward.vocabulary.errors import Malformed, NotFound, RateLimited
from doorward.vocabulary.ids import SpanId
from doorward.vocabulary.text import WildText

_PAGE: Final = "desk/originals/page.html"
_PART: Final = "desk/originals/_original.html"


class Trouble(NamedTuple):
    """Why nothing is shown, in words, and the status of the answer."""

    sentence: str
    status: int


FINE: Final = Trouble("", 200)


@get("/desk/originals/{span_id:str}", include_in_schema=False)
async def ask_for_original(desk: ADeskCall, span_id: FromPath[str], conversation: FromQuery[str] = "") -> Response[str]:
    """Ask what a value is wanted for and why."""
    desk.require("originals:read")
    return await _shown(desk, span_id, {"conversation": conversation})


@post("/desk/originals/{span_id:str}", status_code=200, include_in_schema=False)
async def show_original(desk: ADeskCall, span_id: FromPath[str]) -> Response[str]:
    """Show one value; the page forgets it by itself."""
    scope = desk.require("originals:read")
    fields = await desk.form()
    purpose = next((one for one in PURPOSES if one == fields.get("purpose")), None)
    try:
        if purpose is None:
            raise Malformed("purpose: choose one")
        reason = WildText(fields.get("reason", ""))
        opened = await desk.house.originals.show(scope, SpanId(span_id), purpose=purpose, reason=reason)
    except (Malformed, NotFound, RateLimited) as error:
        key = "vault.original.reason_needed" if isinstance(error, Malformed) else error.message_key
        sentence = desk.say("vault.original.gone") if isinstance(error, NotFound) else desk.say(key, **error.facts)
        return await _shown(desk, span_id, fields, trouble=Trouble(sentence, error.status))
    return await _shown(desk, span_id, fields, opened=opened)


async def _shown(
    desk: DeskCall, span_id: str, fields: Mapping[str, str], *, opened: Opened | None = None, trouble: Trouble = FINE
) -> Response[str]:
    conversation = fields.get("conversation", "")
    places: dict[str, Any] = {
        "span_id": span_id,
        "conversation": conversation if conversation.isalnum() and conversation.isascii() else "",
        "opened": opened,
        "seconds": SHOWN_SECONDS,
        "purposes": PURPOSES,
        "purpose": fields.get("purpose", PURPOSES[0]),
        "longest": LONGEST_REASON,
        "trouble": trouble.sentence,
    }
    if desk.by_script:
        response = await desk.part(_PART, status=trouble.status, **places)
    else:
        response = await desk.page(_PAGE, status=trouble.status, here="inbox", **places)
    response.headers["cache-control"] = "no-store"
    return response


HANDLERS: Final = [ask_for_original, show_original]
