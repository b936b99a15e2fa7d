"""Scorecards: listed, added, changed and removed; each question is a row of the form."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from doorward import workspace
from doorward.doors.web.desk.scorecards.fields import BLANK_ROWS, MOST_ROWS, Row, read_scorecard, rows_of
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, NotFound, Outdated
from doorward.vocabulary.outcome import Outcome
from doorward.workspace import PieceName, Scorecard, WrittenPiece

_HERE: Final = "reviews"
_MOST_FIELDS: Final = 6 * MOST_ROWS + 10


@get("/desk/scorecards", include_in_schema=False)
async def show_scorecards(desk: ADeskCall) -> Response[str]:
    """List the scorecards there are."""
    scope = desk.require("workspace:write")
    found = await desk.house.transactions.read_async(lambda tx: workspace.list_pieces(tx, scope, "scorecard"))
    return await desk.page("desk/scorecards/page.html", here=_HERE, scorecards=found)


@get("/desk/scorecards/new", include_in_schema=False)
async def show_new_scorecard(desk: ADeskCall) -> Response[str]:
    """Show an empty form."""
    desk.require("workspace:write")
    return await _form(desk, "", {}, ())


@post("/desk/scorecards/new", status_code=200, include_in_schema=False)
async def add_scorecard(desk: ADeskCall) -> Response[Any]:
    """Add a scorecard."""
    desk.require("workspace:write")
    return await _save(desk, "")


@get("/desk/scorecards/{key:str}", include_in_schema=False)
async def show_scorecard(desk: ADeskCall, key: FromPath[str]) -> Response[str]:
    """Show a scorecard's form."""
    scope = desk.require("workspace:write")
    found = await desk.house.transactions.read_async(lambda tx: workspace.find_piece(tx, scope, "scorecard", key))
    if not isinstance(found.piece, Scorecard):
        raise NotFound("no such scorecard")
    fields = {
        "name": found.piece.name,
        "description": found.piece.description,
        "revision": str(found.revision),
    }
    return await _form(desk, key, fields, rows_of(found.piece))


@post("/desk/scorecards/{key:str}", status_code=200, include_in_schema=False)
async def change_scorecard(desk: ADeskCall, key: FromPath[str]) -> Response[Any]:
    """Change a scorecard; reviews that were written by it stay as they were."""
    desk.require("workspace:write")
    return await _save(desk, key)


@post("/desk/scorecards/{key:str}/remove", status_code=200, include_in_schema=False)
async def remove_scorecard(desk: ADeskCall, key: FromPath[str]) -> Response[Any]:
    """Remove a scorecard; reviews that were written by it stay as they were."""
    scope = desk.require("workspace:write")
    await desk.form()

    def work(tx: Tx) -> Outcome[bool]:
        return workspace.remove_piece(tx, scope, "scorecard", PieceName(key))

    await desk.house.transactions.write_async(scope, work)
    return Redirect("/desk/scorecards", status_code=303)


SCORECARD_HANDLERS: Final = [
    show_scorecards,
    show_new_scorecard,
    add_scorecard,
    show_scorecard,
    change_scorecard,
    remove_scorecard,
]


async def _save(desk: DeskCall, key: str) -> Response[Any]:
    fields, scope = dict(await desk.pairs(most=_MOST_FIELDS)), desk.scope
    reading = read_scorecard(fields, key=key)
    scorecard = reading.scorecard
    if scorecard is None:
        return await _form(desk, key, fields, reading.rows, wrong=reading.wrong)
    read = fields.get("revision", "")
    revision = (int(read) if read.isdecimal() and len(read) < 10 else None) if key else 0

    def work(tx: Tx) -> Outcome[WrittenPiece]:
        return workspace.put_piece(tx, scope, PieceName(reading.key), scorecard, revision=revision)

    try:
        await desk.house.transactions.write_async(scope, work)
    except (Outdated, Conflict) as error:
        sentence = "score.wrong.outdated" if key else "score.wrong.taken"
        response = await _form(desk, key, fields, reading.rows, wrong=(("name", sentence),))
        response.status_code = error.status
        return response
    return Redirect("/desk/scorecards", status_code=303)


async def _form(
    desk: DeskCall,
    key: str,
    fields: Mapping[str, str],
    rows: tuple[Row, ...],
    *,
    wrong: tuple[tuple[str, str], ...] = (),
) -> Response[str]:
    told = [(field, desk.say(sentence)) for field, sentence in wrong]
    blank = tuple(Row() for _ in range(min(BLANK_ROWS, MOST_ROWS - len(rows))))
    return await desk.page(
        "desk/scorecards/form.html",
        status=400 if wrong else 200,
        here=_HERE,
        key=key,
        fields={"name": "", "description": "", "revision": "", **fields},
        rows=(*rows, *blank),
        wrong=told,
        errors=dict(told),
    )
