"""The report of service levels by program: as data, and as a table for spreadsheets."""

from datetime import datetime, timedelta
from typing import Final

from litestar import Response, get

from doorward.doors.web.api.common import ANY_OF, ACall, problems
from doorward.doors.web.api.work import LONGEST_PERIOD, Since, Until
from doorward.doors.web.downloads import disposition
from doorward.flow.views.service_report import ServiceReport, as_csv, service_report
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Malformed

_USUAL: Final = timedelta(days=30)


@get("/routing/service-report", responses=problems(), security=ANY_OF, operation_id="get_service_report")
async def get_service_report(call: ACall, since: Since = None, until: Until = None) -> ServiceReport:
    """Count what was promised in a period, kept and missed, by queue, class, language and day.

    Without `since` it is the last thirty days.
    """
    return await _report(call, since, until)


@get(
    "/routing/service-report/csv",
    responses=problems(),
    security=ANY_OF,
    operation_id="get_service_report_as_csv",
    media_type="text/csv",
)
async def get_service_report_as_csv(call: ACall, since: Since = None, until: Until = None) -> Response[str]:
    """Count what was promised in a period as a table of comma-separated values, one line a count."""
    report = await _report(call, since, until)
    name = f"service-levels-{report.since:%Y-%m-%d}-{report.until:%Y-%m-%d}.csv"
    return Response(as_csv(report), media_type="text/csv", headers={"content-disposition": disposition(name)})


def period_of(since: datetime | None, until: datetime | None, *, now: datetime) -> tuple[datetime, datetime]:
    """Return the period that a report is asked for, the last thirty days where none is.

    Raises `Malformed` for times without a zone, and for more than 366 days.
    """
    end = until or now
    if end.tzinfo is None or (since is not None and since.tzinfo is None):
        raise Malformed("since, until: say the time zone, such as Z")
    try:
        begin = since or end - _USUAL
    except OverflowError:  # a period before the first day that there is
        begin = end
    if not timedelta(0) < end - begin <= LONGEST_PERIOD:
        raise Malformed("since, until: a period of at most 366 days, its beginning first")
    return begin, end


async def _report(call: ACall, since: Since, until: Until) -> ServiceReport:
    scope = call.scope("measure:read")
    begin, end = period_of(since, until, now=call.house.clock.now())

    def read(tx: Tx) -> ServiceReport:
        settings = call.house.identity.tenants.settings_of(tx, scope)
        return service_report(tx, scope, since=begin, until=end, settings=settings)

    return await call.house.transactions.read_async(read)


HANDLERS: Final = [get_service_report, get_service_report_as_csv]
