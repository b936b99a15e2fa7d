"""The pages of procedures: all of them, one of them drawn and in words, and one tried out."""

from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from doorward.answering.procedures import Procedure
from doorward.answering.procedures.rehearsing import rehearse
from doorward.answering.procedures.run import Event
from doorward.doors.web.desk.procedures.trying import LONGEST_FORM, next_event, read_events, rehearsed
from doorward.doors.web.desk.procedures.view import HERE, language_for, listed, one_shown, procedure_of
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.refused import kinds_in_words
from doorward.vocabulary.errors import Malformed, SecretRefused

Language = Annotated[str, QueryParameter(max_length=10)]


@get("/desk/procedures", include_in_schema=False)
async def show_procedures(desk: ADeskCall) -> Response[str]:
    """Show every procedure: its version, what starts it, its languages, and how its runs ended lately."""
    desk.require("settings:read")
    return await desk.page("desk/procedures/page.html", **await listed(desk))


@get("/desk/procedures/{procedure_id:str}", include_in_schema=False)
async def show_procedure(desk: ADeskCall, procedure_id: FromPath[str], language: Language = "") -> Response[str]:
    """Show one procedure as a drawing and in words, with its texts in a language."""
    desk.require("settings:read")
    procedure = procedure_of(desk, procedure_id)
    shown = one_shown(desk, procedure, language_for(desk, procedure, language))
    return await desk.page("desk/procedures/procedure.html", **shown)


@get("/desk/procedures/{procedure_id:str}/try", include_in_schema=False)
async def begin_rehearsal(desk: ADeskCall, procedure_id: FromPath[str], language: Language = "") -> Response[str]:
    """Show how a procedure can be tried out: nothing is carried out, nothing kept."""
    desk.require("settings:read")
    procedure = procedure_of(desk, procedure_id)
    return await _try(desk, procedure, (), fields={"language": language_for(desk, procedure, language)})


@post(
    "/desk/procedures/{procedure_id:str}/try",
    status_code=200,
    include_in_schema=False,
    request_max_body_size=LONGEST_FORM,
)
async def go_on_rehearsing(desk: ADeskCall, procedure_id: FromPath[str]) -> Response[Any]:
    """Let one thing happen in a rehearsal; what cannot happen changes nothing, and is said."""
    desk.require("settings:read")
    procedure = procedure_of(desk, procedure_id)
    return await rehearse_form(desk, procedure, dict(await desk.form()), address="")


async def rehearse_form(desk: DeskCall, procedure: Procedure, fields: dict[str, str], *, address: str) -> Response[Any]:
    """Show a rehearsal with what was chosen to happen next."""
    try:
        events = read_events(fields)
    except Malformed:
        trouble = desk.say("procedures.try.unreadable")
        return await _try(desk, procedure, (), fields=fields, address=address, trouble=trouble, status=400)
    now = None
    if events:
        now = rehearse(procedure, events, language=fields.get("language", ""), sentences=desk.house.translator)
    try:
        event = await next_event(desk, procedure, now, fields)
    except Malformed as error:
        trouble = desk.say("procedures.try.impossible")
        return await _try(desk, procedure, events, fields=fields, address=address, trouble=trouble, status=error.status)
    except SecretRefused as error:
        what = kinds_in_words(desk.house.translator, desk.language, str(error.facts["kinds"]).split())
        trouble = desk.say("desk.conversation.reply_secret", what=what)
        return await _try(desk, procedure, events, fields=fields, address=address, trouble=trouble, status=error.status)
    return await _try(desk, procedure, (*events, event), fields=fields, address=address)


PROCEDURE_HANDLERS: Final = [show_procedures, show_procedure, begin_rehearsal, go_on_rehearsing]


async def _try(
    desk: DeskCall, procedure: Procedure, events: tuple[Event, ...], *, fields: dict[str, str], **told: Any
) -> Response[Any]:
    """Show a rehearsal; `told`: its `address`, the `trouble`, the `status`."""
    address = told.get("address") or f"/desk/procedures/{procedure.id}/try"
    places = rehearsed(desk, procedure, events, fields=fields)
    shown = {"here": HERE, "address": address, "trouble": told.get("trouble", "")} | places
    return await desk.page("desk/procedures/try.html", status=told.get("status", 200), **shown)
