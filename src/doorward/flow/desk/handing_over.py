"""Handing a conversation over: to a colleague, or back into the queue for any of them."""

from typing import Final

import msgspec

from doorward import record, routing
from doorward.flow.desk.rooms import DeskRooms, DeskText, WrittenAtDesk, audit_of, card_at, require_mine, screen_words
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import TooLarge
from doorward.vocabulary.ids import ConversationId, MessageId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText, house_text

LONGEST_NOTE: Final = 500
"""Characters of a note for whoever has the conversation next: what they must know before they read the rest."""


class HandOver(msgspec.Struct, frozen=True, kw_only=True):
    """To whom a conversation goes, None for the queue, and what whoever has it next must know; may be blank."""

    to: StaffId | None
    note: WildText


class HandingOver:
    """The verb; `scope.actor` is the agent who has the conversation."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms) -> None:
        """Take the rooms that the verb needs."""
        self._transactions = transactions
        self._rooms = rooms

    async def hand_over(self, scope: Scope, conversation_id: ConversationId, wish: HandOver, *, key: str) -> None:
        """Hand a conversation over; the same `key` again changes nothing more.

        The customer is told that somebody else has them now, never who and why. The note is masked before it is stored.
        Back in the queue the conversation stands where it stood, and does not come to the same agent by itself. Raises
        `NotFound`, `TooLarge`, `SecretRefused`, and `Conflict` (fact `why`) when the acting agent does not have the
        conversation, or as `Colleagues.require`; then nothing has changed.
        """
        if len(wish.note) > LONGEST_NOTE:
            raise TooLarge(f"note: longer than {LONGEST_NOTE} characters", limit=LONGEST_NOTE)
        message_id = MessageId(derive_id("handover_note", scope.tenant_id, conversation_id, scope.actor.id, key))
        note = None
        if not wish.note.is_blank:
            text = DeskText(message_id, wish.note)
            note = await screen_words(self._transactions, self._rooms, scope, about=conversation_id, text=text)

        def work(tx: Tx) -> Outcome[None]:
            routing.lock_queue(tx, scope)
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            passed = _passed(tx, scope, card, to=wish.to, key=f"passed:{message_id}")
            if record.find_entry(tx, scope, conversation_id, passed.key) is not None:
                return Outcome(None)
            require_mine(card, scope)
            if wish.to is not None:
                self._rooms.colleagues.require(tx, scope, wish.to)
            fields = ["assignee"]
            if note is not None:
                note.seal(tx, scope, card.party_id)
                passed, fields = _noted(passed, note), [*fields, "note"]
            noted = audit_of("conversation.handed_over", conversation_id, *fields)
            return Outcome(None, (self._notice(card, passed), passed, noted, *_rerouted(tx, scope, card, to=wish.to)))

        await self._transactions.write_async(scope, work)

    def _notice(self, card: record.Card, passed: Entry) -> Entry:
        """Return what the customer is told: that it is somebody else now, and nothing that is not so."""
        sentence = "reply.passed_to_colleague" if passed.data["to"] else "reply.passed_to_queue"
        return msgspec.structs.replace(
            passed,
            kind="message.bot",
            key=f"notice:{passed.key}",
            text=house_text(self._rooms.translator.say(card.language, sentence)),
            message_id=None,
            data={"language": card.language, "action": passed.kind},
        )


def _passed(tx: Tx, scope: Scope, card: record.Card, *, to: StaffId | None, key: str) -> Entry:
    return Entry(
        kind="handoff.passed",
        conversation_id=card.conversation_id,
        party_id=card.party_id,
        key=key,
        at=tx.now,
        actor=scope.actor,
        data={"by": scope.actor.id, "to": to or "", "queue": card.queue or "default"},
    )


def _noted(passed: Entry, note: WrittenAtDesk) -> Entry:
    return msgspec.structs.replace(passed, text=note.screened.masked, message_id=note.message_id)


def _rerouted(tx: Tx, scope: Scope, card: record.Card, *, to: StaffId | None) -> tuple[Entry | AuditEvent, ...]:
    if to is None:
        by = StaffId(scope.actor.id)
        return routing.put_back(tx, scope, card.conversation_id, card.party_id, by=by).entries
    return routing.pass_to(tx, scope, card.conversation_id, card.party_id, staff_id=to).entries
