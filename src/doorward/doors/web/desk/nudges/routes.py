"""How what was offered unasked went: how often, what customers said, and what they have of it."""

from datetime import timedelta
from typing import Annotated, Final, Literal

from litestar import Response, get
from litestar.params import QueryParameter

from doorward.answering.procedures import format_amount
from doorward.doors.web.desk.shared import ADeskCall
from doorward.flow.views.nudges import expectation_report, nudge_report

DAYS: Final = ("7", "30", "90")
Days = Annotated[Literal["7", "30", "90"], QueryParameter()]


@get("/desk/nudges", include_in_schema=False)
async def show_nudges(desk: ADeskCall, days: Days = "30") -> Response[str]:
    """Show how each nudge went in the last days."""
    scope, house = desk.require("measure:read"), desk.house
    until = house.clock.now()
    book, period = house.nudge_books.of(scope.tenant_id), (until - timedelta(days=int(days)), until)
    report = await house.transactions.read_async(
        lambda tx: nudge_report(tx, scope, book, period=period, language=desk.language)
    )
    judged = await house.transactions.read_async(lambda tx: expectation_report(tx, scope, period=period))
    return await desk.page(
        "desk/nudges/page.html",
        here="nudges",
        report=report,
        judged=judged,
        days=days,
        choices_of_days=DAYS,
        amount=lambda minor: format_amount(minor, report.currency or "EUR", desk.language),
    )


NUDGE_HANDLERS: Final = [show_nudges]
