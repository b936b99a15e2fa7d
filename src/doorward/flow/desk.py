"""What people at the desk do with a conversation: take it, answer, hand it back, end it."""

import asyncio
from collections.abc import Callable

import msgspec

from doorward import record, routing
from doorward.flow.accept import TenantScreening
from doorward.kit.i18n import Translator
from doorward.kit.ids import derive_id
from doorward.kit.settings import TenantSettings
from doorward.kit.tx import Transactions, Tx
from doorward.protection import DESK, ProtectionService
from doorward.vocabulary.entry import AuditEvent, Entry, EntryKind
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.ids import ConversationId, MessageId, StaffId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText, house_text


class Desk:
    """The verbs of the desk. `scope.actor` is the member of staff who acts."""

    def __init__(
        self,
        transactions: Transactions,
        *,
        screening: TenantScreening,
        protection: ProtectionService,
        translator: Translator,
        settings_of: Callable[[TenantId], TenantSettings],
    ) -> None:
        """Take the rooms that the verbs need."""
        self._transactions = transactions
        self._screening = screening
        self._protection = protection
        self._translator = translator
        self._settings_of = settings_of

    async def take_over(self, scope: Scope, conversation_id: ConversationId) -> record.Card:
        """Give the conversation to the acting agent. Raises `NotFound`, or `Conflict` when another agent has it."""

        def work(tx: Tx) -> Outcome[record.Card]:
            card = _card(tx, scope, conversation_id)
            assigned = routing.assign(tx, scope, conversation_id, card.party_id, staff_id=StaffId(scope.actor.id))
            return Outcome(card, assigned.entries)

        await self._transactions.write_async(scope, work)
        return await self.card(scope, conversation_id)

    async def reply(
        self, scope: Scope, conversation_id: ConversationId, text: WildText, *, key: str
    ) -> record.WrittenEntry:
        """Say something to the customer; the same `key` again is the same reply.

        The text is screened as every other: what is sensitive in it is masked before it is stored. Raises `NotFound`,
        or `Conflict` when the acting agent does not have the conversation.
        """
        message_id = MessageId(derive_id("reply", scope.tenant_id, conversation_id, scope.actor.id, key))
        screened = await asyncio.to_thread(self._screening.screen, scope, text, message_id, channel=DESK)
        if screened.originals:  # a key may have to be made, and a file written, which no transaction waits for
            party_id = (await self.card(scope, conversation_id)).party_id
            await asyncio.to_thread(self._protection.make_ready, scope, party_id)
        entry_key = f"agent:{message_id}"

        def work(tx: Tx) -> Outcome[None]:
            record.lock_conversation(tx, scope, conversation_id)
            card = _card(tx, scope, conversation_id)
            if record.find_entry(tx, scope, conversation_id, entry_key) is not None:
                return Outcome(None)
            _require_mine(card, scope)
            if screened.originals:
                self._protection.seal(
                    tx, scope, party_id=card.party_id, message_id=message_id, originals=screened.originals
                )
            entry = Entry(
                kind="message.agent",
                conversation_id=conversation_id,
                party_id=card.party_id,
                key=entry_key,
                at=tx.now,
                actor=scope.actor,
                text=screened.masked,
                message_id=message_id,
                data={"language": card.language},
            )
            return Outcome(None, (entry, _audit("conversation.replied", conversation_id)))

        await self._transactions.write_async(scope, work)
        written = await self._transactions.read_async(
            lambda tx: record.find_entry(tx, scope, conversation_id, entry_key)
        )
        if written is None:
            raise NotFound("the reply is gone")
        return written

    async def hand_back(self, scope: Scope, conversation_id: ConversationId) -> record.Card:
        """Give the conversation back to the first line; the freed agent gets who waits longest."""
        return await self._leave(scope, conversation_id, kind="handoff.returned", sentence="reply.handed_back")

    async def resolve(self, scope: Scope, conversation_id: ConversationId) -> record.Card:
        """End the conversation; the freed agent gets who waits longest."""
        return await self._leave(scope, conversation_id, kind="conversation.resolved", sentence="reply.resolved")

    async def set_presence(self, scope: Scope, *, available: bool) -> routing.Presence:
        """Say whether the acting agent takes conversations; whoever waits is given out at once."""
        capacity = (await asyncio.to_thread(self._settings_of, scope.tenant_id)).agent_capacity
        return await self._transactions.write_async(
            scope,
            lambda tx: routing.set_presence(
                tx,
                scope,
                StaffId(scope.actor.id),
                state="available" if available else "away",
                capacity=capacity,
            ),
        )

    async def card(self, scope: Scope, conversation_id: ConversationId) -> record.Card:
        """Return the conversation's card. Raises `NotFound`."""
        return await self._transactions.read_async(lambda tx: _card(tx, scope, conversation_id))

    async def _leave(
        self, scope: Scope, conversation_id: ConversationId, *, kind: EntryKind, sentence: str
    ) -> record.Card:
        def work(tx: Tx) -> Outcome[None]:
            routing.lock_queue(tx, scope)
            record.lock_conversation(tx, scope, conversation_id)
            card = _card(tx, scope, conversation_id)
            if kind == "conversation.resolved" and card.state == "resolved":
                return Outcome(None)
            if card.assignee is not None or kind == "handoff.returned":
                _require_mine(card, scope)
            # The number of the last line makes the key: the same conversation may be handed back many times.
            key = f"{kind}:{card.last_seq}"
            left = Entry(
                kind=kind,
                conversation_id=conversation_id,
                party_id=card.party_id,
                key=key,
                at=tx.now,
                actor=scope.actor,
                data={"staff_id": scope.actor.id},
            )
            notice = msgspec.structs.replace(
                left,
                kind="message.bot",
                key=f"notice:{key}",
                text=house_text(self._translator.say(card.language, sentence)),
                data={"language": card.language, "action": kind},
            )
            freed = routing.leave_queue(tx, scope, conversation_id)
            return Outcome(None, (notice, left, _audit(kind, conversation_id), *freed.entries))

        await self._transactions.write_async(scope, work)
        return await self.card(scope, conversation_id)


def _card(tx: Tx, scope: Scope, conversation_id: ConversationId) -> record.Card:
    card = record.card_of(tx, scope, conversation_id)
    if card is None:
        raise NotFound("no such conversation")
    return card


def _require_mine(card: record.Card, scope: Scope) -> None:
    if card.state != "human" or card.assignee != scope.actor.id:
        raise Conflict("this conversation is not with you; take it over first")


def _audit(action: str, conversation_id: ConversationId) -> AuditEvent:
    return AuditEvent(action=action, object_kind="conversation", object_id=conversation_id)
