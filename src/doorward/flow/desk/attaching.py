"""Files that go with a reply: taken in, held until they are scanned, and taken away again until they are sent."""

from doorward import record
from doorward.flow.attachments import HELD, MOST, AttachmentKept, OutgoingFile, lying_beside, repository, withdrawn
from doorward.flow.attachments.outgoing import outgoing_row
from doorward.flow.attachments.states import prepared_key
from doorward.flow.desk.files import FileSealing, NewFile, SealedFile, keep_file
from doorward.flow.desk.rooms import DeskRooms, card_at, require_mine
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.errors import Conflict
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope


class Attaching:
    """The verbs; `scope.actor` is the agent who has the conversation."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms) -> None:
        """Take the rooms that the verbs need."""
        self._transactions = transactions
        self._sealing = FileSealing(transactions, rooms)

    async def attach(self, scope: Scope, conversation_id: ConversationId, file: NewFile, *, key: str) -> AttachmentKept:
        """Keep a file for a reply, hold it, and ask for its scan; the same `key` again is the same file.

        It is sealed under the customer's key, and lies beside the acting member's field until a reply takes it along.
        Raises `NotFound`; what sealing raises (`FileSealing`); and `Conflict` when the acting member does not have the
        conversation, or for one file too many (fact `why`: `files_many`).
        """
        about = await self._transactions.read_async(lambda tx: card_at(tx, scope, conversation_id))
        attachment_id = derive_id("outgoing", scope.tenant_id, conversation_id, scope.actor.id, key)
        sealed = await self._sealing.seal(scope, file, about=about, attachment_id=attachment_id)

        def work(tx: Tx) -> Outcome[AttachmentKept]:
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            if record.find_entry(tx, scope, conversation_id, prepared_key(attachment_id)) is not None:
                there = repository.find_attachment(tx, scope, attachment_id)
                return Outcome(_kept(sealed, state=HELD if there is None else there.state, duplicate=True))
            require_mine(card, scope)
            if repository.count_outgoing(tx, scope, conversation_id) >= MOST:
                raise Conflict(f"replies bring at most {MOST} files to a conversation", why="files_many", most=MOST)
            kept = keep_file(tx, scope, card, sealed, kind="attachment.prepared")
            return Outcome(_kept(sealed), (kept.line, kept.taken), (kept.scan,))

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


def _kept(file: SealedFile, *, state: str = HELD, duplicate: bool = False) -> AttachmentKept:
    held = file.held
    return AttachmentKept(
        attachment_id=held.attachment_id,
        name=file.name.text,
        media_type=held.media_type,
        size=held.size,
        state=state,
        duplicate=duplicate,
    )
