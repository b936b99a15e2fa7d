"""A preview: what an import would make of an export. Nothing is written down."""

import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from doorward.flow.importing.journey import (
    AT_ONCE,
    Desk,
    ImportOrder,
    ImportRooms,
    Tell,
    opened_desk,
    past_at,
    preparing_for,
)
from doorward.flow.importing.people import Agents, Origin, staff_by_name
from doorward.flow.importing.preparing import Preparing, Ready
from doorward.flow.importing.tally import Names
from doorward.flow.importing.terms import CHANNEL, Past, Place, Reason, Refused, Target
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

_NAME: Final = "preview"


class PreviewLine(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it would be: masked."""

    author: str
    at: datetime
    text: str


class PreviewConversation(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation as it would be."""

    file: str
    record: int
    status: str
    target: Target
    opened_at: datetime
    language: str
    assigned: bool
    lines: tuple[PreviewLine, ...]


class StatusRow(msgspec.Struct, frozen=True, kw_only=True):
    """A status of the export, masked: how many conversations have it, what becomes of them, and whether it is known."""

    name: str
    conversations: int
    target: Target
    known: bool


class AgentRow(msgspec.Struct, frozen=True, kw_only=True):
    """An agent of the export by mail address: how many conversations they have, and who that is here."""

    address: str
    conversations: int
    username: str


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What an export holds. `labels` and `fields` count names, masked; `left` what would be left out, by reason."""

    people: int
    conversations: int
    messages_apart: int
    statuses: tuple[StatusRow, ...]
    agents: tuple[AgentRow, ...]
    labels: Mapping[str, int]
    fields: Mapping[str, int]
    left: Mapping[Reason, int]
    first: tuple[PreviewConversation, ...]


def preview(rooms: ImportRooms, scope: Scope, order: ImportOrder, *, first: int, tell: Tell) -> Preview:
    """Return what an import would make of an export, with its first conversations. Raises `Malformed`, `Conflict`."""
    with (
        tempfile.TemporaryDirectory(prefix="doorward-import-") as folder,
        opened_desk(order, Path(folder) / "places.db", tell=tell) as desk,
    ):
        return _Look(rooms, scope, order, desk).preview(first, tell=tell)


class _Look:
    """One look at an export."""

    def __init__(self, rooms: ImportRooms, scope: Scope, order: ImportOrder, desk: Desk) -> None:
        self._rooms = rooms
        self._scope = scope
        self._order = order
        self._desk = desk
        self._origin = Origin(order.vendor, order.mapped, scope)
        self._statuses, self._agents, self._labels, self._fields = Names(), Names(), Names(), Names()
        self._left: dict[Reason, int] = {}

    def preview(self, first: int, *, tell: Tell) -> Preview:
        """Look."""
        places, preparing = self._desk.places, preparing_for(self._rooms, self._scope, self._order, self._desk)
        for one in places.refused():
            self._leave(one.reason, 1)
        for _orphan in places.orphans():
            self._leave("message_without_conversation", 1)
        shown: list[PreviewConversation] = []
        total = places.count("conversations")
        for number, place in enumerate(self._conversations()):
            if number % 100 == 0:
                tell(number, total, doing="reading conversations")
            try:
                past = past_at(self._desk, place)
                self._meet(past)
                if len(shown) < first:
                    shown.append(self._shown(place, past, preparing))
            except Refused as refused:
                self._leave(refused.reason, 1)
        return Preview(
            people=places.count("people"),
            conversations=total,
            messages_apart=places.count("messages"),
            statuses=self._status_rows(),
            agents=self._agent_rows(),
            labels=self._masked(self._labels),
            fields=self._masked(self._fields),
            left=self._left,
            first=tuple(shown),
        )

    def _conversations(self) -> Iterator[Place]:
        seq = 0
        while found := self._desk.places.after("conversations", seq, limit=AT_ONCE):
            yield from found
            seq = found[-1].seq

    def _leave(self, reason: Reason, times: int) -> None:
        self._left[reason] = self._left.get(reason, 0) + times

    def _meet(self, past: Past) -> None:
        self._statuses.meet(past.status.strip().casefold())
        if past.assignee:
            self._agents.meet(past.assignee.strip().casefold())
        for label in past.labels:
            self._labels.meet(label)
        for name in past.fields:
            self._fields.meet(name)

    def _shown(self, place: Place, past: Past, preparing: Preparing) -> PreviewConversation:
        target = self._order.mapped.target(past.status, self._desk.vendor.statuses)
        ready = preparing.prepare(past, target=target, now=self._rooms.clock.now(), leave=self._leave)
        return PreviewConversation(
            file=self._desk.export.files.name(place.file),
            record=place.number,
            status=self._mask(past.status),
            target=target,
            opened_at=ready.opened_at,
            language=ready.language,
            assigned=ready.assignee is not None,
            lines=_lines(ready),
        )

    def _status_rows(self) -> tuple[StatusRow, ...]:
        known, mapped = self._desk.vendor.statuses, self._order.mapped
        return tuple(
            StatusRow(
                name=self._mask(name),
                conversations=count,
                target=mapped.target(name, known),
                known=name in known or name in mapped.statuses,
            )
            for name, count in self._statuses.counts.items()
        )

    def _agent_rows(self) -> tuple[AgentRow, ...]:
        names = self._rooms.transactions.read(lambda tx: staff_by_name(tx, self._scope, self._rooms.identity))
        agents, spelled = Agents(names, self._order.mapped), {staff_id: name for name, staff_id in names.items()}
        rows = []
        for address, count in self._agents.counts.items():
            staff_id = agents.find(address)
            username = spelled[staff_id] if staff_id is not None else ""
            rows.append(AgentRow(address=address, conversations=count, username=username))
        return tuple(rows)

    def _masked(self, names: Names) -> dict[str, int]:
        masked: dict[str, int] = {}
        for name, count in names.counts.items():
            shown = self._mask(name)
            masked[shown] = masked.get(shown, 0) + count
        return masked

    def _mask(self, name: str) -> str:
        message_id = MessageId(self._origin.derived("message", _NAME))
        return self._rooms.screening.screen_past(self._scope, WildText(name), message_id, channel=CHANNEL).masked.text


def _lines(ready: Ready) -> tuple[PreviewLine, ...]:
    spoken = sorted((*ready.messages, *ready.notes), key=lambda one: one.at)
    return tuple(
        PreviewLine(
            author="note" if one.message.is_note else one.message.author, at=one.at, text=one.screened.masked.text
        )
        for one in spoken
    )
