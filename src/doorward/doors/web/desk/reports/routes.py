"""Reports: each with its chart, its table, and the table to download."""

from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from doorward import measure, routing, workspace
from doorward.doors.web.desk.reports.schedules import SCHEDULE_HANDLERS
from doorward.doors.web.desk.reports.showing import charts_of, columns_of, shown_value
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.spreadsheets import as_csv, csv_response
from doorward.flow.scheduled_reports import rhythm_of
from doorward.flow.views.reports import Report, ReportWish, report
from doorward.kit.tx import Tx
from doorward.routing import Team
from doorward.vocabulary.errors import Malformed, NotFound
from doorward.vocabulary.report import ReportKind
from doorward.workspace import ReportSchedule

_HERE: Final = "reports"
_LATELY: Final = timedelta(days=27)
_WEEKS: Final = timedelta(weeks=11)
"""How long before this week what is looked at by weeks begins."""
_MONTHS: Final = timedelta(days=320)
"""How long before this month what is looked at by months begins: in the tenth or eleventh before it."""
_PERIOD: Final = ("since", "until", "step")
_PRIORITIES: Final = frozenset(map(str, range(-3, 4)))


@get("/desk/reports", include_in_schema=False)
async def show_reports(desk: ADeskCall) -> Redirect:
    """Go to the first of the reports."""
    desk.require("measure:read")
    return Redirect("/desk/reports/volume", status_code=303)


@get("/desk/reports/{kind:str}", include_in_schema=False)
async def show_report(desk: ADeskCall, kind: FromPath[str]) -> Response[str]:
    """Show a report of the period in the address; without one of the last four weeks, or of twelve by weeks."""
    scope = desk.require("measure:read")
    known = _kind(kind)
    fields = _fields(desk, known)
    found, wrong = await _try(desk, known, fields)
    period = {name: fields[name] for name in _PERIOD if name in desk.request.query_params}
    teams: tuple[Team, ...] = ()
    if known == "levels":
        teams = await desk.house.transactions.read_async(lambda tx: routing.read_plan(tx, scope).plan.teams)
    names = {} if found is None else columns_of(desk, found, await desk.reasons())
    return await desk.page(
        "desk/reports/page.html",
        status=400 if found is None else 200,
        here=_HERE,
        kind=known,
        tabs=[(one, desk.say(f"report.{one}"), f"/desk/reports/{one}?{urlencode(period)}") for one in measure.KINDS],
        by_time=known in measure.BY_TIME,
        fields=fields,
        teams=[one.name for one in teams],
        wrong=wrong,
        report=found,
        names=names,
        charts=[] if found is None else charts_of(desk, found, names),
        shown=lambda value, unit: "" if found is None else shown_value(desk, found, value, unit),
        download=f"/desk/reports/{known}/download?{urlencode(fields)}",
    )


@get("/desk/reports/{kind:str}/download", include_in_schema=False)
async def download_report(desk: ADeskCall, kind: FromPath[str]) -> Response[str]:
    """Give a report as a table. Raises `Malformed` for a period that there is not."""
    desk.require("measure:read")
    known = _kind(kind)
    found = await _read(desk, _wish(known, _fields(desk, known)))
    columns = (found.step if found.kind in measure.BY_TIME else "key", "name", *(one.name for one in found.columns))
    rows = ((row.key, row.name, *row.values) for row in found.rows)
    return csv_response(f"{found.kind}-{found.since}-{found.until}.csv", as_csv(columns, rows))


@get("/desk/reports/sent/{key:str}/{day:str}", include_in_schema=False)
async def show_sent(desk: ADeskCall, key: FromPath[str], day: FromPath[str]) -> Redirect:
    """Go to the report that a mail told of, which was due on a day. Raises `NotFound`."""
    scope = desk.require("measure:read")
    piece = (
        await desk.house.transactions.read_async(lambda tx: workspace.find_piece(tx, scope, "schedule", key))
    ).piece
    due = _day(day)
    if not isinstance(piece, ReportSchedule) or due is None:
        raise NotFound("no such report")
    since, until = measure.period_before(rhythm_of(piece), due)
    step = "week" if piece.report in measure.BY_WEEK and piece.every == "month" else "day"
    return Redirect(f"/desk/reports/{piece.report}?since={since}&until={until}&step={step}", status_code=303)


REPORT_HANDLERS: Final = [show_reports, *SCHEDULE_HANDLERS, show_report, download_report, show_sent]


def _kind(kind: str) -> ReportKind:
    if kind not in measure.KINDS:
        raise NotFound("no such report")
    return kind


def _fields(desk: DeskCall, kind: ReportKind) -> dict[str, str]:
    """Return what the form holds: what was asked for, else the last four weeks by days, or twelve from Monday on."""
    asked: Any = desk.request.query_params
    zone = ZoneInfo(desk.house.settings_book.settings_of(desk.scope.tenant_id).time_zone)
    today = desk.house.clock.now().astimezone(zone).date()
    by_week = kind in measure.BY_WEEK
    since = today - timedelta(days=today.weekday()) - _WEEKS if by_week else today - _LATELY
    if kind == "machines":
        since = (today.replace(day=1) - _MONTHS).replace(day=1)
    first = {"since": since.isoformat(), "until": today.isoformat(), "step": "week" if by_week else "day"}
    given = {name: str(asked.get(name, value))[:10] for name, value in first.items()}
    given |= {"step": "week" if given["step"] == "week" else "day"}
    if kind == "levels":
        given |= {name: str(asked.get(name, ""))[:40] for name in ("team", "priority")}
    return given


def _wish(kind: ReportKind, fields: dict[str, str]) -> ReportWish:
    since, until = _day(fields["since"]), _day(fields["until"])
    if since is None or until is None:
        raise Malformed("since, until: days", why="period")
    priority = fields.get("priority", "")
    return ReportWish(
        kind=kind,
        since=since,
        until=until,
        step="week" if fields["step"] == "week" else "day",
        team=fields.get("team", ""),
        priority=int(priority) if priority in _PRIORITIES else None,
    )


def _day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if measure.EARLIEST < day.year < measure.LATEST else None


async def _try(desk: DeskCall, kind: ReportKind, fields: dict[str, str]) -> tuple[Report | None, list[tuple[str, str]]]:
    """Return the report that is asked for, or none and which field of the form is wrong, with its sentence."""
    try:
        return await _read(desk, _wish(kind, fields)), []
    except Malformed as error:
        field = "team" if error.facts.get("why") == "team" else "period"
        return None, [("since" if field == "period" else field, desk.say(f"report.wrong.{field}"))]


async def _read(desk: DeskCall, wish: ReportWish) -> Report:
    scope, house = desk.scope, desk.house
    zone = ZoneInfo(house.settings_book.settings_of(scope.tenant_id).time_zone)

    def read(tx: Tx) -> Report:
        return report(tx, scope, wish, zone=zone, staff=house.identity.staff)

    return await house.transactions.read_async(read)
