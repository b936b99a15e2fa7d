"""What people at the desk do with a conversation: take it, answer, hand it over or back, end it."""

import asyncio

import msgspec

from doorward import record, routing
from doorward.flow.attachments import are_clean, bind, sent_lines
from doorward.flow.desk.attaching import Attaching
from doorward.flow.desk.handing_over import HandingOver, HandOver
from doorward.flow.desk.inviting import Inviting
from doorward.flow.desk.joining import Joining
from doorward.flow.desk.macros import DailyVerbs, Macros
from doorward.flow.desk.marking import Marking, has_pausing_status
from doorward.flow.desk.noting import Noting
from doorward.flow.desk.parting import Parting
from doorward.flow.desk.rooms import (
    NOTHING,
    DeskRooms,
    DeskText,
    Enclosed,
    NewLine,
    audit_of,
    card_at,
    look_at_words,
    require_mine,
    require_theirs,
    screen_words,
    words_of_reply,
    write_line,
)
from doorward.flow.desk.sending import UNCLEAN, Sending
from doorward.flow.desk.snoozing import Snoozing
from doorward.flow.desk.tasks import Tasks
from doorward.flow.desk.translating import Translating, own_data
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import Entry, EntryKind
from doorward.vocabulary.errors import Conflict
from doorward.vocabulary.ids import ConversationId, MessageId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, WildText, house_text


