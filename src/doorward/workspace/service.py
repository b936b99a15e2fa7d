"""Setting up the workspace: each piece has a key that never changes, a revision that tells editors apart, an owner."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, Outdated
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.presence import GONE, PRESET_REASONS
from doorward.vocabulary.scope import Scope
from doorward.workspace import repository
from doorward.workspace.pieces import Macro, Piece, PieceKind, PresenceReason, Scorecard
from doorward.workspace.scoring import require_questions
from doorward.workspace.steps import require_steps

EVERYBODY: Final = ""
"""The owner of what all members of staff have."""

MOST_OF_A_KIND: Final = 5_000
"""Pieces of one kind that a company may have; people find nothing among more."""

KEY_PATTERN: Final = "^[a-z0-9][a-z0-9_-]{0,59}$"
_KEY: Final = re.compile(KEY_PATTERN)


class PieceName(NamedTuple):
    """By what a piece of a kind is known, and whose it is."""

    key: str
    owner: str = EVERYBODY


class WrittenPiece(msgspec.Struct, frozen=True, kw_only=True):
    """A piece as it is kept. `owner` is a member of staff or `EVERYBODY`, `place` where it stands in lists."""

    kind: PieceKind
    key: str
    owner: str
    place: int
    revision: int
    changed_at: datetime
    piece: Piece


def put_piece(
    tx: Tx, scope: Scope, name: PieceName, piece: Piece, *, revision: int | None = None
) -> Outcome[WrittenPiece]:
    """Write a piece: a new one, or over the one of its kind that has this key.

    `revision` is what the writer has read, 0 for "there is none yet", None to write over whatever is there. Raises
    `Malformed` for a key that is none, for the key of a reason that every company has, for steps that cannot be and for
    questions of one key, `Conflict` where somebody else owns the piece or there are too many, and `Outdated` where it
    was changed since it was read; then nothing has changed.
    """
    kind, (key, owner) = kind_of(piece), name
    if _KEY.fullmatch(key) is None:
        raise Malformed("key: small letters, digits, - and _, at most 60")
    if isinstance(piece, PresenceReason) and key in {GONE, *PRESET_REASONS}:
        raise Malformed("key: every company has this reason")
    if isinstance(piece, Macro):
        require_steps(piece)
    if isinstance(piece, Scorecard):
        require_questions(piece)
    repository.hold(tx, scope, kind, key)
    before = repository.find(tx, scope, kind, key)
    _refuse(before, owner=owner, revision=revision)
    if before is None and repository.count(tx, scope, kind) >= MOST_OF_A_KIND:
        raise Conflict(f"there are {MOST_OF_A_KIND} of these already", why="too_many")
    values: dict[str, Any] = {
        "kind": kind,
        "key": key,
        "owner": owner,
        "name": piece.name,
        "place": 0 if before is None else before.place,
        "body": piece,
        "revision": 1 if before is None else before.revision + 1,
        "changed_at": tx.now,
    }
    repository.save(tx, scope, values, new=before is None)
    return Outcome(_written(values), (_audit("put", kind, key),))


def remove_piece(tx: Tx, scope: Scope, kind: PieceKind, name: PieceName) -> Outcome[bool]:
    """Remove a piece and return whether it was there; what was done with it before stays as it was.

    Raises `Conflict` where somebody else owns it.
    """
    key, owner = name
    repository.hold(tx, scope, kind, key)
    before = repository.find(tx, scope, kind, key)
    if before is None:
        return Outcome(value=False)
    _refuse(before, owner=owner, revision=None)
    repository.remove(tx, scope, kind, key)
    return Outcome(value=True, entries=(_audit("removed", kind, key),))


def find_piece(tx: Tx, scope: Scope, kind: PieceKind, key: str) -> WrittenPiece:
    """Return a piece. Raises `NotFound`; whoever may see others' pieces decides the caller."""
    row = repository.find(tx, scope, kind, key)
    if row is None:
        raise NotFound(f"there is no such {kind}")
    return _written(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it


def list_pieces(tx: Tx, scope: Scope, kind: PieceKind, *, owner: str = EVERYBODY) -> tuple[WrittenPiece, ...]:
    """Return everybody's pieces of a kind, with `owner`'s own among them, in order."""
    rows = repository.list_owned(tx, scope, kind, tuple(dict.fromkeys((EVERYBODY, owner))))
    return tuple(_written(row._mapping) for row in rows)  # noqa: SLF001 - as above


def require_pieces(tx: Tx, scope: Scope, kind: PieceKind, keys: Collection[str]) -> None:
    """Raise `NotFound`, naming the first by its key, unless there is a piece of each key."""
    missing = set(keys) - repository.known(tx, scope, kind, tuple(keys)) if keys else set()
    if missing:
        raise NotFound(f"there is no {kind} with the key {min(missing)}")


def kind_of(piece: Piece) -> PieceKind:
    """Return of which kind a piece is."""
    kind: PieceKind = type(piece).__struct_config__.tag  # type: ignore[assignment]
    return kind


def _refuse(before: Any | None, *, owner: str, revision: int | None) -> None:
    if before is not None and before.owner != owner:
        raise Conflict("this key is somebody else's", why="taken")
    if revision is not None and revision != (0 if before is None else before.revision):
        raise Outdated("it was changed meanwhile")


def _written(values: Any) -> WrittenPiece:
    body = values["body"]
    return WrittenPiece(
        kind=values["kind"],
        key=values["key"],
        owner=values["owner"],
        place=values["place"],
        revision=values["revision"],
        changed_at=values["changed_at"],
        piece=body if isinstance(body, Piece) else msgspec.convert(body, Piece),
    )


def _audit(what: str, kind: str, key: str) -> AuditEvent:
    return AuditEvent(action=f"workspace.{kind}.{what}", object_kind=f"workspace.{kind}", object_id=key)
