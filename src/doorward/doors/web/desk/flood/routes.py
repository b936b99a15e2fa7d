"""The page of floods: what is live, the levers of those who may pull them, and appeals of who got no person."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward import record
from doorward.admission.kept import Demotion
from doorward.doors.web.callers import BY_ITSELF
from doorward.doors.web.desk.flood.view import HERE, MINUTES, flood_places
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.flow.flood import Levers
from doorward.flow.views.flood import flood_appeals
from doorward.kit.tx import Tx
from doorward.record import Card
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

Done = Annotated[str, QueryParameter(max_length=20)]
Show = Annotated[str, QueryParameter(max_length=20)]

_PAGE: Final = "/desk/flood"
_APPEALS: Final = "/desk/flood/appeals"
_SWITCH: Final = "/desk/flood/switch"
_DONE: Final = ("overridden", "released", "switched_off", "switched_on", "usual", "said")
_DECIDED: Final = ("granted", "kept", "decided_before")


@get(_PAGE, include_in_schema=False)
async def show_flood(desk: ADeskCall, done: Done = "") -> Response[str]:
    """Show how things stand with floods, and what may be done about it."""
    desk.require("measure:read")
    return await _page(desk, done=done if done in _DONE else "")


@get("/desk/flood/now", include_in_schema=False, opt=BY_ITSELF)
async def refresh_flood(desk: ADeskCall) -> Response[str]:
    """Show how things stand by now, for the page's refresh."""
    desk.require("measure:read")
    return await desk.part("desk/flood/_now.html", **await flood_places(desk))


@post("/desk/flood/override", status_code=200, include_in_schema=False)
async def override_flood_level(desk: ADeskCall) -> Response[Any]:
    """Have a level hold for a while, whatever is measured."""
    scope = desk.require("flood:write")
    fields = await desk.form()
    minutes = fields.get("minutes", "")
    if minutes not in map(str, MINUTES):
        return await _page(desk, status=400, fields=fields, faults={"minutes": desk.say("floods.fault.minutes")})
    until = desk.house.clock.now() + timedelta(minutes=int(minutes))
    level, note = fields.get("level", ""), _note(fields)

    def pull(levers: Levers) -> object:
        return levers.override(scope, level, note=note, until=until)

    return await _pulled(desk, pull, fields, done="overridden")


@post("/desk/flood/release", status_code=200, include_in_schema=False)
async def release_flood_level(desk: ADeskCall) -> Response[Any]:
    """End what somebody said about the level; what is measured holds again."""
    scope = desk.require("flood:write")
    return await _pulled(desk, lambda levers: levers.release(scope), await desk.form(), done="released")


@post("/desk/flood/usual", status_code=200, include_in_schema=False)
async def tell_usual_flood(desk: ADeskCall) -> Response[Any]:
    """Say how many contacts an hour are usual."""
    scope = desk.require("flood:write")
    fields = await desk.form()
    per_hour = _number(fields.get("per_hour", ""))
    return await _pulled(desk, lambda levers: levers.tell_usual(scope, per_hour=per_hour), fields, done="usual")


@get(_SWITCH, include_in_schema=False)
async def show_flood_switch(desk: ADeskCall) -> Response[str]:
    """Say what happens when flood control is switched off or on, and ask why."""
    desk.require("flood:write")
    return await _switch_page(desk)


@post(_SWITCH, status_code=200, include_in_schema=False)
async def switch_flood(desk: ADeskCall) -> Response[Any]:
    """Switch all of flood control off, or on again."""
    scope = desk.require("flood:write")
    fields = await desk.form()
    wanted = fields.get("off", "")
    if wanted not in {"yes", "no"}:
        return await _switch_page(desk, status=400, fault=desk.say("floods.fault.switch"))
    off, note = wanted == "yes", _note(fields)
    try:
        await asyncio.to_thread(desk.house.flooding.levers.switch, scope, off=off, note=note)
    except Malformed as error:
        return await _switch_page(desk, status=error.status, fault=desk.say("floods.fault.note"))
    return Redirect(f"{_PAGE}?done={'switched_off' if off else 'switched_on'}", status_code=303)


