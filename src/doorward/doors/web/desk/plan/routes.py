"""The routing plan: read as a page; queues, teams, ways and promises are added, changed, moved and removed singly."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, cast

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward.doors.web.desk.plan.parts import (
    PARTS,
    Fields,
    Shelf,
    find_part,
    mark_of,
    moved,
    pieces_of,
    read_part,
    with_pieces,
)
from doorward.doors.web.desk.plan.view import Around, around, shown
from doorward.doors.web.desk.plan.words import PlanWords, ShownPart
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.vocabulary.errors import Malformed, NotFound, Outdated

Done = Annotated[str, QueryParameter(max_length=20)]

HERE: Final = "plan"
MOST_FIELDS: Final = 2_400
"""Fields of a form: a team may have 2000 members and 100 queues."""

_DONE: Final = ("saved", "removed", "moved")


@get("/desk/plan", include_in_schema=False)
async def show_plan(desk: ADeskCall, done: Done = "") -> Response[str]:
    """Show the whole plan in words."""
    found = await around(desk)
    words = PlanWords(desk, found)
    return await desk.page(
        "desk/plan/page.html",
        here=HERE,
        done=done if done in _DONE else "",
        shelves={shelf: words.all_of(shelf) for shelf in PARTS},
        people=[(one, words.person(one.profile)) for one in found.people] if desk.may("staff:read") else [],
        words=words,
        **shown(found),
    )


@get("/desk/plan/{shelf:str}/new", include_in_schema=False)
async def show_new_part(desk: ADeskCall, shelf: FromPath[str]) -> Response[str]:
    """Show the form of a new piece."""
    desk.require("settings:write")
    return await _form(desk, _shelf(shelf), "", _BEGINS)


@post("/desk/plan/{shelf:str}/new", status_code=200, include_in_schema=False)
async def add_part(desk: ADeskCall, shelf: FromPath[str]) -> Response[Any]:
    """Add a piece behind the others of its kind."""
    desk.require("settings:write")
    return await _save(desk, _shelf(shelf), "", dict(await desk.pairs(most=MOST_FIELDS)))


@get("/desk/plan/{shelf:str}/{key:str}", include_in_schema=False)
async def show_part(desk: ADeskCall, shelf: FromPath[str], key: FromPath[str]) -> Response[str]:
    """Show the form of a piece."""
    desk.require("settings:write")
    name = _shelf(shelf)
    piece = _find(await around(desk), name, key)
    return await _form(desk, name, key, PARTS[name].fields(piece) | {"mark": mark_of(piece)})


@post("/desk/plan/{shelf:str}/{key:str}", status_code=200, include_in_schema=False)
async def change_part(desk: ADeskCall, shelf: FromPath[str], key: FromPath[str]) -> Response[Any]:
    """Change a piece; what somebody else made of it meanwhile is shown beside what was written."""
    desk.require("settings:write")
    return await _save(desk, _shelf(shelf), key, dict(await desk.pairs(most=MOST_FIELDS)))


@post("/desk/plan/{shelf:str}/{key:str}/{act:str}", status_code=200, include_in_schema=False)
async def arrange_part(desk: ADeskCall, shelf: FromPath[str], key: FromPath[str], act: FromPath[str]) -> Response[Any]:
    """Remove a piece, or move it a step `up` or `down` where the order counts."""
    desk.require("settings:write")
    await desk.form()
    name, found = _shelf(shelf), await around(desk)
    _find(found, name, key)
    pieces, at = pieces_of(found.plan, name), find_part(found.plan, name, key) or 0
    if act == "remove":
        after: Sequence[Any] = (*pieces[:at], *pieces[at + 1 :])
    elif act in {"up", "down"} and not PARTS[name].named:
        after = moved(pieces, at, act)
    else:
        raise NotFound("no such page")
    trouble = await keep_plan(desk, found, with_pieces(found.plan, name, after))
    if trouble:
        fields = PARTS[name].fields(pieces[at]) | {"mark": mark_of(pieces[at])}
        return await _form(desk, name, key, fields, trouble=trouble, status=400)
    where = f"#{name}" if act != "remove" else ""
    return Redirect(f"/desk/plan?done={'removed' if act == 'remove' else 'moved'}{where}", status_code=303)


PART_HANDLERS: Final = [show_plan, show_new_part, add_part, show_part, change_part, arrange_part]

_BEGINS: Final[Fields] = {
    "overflow_seconds": "300",
    "hold_seconds": "0",
    "priority": "0",
    "warn_at": "80",
    "in_hours": "yes",
}


async def keep_plan(desk: DeskCall, found: Around, plan: Any) -> str:
    """Put a plan into the place of the one that was found; return in words what is wrong with it, empty if nothing."""
    try:
        await desk.house.staffing.save_plan(desk.scope, plan, expected=found.number)
    except Outdated:
        return desk.say("plan.wrong.again")
    except Malformed as error:
        return desk.say(f"plan.wrong.{error.facts.get('what', 'value')}")
    return ""


def sentence_of(field: str) -> str:
    """Return the key of the sentence that says what a field takes."""
    name = field.partition("-")[0]
    return next((says for says, names in _TAKES.items() if name in names), "plan.wrong.value")


_TAKES: Final = {
    "plan.wrong.name": ("name", "skills"),
    "plan.wrong.seconds": ("overflow_seconds", "hold_seconds"),
    "plan.wrong.minutes": (
        "first_minutes",
        "next_minutes",
        "resolution_minutes",
        "reroute_minutes",
        "callback_minutes",
    ),
    "plan.wrong.percent": ("warn_at",),
    "plan.wrong.needs": ("needs",),
    "plan.wrong.days": ("sticky_days",),
    "plan.wrong.patience": ("patience_seconds", "patience"),
    "plan.wrong.weight": ("weight",),
    "plan.wrong.most": ("most",),
    "settings.wrong.zone": ("time_zone",),
    "settings.wrong.days": ("closed_days",),
    "settings.wrong.hours": ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
}


def _shelf(name: str) -> Shelf:
    if name not in PARTS:
        raise NotFound("no such page")
    return cast("Shelf", name)


def _find(found: Around, shelf: Shelf, key: str) -> Any:
    at = find_part(found.plan, shelf, key)
    if at is None:
        raise NotFound("the plan has no such piece")
    return pieces_of(found.plan, shelf)[at]


async def _save(desk: DeskCall, shelf: Shelf, key: str, fields: Fields) -> Response[Any]:
    named = PARTS[shelf].named
    piece, wrong = read_part(shelf, {**fields, "name": key} if key and named else fields)
    if piece is None:
        says = "plan.wrong.level_name" if shelf == "levels" and wrong == "name" else sentence_of(wrong)
        return await _form(desk, shelf, key, fields, wrong={wrong: desk.say(says)}, status=400)
    found = await around(desk)
    pieces, at = pieces_of(found.plan, shelf), find_part(found.plan, shelf, key) if key else None
    if not key and named and find_part(found.plan, shelf, piece.name) is not None:
        return await _form(desk, shelf, key, fields, wrong={"name": desk.say("plan.wrong.twice")}, status=400)
    if key and at is None:
        # It is shown as a new one: saving once more adds it.
        return await _form(desk, shelf, "", fields, trouble=desk.say("office.gone"), status=412)
    if at is not None and fields.get("mark") != mark_of(pieces[at]):
        theirs = PlanWords(desk, found).part(shelf, pieces[at], number=at + 1)
        again = {**fields, "mark": theirs.mark}
        return await _form(desk, shelf, key, again, theirs=theirs, status=412)
    after = (*pieces, piece) if at is None else (*pieces[:at], piece, *pieces[at + 1 :])
    trouble = await keep_plan(desk, found, with_pieces(found.plan, shelf, after))
    if trouble:
        return await _form(desk, shelf, key, fields, trouble=trouble, status=400)
    return Redirect("/desk/plan?done=saved", status_code=303)


async def _form(
    desk: DeskCall, shelf: Shelf, key: str, fields: Fields, *, status: int = 200, **more: Any
) -> Response[str]:
    """Show a form. `more`: what is `wrong` by the field, the `trouble` with it all, what stands there now: `theirs`."""
    found = await around(desk)
    theirs: ShownPart | None = more.get("theirs")
    return await desk.page(
        "desk/plan/part.html",
        status=status,
        here=HERE,
        shelf=shelf,
        key=key,
        named=PARTS[shelf].named,
        fields=fields,
        wrong=more.get("wrong", {}),
        trouble=more.get("trouble", ""),
        theirs=theirs,
        unsaved=status != 200,
        words=PlanWords(desk, found),
        **shown(found),
    )
