"""What the house says to a customer because a rule told it to: a canned reply, where nobody has the conversation."""

from collections.abc import Callable
from typing import Any

from doorward import record, workspace
from doorward.flow.desk.rooms import DeskRooms, DeskText, NewLine, audit_of, card_at, screen_words, write_line
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.ids import ConversationId, MessageId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

CompanyOf = Callable[[Tx, Scope], str]
"""Returns what the company is called."""


class Saying:
    """The verb; `scope.actor` is the rule."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms, *, company_of: CompanyOf) -> None:
        """Take the rooms that the verb needs."""
        self._transactions = transactions
        self._rooms = rooms
        self._company_of = company_of

    async def say(
        self, scope: Scope, conversation_id: ConversationId, reply: str, *, key: str, always: bool = False
    ) -> record.WrittenEntry:
        """Say a canned reply of everybody's, in the customer's language if it has one; the same `key` says it once.

        It answers nothing: what the customer said last is unanswered still. Raises `NotFound` for an unknown
        conversation or reply, `SecretRefused`, and `Conflict` (fact `why`) when the conversation is over or goes on
        elsewhere, or when a person has it and it is not to be said `always`.
        """
        own = self._rooms.settings_of(scope.tenant_id).languages[0]
        text = await self._transactions.read_async(lambda tx: self._text(tx, scope, conversation_id, reply, own))
        message_id = MessageId(derive_id("rule_reply", scope.tenant_id, conversation_id, scope.actor.id, key))
        written = await screen_words(
            self._transactions, self._rooms, scope, about=conversation_id, text=DeskText(message_id, text)
        )
        entry_key = f"rule:{message_id}"

        def work(tx: Tx) -> Outcome[None]:
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            if record.find_entry(tx, scope, conversation_id, entry_key) is not None:
                return Outcome(None)
            _require_free(card, always=always)
            data: dict[str, Any] = {"language": card.language, "action": "rule.replied", "reply": reply}
            entry = written.line(tx, scope, card, NewLine("message.bot", entry_key, data))
            return Outcome(None, (entry, audit_of("conversation.replied", conversation_id)))

        return await write_line(self._transactions, scope, conversation_id, key=entry_key, work=work)

    def _text(self, tx: Tx, scope: Scope, conversation_id: ConversationId, reply: str, own: str) -> WildText:
        card = card_at(tx, scope, conversation_id)
        written = workspace.find_piece(tx, scope, "reply", reply)
        if written.owner != workspace.EVERYBODY or not isinstance(written.piece, workspace.CannedReply):
            raise NotFound("there is no such reply of everybody's")
        company = self._company_of(tx, scope)
        places = {"customer": card.party_id[-4:].upper(), "agent": company, "company": company}
        return WildText(workspace.fill_places(workspace.text_in(written.piece.texts, card.language, own), places))


def _require_free(card: record.Card, *, always: bool) -> None:
    if card.merged_into is not None:
        raise Conflict("this goes on in another conversation", why="merged")
    if card.state == "resolved":
        raise Conflict("this conversation is over", why="over")
    if card.state == "human" and not always:
        raise Conflict("a person has this conversation", why="with_person")
