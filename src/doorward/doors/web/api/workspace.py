"""The workspace by program: labels, fields, statuses, replies, macros, views, reasons, scorecards, schedules."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from litestar import Response, delete, get, put
from litestar.di import NamedDependency, Provide
from litestar.params import HeaderParameter, JSONBody, PathParameter, QueryParameter, SkipValidation

from doorward import workspace
from doorward.doors.web.api.common import ANY_OF, ACall, Call, Limit, etag, problems
from doorward.doors.web.api.conditions import edition_of, tag_header
from doorward.doors.web.api.paging import read_cursor, write_cursor
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Malformed, NotFound
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.workspace import EVERYBODY, Piece, PieceKind, PieceName, SavedView, WrittenPiece

Kind = Literal["labels", "attributes", "statuses", "replies", "macros", "views", "reasons", "scorecards", "schedules"]
_KINDS: Final[Mapping[Kind, PieceKind]] = {
    "labels": "label",
    "attributes": "attribute",
    "statuses": "status",
    "replies": "reply",
    "macros": "macro",
    "views": "view",
    "reasons": "reason",
    "scorecards": "scorecard",
    "schedules": "schedule",
}
_OWNED: Final = frozenset({"replies", "macros", "views"})
"""What members of staff may have of their own."""

KindPath = Annotated[Kind, PathParameter(description="Which kind of pieces.")]
KeyPath = Annotated[
    str, PathParameter(pattern="^[a-z0-9][a-z0-9_-]{0,59}$", description="By what a piece is known; it never changes.")
]
Cursor = Annotated[
    str, QueryParameter(max_length=600, description="The `next_cursor` of the page before; the first page without.")
]
Mine = Annotated[bool, QueryParameter(description="A piece of the caller's own, not one that everybody has.")]
MayMatch = Annotated[str | None, tag_header("The `ETag` that the change rests upon; any else.")]
IfNoneMatch = Annotated[
    Literal["*"] | None,
    HeaderParameter(name="If-None-Match", description="`*`: only if there is none with this key yet."),
]


class PieceBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole piece; `type` says of which kind it is."""

    piece: Piece


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """How a piece is written: whose it is, and over which revision; None over any, 0 where there is none yet."""

    mine: bool
    revision: int | None


def make_writing(mine: Mine = False, if_match: MayMatch = None, if_none_match: IfNoneMatch = None) -> Writing:  # noqa: FBT002 - a query's parameter
    """Return how a request wants its piece written. Raises `Malformed` for both conditions at once."""
    if if_match is not None and if_none_match is not None:
        raise Malformed("if-match: not together with if-none-match")
    if if_none_match is not None:
        return Writing(mine=mine, revision=0)
    return Writing(mine=mine, revision=None if if_match is None else edition_of(if_match))


AWriting: TypeAlias = NamedDependency[SkipValidation[Writing]]
"""A handler's parameter `writing`."""


class PieceList(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces in order; `next_cursor` continues the list, and is null at its end."""

    items: tuple[WrittenPiece, ...]
    next_cursor: str | None


@get("/workspace/{kind:str}", responses=problems(404), security=ANY_OF, operation_id="list_workspace_pieces")
async def list_pieces(call: ACall, kind: KindPath, limit: Limit = 50, cursor: Cursor = "") -> PieceList:
    """List everybody's pieces of a kind and the caller's own, in order."""
    scope = call.scope("conversations:read")
    found = await call.house.transactions.read_async(
        lambda tx: workspace.list_pieces(tx, scope, _KINDS[kind], owner=scope.actor.id)
    )
    rest = sorted(found, key=_place)
    if cursor:
        after = read_cursor(cursor, tuple[int, str, str])
        rest = [one for one in rest if _place(one) > after]
    more = len(rest) > limit
    return PieceList(items=tuple(rest[:limit]), next_cursor=write_cursor(_place(rest[limit - 1])) if more else None)


@get(
    "/workspace/{kind:str}/{key:str}",
    responses=problems(404),
    security=ANY_OF,
    operation_id="get_workspace_piece",
)
async def get_piece(call: ACall, kind: KindPath, key: KeyPath) -> Response[WrittenPiece]:
    """Show a piece, each time as it stands: one that was removed and made again begins anew with its revisions.

    Its `ETag` is its revision.
    """
    scope = call.scope("conversations:read")
    found = await call.house.transactions.read_async(lambda tx: _visible(tx, scope, _KINDS[kind], key))
    return Response(found, headers={"etag": etag(found.revision)})


@put(
    "/workspace/{kind:str}/{key:str}",
    status_code=200,
    responses=problems(404, 409, 412, 413, 415, 422),
    security=ANY_OF,
    operation_id="put_workspace_piece",
    dependencies={"writing": Provide(make_writing, sync_to_thread=False)},
)
async def put_piece(
    call: ACall, kind: KindPath, key: KeyPath, data: JSONBody[PieceBody], writing: AWriting
) -> Response[WrittenPiece]:
    """Write a piece: a new one, or the one with this key anew. Its `type` must be of the path's kind.

    The filters of a view may be written in any language; they are kept, and answered, in their own names.
    """
    scope, piece = _scope(call, kind, mine=writing.mine), data.piece
    if workspace.kind_of(piece) != _KINDS[kind]:
        raise Malformed("piece.type: of another kind than the path")
    name = PieceName(key, scope.actor.id if writing.mine else EVERYBODY)

    def work(tx: Tx) -> Outcome[WrittenPiece]:
        kept: Piece = piece
        if isinstance(piece, SavedView):
            kept = msgspec.structs.replace(piece, query=call.house.filters.keep(tx, scope, piece.query, name=name))
        return workspace.put_piece(tx, scope, name, kept, revision=writing.revision)

    return await call.answer_once(scope, lambda _key: call.house.transactions.write_async(scope, work), tagged=True)


@delete(
    "/workspace/{kind:str}/{key:str}",
    status_code=204,
    responses=problems(404, 409),
    security=ANY_OF,
    operation_id="remove_workspace_piece",
)
async def remove_piece(call: ACall, kind: KindPath, key: KeyPath) -> None:
    """Remove a piece. What was done with it stays: conversations keep a label's key."""
    reader = call.scope("conversations:read")
    found = await call.house.transactions.read_async(lambda tx: _visible(tx, reader, _KINDS[kind], key))
    scope = _scope(call, kind, mine=found.owner != EVERYBODY)

    def work(tx: Tx) -> Outcome[bool]:
        return workspace.remove_piece(tx, scope, _KINDS[kind], PieceName(key, found.owner))

    await call.house.transactions.write_async(scope, work)


HANDLERS: Final = [list_pieces, get_piece, put_piece, remove_piece]


def _scope(call: Call, kind: Kind, *, mine: bool) -> Scope:
    """Return the scope in which the caller may write a piece of their own, or everybody's. Raises `NotAllowed`."""
    if not mine:
        return call.scope("workspace:write")
    if kind not in _OWNED:
        raise Malformed("mine: pieces of this kind are everybody's")
    return call.member_scope("conversations:read")


def _visible(tx: Tx, scope: Scope, kind: PieceKind, key: str) -> WrittenPiece:
    found = workspace.find_piece(tx, scope, kind, key)
    if found.owner not in {EVERYBODY, scope.actor.id}:
        raise NotFound(f"there is no such {kind}")
    return found


def _place(one: WrittenPiece) -> tuple[int, str, str]:
    return (one.place, one.piece.name, one.key)
