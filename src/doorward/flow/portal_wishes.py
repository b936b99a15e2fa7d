"""What customers ask for at their portal: an appeal to a person, a correction, a deletion, or to go on talking."""

from typing import Final

import msgspec

from doorward import record, routing
from doorward.admission import Admission, IssuedToken, Visitor, VisitorTokens
from doorward.flow.accept import FrontDoor
from doorward.flow.call_backs import CallBacks
from doorward.flow.handoffs import handoff_for
from doorward.flow.views.portal import CHANNEL, my_requests, own_card
from doorward.identity import CustomerSession, Identity
from doorward.kit.clock import Clock
from doorward.kit.i18n import Translator
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.arrival import Arrival
from doorward.vocabulary.channel import LONGEST_CONTACT
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, TooLarge
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText, house_text

REASONS: Final = {"correction": "data_correction", "deletion": "data_deletion"}
"""What can be asked about one's data, and for which reason it then waits for a person. (Handing data out needs nobody:
the portal does it at once.)"""


class WishRooms(msgspec.Struct, frozen=True, kw_only=True):
    """The rooms that a wish needs."""

    admission: Admission
    identity: Identity
    visitor_tokens: VisitorTokens
    front_door: FrontDoor
    call_backs: CallBacks
    translator: Translator
    clock: Clock


