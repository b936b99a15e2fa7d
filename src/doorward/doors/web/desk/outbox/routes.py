"""The outbox of the demonstration: mails that would have been sent."""

from datetime import datetime
from typing import cast

import msgspec
from litestar import Response, get

from doorward.doors.web.desk.shared import ADeskCall
from doorward.identity import Outbox
from doorward.vocabulary.errors import NotFound


class ShownMail(msgspec.Struct, frozen=True, kw_only=True):
    """One mail of the demonstration, whose customers are made up."""

    to: str
    subject: str
    body: str
    at: datetime


@get("/desk/outbox", include_in_schema=False)
async def show_outbox(desk: ADeskCall) -> Response[str]:
    """Show the mails, in the demonstration alone."""
    desk.require("conversations:read")
    if not desk.house.settings.demo:
        raise NotFound("there is no outbox")
    outbox = cast("Outbox", desk.house.mailer)  # the demonstration's mailer is one
    mails = [
        ShownMail(to=one.mail.to, subject=one.mail.subject, body=one.mail.text, at=one.at) for one in outbox.mails()
    ]
    return await desk.page("desk/outbox/page.html", here="outbox", mails=mails)
