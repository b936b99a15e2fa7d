"""A company's own edition of a procedure: written in plain text, checked as at load, tried out, put in force."""

import asyncio
from collections.abc import Mapping
from difflib import unified_diff
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward.answering.procedures import Procedure
from doorward.answering.procedures.editions import Written
from doorward.doors.web.desk.procedures.rehearsal import rehearse_form, show_rehearsal
from doorward.doors.web.desk.procedures.trying import LONGEST_FORM
from doorward.doors.web.desk.procedures.view import HERE, picture_of
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.flow.procedure_editions import EditedProcedure, Fault, faults_of
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Malformed, Outdated, ProcedureInvalid, ReviewRequired
from doorward.vocabulary.outcome import Outcome

Done = Annotated[str, QueryParameter(max_length=20)]

_DONE: Final = ("saved", "dropped", "activated", "taken_back")
_LARGEST: Final = 1_500_000
_MOST_FIELDS: Final = 60
_CONTEXT: Final = 2
_MOST_LINES: Final = 400


class ChangedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the differences between what is in force and the draft."""

    mark: Literal["gone", "new", "same"]
    text: str


class ChangedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of which something changed."""

    name: str
    lines: tuple[ChangedLine, ...]


@get("/desk/procedures/{procedure_id:str}/edit", include_in_schema=False)
async def show_editor(desk: ADeskCall, procedure_id: FromPath[str], done: Done = "") -> Response[str]:
    """Show what is in force or the draft of it, what is wrong with that, and what it changes."""
    desk.require("settings:write")
    return await _editor(desk, procedure_id, done=done if done in _DONE else "")


@post(
    "/desk/procedures/{procedure_id:str}/edit",
    status_code=200,
    include_in_schema=False,
    request_max_body_size=_LARGEST,
)
async def save_draft(desk: ADeskCall, procedure_id: FromPath[str]) -> Response[Any]:
    """Keep a draft, throw it away, or put it in force."""
    scope = desk.require("settings:write")
    fields = dict(await desk.pairs(most=_MOST_FIELDS))
    editions, press = desk.house.procedure_editions, fields.get("press", "save")
    revision, number = _number(fields, "revision"), _number(fields, "number")
    written = _written(desk, fields)

    def work(tx: Tx) -> Outcome[Any]:
        if press == "drop":
            return editions.drop(tx, scope, procedure_id, expected=revision)
        if press == "activate":
            return editions.activate(tx, scope, procedure_id, revision=revision, expected=number)
        return editions.save(tx, scope, procedure_id, written, expected=revision)

    try:
        await desk.house.transactions.write_async(scope, work)
    except (Outdated, Malformed, ReviewRequired, ProcedureInvalid) as error:
        return await _refused(desk, procedure_id, error, written=None if press == "activate" else written)
    editions.forget(scope.tenant_id)
    done = {"drop": "dropped", "activate": "activated"}.get(press, "saved")
    return Redirect(f"/desk/procedures/{procedure_id}/edit?done={done}", status_code=303)


@post("/desk/procedures/{procedure_id:str}/editions/{number:int}", status_code=200, include_in_schema=False)
async def take_back(desk: ADeskCall, procedure_id: FromPath[str], number: FromPath[int]) -> Response[Any]:
    """Put an earlier version in force again; 0 is what the company's plugin brings."""
    scope, editions = desk.require("settings:write"), desk.house.procedure_editions
    expected = _number(dict(await desk.form()), "number")
    try:
        await desk.house.transactions.write_async(
            scope, lambda tx: editions.take_back(tx, scope, procedure_id, number=number, expected=expected)
        )
    except (Outdated, ProcedureInvalid) as error:
        return await _refused(desk, procedure_id, error, written=None)
    editions.forget(scope.tenant_id)
    return Redirect(f"/desk/procedures/{procedure_id}/edit?done=taken_back", status_code=303)


@get("/desk/procedures/{procedure_id:str}/draft/try", include_in_schema=False)
async def begin_draft_rehearsal(desk: ADeskCall, procedure_id: FromPath[str]) -> Response[Any]:
    """Show how a draft can be tried out before it is in force; one that is broken leads back to the editor."""
    desk.require("settings:write")
    procedure = await draft_procedure(desk, procedure_id)
    if procedure is None:
        return Redirect(f"/desk/procedures/{procedure_id}/edit", status_code=303)
    return await show_rehearsal(desk, procedure, (), fields={}, address=draft_address(procedure_id))


@post(
    "/desk/procedures/{procedure_id:str}/draft/try",
    status_code=200,
    include_in_schema=False,
    request_max_body_size=LONGEST_FORM,
)
async def rehearse_draft(desk: ADeskCall, procedure_id: FromPath[str]) -> Response[Any]:
    """Let one thing happen in the rehearsal of a draft."""
    desk.require("settings:write")
    fields = dict(await desk.pairs(most=_MOST_FIELDS * 2))
    procedure = await draft_procedure(desk, procedure_id)
    if procedure is None:
        return Redirect(f"/desk/procedures/{procedure_id}/edit", status_code=303)
    return await rehearse_form(desk, procedure, fields, address=draft_address(procedure_id))