class Desk:
    """The verbs of every day; `scope.actor` is the member of staff who acts. Further groups of verbs are its parts."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms) -> None:
        """Take the rooms that the verbs need."""
        self._transactions = transactions
        self._rooms = rooms
        self._handing_over = HandingOver(transactions, rooms)
        self.attaching = Attaching(transactions, rooms)
        self.inviting = Inviting(transactions, rooms)
        self.joining = Joining(transactions, rooms)
        self.marking = Marking(transactions, rooms)
        self.noting = Noting(transactions, rooms)
        self.parting = Parting(transactions)
        self.sending = Sending(transactions, rooms)
        self.snoozing = Snoozing(transactions)
        self.tasks = Tasks(transactions, rooms)
        self.translating = Translating(transactions, rooms)
        daily = DailyVerbs(self.take_over, self.reply, self.hand_over, self.resolve, self._own_language)
        self.macros = Macros(
            transactions, daily=daily, marking=self.marking, noting=self.noting, snoozing=self.snoozing
        )

    async def take_over(self, scope: Scope, conversation_id: ConversationId) -> record.Card:
        """Give the conversation to the acting agent. Raises `NotFound`, or `Conflict` when another agent has it, or
        when it goes on in another conversation (fact `why`: `merged`).
        """

        def work(tx: Tx) -> Outcome[record.Card]:
            routing.lock_queue(tx, scope)
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            if card.merged_into is not None:
                raise Conflict("this goes on in another conversation", why="merged")
            assigned = routing.assign(tx, scope, conversation_id, card.party_id, staff_id=StaffId(scope.actor.id))
            return Outcome(card, assigned.entries)

        await self._transactions.write_async(scope, work)
        return await self.card(scope, conversation_id)

    async def take_from(self, scope: Scope, conversation_id: ConversationId) -> record.Card:
        """Give a conversation that a colleague has to the acting member, who may supervise; theirs is free again.

        Raises `NotFound`, and `Conflict` when nobody has it (fact `why`: `nobody`) or the acting member does (`yours`).
        """

        def work(tx: Tx) -> Outcome[None]:
            routing.lock_queue(tx, scope)
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            require_theirs(card, scope)
            passed = routing.pass_to(tx, scope, conversation_id, card.party_id, staff_id=StaffId(scope.actor.id))
            return Outcome(None, (*passed.entries, audit_of("conversation.taken_from", conversation_id, "assignee")))

        await self._transactions.write_async(scope, work)
        return await self.card(scope, conversation_id)

    async def reply(
        self,
        scope: Scope,
        conversation_id: ConversationId,
        text: WildText,
        *,
        key: str,
        enclosed: Enclosed = NOTHING,
    ) -> record.WrittenEntry:
        """Say something to the customer; the same `key` again is the same reply.

        The text is screened as every other: what is sensitive in it is masked before it is stored. What is `enclosed`
        goes with it: files are sent, the agent's own words are seen by colleagues beside the reply.
        Files need no words. Raises `Malformed` for neither; `NotFound`, also for a file that the acting member did not
        attach; `Conflict` when they do not have the
        conversation, or when not all files are scanned and clean (fact `why`: `files_held`).
        """
        words = words_of_reply(text, enclosed.files)
        message_id = MessageId(derive_id("reply", scope.tenant_id, conversation_id, scope.actor.id, key))
        written = await screen_words(
            self._transactions, self._rooms, scope, about=conversation_id, text=DeskText(message_id, words)
        )
        beside = await own_data(self._transactions, self._rooms, scope, about=conversation_id, own=enclosed.own)
        entry_key = f"agent:{message_id}"

        def work(tx: Tx) -> Outcome[None]:
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            if record.find_entry(tx, scope, conversation_id, entry_key) is not None:
                return Outcome(None)
            require_mine(card, scope)
            entry = written.line(
                tx, scope, card, NewLine("message.agent", entry_key, {"language": card.language, **beside})
            )
            bound = bind(tx, scope, conversation_id, enclosed.files, reply_id=message_id)
            if not are_clean(bound):
                raise Conflict("not all files are scanned and clean", why=UNCLEAN)
            lines = (entry, *sent_lines(entry, bound), audit_of("conversation.replied", conversation_id))
            return Outcome(None, lines)

        return await write_line(self._transactions, scope, conversation_id, key=entry_key, work=work)

    async def look_at(self, scope: Scope, conversation_id: ConversationId, text: WildText) -> MaskedText:
        """Return what the acting agent is writing as it would be read: masked. Raises `NotFound`, `SecretRefused`."""
        screened = await look_at_words(self._transactions, self._rooms, scope, about=conversation_id, text=text)
        return screened.masked

    async def hand_over(
        self, scope: Scope, conversation_id: ConversationId, wish: HandOver, *, key: str
    ) -> record.Card:
        """Hand the conversation over to a colleague or back into the queue, and return its card; see `HandingOver`."""
        await self.sending.say_now(scope, conversation_id)
        await self._handing_over.hand_over(scope, conversation_id, wish, key=key)
        return await self.card(scope, conversation_id)

    async def hand_back(self, scope: Scope, conversation_id: ConversationId) -> record.Card:
        """Give the conversation back to the first line; the freed agent gets who waits longest.

        A status that pauses goes with it: nobody waits for anything any more.
        """
        await self.sending.say_now(scope, conversation_id)
        return await self._leave(scope, conversation_id, kind="handoff.returned", sentence="reply.handed_back")

    async def resolve(self, scope: Scope, conversation_id: ConversationId) -> record.Card:
        """End the conversation; the freed agent gets who waits longest. A status that pauses ends as well."""
        await self.sending.say_now(scope, conversation_id)
        return await self._leave(scope, conversation_id, kind="conversation.resolved", sentence="reply.resolved")

    async def set_presence(self, scope: Scope, *, available: bool) -> routing.Presence:
        """Say whether the acting agent takes conversations; whoever waits is given out at once."""
        capacity = (await asyncio.to_thread(self._rooms.settings_of, scope.tenant_id)).agent_capacity
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

    def keep_time(self, scope: Scope) -> None:
        """Do what the tenant's desk has put off and whose time has come."""
        self.snoozing.wake_due(scope)

    async def card(self, scope: Scope, conversation_id: ConversationId) -> record.Card:
        """Return the conversation's card. Raises `NotFound`."""
        return await self._transactions.read_async(lambda tx: card_at(tx, scope, conversation_id))

    def _own_language(self, scope: Scope) -> str:
        return self._rooms.settings_of(scope.tenant_id).languages[0]

    async def _leave(
        self, scope: Scope, conversation_id: ConversationId, *, kind: EntryKind, sentence: str
    ) -> record.Card:
        def work(tx: Tx) -> Outcome[None]:
            routing.lock_queue(tx, scope)
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            if kind == "conversation.resolved" and card.state == "resolved":
                return Outcome(None)
            if card.assignee is not None or kind == "handoff.returned":
                require_mine(card, scope)
            # The number of the last line makes the key: the same conversation may be handed back many times.
            key = f"{kind}:{card.last_seq}"
            gone = {"status": ""} if has_pausing_status(tx, scope, card) else {}
            left = Entry(
                kind=kind,
                conversation_id=conversation_id,
                party_id=card.party_id,
                key=key,
                at=tx.now,
                actor=scope.actor,
                data={"staff_id": scope.actor.id, **gone},
            )
            notice = msgspec.structs.replace(
                left,
                kind="message.bot",
                key=f"notice:{key}",
                text=house_text(self._rooms.translator.say(card.language, sentence)),
                data={"language": card.language, "action": kind},
            )
            freed = routing.leave_queue(tx, scope, conversation_id)
            return Outcome(None, (notice, left, audit_of(kind, conversation_id, *gone), *freed.entries))

        await self._transactions.write_async(scope, work)
        return await self.card(scope, conversation_id)
