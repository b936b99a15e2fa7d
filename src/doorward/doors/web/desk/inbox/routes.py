"""The inbox: its page, its refresh, and presence."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from doorward.doors.web.callers import BY_ITSELF
from doorward.doors.web.desk.inbox.view import FIRST, VIEWS, InboxPage, inbox_page
from doorward.doors.web.desk.shared import ADeskCall, DeskCall

Show = Annotated[str, QueryParameter(max_length=20)]
Page = Annotated[int, QueryParameter(ge=1, le=10_000)]


@get("/desk/", name="desk.inbox", include_in_schema=False)
async def inbox(desk: ADeskCall, show: Show = FIRST, page: Page = 1) -> Response[str]:
    """Show the inbox."""
    return await desk.page("desk/inbox/page.html", here="inbox", **await _read(desk, show=show, page=page))


@get("/desk/inbox", include_in_schema=False, opt=BY_ITSELF)
async def inbox_part(desk: ADeskCall, show: Show = FIRST, page: Page = 1) -> Response[str]:
    """Show the lists alone, for the page's refresh."""
    return await desk.part("desk/inbox/_lists.html", **await _read(desk, show=show, page=page))


@post("/desk/presence", status_code=200, include_in_schema=False)
async def presence(desk: ADeskCall) -> Response[Any]:
    """Say whether I take conversations."""
    scope = desk.require("conversations:write")
    fields = await desk.form()
    await desk.house.desk.set_presence(scope, available=fields.get("available") == "yes")
    if desk.by_script:
        part = await desk.part("layout/_presence.html")
        part.headers["hx-trigger"] = "desk"  # the inbox says whether its reader is away
        return part
    return Redirect("/desk/", status_code=303)


async def _read(desk: DeskCall, *, show: str, page: int) -> InboxPage:
    desk.require("conversations:read")
    return await inbox_page(desk, show=show if show in VIEWS else FIRST, number=page)
