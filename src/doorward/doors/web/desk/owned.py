"""Pieces that are everybody's or somebody's own: who may see and change them, and what a form says of them."""

from collections.abc import Mapping
from typing import Final

from doorward import workspace
from doorward.doors.web.desk.shared import DeskCall
from doorward.vocabulary.errors import Malformed, NotFound
from doorward.workspace import PieceKind, WrittenPiece

MINE: Final = "mine"
EVERYBODYS: Final = "everybody"
"""What the field `whose` of a form says."""


def may_change(desk: DeskCall, owner: str) -> bool:
    """Return whether the reader may change what this owner has."""
    return owner == desk.scope.actor.id or (owner == workspace.EVERYBODY and desk.may("workspace:write"))


async def changeable(desk: DeskCall, kind: PieceKind, key: str) -> WrittenPiece:
    """Return a piece that the reader may change. Raises `NotFound`, and `NotAllowed` for everybody's."""
    scope = desk.require("conversations:write")
    found = await desk.house.transactions.read_async(lambda tx: workspace.find_piece(tx, scope, kind, key))
    if found.owner == workspace.EVERYBODY:
        desk.require("workspace:write")
    elif found.owner != scope.actor.id:
        raise NotFound(f"there is no such {kind}")
    return found


def owner_wished(desk: DeskCall, fields: Mapping[str, str]) -> str:
    """Return whose a form makes a piece. Raises `NotAllowed` for everybody's."""
    if fields.get("whose") != EVERYBODYS:
        return str(desk.scope.actor.id)
    desk.require("workspace:write")
    return workspace.EVERYBODY


def whose(written: WrittenPiece) -> str:
    """Return what a form says of a piece's owner."""
    return EVERYBODYS if written.owner == workspace.EVERYBODY else MINE


def revision_read(fields: Mapping[str, str]) -> int:
    """Return which revision the writer of a form has read. Raises `Malformed`."""
    given = fields.get("revision", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise Malformed("revision: a whole number")
    return int(given)
