"""The ledger lines of an imported conversation, at the times of the other desk."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from doorward.flow.attachments import HELD
from doorward.flow.importing.marks import Marked
from doorward.flow.importing.preparing import Ready, ReadyFile, ReadyMessage
from doorward.flow.importing.terms import CHANNEL, Author, VendorName
from doorward.vocabulary.entry import Entry, EntryKind
from doorward.vocabulary.ids import MessageId, PartyId, StaffId
from doorward.vocabulary.past import PAST
from doorward.vocabulary.scope import Actor

REASON: Final = "imported"
"""Why an imported conversation waits for a person, or was with one."""

NOBODY: Final = Actor(kind="system", id="import")
"""Who acted where the export names nobody who works here."""

_KINDS: Final[Mapping[Author, EntryKind]] = {
    "customer": "message.customer",
    "agent": "message.agent",
    "bot": "message.bot",
}


class Lines:
    """Writes the lines of one conversation for its party."""

    def __init__(self, ready: Ready, party_id: PartyId, vendor: VendorName) -> None:
        """Take what is to be written."""
        self._ready = ready
        self.party_id = party_id
        self.holder: StaffId | None = None
        """Who of the staff answered last, in what was written."""
        self._vendor = vendor
        self._number = 0
        self._heard_at = ready.opened_at

    def whole(self) -> Iterator[Entry]:
        """Yield the lines of a conversation that is new here, without how it stands at the end."""
        ready = self._ready
        data = {"channel": CHANNEL, "language": ready.language, "source": self._vendor, "via": ready.via}
        yield self.line("conversation.opened", ready.opened_at, key=f"{PAST}opened", data=data)
        spoken: list[tuple[datetime, ReadyMessage | ReadyFile]] = [(one.at, one) for one in ready.spoken]
        spoken += [(one.at, one) for one in ready.files]
        for _, one in sorted(spoken, key=lambda found: found[0]):
            if isinstance(one, ReadyFile):
                yield self.file(one)
            else:
                yield from self._handed(one)
                yield self.message(one)

    def _handed(self, one: ReadyMessage) -> Iterator[Entry]:
        """Yield that the conversation was with whoever answers now, if that is somebody who works here."""
        is_reply = one.message.author == "agent" and not one.message.is_note
        if not is_reply or one.staff_id is None or one.staff_id == self.holder:
            return
        suffix = one.message_id
        if self.holder is None:
            key = f"{PAST}requested:{suffix}"
            yield self.line("handoff.requested", self._heard_at, key=key, data={"reason": REASON})
        self.holder = one.staff_id
        key = f"{PAST}assigned:{suffix}"
        yield self.line("handoff.assigned", one.at, key=key, data={"staff_id": one.staff_id})

    def message(self, one: ReadyMessage, *, number: int | None = None) -> Entry:
        """Return the line of a message; `number` is the customer's count before it, where that is known."""
        message = one.message
        if message.is_note:
            noted = self.line(
                "note.written", one.at, key=message_key(one), data={"mentions": []}, actor=_staff(one.staff_id)
            )
            return msgspec.structs.replace(noted, text=one.screened.masked, message_id=one.message_id)
        data: dict[str, Any] = {"channel": CHANNEL, "language": self._ready.language}
        if message.author == "customer":
            self._number = (self._number if number is None else number) + 1
            self._heard_at = max(self._heard_at, one.at)
            data |= {"number": self._number, "findings": msgspec.to_builtins(one.screened.findings)}
        line = self.line(
            _KINDS[message.author], one.at, key=message_key(one), data=data, actor=self._speaker(message.author, one)
        )
        return msgspec.structs.replace(line, text=one.screened.masked, message_id=one.message_id)

    def _speaker(self, author: Author, one: ReadyMessage) -> Actor:
        if author == "customer":
            return Actor(kind="customer", id=self.party_id)
        return _staff(one.staff_id)

    def file(self, one: ReadyFile) -> Entry:
        """Return the line of a file, which is held until it is scanned."""
        data = {
            "attachment_id": one.attachment_id,
            "media_type": one.media_type,
            "size": len(one.content),
            "state": HELD,
        }
        if not one.by_customer:
            data["author"] = "agent"
        actor = Actor(kind="customer", id=self.party_id) if one.by_customer else _staff(one.staff_id)
        line = self.line("attachment.received", one.at, key=file_key(one), data=data, actor=actor)
        return msgspec.structs.replace(line, text=one.shown, message_id=MessageId(one.attachment_id))

    def marked(self, marked: Marked) -> Iterator[Entry]:
        """Yield what the conversation is marked with."""
        told: tuple[tuple[EntryKind, dict[str, Any]], ...] = (
            ("labels.changed", {"added": list(marked.labels), "removed": []} if marked.labels else {}),
            ("attributes.changed", {"values": dict(marked.values)} if marked.values else {}),
            ("priority.changed", {"priority": marked.priority} if marked.priority else {}),
            ("status.changed", {"status": marked.status} if marked.status else {}),
        )
        for kind, data in told:
            if data:
                yield self.line(kind, self._ready.changed_at, key=f"{PAST}{kind}", data=data)

    def resolved(self, *, suffix: str) -> Entry:
        """Return the line that ends the conversation."""
        ready = self._ready
        data = {"staff_id": ready.assignee} if ready.assignee else {}
        key = f"{PAST}resolved:{suffix}"
        return self.line("conversation.resolved", ready.changed_at, key=key, data=data, actor=_staff(ready.assignee))

    def requested(self, *, suffix: str) -> Entry:
        """Return the line that leaves the conversation waiting for a person, since the customer was heard last."""
        data = {"reason": REASON, "queue": "default"}
        return self.line("handoff.requested", self._heard_at, key=f"{PAST}waiting:{suffix}", data=data)

    def line(self, kind: EntryKind, at: datetime, *, key: str, data: dict[str, Any], actor: Actor = NOBODY) -> Entry:
        """Return a line of the conversation."""
        return Entry(
            kind=kind,
            conversation_id=self._ready.conversation_id,
            party_id=self.party_id,
            key=key,
            at=at,
            actor=actor,
            data=data,
        )


def message_key(one: ReadyMessage) -> str:
    """Return by what key a message is in the ledger."""
    return f"{PAST}message:{one.message_id}"


def file_key(one: ReadyFile) -> str:
    """Return by what key a file is in the ledger."""
    return f"{PAST}file:{one.attachment_id}"


def _staff(staff_id: StaffId | None) -> Actor:
    return NOBODY if staff_id is None else Actor(kind="staff", id=staff_id)
