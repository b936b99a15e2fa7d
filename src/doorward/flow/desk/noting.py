"""Private notes: what colleagues tell each other beside the conversation. No customer ever sees one."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from doorward import record
from doorward.flow.desk.rooms import (
    DeskRooms,
    DeskText,
    NewLine,
    audit_of,
    card_at,
    require_theirs,
    screen_words,
    write_line,
)
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.errors import Malformed, TooLarge
from doorward.vocabulary.ids import ConversationId, MessageId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

LONGEST_NOTE: Final = 8_000
MOST_MENTIONS: Final = 20


class _Note(NamedTuple):
    """A note to write: its words, whom it names, and whether it is whispered to whoever has the conversation."""

    text: WildText
    mentions: tuple[StaffId, ...] = ()
    whispered: bool = False


class Noting:
    """The verb; `scope.actor` is the member of staff who writes. The conversation need not be theirs."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms) -> None:
        """Take the rooms that the verb needs."""
        self._transactions = transactions
        self._rooms = rooms

    async def note(
        self,
        scope: Scope,
        conversation_id: ConversationId,
        text: WildText,
        *,
        mentions: Sequence[StaffId] = (),
        key: str,
    ) -> record.WrittenEntry:
        """Write a note, masked as every other text; the same `key` again is the same note.

        `mentions` are colleagues who shall see it: the conversation stands among theirs. Raises `NotFound` for an
        unknown conversation or colleague, `Malformed` for an empty note, `TooLarge`, and `SecretRefused`.
        """
        return await self._write(scope, conversation_id, _Note(text, tuple(mentions)), key=key)

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
        return await self._write(scope, conversation_id, _Note(text, named, whispered=True), key=key)

    async def note_along(self, scope: Scope, conversation_id: ConversationId) -> None:
        """Write into the audit that the acting member reads along a conversation that a colleague has."""
        event = audit_of("conversation.read_along", conversation_id)
        await self._transactions.write_async(scope, lambda _tx: Outcome(None, (event,)))

    async def _write(
        self, scope: Scope, conversation_id: ConversationId, note: _Note, *, key: str
    ) -> record.WrittenEntry:
        text, mentions, whispered = note
        if text.is_blank:
            raise Malformed("text: empty")
        if len(text) > LONGEST_NOTE or len(mentions) > MOST_MENTIONS:
            raise TooLarge(f"text: longer than {LONGEST_NOTE} characters, or too many named", limit=LONGEST_NOTE)
        message_id = MessageId(derive_id("note", scope.tenant_id, conversation_id, scope.actor.id, key))
        written = await screen_words(
            self._transactions,
            self._rooms,
            scope,
            about=conversation_id,
            text=DeskText(message_id, text, mentions),
        )
        entry_key = f"note:{message_id}"

        def work(tx: Tx) -> Outcome[None]:
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            if record.find_entry(tx, scope, conversation_id, entry_key) is not None:
                return Outcome(None)
            # Whoever has it now, whoever had it when the words were begun.
            named = (require_theirs(card, scope),) if whispered else mentions
            self._rooms.colleagues.require_known(tx, scope, named)
            data: dict[str, Any] = {"mentions": list(dict.fromkeys(named))} | ({"whispered": True} if whispered else {})
            entry = written.line(tx, scope, card, NewLine("note.written", entry_key, data))
            audit = audit_of("note.whispered" if whispered else "note.written", conversation_id)
            return Outcome(None, (entry, audit))

        return await write_line(self._transactions, scope, conversation_id, key=entry_key, work=work)
