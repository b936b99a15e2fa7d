"""The wallboard: its page, and the part of it that is refreshed with everything that happens."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from litestar import Response, get

from doorward.doors.web.callers import BY_ITSELF
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.flow.views.wallboard import Wallboard

_HERE: Final = "wallboard"


@get("/desk/wallboard", include_in_schema=False)
async def show_wallboard(desk: ADeskCall) -> Response[str]:
    """Show queues, agents and today's figures."""
    return await desk.page("desk/wallboard/page.html", here=_HERE, **await _places(desk))


@get("/desk/wallboard/now", include_in_schema=False, opt=BY_ITSELF)
async def refresh_wallboard(desk: ADeskCall) -> Response[str]:
    """Show them as they are now, for the page's refresh."""
    return await desk.part("desk/wallboard/_board.html", **await _places(desk))


WALLBOARD_HANDLERS: Final = [show_wallboard, refresh_wallboard]


async def _places(desk: DeskCall) -> dict[str, Any]:
    scope = desk.require("measure:read")
    board = await desk.house.wallboards.now(scope)
    zone = ZoneInfo(desk.house.settings_book.settings_of(scope.tenant_id).time_zone)
    return {"board": board, "by_hour": _by_hour(desk, board, zone), "by_queue": _by_queue(desk, board)}


def _by_hour(desk: DeskCall, board: Wallboard, zone: ZoneInfo) -> list[dict[str, Any]]:
    hours = [(f"{one.begins_at.astimezone(zone):%H:%M}", one) for one in board.today.hours]
    return [
        {"name": desk.say("wall.arrived"), "points": [(name, one.arrived) for name, one in hours]},
        {"name": desk.say("wall.resolved"), "points": [(name, one.resolved) for name, one in hours]},
    ]


def _by_queue(desk: DeskCall, board: Wallboard) -> list[dict[str, Any]]:
    return [
        {"name": desk.say("wall.waiting"), "points": [(one.name, one.waiting) for one in board.queues]},
        {"name": desk.say("wall.served"), "points": [(one.name, one.served) for one in board.queues]},
    ]
