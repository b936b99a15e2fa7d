"""Keeping canned replies: the list, writing one, changing it, removing it."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward import workspace
from doorward.doors.web.desk.owned import MINE, changeable, may_change, owner_wished, revision_read, whose
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.places import PLACES
from doorward.kit.ids import new_id
from doorward.vocabulary.errors import Conflict, NotFound, Outdated
from doorward.workspace import CannedReply, PieceName, WrittenPiece

Done = Annotated[str, QueryParameter(max_length=20)]

_HERE: Final = "replies"
_DONE: Final = ("kept", "removed")
_PREFIX: Final = "text-"
_SHORTCUT: Final = re.compile(r"[\w-]{1,40}")
_LONGEST_NAME: Final = 80

Fields = Mapping[str, str]


@get("/desk/replies", include_in_schema=False)
async def show_replies(desk: ADeskCall, done: Done = "") -> Response[str]:
    """List everybody's canned replies with the reader's own among them."""
    scope = desk.require("conversations:write")
    found = await desk.house.transactions.read_async(
        lambda tx: workspace.list_pieces(tx, scope, "reply", owner=scope.actor.id)
    )
    return await desk.page(
        "desk/replies/page.html",
        here=_HERE,
        replies=found,
        done=done if done in _DONE else "",
        may_change=lambda one: may_change(desk, one.owner),
    )


@get("/desk/replies/new", include_in_schema=False)
async def show_new_reply(desk: ADeskCall) -> Response[str]:
    """Show the form of a reply that there is not yet."""
    desk.require("conversations:write")
    return await _editor(desk, {"key": new_id(), "revision": "0", "whose": MINE})


@get("/desk/replies/{key:str}", include_in_schema=False)
async def show_reply(desk: ADeskCall, key: FromPath[str]) -> Response[str]:
    """Show the form of a reply. Raises `NotFound` for one that is a colleague's own."""
    return await _editor(desk, _fields_of(await changeable(desk, "reply", key)))


@post("/desk/replies", status_code=200, include_in_schema=False)
async def keep_reply(desk: ADeskCall) -> Response[Any]:
    """Keep a reply as it was written, or say what is wrong with everything that was written still there."""
    scope, fields = desk.require("conversations:write"), await desk.form()
    faults = _faults(desk, fields)
    if faults:
        return await _editor(desk, fields, faults=faults, status=400)
    owner = owner_wished(desk, fields)
    reply = CannedReply(name=fields["name"].strip(), shortcut=fields["shortcut"].strip(), texts=_texts(fields))
    name, revision = PieceName(fields.get("key", "")[:60], owner), revision_read(fields)
    try:
        await desk.house.transactions.write_async(
            scope, lambda tx: workspace.put_piece(tx, scope, name, reply, revision=revision)
        )
    except Outdated as error:
        return await _editor(desk, fields, trouble=desk.say("replies.outdated"), status=error.status)
    except Conflict as error:
        return await _editor(desk, fields, trouble=desk.say("replies.conflict"), status=error.status)
    return Redirect("/desk/replies?done=kept", status_code=303)


@post("/desk/replies/{key:str}/remove", status_code=200, include_in_schema=False)
async def remove_reply(desk: ADeskCall, key: FromPath[str]) -> Response[Any]:
    """Remove a reply; what was said with it stays said."""
    scope = desk.require("conversations:write")
    await desk.form()
    name = PieceName(key, (await changeable(desk, "reply", key)).owner)
    await desk.house.transactions.write_async(scope, lambda tx: workspace.remove_piece(tx, scope, "reply", name))
    return Redirect("/desk/replies?done=removed", status_code=303)


REPLY_HANDLERS: Final = [show_replies, show_new_reply, show_reply, keep_reply, remove_reply]


async def _editor(
    desk: DeskCall, fields: Fields, *, faults: Mapping[str, str] | None = None, trouble: str = "", status: int = 200
) -> Response[str]:
    """Show the form with these fields."""
    settings = desk.house.settings_book.settings_of(desk.scope.tenant_id)
    written = [name.removeprefix(_PREFIX) for name in fields if name.startswith(_PREFIX) and fields[name].strip()]
    places = {
        "fields": fields,
        "new": fields.get("revision") == "0",
        "faults": faults or {},
        "trouble": trouble,
        "codes": [one for one in dict.fromkeys((*settings.languages, *written)) if one],
        "longest": workspace.LONGEST_TEXT,
        "canned_places": " ".join(f"{{{one}}}" for one in PLACES),
    }
    return await desk.page("desk/replies/editor.html", here=_HERE, status=status, **places)


def _fields_of(written: WrittenPiece) -> dict[str, str]:
    reply = written.piece
    if not isinstance(reply, CannedReply):
        raise NotFound("there is no such reply")
    fields = {"key": written.key, "revision": str(written.revision), "whose": whose(written)}
    texts = {_PREFIX + language: text for language, text in reply.texts.items()}
    return fields | {"name": reply.name, "shortcut": reply.shortcut} | texts


def _faults(desk: DeskCall, fields: Fields) -> dict[str, str]:
    """Return what is wrong with a form, by the field."""
    faults: dict[str, str] = {}
    if not 0 < len(fields.get("name", "").strip()) <= _LONGEST_NAME:
        faults["name"] = desk.say("replies.fault.name")
    if _SHORTCUT.fullmatch(fields.get("shortcut", "").strip()) is None:
        faults["shortcut"] = desk.say("replies.fault.shortcut")
    texts = _texts(fields)
    first = next((name for name in fields if name.startswith(_PREFIX)), "name")
    if not texts:
        faults[first] = desk.say("replies.fault.text")
    for language, text in texts.items():
        if len(text) > workspace.LONGEST_TEXT:
            faults[_PREFIX + language] = desk.say("replies.fault.long", limit=workspace.LONGEST_TEXT)
    return faults


def _texts(fields: Fields) -> dict[str, str]:
    return {
        name.removeprefix(_PREFIX): text.replace("\r\n", "\n").strip()
        for name, text in fields.items()
        if re.fullmatch(_PREFIX + "[a-z]{2,3}", name) and text.strip()
    }
