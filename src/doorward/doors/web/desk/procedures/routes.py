"""The pages of procedures: all of them, one of them drawn and in words, and one tried out."""

import asyncio
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from doorward.doors.web.desk.procedures.editing import EDITING_HANDLERS
from doorward.doors.web.desk.procedures.rehearsal import rehearse_form, show_rehearsal
from doorward.doors.web.desk.procedures.trying import LONGEST_FORM
from doorward.doors.web.desk.procedures.view import language_for, listed, one_shown, procedure_of
from doorward.doors.web.desk.shared import ADeskCall

_MOST_FIELDS: Final = 120

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
    procedure = await asyncio.to_thread(procedure_of, desk, procedure_id)
    shown = one_shown(desk, procedure, language_for(desk, procedure, language))
    return await desk.page("desk/procedures/procedure.html", **shown)


@get("/desk/procedures/{procedure_id:str}/try", include_in_schema=False)
async def begin_rehearsal(desk: ADeskCall, procedure_id: FromPath[str], language: Language = "") -> Response[str]:
    """Show how a procedure can be tried out: nothing is carried out, nothing kept."""
    desk.require("settings:read")
    procedure = await asyncio.to_thread(procedure_of, desk, procedure_id)
    return await show_rehearsal(desk, procedure, (), fields={"language": language_for(desk, procedure, language)})


@post(
    "/desk/procedures/{procedure_id:str}/try",
    status_code=200,
    include_in_schema=False,
    request_max_body_size=LONGEST_FORM,
)
async def go_on_rehearsing(desk: ADeskCall, procedure_id: FromPath[str]) -> Response[Any]:
    """Let one thing happen in a rehearsal; what cannot happen changes nothing, and is said."""
    desk.require("settings:read")
    procedure = await asyncio.to_thread(procedure_of, desk, procedure_id)
    return await rehearse_form(desk, procedure, dict(await desk.pairs(most=_MOST_FIELDS)))


PROCEDURE_HANDLERS: Final = [
    show_procedures,
    show_procedure,
    begin_rehearsal,
    go_on_rehearsing,
    *EDITING_HANDLERS,
]
