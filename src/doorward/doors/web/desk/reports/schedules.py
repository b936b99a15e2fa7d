"""When reports are told of by mail: listed, added, changed and removed."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from doorward import measure, workspace
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.desk.workspace.fields import key_from
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, NotFound, Outdated
from doorward.vocabulary.outcome import Outcome
from doorward.workspace import PieceName, ReportSchedule, WrittenPiece

_HERE: Final = "reports"
_BASE: Final = "/desk/reports/schedules"
_FIRST: Final[Mapping[str, str]] = {
    "name": "",
    "report": "volume",
    "every": "week",
    "weekday": "0",
    "day": "1",
    "at": "08:00",
    "mail_to": "",
    "language": "en",
    "revision": "",
}


@get("/desk/reports/schedules", include_in_schema=False)
async def show_schedules(desk: ADeskCall) -> Response[str]:
    """List the schedules there are."""
    scope = desk.require("workspace:write")
    found = await desk.house.transactions.read_async(lambda tx: workspace.list_pieces(tx, scope, "schedule"))
    return await desk.page("desk/reports/schedules.html", here=_HERE, schedules=found)


@get("/desk/reports/schedules/new", include_in_schema=False)
async def show_new_schedule(desk: ADeskCall) -> Response[str]:
    """Show an empty form."""
    desk.require("workspace:write")
    return await _form(desk, "", {"language": desk.language})


@post("/desk/reports/schedules/new", status_code=200, include_in_schema=False)
async def add_schedule(desk: ADeskCall) -> Response[Any]:
    """Add a schedule."""
    desk.require("workspace:write")
    return await _save(desk, "", await desk.form())


@get("/desk/reports/schedules/{key:str}", include_in_schema=False)
async def show_schedule(desk: ADeskCall, key: FromPath[str]) -> Response[str]:
    """Show a schedule's form."""
    scope = desk.require("workspace:write")
    found = await desk.house.transactions.read_async(lambda tx: workspace.find_piece(tx, scope, "schedule", key))
    if not isinstance(found.piece, ReportSchedule):
        raise NotFound("no such schedule")
    values = {name: str(value) for name, value in msgspec.structs.asdict(found.piece).items()}
    shown = {"mail_to": "\n".join(found.piece.mail_to), "revision": str(found.revision)}
    return await _form(desk, key, values | shown)


@post("/desk/reports/schedules/{key:str}", status_code=200, include_in_schema=False)
async def change_schedule(desk: ADeskCall, key: FromPath[str]) -> Response[Any]:
    """Change a schedule; the next report is the first that is due after the change."""
    desk.require("workspace:write")
    return await _save(desk, key, await desk.form())


@post("/desk/reports/schedules/{key:str}/remove", status_code=200, include_in_schema=False)
async def remove_schedule(desk: ADeskCall, key: FromPath[str]) -> Response[Any]:
    """Remove a schedule."""
    scope = desk.require("workspace:write")
    await desk.form()

    def work(tx: Tx) -> Outcome[bool]:
        return workspace.remove_piece(tx, scope, "schedule", PieceName(key))

    await desk.house.transactions.write_async(scope, work)
    return Redirect(_BASE, status_code=303)


SCHEDULE_HANDLERS: Final = [
    show_schedules,
    show_new_schedule,
    add_schedule,
    show_schedule,
    change_schedule,
    remove_schedule,
]


async def _save(desk: DeskCall, key: str, fields: Mapping[str, str]) -> Response[Any]:
    schedule, wrong = _read(fields)
    if schedule is None:
        return await _form(desk, key, fields, wrong=wrong)
    scope, read = desk.scope, fields.get("revision", "")
    revision = (int(read) if read.isdecimal() and len(read) < 10 else None) if key else 0
    name = PieceName(key or key_from(schedule.name))

    def work(tx: Tx) -> Outcome[WrittenPiece]:
        return workspace.put_piece(tx, scope, name, schedule, revision=revision)

    try:
        await desk.house.transactions.write_async(scope, work)
    except (Outdated, Conflict) as error:
        sentence = "score.wrong.outdated" if key else "score.wrong.taken"
        return await _form(desk, key, fields, wrong=[("name", sentence)], status=error.status)
    return Redirect(_BASE, status_code=303)


def _read(fields: Mapping[str, str]) -> tuple[ReportSchedule | None, list[tuple[str, str]]]:
    """Return the schedule that a form makes, or the fields that are wrong, each with its sentence's key."""
    values: dict[str, Any] = {name: fields.get(name, first) for name, first in _FIRST.items() if name != "revision"}
    values["name"] = " ".join(values["name"].split())
    values["mail_to"] = [one for one in re.split(r"[\s,;]+", values["mail_to"]) if one]
    for name in ("weekday", "day"):
        values[name] = int(values[name]) if values[name].isdecimal() and len(values[name]) < 3 else -1
    wrong = []
    for name, value in values.items():
        try:  # each field by itself, so that all that is wrong is told at once
            msgspec.convert({**_VALID, name: value}, ReportSchedule)
        except msgspec.ValidationError:
            wrong.append((name, f"report.wrong.{name}"))
    return (None, wrong) if wrong else (msgspec.convert(values, ReportSchedule), [])


_VALID: Final[Mapping[str, Any]] = {"name": "x", "report": "volume", "mail_to": ["x@example.org"]}


async def _form(
    desk: DeskCall,
    key: str,
    fields: Mapping[str, str],
    *,
    wrong: list[tuple[str, str]] | None = None,
    status: int = 400,
) -> Response[str]:
    told = [(field, desk.say(sentence)) for field, sentence in wrong or ()]
    return await desk.page(
        "desk/reports/schedule.html",
        status=status if told else 200,
        here=_HERE,
        key=key,
        fields={**_FIRST, **fields},
        kinds=measure.KINDS,
        wrong=told,
        errors=dict(told),
    )
