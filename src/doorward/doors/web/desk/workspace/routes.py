"""The workspace's pages: labels, fields, statuses and reasons are listed, added, changed and removed."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, cast

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward import record, workspace
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.desk.workspace.fields import COLOURS, HOLDS, SHELVES, Shelf, fields_of, read_piece
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, NotFound, Outdated
from doorward.vocabulary.outcome import Outcome
from doorward.workspace import PieceName, WrittenPiece

Find = Annotated[str, QueryParameter(name="q", max_length=100)]
Page = Annotated[int, QueryParameter(ge=1, le=1000)]
Done = Annotated[str, QueryParameter(max_length=20)]

PAGE: Final = 50
_HERE: Final = "workspace"
_DONE: Final = ("saved", "removed")


@get("/desk/workspace", include_in_schema=False)
async def show_workspace(desk: ADeskCall) -> Redirect:
    """Go to the first of the pages."""
    desk.require("workspace:write")
    return Redirect("/desk/workspace/labels", status_code=303)


@get("/desk/workspace/{shelf:str}", include_in_schema=False)
async def show_shelf(
    desk: ADeskCall, shelf: FromPath[str], find: Find = "", page: Page = 1, done: Done = ""
) -> Response[str]:
    """List the pieces of a kind whose name or key holds what is looked for."""
    scope, name = desk.require("workspace:write"), _shelf(shelf)

    def read(tx: Tx) -> tuple[tuple[WrittenPiece, ...], Mapping[str, int]]:
        pieces = workspace.list_pieces(tx, scope, SHELVES[name])
        return pieces, record.count_labels(tx, scope) if name == "labels" else {}

    pieces, counts = await desk.house.transactions.read_async(read)
    wanted = find.strip().casefold()
    found = [one for one in pieces if wanted in one.piece.name.casefold() or wanted in one.key]
    begin = (page - 1) * PAGE
    return await desk.page(
        "desk/workspace/page.html",
        here=_HERE,
        shelf=name,
        tabs=_tabs(desk),
        pieces=found[begin : begin + PAGE],
        total=len(found),
        counts=counts,
        query=find,
        page=page,
        more=len(found) > begin + PAGE,
        done=done if done in _DONE else "",
    )


@get("/desk/workspace/{shelf:str}/new", include_in_schema=False)
async def show_new(desk: ADeskCall, shelf: FromPath[str]) -> Response[str]:
    """Show the form of a new piece."""
    desk.require("workspace:write")
    return await _form(desk, _shelf(shelf), "", {})


@post("/desk/workspace/{shelf:str}/new", status_code=200, include_in_schema=False)
async def add_piece(desk: ADeskCall, shelf: FromPath[str]) -> Response[Any]:
    """Add a piece."""
    desk.require("workspace:write")
    return await _save(desk, _shelf(shelf), "", await desk.form())


@get("/desk/workspace/{shelf:str}/{key:str}", include_in_schema=False)
async def show_piece(desk: ADeskCall, shelf: FromPath[str], key: FromPath[str]) -> Response[str]:
    """Show the form of a piece."""
    desk.require("workspace:write")
    name = _shelf(shelf)
    found = await _find(desk, name, key)
    return await _form(desk, name, key, fields_of(found.piece) | {"revision": str(found.revision)})


@post("/desk/workspace/{shelf:str}/{key:str}", status_code=200, include_in_schema=False)
async def change_piece(desk: ADeskCall, shelf: FromPath[str], key: FromPath[str]) -> Response[Any]:
    """Change a piece; one that somebody else changed meanwhile is shown beside what was written."""
    desk.require("workspace:write")
    return await _save(desk, _shelf(shelf), key, await desk.form())


@post("/desk/workspace/{shelf:str}/{key:str}/remove", status_code=200, include_in_schema=False)
async def remove_piece(desk: ADeskCall, shelf: FromPath[str], key: FromPath[str]) -> Response[Any]:
    """Remove a piece; conversations that have it keep its key."""
    scope, name = desk.require("workspace:write"), _shelf(shelf)
    await desk.form()

    def work(tx: Tx) -> Outcome[bool]:
        return workspace.remove_piece(tx, scope, SHELVES[name], PieceName(key))

    await desk.house.transactions.write_async(scope, work)
    return Redirect(f"/desk/workspace/{name}?done=removed", status_code=303)


WORKSPACE_HANDLERS: Final = [
    show_workspace,
    show_shelf,
    show_new,
    add_piece,
    show_piece,
    change_piece,
    remove_piece,
]


def _shelf(name: str) -> Shelf:
    if name not in SHELVES:
        raise NotFound("no such page")
    return cast("Shelf", name)


def _tabs(desk: DeskCall) -> list[tuple[str, str, str]]:
    return [(one, desk.say(f"office.{one}"), f"/desk/workspace/{one}") for one in SHELVES]


async def _find(desk: DeskCall, shelf: Shelf, key: str) -> WrittenPiece:
    return await desk.house.transactions.read_async(
        lambda tx: workspace.find_piece(tx, desk.scope, SHELVES[shelf], key)
    )


async def _save(desk: DeskCall, shelf: Shelf, key: str, fields: Mapping[str, str]) -> Response[Any]:
    reading, scope = read_piece(shelf, fields, key=key), desk.scope
    piece = reading.piece
    if piece is None:
        return await _form(desk, shelf, key, fields, wrong=reading.wrong)
    read = fields.get("revision", "")
    revision = (int(read) if read.isdecimal() and len(read) < 10 else None) if key else 0

    def work(tx: Tx) -> Outcome[WrittenPiece]:
        return workspace.put_piece(tx, scope, PieceName(reading.key), piece, revision=revision)

    try:
        await desk.house.transactions.write_async(scope, work)
    except Outdated:
        return await _outdated(desk, shelf, key, fields)
    except Conflict:
        return await _form(desk, shelf, key, fields, wrong=(("name", "office.wrong.too_many"),))
    return Redirect(f"/desk/workspace/{shelf}?done=saved", status_code=303)


async def _outdated(desk: DeskCall, shelf: Shelf, key: str, fields: Mapping[str, str]) -> Response[str]:
    """Show what was written again, with what stands there now; saving once more writes over it."""
    if not key:
        return await _form(desk, shelf, key, fields, wrong=(("key", "office.wrong.taken"),))
    try:
        theirs = await _find(desk, shelf, key)
    except NotFound:
        return await _form(desk, shelf, key, {**fields, "revision": "0"}, gone=True)
    return await _form(desk, shelf, key, {**fields, "revision": str(theirs.revision)}, theirs=theirs)


async def _form(desk: DeskCall, shelf: Shelf, key: str, fields: Mapping[str, str], **trouble: Any) -> Response[str]:
    """Show a form; `trouble` says what is `wrong` with fields, what stands there now (`theirs`), that it is `gone`."""
    wrong = [(field, desk.say(sentence)) for field, sentence in trouble.get("wrong", ())]
    return await desk.page(
        "desk/workspace/piece.html",
        status=412 if "theirs" in trouble or "gone" in trouble else 400 if wrong else 200,
        here=_HERE,
        shelf=shelf,
        key=key,
        fields={"name": "", "key": "", "description": "", "revision": "", **fields},
        wrong=wrong,
        errors=dict(wrong),
        theirs=trouble.get("theirs"),
        gone=trouble.get("gone", False),
        colours=COLOURS,
        holds=HOLDS,
    )
