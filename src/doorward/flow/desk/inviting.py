"""Handing over warm: a colleague is asked first, and the conversation stays where it is until they accept."""

import msgspec

from doorward import record, routing
from doorward.flow.desk.handing_over import LONGEST_NOTE
from doorward.flow.desk.rooms import DeskRooms, DeskText, audit_of, card_at, require_mine, screen_words
from doorward.flow.desk.sending import said_first
from doorward.flow.invitations import Invitation, invitation_of
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import Conflict, TooLarge
from doorward.vocabulary.ids import ConversationId, MessageId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText, house_text


class Inviting:
    """The verbs; `scope.actor` is the agent who has the conversation, or the colleague who answers."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms) -> None:
        """Take the rooms that the verbs need."""
        self._transactions = transactions
        self._rooms = rooms

    async def invite(
        self, scope: Scope, conversation_id: ConversationId, *, to: StaffId, note: WildText, key: str
    ) -> record.Card:
        """Ask a colleague to have the conversation; it stays with the acting agent until they accept.

        The colleague finds it among those in which they are named, with the note (masked). The customer is told nothing
        yet. The same `key` again asks once; another colleague is asked instead of the first. Raises as
        `HandingOver.hand_over`.
        """
        if len(note) > LONGEST_NOTE:
            raise TooLarge(f"note: longer than {LONGEST_NOTE} characters", limit=LONGEST_NOTE)
        message_id = MessageId(derive_id("invitation", scope.tenant_id, conversation_id, scope.actor.id, key))
        text = DeskText(message_id, note, (to,))
        written = None
        if not note.is_blank:
            written = await screen_words(self._transactions, self._rooms, scope, about=conversation_id, text=text)

        def work(tx: Tx) -> Outcome[None]:
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            invited = _invited(tx, scope, card, to=to, key=f"invited:{message_id}")
            if record.find_entry(tx, scope, conversation_id, invited.key) is not None:
                return Outcome(None)
            require_mine(card, scope)
            self._rooms.colleagues.require(tx, scope, to)
            fields = ["invited"]
            if written is not None:
                written.seal(tx, scope, card.party_id)
                masked = written.screened.masked
                invited = msgspec.structs.replace(invited, text=masked, message_id=message_id)
                fields.append("note")
            return Outcome(None, (invited, audit_of("conversation.invited", conversation_id, *fields)))

        await self._transactions.write_async(scope, work)
        return await self._transactions.read_async(lambda tx: card_at(tx, scope, conversation_id))

    async def accept(self, scope: Scope, conversation_id: ConversationId) -> record.Card:
        """Have the conversation that a colleague asked the acting member to have; the customer is told, once.

        Raises `NotFound`, and `Conflict` (fact `why`: `not_invited`) where nobody asks them any more.
        """

        def work(tx: Tx) -> Outcome[None]:
            routing.lock_queue(tx, scope)
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            invitation = _mine(tx, scope, card)
            passed = _invited(tx, scope, card, to=invitation.to, key=f"accepted:{invitation.seq}")
            data = passed.data | {"by": invitation.by, "warm": True}
            passed = msgspec.structs.replace(passed, kind="handoff.passed", data=data)
            notice = self._notice(card, passed)
            asked = record.entries_after(tx, scope, conversation_id, after=invitation.seq - 1, limit=1)[0].entry
            passed = msgspec.structs.replace(passed, text=asked.text, message_id=asked.message_id)
            given = routing.pass_to(tx, scope, conversation_id, card.party_id, staff_id=invitation.to).entries
            noted = audit_of("conversation.handed_over", conversation_id, "assignee")
            first = said_first(tx, scope, conversation_id)
            return Outcome(None, (*first, notice, passed, noted, *given))

        await self._transactions.write_async(scope, work)
        return await self._transactions.read_async(lambda tx: card_at(tx, scope, conversation_id))

    async def decline(self, scope: Scope, conversation_id: ConversationId) -> record.Card:
        """Say no, or take the question back: the conversation stays with whom it is with. Raises as `accept`."""

        def work(tx: Tx) -> Outcome[None]:
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            invitation = invitation_of(tx, scope, card)
            if invitation is None or scope.actor.id not in {invitation.to, invitation.by}:
                raise Conflict("nobody asks you any more", why="not_invited")
            line = _invited(tx, scope, card, to=invitation.to, key=f"declined:{invitation.seq}")
            line = msgspec.structs.replace(line, kind="handoff.declined")
            return Outcome(None, (line, audit_of("conversation.invitation_declined", conversation_id)))

        await self._transactions.write_async(scope, work)
        return await self._transactions.read_async(lambda tx: card_at(tx, scope, conversation_id))

    def _notice(self, card: record.Card, passed: Entry) -> Entry:
        return msgspec.structs.replace(
            passed,
            kind="message.bot",
            key=f"notice:{passed.key}",
            text=house_text(self._rooms.translator.say(card.language, "reply.passed_to_colleague")),
            data={"language": card.language, "action": passed.kind},
        )


def _mine(tx: Tx, scope: Scope, card: record.Card) -> Invitation:
    invitation = invitation_of(tx, scope, card)
    if invitation is None or invitation.to != scope.actor.id:
        raise Conflict("nobody asks you any more", why="not_invited")
    return invitation


def _invited(tx: Tx, scope: Scope, card: record.Card, *, to: StaffId, key: str) -> Entry:
    return Entry(
        kind="handoff.invited",
        conversation_id=card.conversation_id,
        party_id=card.party_id,
        key=key,
        at=tx.now,
        actor=scope.actor,
        data={"by": scope.actor.id, "to": to, "queue": card.queue or "default"},
    )
