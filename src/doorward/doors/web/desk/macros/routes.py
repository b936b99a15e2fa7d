"""Keeping macros: the list, writing one with its steps put in order, changing it, removing it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward import workspace
from doorward.doors.web.desk.macros.controls import PLACE_HINT, Controls
from doorward.doors.web.desk.macros.steps import (
    MOST_STEPS,
    StepForm,
    Things,
    arrange,
    form_of,
    read_forms,
    step_of,
)
from doorward.doors.web.desk.owned import MINE, changeable, may_change, owner_wished, revision_read, whose
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.desk.step_words import step_words
from doorward.identity import permits
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, Outdated
from doorward.workspace import Macro, MacroStep, PieceName, WrittenPiece

Done = Annotated[str, QueryParameter(max_length=20)]
Fields = Mapping[str, str]

_HERE: Final = "macros"
_DONE: Final = ("saved", "removed")
_MOST_FIELDS: Final = 2 * MOST_STEPS + 10
_LONGEST_NAME: Final = 80
_LONGEST_WORDS: Final = 500


@get("/desk/macros", include_in_schema=False)
async def show_macro_list(desk: ADeskCall, done: Done = "") -> Response[str]:
    """List everybody's macros with the reader's own among them, each with its steps in words."""
    scope = desk.require("conversations:write")
    found = await desk.house.transactions.read_async(
        lambda tx: workspace.list_pieces(tx, scope, "macro", owner=scope.actor.id)
    )
    words = await step_words(desk)
    return await desk.page(
        "desk/macros/page.html",
        here=_HERE,
        macros=[words.macro(one) for one in found],
        done=done if done in _DONE else "",
        may_change=lambda one: may_change(desk, one.owner),
    )


@get("/desk/macros/new", include_in_schema=False)
async def show_new_macro(desk: ADeskCall) -> Response[str]:
    """Show the form of a macro that there is not yet."""
    desk.require("conversations:write")
    return await _editor(desk, {"key": new_id(), "revision": "0", "whose": MINE}, ())


@get("/desk/macros/{key:str}", include_in_schema=False)
async def show_macro(desk: ADeskCall, key: FromPath[str]) -> Response[str]:
    """Show the form of a macro. Raises `NotFound` for one that is a colleague's own."""
    written = await changeable(desk, "macro", key)
    macro, things = _macro_of(written), await _things(desk)
    fields = {"key": key, "revision": str(written.revision), "whose": whose(written), "name": macro.name}
    forms = tuple(form_of(one, things) for one in macro.steps)
    return await _editor(desk, fields | {"description": macro.description}, forms, written=written)


@post("/desk/macros", status_code=200, include_in_schema=False)
async def keep_macro(desk: ADeskCall) -> Response[Any]:
    """Keep a macro as it was written; or add, move or remove a step, which keeps nothing yet.

    What is wrong is said beside its field, and what somebody else wrote meanwhile is shown: nothing typed is lost.
    """
    scope = desk.require("conversations:write")
    fields = dict(await desk.pairs(most=_MOST_FIELDS))
    forms = read_forms(fields)
    if fields.get("act"):
        forms, focus = arrange(forms, fields["act"], added=fields.get("add", ""))
        return await _editor(desk, fields, forms, focus=focus)
    name = PieceName(fields.get("key", "")[:60], owner_wished(desk, fields))
    steps, faults = _read_steps(desk, forms, await _things(desk), everybodys=name.owner == workspace.EVERYBODY)
    faults |= _faults(desk, fields, forms)
    if faults:
        return await _editor(desk, fields, forms, faults=faults, status=400)
    macro, revision = _macro(fields, steps), revision_read(fields)
    try:
        await desk.house.transactions.write_async(
            scope, lambda tx: workspace.put_piece(tx, scope, name, macro, revision=revision)
        )
    except Outdated:
        return await _outdated(desk, fields, forms)
    except Conflict as error:
        wrong = {"name": desk.say("replies.conflict")}
        return await _editor(desk, fields, forms, faults=wrong, status=error.status)
    return Redirect("/desk/macros?done=saved", status_code=303)


@post("/desk/macros/{key:str}/remove", status_code=200, include_in_schema=False)
async def remove_macro(desk: ADeskCall, key: FromPath[str]) -> Response[Any]:
    """Remove a macro; what was done with it stays done."""
    scope = desk.require("conversations:write")
    await desk.form()
    name = PieceName(key, (await changeable(desk, "macro", key)).owner)
    await desk.house.transactions.write_async(scope, lambda tx: workspace.remove_piece(tx, scope, "macro", name))
    return Redirect("/desk/macros?done=removed", status_code=303)


