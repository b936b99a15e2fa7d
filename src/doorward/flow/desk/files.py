"""A file that a member of staff brings: looked at, its name screened, and sealed before any transaction begins."""

import asyncio
from typing import Final, NamedTuple

from doorward import record
from doorward.flow.attachments import HELD, HeldFile, file_context, hold, media_type_of, safe_name, same_type
from doorward.flow.attachments.states import prepared_key
from doorward.flow.desk.rooms import DeskRooms, DeskText, FileRules, WrittenAtDesk, screen_words
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent, Entry, EntryKind
from doorward.vocabulary.errors import Conflict, Malformed, TooLarge, UnsupportedType
from doorward.vocabulary.ids import MessageId, StaffId
from doorward.vocabulary.outcome import Job
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, WildText

LONGEST_NAME: Final = 200


class NewFile(Discreet, frozen=True, kw_only=True):
    """A file: its name and type as whoever sends it says them, and its bytes."""

    name: WildText
    media_type: str
    content: bytes


class SealedFile(NamedTuple):
    """A file as it is kept, what was masked in its name, and the name."""

    held: HeldFile
    written: WrittenAtDesk
    name: MaskedText


class KeptFile(NamedTuple):
    """What keeping a file writes: its line in the ledger, the line of the audit, and the scan."""

    line: Entry
    taken: AuditEvent
    scan: Job


class FileSealing:
    """Seals files; `scope.actor` is the member of staff who brings them."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms) -> None:
        """Take the rooms that it needs."""
        self._transactions = transactions
        self._rooms = rooms

    async def seal(self, scope: Scope, file: NewFile, *, about: record.Card, attachment_id: str) -> SealedFile:
        """Return a file sealed under the key of the customer whom `about` is about, its name screened.

        Raises `TooLarge`; `UnsupportedType` for what is not one of `MEDIA_TYPES` by its first bytes or was called
        something else; `SecretRefused` for what stands in its name; `Malformed` for an empty one (fact `why`:
        `file_empty`); and `Conflict` where nothing here scans files, so that none could ever be opened
        (`files_unscanned`).
        """
        rooms = self._rooms
        media_type = _looked_at(rooms.files, file)
        text = DeskText(MessageId(attachment_id), file.name)
        written = await screen_words(self._transactions, rooms, scope, about=about.conversation_id, text=text)
        await asyncio.to_thread(rooms.protection.make_ready, scope, about.party_id)
        context = file_context(scope, attachment_id)
        keys = rooms.files.keys
        sealed = await asyncio.to_thread(keys.seal, scope.tenant_id, about.party_id, file.content, context=context)
        held = HeldFile(
            attachment_id=attachment_id,
            media_type=media_type,
            size=len(file.content),
            sealed=sealed,
            staff_id=StaffId(scope.actor.id),
        )
        return SealedFile(held, written, safe_name(written.screened.masked, media_type))


def keep_file(tx: Tx, scope: Scope, card: record.Card, file: SealedFile, *, kind: EntryKind) -> KeptFile:
    """Keep a file with a conversation, held until it is scanned. The caller knows that it is not there yet."""
    held = file.held
    file.written.seal(tx, scope, card.party_id)
    taken, scan = hold(tx, scope, held, conversation_id=card.conversation_id, party_id=card.party_id)
    line = Entry(
        kind=kind,
        conversation_id=card.conversation_id,
        party_id=card.party_id,
        key=prepared_key(held.attachment_id),
        at=tx.now,
        actor=scope.actor,
        text=file.name,
        message_id=MessageId(held.attachment_id),
        data={
            "attachment_id": held.attachment_id,
            "media_type": held.media_type,
            "size": held.size,
            "state": HELD,
        },
    )
    return KeptFile(line, taken, scan)


def _looked_at(rules: FileRules, file: NewFile) -> str:
    """Return what a file is, if it may be sent."""
    if not rules.scanned:
        raise Conflict("nothing here scans files, so none could be sent", why="files_unscanned")
    if not file.content:
        raise Malformed("data: empty", why="file_empty")
    if len(file.content) > rules.bytes:
        raise TooLarge(f"data: larger than {rules.bytes} bytes", limit=rules.bytes)
    if len(file.name) > LONGEST_NAME:
        raise TooLarge(f"name: longer than {LONGEST_NAME} characters", limit=LONGEST_NAME)
    media_type = media_type_of(file.content)
    if media_type is None or not same_type(file.media_type, media_type):
        raise UnsupportedType("data: not one of the types that may be sent, or not what it was called")
    return media_type