class PortalWishes:
    """The verbs behind the portal's buttons. Each acts for the customer of the session, and for nobody else."""

    def __init__(self, transactions: Transactions, rooms: WishRooms) -> None:
        """Take the rooms."""
        self._transactions = transactions
        self._rooms = rooms

    async def continue_conversation(self, session: CustomerSession, conversation_id: ConversationId) -> IssuedToken:
        """Return a token with which the web chat goes on with one of the own conversations. Raises `NotFound`."""
        scope, identity = session.scope, self._rooms.identity

        def work(tx: Tx) -> Outcome[None]:
            identity.require(tx, scope, session.acting_id, action="conversation.continue")
            own_card(tx, scope, session.customer_id, conversation_id=conversation_id, identity=identity)
            return Outcome(None, (_audit("conversation.continued", conversation_id),))

        await self._transactions.write_async(scope, work)
        return self._rooms.visitor_tokens.issue(
            scope.tenant_id, party_id=session.acting_id, conversation_id=conversation_id
        )

    async def call_back(
        self, session: CustomerSession, conversation_id: ConversationId, *, contact: WildText, form: str
    ) -> None:
        """Say yes to the call-back that is offered in one of the own conversations, as the chat does.

        `form` makes a double click one wish. Raises `NotFound`, `Malformed` or `TooLarge` for what cannot be a contact,
        `RateLimited`, and `Conflict` once the offer is gone.
        """
        visitor = await self._own(session, conversation_id)
        if contact.is_blank:
            raise Malformed("contact: empty")
        if len(contact) > LONGEST_CONTACT:
            raise TooLarge(f"contact: longer than {LONGEST_CONTACT} characters", limit=LONGEST_CONTACT)
        await self._rooms.call_backs.ask(visitor, contact, client_id=form, offered=True)

    async def stay_here(self, session: CustomerSession, conversation_id: ConversationId) -> None:
        """Take a call-back in one of the own conversations back: as `CallBacks.take_back`. Raises `NotFound` too."""
        await self._rooms.call_backs.take_back(await self._own(session, conversation_id))

    async def appeal(
        self, session: CustomerSession, conversation_id: ConversationId, *, seq: int, language: str
    ) -> None:
        """Have a person look again at the decision with this number of one of the customer's conversations.

        Raises `NotFound` for anything that is no such decision, `Conflict` when a person was asked already.
        """
        scope, rooms = session.scope, self._rooms
        rooms.admission.admit_person(scope, party_id=session.customer_id)

        def work(tx: Tx) -> Outcome[None]:
            rooms.identity.require(tx, scope, session.acting_id, action="portal.change")
            routing.lock_queue(tx, scope)
            record.lock_conversation(tx, scope, conversation_id)
            card = own_card(tx, scope, session.customer_id, conversation_id=conversation_id, identity=rooms.identity)
            decided = record.entries_after(tx, scope, conversation_id, after=seq - 1, limit=1)
            if not decided or decided[0].seq != seq or decided[0].entry.kind != "decision.made":
                raise NotFound("no such decision")
            made = self._line(tx, session, conversation_id, key=f"appeal:{seq}")
            if record.find_entry(tx, scope, conversation_id, made.key) is not None:
                raise Conflict("a person was asked to look at this decision already")
            made = msgspec.structs.replace(
                made, kind="appeal.made", data={"seq": seq, "rule": decided[0].entry.data["rule"]}
            )
            lines = (made, self._notice(made, "portal.notice.appeal", language=language))
            event = _audit("decision.appealed", conversation_id)
            if card.state in {"waiting", "human"}:  # a person has it or is about to: what they read says what is asked
                return Outcome(None, (*lines, event))
            return Outcome(None, (*lines, *self._handed_over(tx, scope, made, reason="appeal"), event))

        await self._transactions.write_async(scope, work)

    async def ask_about_data(
        self, session: CustomerSession, *, kind: str, text: WildText | None, form: str, language: str
    ) -> ConversationId:
        """Have a person correct or delete data: the wish becomes a conversation in the queue; return which.

        `form` makes a double click one wish. Raises `Malformed`, `TooLarge`, `StepUpRequired`, and `Conflict` when a
        deletion was asked for and is not done.
        """
        scope, rooms, customer = session.scope, self._rooms, session.customer_id
        if kind not in REASONS or (kind == "correction") != (text is not None):
            raise Malformed("kind: correction with words, or deletion without")
        if text is not None:
            rooms.admission.measure(text)
        rooms.admission.admit_person(scope, party_id=customer)
        conversation_id = ConversationId(derive_id("portal", scope.tenant_id, customer, kind, form))

        def work(tx: Tx) -> Outcome[None]:
            rooms.identity.require(tx, scope, session.acting_id, action="data.request")
            routing.lock_queue(tx, scope)
            record.lock_conversation(tx, scope, conversation_id)
            if record.card_of(tx, scope, conversation_id) is not None:
                return Outcome(None)
            open_ones = my_requests(tx, scope, customer, identity=rooms.identity)
            if kind == "deletion" and any(one.kind == kind and one.state != "resolved" for one in open_ones):
                raise Conflict("a deletion was asked for already")
            opened = msgspec.structs.replace(
                self._line(tx, session, conversation_id, key="opened"),
                data={"channel": CHANNEL, "language": language, "request": kind},
            )
            notice = self._notice(opened, f"portal.notice.{kind}", language=language)
            event = _audit(f"data.{kind}_asked", conversation_id)
            return Outcome(None, (opened, notice, *self._handed_over(tx, scope, opened, reason=REASONS[kind]), event))

        await self._transactions.write_async(scope, work)
        if text is not None:
            arrival = Arrival(
                channel=CHANNEL,
                client_message_id=form,
                text=text,
                party_id=customer,
                conversation_id=conversation_id,
                received_at=rooms.clock.now(),
                language=language,
            )
            await rooms.front_door.accept(scope, arrival)
        return conversation_id

    async def _own(self, session: CustomerSession, conversation_id: ConversationId) -> Visitor:
        """Return the customer in one of their own conversations, as the chat would know them. Raises `NotFound`."""
        scope, identity = session.scope, self._rooms.identity

        def read(tx: Tx) -> None:
            identity.require(tx, scope, session.acting_id, action="portal.change")
            own_card(tx, scope, session.customer_id, conversation_id=conversation_id, identity=identity)

        await self._transactions.read_async(read)
        return Visitor(scope=scope, party_id=session.acting_id, conversation_id=conversation_id)

    def _line(self, tx: Tx, session: CustomerSession, conversation_id: ConversationId, *, key: str) -> Entry:
        return Entry(
            kind="conversation.opened",
            conversation_id=conversation_id,
            party_id=session.customer_id,
            key=key,
            at=tx.now,
            actor=session.scope.actor,
        )

    def _notice(self, line: Entry, sentence: str, *, language: str) -> Entry:
        said = house_text(self._rooms.translator.say(language, sentence))
        return msgspec.structs.replace(
            line,
            kind="message.bot",
            key=f"notice:{line.key}",
            text=said,
            data={"language": language, "action": "hand_over"},
        )

    def _handed_over(self, tx: Tx, scope: Scope, line: Entry, *, reason: str) -> tuple[Entry | AuditEvent, ...]:
        card = record.card_of(tx, scope, line.conversation_id)
        handoff = handoff_for(tx, scope, card, reason=reason)
        asked = msgspec.structs.replace(
            line,
            kind="handoff.requested",
            key=f"handoff:{line.key}",
            data={"reason": handoff.reason, "queue": handoff.queue, "priority": handoff.priority},
        )
        queued = routing.enter_queue(tx, scope, line.conversation_id, line.party_id, handoff=handoff)
        return (asked, *queued.entries)


def _audit(action: str, conversation_id: ConversationId) -> AuditEvent:
    return AuditEvent(action=action, object_kind="conversation", object_id=conversation_id)