MACRO_HANDLERS: Final = [show_macro_list, show_new_macro, show_macro, keep_macro, remove_macro]


def _macro_of(written: WrittenPiece) -> Macro:
    if not isinstance(written.piece, Macro):
        raise NotFound("there is no such macro")
    return written.piece


def _macro(fields: Fields, steps: Sequence[MacroStep]) -> Macro:
    return Macro(name=_name(fields), description=_description(fields), steps=tuple(steps))


def _name(fields: Fields) -> str:
    return " ".join(fields.get("name", "").split())


def _description(fields: Fields) -> str:
    return fields.get("description", "").replace("\r\n", "\n").strip()


async def _things(desk: DeskCall) -> Things:
    """Return what steps may be done with: everybody's things and the reader's own."""
    scope, house = desk.scope, desk.house

    def read(tx: Tx) -> Things:
        found = {
            kind: workspace.list_pieces(tx, scope, kind, owner=scope.actor.id)
            for kind in ("label", "status", "attribute", "reply")
        }
        called = {kind: {one.key: one.piece.name for one in pieces} for kind, pieces in found.items()}
        members = house.identity.staff.everybody(tx, scope)
        return Things(
            labels=called["label"],
            statuses=called["status"],
            fields={one.key: one.piece for one in found["attribute"] if isinstance(one.piece, workspace.Attribute)},
            replies=called["reply"],
            own_replies=frozenset(one.key for one in found["reply"] if one.owner != workspace.EVERYBODY),
            colleagues={
                str(one.id): one.display_name
                for one in members
                if not one.disabled and permits(one.role, "conversations:write")
            },
        )

    return await house.transactions.read_async(read)


def _read_steps(
    desk: DeskCall, forms: Sequence[StepForm], things: Things, *, everybodys: bool
) -> tuple[list[MacroStep], dict[str, str]]:
    """Return the steps that can be, and by their fields what is wrong with the others."""
    steps: list[MacroStep] = []
    faults: dict[str, str] = {}
    for at, form in enumerate(forms):
        try:
            steps.append(step_of(form, things, everybodys=everybodys))
        except Malformed as error:
            faults[f"value-{at}"] = desk.say(str(error.facts["says"]))
    return steps, faults


def _faults(desk: DeskCall, fields: Fields, forms: Sequence[StepForm]) -> Mapping[str, str]:
    """Return what is wrong with a form beside its steps, by the field."""
    faults: dict[str, str] = {}
    if not 0 < len(_name(fields)) <= _LONGEST_NAME:
        faults["name"] = desk.say("office.wrong.name")
    if len(_description(fields)) > _LONGEST_WORDS:
        faults["description"] = desk.say("office.wrong.description")
    if not forms:
        faults["add"] = desk.say("macros.fault.none")
    return faults


async def _outdated(desk: DeskCall, fields: Fields, forms: Sequence[StepForm]) -> Response[str]:
    """Show what was written again, with what stands there now; saving once more writes over it."""
    try:
        theirs = await changeable(desk, "macro", fields.get("key", ""))
    except NotFound:
        return await _editor(desk, {**fields, "revision": "0"}, forms, gone=True, status=412)
    return await _editor(desk, {**fields, "revision": str(theirs.revision)}, forms, theirs=theirs, status=412)


async def _editor(
    desk: DeskCall, fields: Fields, forms: Sequence[StepForm], *, status: int = 200, **more: Any
) -> Response[str]:
    """Show the form with these fields and steps.

    `more` says what is wrong (`faults`), what stands there now (`theirs`), that it is `gone`, how it was `written`, and
    what has the `focus`.
    """
    controls, theirs, faults = Controls(desk, await _things(desk)), more.get("theirs"), more.get("faults", {})
    places = {
        "fields": {"name": "", "description": "", "whose": MINE, **fields},
        "new": fields.get("revision") == "0" and not more.get("gone"),
        "steps": [controls.of(one) for one in forms],
        "kinds": controls.to_add(),
        "suggested": controls.suggested(),
        "room": len(forms) < MOST_STEPS,
        "places_hint": PLACE_HINT,
        "faults": faults,
        "theirs": None if theirs is None else (await step_words(desk)).macro(theirs),
        "gone": more.get("gone", False),
        "written": more.get("written"),
        "focus": more.get("focus", ""),
        "unsaved": bool(theirs or faults or more.get("gone") or more.get("focus")),
        "may_share": desk.may("workspace:write"),
    }
    return await desk.page("desk/macros/editor.html", here=_HERE, status=status, **places)
