"""Saved views: a list that was narrowed and ordered is kept under a name, changed, and removed."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from doorward import workspace
from doorward.doors.web.desk.inbox.view import ORDERS, Wish, filters_wrong, inbox_page
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.flow.filters import NotUnderstood
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.record import CardOrder
from doorward.vocabulary.errors import Conflict, NotFound, Outdated
from doorward.vocabulary.outcome import Outcome
from doorward.workspace import EVERYBODY, PieceName, SavedView

LONGEST_NAME: Final = 80


@post("/desk/inbox/narrowed", status_code=200, include_in_schema=False)
async def narrow(desk: ADeskCall) -> Response[Any]:
    """Go to the list that is narrowed by what was written; what is no filter never stands in an address."""
    desk.require("conversations:read")
    fields = await desk.form()
    wish = Wish.of(fields)
    try:
        await desk.house.transactions.read_async(lambda tx: desk.house.filters.of_list(tx, desk.scope, wish.q))
    except NotUnderstood as error:
        return await _again(desk, fields, filters_wrong(desk, error))
    return Redirect(wish.address(after=""), status_code=303)


@post("/desk/inbox/views", status_code=200, include_in_schema=False)
async def save_view(desk: ADeskCall) -> Response[Any]:
    """Keep a view of the reader's own, or one that everybody has."""
    desk.require("conversations:read")
    fields = await desk.form()
    return await _save(desk, new_id(), fields, owner=_owner(desk, fields), revision=0)


@post("/desk/inbox/views/{key:str}", status_code=200, include_in_schema=False)
async def change_view(desk: ADeskCall, key: FromPath[str]) -> Response[Any]:
    """Give a view another name, other filters or another order."""
    desk.require("conversations:read")
    fields = await desk.form()
    owner = await _owner_of(desk, key)
    read = fields.get("revision", "")
    return await _save(desk, key, fields, owner=owner, revision=int(read) if read.isdecimal() else None)


@post("/desk/inbox/views/{key:str}/remove", status_code=200, include_in_schema=False)
async def remove_view(desk: ADeskCall, key: FromPath[str]) -> Response[Any]:
    """Remove a view; conversations are not touched."""
    scope = desk.require("conversations:read")
    await desk.form()
    owner = await _owner_of(desk, key)

    def work(tx: Tx) -> Outcome[bool]:
        return workspace.remove_piece(tx, scope, "view", PieceName(key, owner))

    await desk.house.transactions.write_async(scope, work)
    return Redirect("/desk/", status_code=303)


SAVING: Final = [narrow, save_view, change_view, remove_view]


def _owner(desk: DeskCall, fields: Mapping[str, str]) -> str:
    """Return whose a new view is. Raises `NotAllowed` for everybody's, unless the reader may set them up."""
    if fields.get("everybody") != "yes":
        return desk.scope.actor.id
    desk.require("workspace:write")
    return EVERYBODY


async def _owner_of(desk: DeskCall, key: str) -> str:
    """Return whose a view is that the reader may change. Raises `NotFound`, `NotAllowed`."""
    found = await desk.house.transactions.read_async(lambda tx: workspace.find_piece(tx, desk.scope, "view", key))
    if found.owner == EVERYBODY:
        desk.require("workspace:write")
    elif found.owner != desk.scope.actor.id:
        raise NotFound("there is no such view")
    return found.owner


async def _save(
    desk: DeskCall, key: str, fields: Mapping[str, str], *, owner: str, revision: int | None
) -> Response[Any]:
    scope, query = desk.scope, " ".join(fields.get("q", "").split())
    order: CardOrder = next((one for one in ORDERS if one == fields.get("order")), "latest")
    name = " ".join(fields.get("name", "").split())[:LONGEST_NAME]

    def work(tx: Tx) -> Outcome[Any]:
        place = PieceName(key, owner)
        view = SavedView(name=name, query=desk.house.filters.keep(tx, scope, query, name=place), order=order)
        return workspace.put_piece(tx, scope, place, view, revision=revision)

    try:
        if not name:
            return await _again(desk, fields, desk.say("inbox.view.unnamed"))
        await desk.house.transactions.write_async(scope, work)
    except NotUnderstood as error:
        return await _again(desk, fields, filters_wrong(desk, error))
    except Outdated:
        return await _again(desk, fields, desk.say("inbox.view.outdated"))
    except Conflict:
        return await _again(desk, fields, desk.say("inbox.view.too_many"))
    return Redirect(Wish(view=key).address(), status_code=303)


async def _again(desk: DeskCall, fields: Mapping[str, str], trouble: str) -> Response[Any]:
    """Show the list again with what was wrong; what was written stands in its field, and in no address."""
    wish = Wish.of({name: fields[name] for name in ("show", "view", "order") if name in fields})
    places = await inbox_page(desk, wish, trouble=trouble)
    places["written"] = fields.get("q", "")
    return await desk.page("desk/inbox/page.html", status=400, here="inbox", **places)
