"""Files that go with a reply: taken in, held until they are scanned, and taken away again until they are sent."""

import asyncio
from typing import Final

from doorward import record
from doorward.flow.attachments import (
    HELD,
    MOST,
    AttachmentKept,
    HeldFile,
    OutgoingFile,
    file_context,
    hold,
    lying_beside,
    media_type_of,
    repository,
    safe_name,
    same_type,
    withdrawn,
)
from doorward.flow.attachments.outgoing import outgoing_row
from doorward.flow.attachments.states import prepared_key
from doorward.flow.desk.rooms import DeskRooms, DeskText, card_at, require_mine, screen_words
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import Conflict, Malformed, TooLarge, UnsupportedType
from doorward.vocabulary.ids import ConversationId, MessageId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, WildText

LONGEST_NAME: Final = 200


class NewFile(Discreet, frozen=True, kw_only=True):
    """A file: its name and type as whoever sends it says them, and its bytes."""

    name: WildText
    media_type: str
    content: bytes


class Attaching:
    """The verbs; `scope.actor` is the agent who has the conversation."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms) -> None:
        """Take the rooms that the verbs need."""
        self._transactions = transactions
        self._rooms = rooms

    async def attach(self, scope: Scope, conversation_id: ConversationId, file: NewFile, *, key: str) -> AttachmentKept:
        """Keep a file for a reply, hold it, and ask for its scan; the same `key` again is the same file.

        It is sealed under the customer's key, and lies beside the acting member's field until a reply takes it along.
        Raises `NotFound`; `TooLarge`; `UnsupportedType` for what is not one of `MEDIA_TYPES` by its first bytes or was
        called something else; `SecretRefused` for what stands in its name; `Malformed` for an empty one (fact `why`:
        `file_empty`); and `Conflict` when the acting member does not have the conversation, when nothing here scans
        files, so that none could ever be sent (`files_unscanned`), or for one file too many (`files_many`).
        """
        party_id = (await self._transactions.read_async(lambda tx: card_at(tx, scope, conversation_id))).party_id
        media_type = self._looked_at(file)
        attachment_id = derive_id("outgoing", scope.tenant_id, conversation_id, scope.actor.id, key)
        message_id = MessageId(attachment_id)
        written = await screen_words(
            self._transactions, self._rooms, scope, about=conversation_id, text=DeskText(message_id, file.name)
        )
        name = safe_name(written.screened.masked, media_type)
        await asyncio.to_thread(self._rooms.protection.make_ready, scope, party_id)
        context = file_context(scope, attachment_id)
        keys = self._rooms.files.keys
        sealed = await asyncio.to_thread(keys.seal, scope.tenant_id, party_id, file.content, context=context)
        held = HeldFile(
            attachment_id=attachment_id,
            media_type=media_type,
            size=len(file.content),
            sealed=sealed,
            staff_id=StaffId(scope.actor.id),
        )

        def work(tx: Tx) -> Outcome[AttachmentKept]:
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            if record.find_entry(tx, scope, conversation_id, prepared_key(attachment_id)) is not None:
                there = repository.find_attachment(tx, scope, attachment_id)
                return Outcome(_kept(held, name, state=HELD if there is None else there.state, duplicate=True))
            require_mine(card, scope)
            if repository.count_outgoing(tx, scope, conversation_id) >= MOST:
                raise Conflict(f"replies bring at most {MOST} files to a conversation", why="files_many", most=MOST)
            written.seal(tx, scope, party_id)
            taken, scan = hold(tx, scope, held, conversation_id=conversation_id, party_id=party_id)
            return Outcome(_kept(held, name), (_prepared(tx, scope, card, held, name=name), taken), (scan,))

        return await self._transactions.write_async(scope, work)

    async def withdraw(self, scope: Scope, conversation_id: ConversationId, attachment_id: str) -> None:
        """Take a file away that lies beside the acting member's field; its content is gone.

        Raises `NotFound` for what is not one of theirs, and `Conflict` for one that goes with a reply (fact `why`:
        `file_gone`).
        """

        def work(tx: Tx) -> Outcome[None]:
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            row = outgoing_row(tx, scope, conversation_id, attachment_id)
            if row.reply_id is not None:
                raise Conflict("this file goes with a reply", why="file_gone")
            return Outcome(None, withdrawn(tx, scope, row, party_id=card.party_id))

        await self._transactions.write_async(scope, work)

    async def beside(self, scope: Scope, conversation_id: ConversationId) -> tuple[OutgoingFile, ...]:
        """Return what lies beside the acting member's field. Raises `NotFound`."""

        def read(tx: Tx) -> tuple[OutgoingFile, ...]:
            card_at(tx, scope, conversation_id)
            return lying_beside(tx, scope, conversation_id, StaffId(scope.actor.id))

        return await self._transactions.read_async(read)

    def _looked_at(self, file: NewFile) -> str:
        """Return what a file is, if it may be sent."""
        rules = self._rooms.files
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


def _kept(held: HeldFile, name: MaskedText, *, state: str = HELD, duplicate: bool = False) -> AttachmentKept:
    return AttachmentKept(
        attachment_id=held.attachment_id,
        name=name.text,
        media_type=held.media_type,
        size=held.size,
        state=state,
        duplicate=duplicate,
    )


def _prepared(tx: Tx, scope: Scope, card: record.Card, held: HeldFile, *, name: MaskedText) -> Entry:
    return Entry(
        kind="attachment.prepared",
        conversation_id=card.conversation_id,
        party_id=card.party_id,
        key=prepared_key(held.attachment_id),
        at=tx.now,
        actor=scope.actor,
        text=name,
        message_id=MessageId(held.attachment_id),
        data={
            "attachment_id": held.attachment_id,
            "media_type": held.media_type,
            "size": held.size,
            "state": HELD,
        },
    )
