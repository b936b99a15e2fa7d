"""The pages of procedures: all of them, and one of them drawn and in words."""

from typing import Annotated, Final

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from doorward.doors.web.desk.procedures.view import language_for, listed, one_shown, procedure_of
from doorward.doors.web.desk.shared import ADeskCall

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


PROCEDURE_HANDLERS: Final = [show_procedures, show_procedure]
