"""Showing a rehearsal after what was chosen to happen; what cannot happen changes nothing, and is said."""

from typing import Any

from litestar import Response

from doorward.answering.procedures import Procedure
from doorward.answering.procedures.rehearsing import rehearse
from doorward.answering.procedures.run import Event
from doorward.doors.web.desk.procedures.trying import next_event, read_events, rehearsed
from doorward.doors.web.desk.procedures.view import HERE
from doorward.doors.web.desk.shared import DeskCall
from doorward.doors.web.refused import kinds_in_words
from doorward.vocabulary.errors import Malformed, SecretRefused


async def rehearse_form(
    desk: DeskCall, procedure: Procedure, fields: dict[str, str], *, address: str = ""
) -> Response[Any]:
    """Show a rehearsal with what was chosen to happen next."""
    try:
        events = read_events(fields)
    except Malformed:
        trouble = desk.say("procedures.try.unreadable")
        return await show_rehearsal(desk, procedure, (), fields=fields, address=address, trouble=trouble, status=400)
    now = None
    if events:
        now = rehearse(procedure, events, language=fields.get("language", ""), sentences=desk.house.translator)
    try:
        event = await next_event(desk, procedure, now, fields)
    except Malformed as error:
        trouble = desk.say("procedures.try.impossible")
        return await show_rehearsal(
            desk, procedure, events, fields=fields, address=address, trouble=trouble, status=error.status
        )
    except SecretRefused as error:
        what = kinds_in_words(desk.house.translator, desk.language, str(error.facts["kinds"]).split())
        trouble = desk.say("desk.conversation.reply_secret", what=what)
        return await show_rehearsal(
            desk, procedure, events, fields=fields, address=address, trouble=trouble, status=error.status
        )
    return await show_rehearsal(desk, procedure, (*events, event), fields=fields, address=address)


async def show_rehearsal(
    desk: DeskCall, procedure: Procedure, events: tuple[Event, ...], *, fields: dict[str, str], **told: Any
) -> Response[Any]:
    """Show a rehearsal; `told`: its `address`, the `trouble`, the `status`."""
    address = told.get("address") or f"/desk/procedures/{procedure.id}/try"
    places = rehearsed(desk, procedure, events, fields=fields)
    shown = {"here": HERE, "address": address, "trouble": told.get("trouble", "")} | places
    return await desk.page("desk/procedures/try.html", status=told.get("status", 200), **shown)
