"""Handing customers all that is kept about them, piece by piece, so that no size is too large."""

from datetime import datetime

import msgspec

from doorward import record
from doorward.admission.kept import Demotion, demotions_of
from doorward.answering.nudges import Offer, OfferState, offers_to
from doorward.flow.views.portal import (
    Access,
    MyConversation,
    MyDecision,
    MyRequest,
    my_accesses,
    my_conversations,
    my_decisions,
    my_requests,
    own_card,
)
from doorward.flow.views.transcript import ShownEntry, show_all
from doorward.identity import (
    Approval,
    ConsentLine,
    CustomerSession,
    Grant,
    Identity,
    Mandate,
    Passkey,
    Profile,
    ShownSession,
    Use,
    family_of,
)
from doorward.kit.tx import Transactions, Tx
from doorward.understanding.expecting import Expectation, expectations_of
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome

EVERYTHING = 100_000
LINES_AT_ONCE = 500


class MyOffer(msgspec.Struct, frozen=True, kw_only=True):
    """What was offered to a customer unasked, and what came of it; `value` in minor units of the company's currency."""

    at: datetime
    conversation_id: ConversationId
    nudge: str
    state: OfferState
    by: str
    solved_at: datetime | None
    value: int | None


class MyExpectation(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer was expected to want before their first word, why, how surely (0..1), and what it was then."""

    at: datetime
    conversation_id: ConversationId
    because: tuple[str, ...]
    intent: str
    likelihood: float
    wanted: str


class MyWait(msgspec.Struct, frozen=True, kw_only=True):
    """That there was no person for a customer while too many came: what they had instead and why, in codes, whether
    they appealed, and whether that was granted.
    """

    at: datetime
    conversation_id: ConversationId
    way: str
    because: str
    appealed_at: datetime | None
    granted: bool | None


class Export(Discreet, frozen=True, kw_only=True):
    """All about a customer but their conversations' lines, which come one conversation after the other."""

    profile: Profile
    reference: str | None
    language: str | None
    consents: tuple[ConsentLine, ...]
    sessions: tuple[ShownSession, ...]
    passkeys: tuple[Passkey, ...]
    requests: tuple[MyRequest, ...]
    decisions: tuple[MyDecision, ...]
    accesses: tuple[Access, ...]
    offers: tuple[MyOffer, ...]
    expectations: tuple[MyExpectation, ...]
    held_back: tuple[MyWait, ...]
    mandates: tuple[Mandate, ...]
    machine_acts: tuple[Use, ...]
    machine_questions: tuple[Approval, ...]
    conversations: tuple[MyConversation, ...]


class PortalExport:
    """Reads what belongs to the customer of a session."""

    def __init__(self, transactions: Transactions, *, identity: Identity) -> None:
        """Take the rooms."""
        self._transactions = transactions
        self._identity = identity

    async def begin(self, session: CustomerSession) -> Export:
        """Return everything but the lines, and note in the audit that it was handed out. Raises `StepUpRequired`."""
        scope, customer, identity = session.scope, session.customer_id, self._identity

        def ask(tx: Tx) -> Outcome[tuple[Grant, Profile]]:
            grant = identity.require(tx, scope, session.acting_id, action="data.export")
            profile = identity.parties.read_profile(tx, scope, customer, reason="export")
            event = AuditEvent(action="data.exported", object_kind="party", object_id=customer)
            return Outcome((grant, profile.value), (*profile.entries, event))

        grant, profile = await self._transactions.write_async(scope, ask)

        def read(tx: Tx) -> Export:
            parties = family_of(tx, scope, customer)
            return Export(
                profile=profile,
                reference=grant.reference,
                language=identity.parties.find(tx, scope, customer).language,
                consents=identity.consents.history(tx, scope, customer),
                sessions=identity.customer_sessions.sessions_of(tx, scope, customer),
                passkeys=identity.passkeys.passkeys_of(tx, scope, customer),
                requests=my_requests(tx, scope, customer, identity=identity),
                decisions=my_decisions(tx, scope, customer, identity=identity, limit=EVERYTHING),
                accesses=my_accesses(tx, scope, customer, identity=identity, limit=EVERYTHING),
                offers=tuple(map(_my_offer, offers_to(tx, scope, parties, limit=EVERYTHING))),
                expectations=tuple(map(_my_expectation, expectations_of(tx, scope, parties, limit=EVERYTHING))),
                held_back=tuple(map(_my_wait, demotions_of(tx, scope, parties, limit=EVERYTHING))),
                mandates=identity.mandates.of_owner(tx, scope, customer),
                machine_acts=identity.mandate_uses.uses_of(tx, scope, customer, limit=EVERYTHING),
                machine_questions=identity.mandate_uses.approvals_of(tx, scope, customer, limit=EVERYTHING),
                conversations=_all_conversations(tx, session, identity),
            )

        return await self._transactions.read_async(read)

    async def lines(
        self, session: CustomerSession, conversation_id: ConversationId, *, after: int
    ) -> tuple[tuple[ShownEntry, ...], int | None]:
        """Return the next lines of one of the customer's conversations, and after which number to go on, if at all."""
        scope, customer = session.scope, session.customer_id

        def read(tx: Tx) -> tuple[tuple[ShownEntry, ...], int | None]:
            own_card(tx, scope, customer, conversation_id=conversation_id, identity=self._identity)
            written = record.entries_after(tx, scope, conversation_id, after=after, limit=LINES_AT_ONCE)
            return show_all(tx, scope, written), written[-1].seq if len(written) == LINES_AT_ONCE else None

        return await self._transactions.read_async(read)


def _all_conversations(tx: Tx, session: CustomerSession, identity: Identity) -> tuple[MyConversation, ...]:
    found: list[MyConversation] = []
    more = True
    while more:
        some, more = my_conversations(tx, session.scope, session.customer_id, identity=identity, offset=len(found))
        found += some
    return tuple(found)


def _my_offer(one: Offer) -> MyOffer:
    return MyOffer(
        at=one.offered_at,
        conversation_id=one.conversation_id,
        nudge=one.nudge,
        state=one.state,
        by=one.by,
        solved_at=one.solved_at,
        value=one.value,
    )


def _my_expectation(one: Expectation) -> MyExpectation:
    return MyExpectation(
        at=one.made_at,
        conversation_id=one.conversation_id,
        because=one.conditions,
        intent=one.intent,
        likelihood=one.likelihood,
        wanted=one.wanted,
    )


def _my_wait(one: Demotion) -> MyWait:
    return MyWait(
        at=one.since,
        conversation_id=one.conversation_id,
        way=one.way,
        because=one.because,
        appealed_at=one.appealed_at,
        granted=one.granted,
    )


def plain(value: object) -> object:
    """Return a part of an export as JSON values."""
    return msgspec.to_builtins(value)