EDITING_HANDLERS: Final = [show_editor, save_draft, take_back, begin_draft_rehearsal, rehearse_draft]


def draft_address(procedure_id: str) -> str:
    """Return where a draft is tried out."""
    return f"/desk/procedures/{procedure_id}/draft/try"


async def draft_procedure(desk: DeskCall, procedure_id: str) -> Procedure | None:
    """Return the procedure that a draft is, None where there is none or it is broken. Raises `NotFound`."""
    now = await _open(desk, procedure_id)
    found = None if now.draft is None else await _checked(desk, procedure_id, now.written)
    return found if isinstance(found, Procedure) else None


async def _open(desk: DeskCall, procedure_id: str) -> EditedProcedure:
    editions = desk.house.procedure_editions
    return await desk.house.transactions.read_async(lambda tx: editions.open(tx, desk.scope, procedure_id))


async def _checked(desk: DeskCall, procedure_id: str, written: Written) -> Procedure | tuple[Fault, ...]:
    """Return the procedure that is written, or what is wrong with it."""
    editions = desk.house.procedure_editions
    try:
        return await asyncio.to_thread(editions.check, desk.scope.tenant_id, procedure_id, written)
    except ProcedureInvalid as error:
        return faults_of(error)


async def _refused(desk: DeskCall, procedure_id: str, error: Exception, *, written: Written | None) -> Response[Any]:
    told: dict[str, Any] = {"written": written, "status": getattr(error, "status", 400)}
    match error:
        case Outdated():
            told["trouble"] = desk.say("procedures.edit.outdated")
        case ReviewRequired():
            told["trouble"] = desk.say("procedures.edit.review")
        case ProcedureInvalid():
            told |= {"faults": faults_of(error), "status": 400}
        case _:
            told["trouble"] = desk.say("procedures.edit.unkeepable")
    return await _editor(desk, procedure_id, **told)


async def _editor(desk: DeskCall, procedure_id: str, **told: Any) -> Response[str]:
    """Show the editor; `told`: what is `done`, the `trouble`, the `faults`, and what was `written` and not kept."""
    now = await _open(desk, procedure_id)
    unkept: Written | None = told.get("written")
    shown = now.written if unkept is None else unkept
    checked = await _checked(desk, procedure_id, shown)
    faults = told.get("faults") or (() if isinstance(checked, Procedure) else checked)
    settings = desk.house.settings_book.settings_of(desk.scope.tenant_id)
    last = desk.house.procedure_editions.last_version(desk.scope, now, procedure_id)
    places = {
        "here": HERE,
        "about": procedure_id,
        "now": now,
        "files": list(shown.files().items()),
        "faults": faults,
        "faults_shown": [(_field(shown, one), f"{one.file}: {one.sentence}") for one in faults],
        "changes": changes_between(now.in_force, shown),
        "picture": picture_of(desk, checked, desk.language) if isinstance(checked, Procedure) else None,
        "last": last,
        "mine": settings.procedure_review and now.draft is not None and desk.scope.actor.id in now.draft.writers,
        "done": told.get("done", ""),
        "trouble": told.get("trouble", ""),
    }
    return await desk.page("desk/procedures/edit.html", status=told.get("status", 200), **places)


def _field(shown: Written, fault: Fault) -> str:
    """Return the id of the field in which a fault is; the procedure's where the file is none of them."""
    names = list(shown.files())
    return f"file-{names.index(fault.file) if fault.file in names else 0}"


def changes_between(before: Written, after: Written) -> tuple[ChangedFile, ...]:
    """Return what changed, file by file, each changed line with a few of those around it."""
    old, new = before.files(), after.files()
    found = []
    for name in dict.fromkeys((*old, *new)):
        diff = list(
            unified_diff(old.get(name, "").splitlines(), new.get(name, "").splitlines(), n=_CONTEXT, lineterm="")
        )
        lines = tuple(_changed(line) for line in diff[2 : 2 + _MOST_LINES] if not line.startswith("@@"))
        if lines:
            found.append(ChangedFile(name=name, lines=lines))
    return tuple(found)


def _changed(line: str) -> ChangedLine:
    marks: Mapping[str, Literal["gone", "new"]] = {"-": "gone", "+": "new"}
    return ChangedLine(mark=marks.get(line[:1], "same"), text=line[1:])


def _written(desk: DeskCall, fields: Mapping[str, str]) -> Written:
    """Return what the form holds: the procedure, and the texts of the company's languages."""
    texts = {
        language: _lines(fields[f"texts/{language}.yaml"])
        for language in desk.house.procedure_book.brought(desk.scope.tenant_id).languages
        if f"texts/{language}.yaml" in fields
    }
    return Written(procedure=_lines(fields.get("procedure.yaml", "")), texts=texts)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _number(fields: Mapping[str, str], name: str) -> int:
    """Return which number the page was read with; what is none fits none."""
    sent = fields.get(name, "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1
