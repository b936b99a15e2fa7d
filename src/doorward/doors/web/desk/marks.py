"""What pages share that put conversations in order: the company's pieces, labels by their names, and times to wake."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from doorward import workspace
from doorward.doors.web.desk.shared import DeskCall
from doorward.flow.desk import NAPS, wake_at, zone_named
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.scope import Scope
from doorward.workspace import PieceKind

MOST_SUGGESTED: Final = 300
"""Labels that a field suggests; all others are found by typing their name."""

MOST_SHOWN: Final = 24
"""Labels that a conversation's page shows of it; all of them have a page of their own."""

MOST_NAMED: Final = 12
"""Labels that a sentence names."""

_LONGEST_NAME: Final = 80
_KINDS: Final[Mapping[str, PieceKind]] = {"labels": "label", "statuses": "status", "fields": "attribute"}


class Pieces(msgspec.Struct, frozen=True, kw_only=True):
    """What conversations are put in order with: the company's labels, statuses and fields, by key."""

    labels: Mapping[str, workspace.Label]
    statuses: Mapping[str, workspace.Status]
    fields: Mapping[str, workspace.Attribute]

    @property
    def most_shown(self) -> int:
        """Return how many labels of a conversation its page shows."""
        return MOST_SHOWN

    @property
    def suggested(self) -> tuple[str, ...]:
        """Return the names of labels that fields suggest."""
        return tuple(one.name for one in self.labels.values())[:MOST_SUGGESTED]

    def label_names(self, keys: Iterable[str]) -> str:
        """Return what labels are called, of many the first and how many more; one that is gone, by its key."""
        names = [self.labels[key].name if key in self.labels else key for key in keys]
        more = [f"… +{len(names) - MOST_NAMED}"] if len(names) > MOST_NAMED else []
        return ", ".join((*names[:MOST_NAMED], *more))

    def field_names(self, keys: Iterable[str]) -> str:
        """Return what fields are called; one that is gone, by its key."""
        return ", ".join(self.fields[key].name if key in self.fields else key for key in keys)

    def status_name(self, key: str) -> str:
        """Return what a status is called; one that is gone, by its key."""
        return self.statuses[key].name if key in self.statuses else key


def pieces_of(tx: Tx, scope: Scope) -> Pieces:
    """Return what the company puts conversations in order with."""
    found = {
        name: {one.key: one.piece for one in workspace.list_pieces(tx, scope, kind)} for name, kind in _KINDS.items()
    }
    return Pieces(**found)  # type: ignore[arg-type]  # because pieces of a kind are of its type


async def label_named(desk: DeskCall, given: str) -> str:
    """Return the key of a label that was typed by its name or its key. Raises `NotFound`, with the fact `label`."""
    wanted = " ".join(given.split()).casefold()
    pieces = await desk.house.transactions.read_async(lambda tx: pieces_of(tx, desk.scope))
    for key, label in pieces.labels.items():
        if wanted in {key, label.name.casefold()}:
            return key
    raise NotFound("there is no such label", label=given[:_LONGEST_NAME])


async def wake_moment(desk: DeskCall, choice: str, fields: Mapping[str, str]) -> datetime:
    """Return until when somebody lets conversations sleep: in the zone of their browser, else in the company's.

    Raises `Malformed`.
    """
    settings = await asyncio.to_thread(desk.house.settings_book.settings_of, desk.scope.tenant_id)
    zone = zone_named(fields.get("zone", ""), otherwise=settings.time_zone)
    return wake_at(choice if choice in NAPS else "at", now=desk.house.clock.now(), zone=zone, at=fields.get("at", ""))
