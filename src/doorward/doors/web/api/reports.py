"""Reports by program."""

from datetime import date, timedelta
from typing import Annotated, Final, TypeAlias
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import PathParameter, QueryParameter, SkipValidation

from doorward import measure
from doorward.doors.web.api.common import ANY_OF, ACall, Call, Limit, problems
from doorward.doors.web.api.conditions import SEEN
from doorward.doors.web.api.paging import page_by, read_cursor, write_cursor
from doorward.doors.web.spreadsheets import as_csv, csv_response
from doorward.flow.views.reports import NamedRow, Report, ReportWish, report
from doorward.kit.tx import Tx
from doorward.measure import Column, Step
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.report import ReportKind

_LATELY: Final = timedelta(days=27)
_MONTHS: Final = timedelta(days=320)
"""What is shown by months unless a period is asked for."""

KindPath = Annotated[ReportKind, PathParameter(description="Which report.")]
Since = Annotated[date | None, QueryParameter(description="The first day; four weeks before the last if not given.")]
Until = Annotated[date | None, QueryParameter(description="The last day; today, where the company is, if not given.")]
By = Annotated[Step, QueryParameter(description="Rows of a day or of a week, where a report has rows of time.")]
Team = Annotated[
    str, QueryParameter(max_length=40, description="Service levels: of the queues of this team alone; of all if empty.")
]
Priority = Annotated[
    int | None, QueryParameter(ge=-3, le=3, description="Service levels: of what had this priority alone.")
]
Cursor = Annotated[
    str, QueryParameter(max_length=400, description="The `next_cursor` of the page before; the first page without.")
]


class ReportPage(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of a report; seconds, shares (0 to 1) and percents as the columns say. `next_cursor` continues it.

    A report that fits one page is in its own order, one that does not in the order of its rows' keys: what happens
    while somebody reads changes how many there are of each, and moves no row.
    """

    kind: ReportKind
    since: date
    until: date
    step: Step
    columns: tuple[Column, ...]
    items: tuple[NamedRow, ...]
    next_cursor: str | None


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """The days that a request names, whether it wants days or weeks, and of what service levels are asked for."""

    since: date | None
    until: date | None
    step: Step
    team: str
    priority: int | None


def make_period(
    since: Since = None, until: Until = None, by: By = "day", team: Team = "", priority: Priority = None
) -> Period:
    """Return the period of a request."""
    return Period(since=since, until=until, step=by, team=team, priority=priority)


APeriod: TypeAlias = NamedDependency[SkipValidation[Period]]
"""A handler's parameter `period`."""

_PERIOD: Final = {"period": Provide(make_period, sync_to_thread=False)}


@get(
    "/reports/{kind:str}",
    responses=problems(404) | SEEN,
    security=ANY_OF,
    operation_id="get_report",
    dependencies=_PERIOD,
)
async def get_report(
    call: ACall, kind: KindPath, period: APeriod, limit: Limit = 100, cursor: Cursor = ""
) -> Response[ReportPage]:
    """Show a report of a period of at most 366 days, in the company's time zone."""
    after = read_cursor(cursor, str) if cursor else None
    found = await _read(call, kind, period)
    whole = after is None and len(found.rows) <= limit
    items, following = page_by(found.rows, lambda row: row.key, limit=None if whole else limit, cursor=after)
    page = ReportPage(
        kind=found.kind,
        since=found.since,
        until=found.until,
        step=found.step,
        columns=found.columns,
        items=items,
        next_cursor=None if following is None else write_cursor(following),
    )
    return call.shown(page)


@get(
    "/reports/{kind:str}/table",
    responses=problems(404),
    security=ANY_OF,
    operation_id="download_report",
    media_type="text/csv",
    dependencies=_PERIOD,
)
async def download_report(call: ACall, kind: KindPath, period: APeriod) -> Response[str]:
    """Hand out a whole report as CSV, in which no cell is taken for a formula."""
    found = await _read(call, kind, period)
    columns = ("key", "name", *(one.name for one in found.columns))
    rows = ((row.key, row.name, *row.values) for row in found.rows)
    return csv_response(f"{kind}-{found.since}-{found.until}.csv", as_csv(columns, rows))


HANDLERS: Final = [get_report, download_report]


async def _read(call: Call, kind: ReportKind, period: Period) -> Report:
    scope, house = call.scope("measure:read"), call.house
    zone = ZoneInfo(house.settings_book.settings_of(scope.tenant_id).time_zone)
    until = period.until or house.clock.now().astimezone(zone).date()
    if not measure.EARLIEST < until.year < measure.LATEST:
        raise Malformed("until: a year that there is", why="period")
    since = period.since or until - (_MONTHS if kind == "machines" else _LATELY)
    wish = ReportWish(kind=kind, since=since, until=until, step=period.step, team=period.team, priority=period.priority)

    def read(tx: Tx) -> Report:
        return report(tx, scope, wish, zone=zone, staff=house.identity.staff)

    return await house.transactions.read_async(read)