@get(_APPEALS, include_in_schema=False)
async def show_flood_appeals(desk: ADeskCall, show: Show = "waiting", done: Done = "") -> Response[str]:
    """Show who got no person and wants people to look at it, or what was decided."""
    desk.require("flood:write")
    return await _appeals_page(desk, waiting=show != "decided", done=done if done in _DECIDED else "")


@post("/desk/flood/appeals/{conversation_id:str}", status_code=200, include_in_schema=False)
async def decide_flood_appeal_here(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[Any]:
    """Help somebody who got no person, or leave it as it is; they hear it either way."""
    scope = desk.require("flood:write")
    fields = await desk.form()
    wanted, levers = ConversationId(conversation_id[:40]), desk.house.flooding.levers
    press = fields.get("press", "")
    if press not in {"help", "leave"}:
        return await _appeals_page(desk, waiting=True, status=400, trouble=desk.say("floods.fault.decision"))
    try:
        await asyncio.to_thread(levers.decide_appeal, scope, wanted, granted=press == "help")
    except Conflict:
        return Redirect(f"{_APPEALS}?done=decided_before", status_code=303)
    except NotFound as error:
        return await _appeals_page(desk, waiting=True, status=error.status, trouble=desk.say("floods.fault.no_appeal"))
    return Redirect(f"{_APPEALS}?done={'granted' if press == 'help' else 'kept'}", status_code=303)


FLOOD_HANDLERS: Final = [
    show_flood,
    refresh_flood,
    override_flood_level,
    release_flood_level,
    tell_usual_flood,
    show_flood_switch,
    switch_flood,
    show_flood_appeals,
    decide_flood_appeal_here,
]


def _note(fields: Mapping[str, str]) -> WildText:
    return WildText(fields.get("note", "").replace("\r\n", "\n"))


def _number(written: str) -> float:
    """Return the number that was written, with a point or a comma; nothing usual where it is none."""
    try:
        return float(written.strip().replace(",", ".")[:20])
    except ValueError:
        return 0.0


async def _pulled(
    desk: DeskCall, pull: Callable[[Levers], object], fields: Mapping[str, str], *, done: str
) -> Response[Any]:
    """Pull a lever and show the page; what cannot be is said at its field."""
    try:
        await asyncio.to_thread(pull, desk.house.flooding.levers)
    except Malformed as error:
        wrong = str(error).partition(":")[0]
        name = wrong if wrong in {"level", "note", "per_hour"} else "minutes"
        return await _page(desk, status=error.status, fields=fields, faults={name: desk.say(f"floods.fault.{name}")})
    return Redirect(f"{_PAGE}?done={done}", status_code=303)


async def _page(
    desk: DeskCall,
    *,
    status: int = 200,
    done: str = "",
    fields: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response[str]:
    places = await flood_places(desk)
    told = {"done": done, "fields": fields or {}, "faults": faults or {}, "minutes_offered": MINUTES}
    return await desk.page("desk/flood/page.html", status=status, here=HERE, tab="now", **(places | told))


async def _switch_page(desk: DeskCall, *, status: int = 200, fault: str = "") -> Response[str]:
    places = await flood_places(desk)
    return await desk.page("desk/flood/switch.html", status=status, here=HERE, fault=fault, **places)


async def _appeals_page(
    desk: DeskCall, *, waiting: bool, status: int = 200, done: str = "", trouble: str = ""
) -> Response[str]:
    scope = desk.scope

    def read(tx: Tx) -> tuple[tuple[Demotion, ...], int, Mapping[ConversationId, Card]]:
        items = flood_appeals(tx, scope, waiting=waiting).items
        number = len(items) if waiting else len(flood_appeals(tx, scope, waiting=True).items)
        return items, number, _cards(tx, scope, items)

    items, number, cards = await desk.house.transactions.read_async(read)
    return await desk.page(
        "desk/flood/appeals.html",
        status=status,
        here=HERE,
        tab="appeals",
        show="waiting" if waiting else "decided",
        items=items,
        number=number,
        cards=cards,
        done=done,
        trouble=trouble,
    )


def _cards(tx: Tx, scope: Scope, items: tuple[Demotion, ...]) -> Mapping[ConversationId, Card]:
    cards = (record.card_of(tx, scope, one.conversation_id) for one in items)
    return {card.conversation_id: card for card in cards if card is not None}
