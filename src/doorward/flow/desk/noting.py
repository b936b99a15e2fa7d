"""Private notes: what colleagues tell each other beside the conversation. No customer ever sees one."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from doorward import record
from doorward.flow.attachments import MOST, repository
from doorward.flow.desk.files import FileSealing, KeptFile, NewFile, SealedFile, keep_file
from doorward.flow.desk.rooms import (
    DeskRooms,
    DeskText,
    NewLine,
    audit_of,
    card_at,
    require_theirs,
    screen_words,
    words_of_reply,
    write_line,
)
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.errors import Conflict, TooLarge
from doorward.vocabulary.ids import ConversationId, MessageId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

LONGEST_NOTE: Final = 8_000
MOST_MENTIONS: Final = 20
MOST_FILES: Final = 5
"""Files that one note brings."""


class NewNote(NamedTuple):
    """A note to write: its words, the colleagues who shall see it, and files that stand behind it, for staff alone."""

    text: WildText
    mentions: tuple[StaffId, ...] = ()
    files: tuple[NewFile, ...] = ()


class Noting:
    """The verbs; `scope.actor` is the member of staff who writes. The conversation need not be theirs."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms) -> None:
        """Take the rooms that the verbs need."""
        self._transactions = transactions
        self._rooms = rooms
        self._sealing = FileSealing(transactions, rooms)

    async def note(
        self,
        scope: Scope,
        conversation_id: ConversationId,
        text: WildText,
        *,
        mentions: Sequence[StaffId] = (),
        key: str,
    ) -> record.WrittenEntry:
        """Write a note that has words alone; as `write`."""
        return await self.write(scope, conversation_id, NewNote(text, tuple(mentions)), key=key)

    async def write(
        self, scope: Scope, conversation_id: ConversationId, note: NewNote, *, key: str
    ) -> record.WrittenEntry:
        """Write a note, masked as every other text; the same `key` again is the same note.

        `mentions` are colleagues who shall see it: the conversation stands among theirs. `files` are held until they
        are scanned; with them it needs no words. Raises `NotFound` for an unknown conversation or colleague,
        `Malformed` for an empty note, `TooLarge`, `SecretRefused`, `Conflict` for one file too many (fact `why`:
        `files_many`), and what sealing them raises (`FileSealing`); then nothing of it is written.
        """
        return await self._write(scope, conversation_id, note, key=key)

    async def whisper(
        self, scope: Scope, conversation_id: ConversationId, text: WildText, *, key: str
    ) -> record.WrittenEntry:
        """Write a note to the colleague who has the conversation, who hears of it at once; the same `key` again is the
        same note.

        Raises as `note`, and `Conflict` when nobody has the conversation (fact `why`: `nobody`) or the acting member
        has it (`yours`).
        """
        card = await self._transactions.read_async(lambda tx: card_at(tx, scope, conversation_id))
        named = () if card.assignee is None else (StaffId(card.assignee),)
        return await self._write(scope, conversation_id, NewNote(text, named), key=key, whispered=True)

    async def note_along(self, scope: Scope, conversation_id: ConversationId) -> None:
        """Write into the audit that the acting member reads along a conversation that a colleague has."""
        event = audit_of("conversation.read_along", conversation_id)
        await self._transactions.write_async(scope, lambda _tx: Outcome(None, (event,)))

    async def _write(
        self, scope: Scope, conversation_id: ConversationId, note: NewNote, *, key: str, whispered: bool = False
    ) -> record.WrittenEntry:
        words = words_of_reply(note.text, note.files)
        if len(words) > LONGEST_NOTE or len(note.mentions) > MOST_MENTIONS:
            raise TooLarge(f"text: longer than {LONGEST_NOTE} characters, or too many named", limit=LONGEST_NOTE)
        message_id = MessageId(derive_id("note", scope.tenant_id, conversation_id, scope.actor.id, key))
        written = await screen_words(
            self._transactions,
            self._rooms,
            scope,
            about=conversation_id,
            text=DeskText(message_id, words, note.mentions),
        )
        sealed = await self._seal(scope, conversation_id, note.files, message_id=message_id)
        entry_key = f"note:{message_id}"

        def work(tx: Tx) -> Outcome[None]:
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            if record.find_entry(tx, scope, conversation_id, entry_key) is not None:
                return Outcome(None)
            # Whoever has it now, whoever had it when the words were begun.
            named = (require_theirs(card, scope),) if whispered else note.mentions
            self._rooms.colleagues.require_known(tx, scope, named)
            data: dict[str, Any] = {"mentions": list(dict.fromkeys(named))}
            data |= {"whispered": True} if whispered else {}
            entry = written.line(tx, scope, card, NewLine("note.written", entry_key, data))
            audit = audit_of("note.whispered" if whispered else "note.written", conversation_id)
            kept = _keep(tx, scope, card, sealed, message_id=message_id)
            lines = [one for file in kept for one in (file.line, file.taken)]
            return Outcome(None, (entry, audit, *lines), tuple(one.scan for one in kept))

        return await write_line(self._transactions, scope, conversation_id, key=entry_key, work=work)

    async def _seal(
        self, scope: Scope, conversation_id: ConversationId, files: Sequence[NewFile], *, message_id: MessageId
    ) -> list[SealedFile]:
        if len(files) > MOST_FILES:
            raise TooLarge(f"files: more than {MOST_FILES}", limit=MOST_FILES, why="note_files_many")
        if not files:
            return []
        card = await self._transactions.read_async(lambda tx: card_at(tx, scope, conversation_id))
        ids = [derive_id("noted", message_id, str(number)) for number in range(len(files))]
        return [
            await self._sealing.seal(scope, file, about=card, attachment_id=attachment_id)
            for attachment_id, file in zip(ids, files, strict=True)
        ]


def _keep(
    tx: Tx, scope: Scope, card: record.Card, files: Sequence[SealedFile], *, message_id: MessageId
) -> list[KeptFile]:
    """Keep the files of a note. They go with it from the first, so that no reply can take one along."""
    if files and repository.count_outgoing(tx, scope, card.conversation_id) + len(files) > MOST:
        raise Conflict(f"staff bring at most {MOST} files to a conversation", why="files_many", most=MOST)
    kept = []
    for one in files:
        kept.append(keep_file(tx, scope, card, one, kind="attachment.noted"))
        repository.save_reply(tx, scope, one.held.attachment_id, message_id)
    return kept
