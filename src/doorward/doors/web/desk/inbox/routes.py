"""The inbox: its page, its refresh, and its saved views."""

from typing import Final

from litestar import Response, get

from doorward.doors.web.callers import BY_ITSELF
from doorward.doors.web.desk.inbox.bulk import BULK_HANDLERS
from doorward.doors.web.desk.inbox.saving import SAVING
from doorward.doors.web.desk.inbox.view import InboxPage, Wish, inbox_page
from doorward.doors.web.desk.shared import ADeskCall, DeskCall


@get("/desk/", name="desk.inbox", include_in_schema=False)
async def inbox(desk: ADeskCall) -> Response[str]:
    """Show the inbox: the view, filters, order and page of its address (`Wish`)."""
    return await desk.page("desk/inbox/page.html", here="inbox", **await _read(desk))


@get("/desk/inbox", include_in_schema=False, opt=BY_ITSELF)
async def inbox_part(desk: ADeskCall) -> Response[str]:
    """Show the lists alone, for the page's refresh."""
    return await desk.part("desk/inbox/_lists.html", **await _read(desk))


async def _read(desk: DeskCall) -> InboxPage:
    desk.require("conversations:read")
    return await inbox_page(desk, Wish.of(desk.request.query_params))


INBOX_HANDLERS: Final = [inbox, inbox_part, *BULK_HANDLERS, *SAVING]
