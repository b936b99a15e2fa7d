"""What conversations are marked with: labels, fields, priority and status, in the words of this company's workspace."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from doorward import workspace
from doorward.flow.accept import TenantScreening
from doorward.flow.importing.mapping import Mapped
from doorward.flow.importing.people import Origin
from doorward.flow.importing.terms import CHANNEL, Past, Reason
from doorward.kit.tx import Transactions, Tx
from doorward.protection import DESK
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, Outdated
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

LONGEST_NAME: Final = 80
LONGEST_VALUE: Final = 500
MOST_LABELS: Final = 100
"""Labels of one conversation."""

_KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_PRIORITIES: Final[Mapping[str, int]] = {
    "low": -1,
    "1 low": -1,
    "high": 1,
    "3 high": 1,
    "urgent": 2,
}
"""The vendors' words for how urgent something is; all others are usual."""

_TRUE: Final = frozenset({"yes", "true", "1"})
_FALSE: Final = frozenset({"no", "false", "0"})

Leave = Callable[[Reason, int], None]
"""Hears what of a conversation is left out, and how often."""


class Marks(NamedTuple):
    """What a conversation is to be marked with: labels by key with their names, fields by key with masked values."""

    labels: Mapping[str, str]
    fields: Mapping[str, str]
    priority: int
    status: str


class Marked(NamedTuple):
    """What a conversation is marked with: all of it is known to the workspace, values are as their fields hold them."""

    labels: tuple[str, ...] = ()
    values: Mapping[str, Any] = {}
    priority: int = 0
    status: str = ""


class Marking:
    """Says what conversations are to be marked with. Writes nothing."""

    def __init__(self, scope: Scope, screening: TenantScreening, *, origin: Origin, mapped: Mapped) -> None:
        """Name things as `mapped` says."""
        self._scope = scope
        self._screening = screening
        self._origin = origin
        self._mapped = mapped
        self._names: dict[str, str] = {}

    def marks(self, past: Past, *, leave: Leave) -> Marks:
        """Return what a conversation is to be marked with; names and values that nobody may read are left out."""
        status = self._mapped.words.get(past.status.strip().casefold(), "")
        return Marks(
            labels=self._labels(past, leave),
            fields=self._fields(past, leave),
            priority=_PRIORITIES.get(past.fields.get("priority", "").strip().casefold(), 0),
            status=status,
        )

    def _labels(self, past: Past, leave: Leave) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in past.labels:
            key = self._mapped.labels.get(name)
            if key == "":
                continue
            shown = self._readable(name[:LONGEST_NAME])
            key = key or (self._key_of(shown) if shown else "")
            if not shown or not key or len(found) >= MOST_LABELS:
                leave("label", 1)
            else:
                found[key] = shown
        return found

    def _fields(self, past: Past, leave: Leave) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, value in past.fields.items():
            key = self._mapped.fields.get(name)
            if key is None:
                if name != "priority":
                    leave("field", 1)
            elif key and len(value) <= LONGEST_VALUE:
                # As at the desk: nobody opens a field's masked places again, so no originals of it are kept.
                message_id = MessageId(self._origin.derived("field", past.id, name))
                screened = self._screening.screen_past(self._scope, WildText(value), message_id, channel=DESK)
                found[key] = screened.masked.text
            elif key:
                leave("field", 1)
        return found

    def _readable(self, name: str) -> str:
        """Return a name as it may be shown to everybody at the desk, empty for one in which something was found."""
        if name not in self._names:
            if len(self._names) > 10_000:
                self._names.clear()
            message_id = MessageId(self._origin.derived("name", name))
            screened = self._screening.screen_past(self._scope, WildText(name), message_id, channel=CHANNEL)
            self._names[name] = "" if screened.findings else screened.masked.text.strip()
        return self._names[name]

    def _key_of(self, name: str) -> str:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        key = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]
        return key or f"label-{self._origin.derived('label', name)[:12]}"


class Pieces:
    """Finds the pieces of a workspace, and makes those that are missing."""

    def __init__(self, transactions: Transactions, scope: Scope) -> None:
        """Write each missing piece in a transaction of its own; they are few."""
        self._transactions = transactions
        self._scope = scope
        self._known: dict[tuple[workspace.PieceKind, str], workspace.Piece | None] = {}

    def settle(self, marks: Marks, *, leave: Leave) -> Marked:
        """Return what a conversation is marked with; what the workspace has no room for is left out."""
        labels = []
        for key, name in marks.labels.items():
            if self._piece("label", key, workspace.Label(name=name)) is None:
                leave("label", 1)
            else:
                labels.append(key)
        values: dict[str, Any] = {}
        for key, text in marks.fields.items():
            field = self._piece("attribute", key, workspace.Attribute(name=key))
            value = _as_held(field, text) if isinstance(field, workspace.Attribute) else None
            if value is None:
                leave("field", 1)
            else:
                values[key] = value
        status = marks.status
        if status and self._piece("status", status, workspace.Status(name=status)) is None:
            leave("field", 1)
            status = ""
        return Marked(labels=tuple(sorted(labels)), values=values, priority=marks.priority, status=status)

    def _piece(self, kind: workspace.PieceKind, key: str, otherwise: workspace.Piece) -> workspace.Piece | None:
        name = (kind, key)
        if name not in self._known:
            self._known[name] = self._find(kind, key) or self._make(key, otherwise)
        return self._known[name]

    def _find(self, kind: workspace.PieceKind, key: str) -> workspace.Piece | None:
        try:
            return self._transactions.read(lambda tx: workspace.find_piece(tx, self._scope, kind, key)).piece
        except NotFound:
            return None

    def _make(self, key: str, piece: workspace.Piece) -> workspace.Piece | None:
        if _KEY.fullmatch(key) is None:
            return None

        def work(tx: Tx) -> Outcome[workspace.WrittenPiece]:
            return workspace.put_piece(tx, self._scope, workspace.PieceName(key), piece, revision=0)

        try:
            return self._transactions.write(self._scope, work).piece
        except (Conflict, Malformed, Outdated):
            return None


def _as_held(field: workspace.Attribute, text: str) -> Any:
    """Return a value as a field holds it, None for one that it does not."""
    plain = text.strip()
    match field.holds:
        case "text":
            return plain or None
        case "choice":
            return plain if plain in field.choices else None
        case "yes_no":
            return True if plain.casefold() in _TRUE else False if plain.casefold() in _FALSE else None
        case "number":
            return _number(plain)
        case _:
            return _day(plain)


def _number(text: str) -> float | int | None:
    try:
        found = float(text)
    except ValueError:
        return None
    if not math.isfinite(found):
        return None
    return int(found) if found.is_integer() else found


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return None
