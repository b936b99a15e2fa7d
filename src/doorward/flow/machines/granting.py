"""What owners do with their machines' mandates at the portal, and staff for them at the desk."""

import asyncio
from collections.abc import Callable
from typing import Final, Literal, TypeVar

import msgspec

from doorward import record
from doorward.admission import Admission
from doorward.flow.accept import TenantScreening
from doorward.flow.machines.approved import approved_job
from doorward.flow.machines.opening import asked, opened
from doorward.flow.machines.telling import Telling
from doorward.identity import (
    LONGEST_NAME,
    MOST_DAYS,
    Asking,
    CustomerSession,
    Grant,
    Identity,
    Mandate,
    PairingCode,
    Terms,
    Use,
    Wish,
    checked_terms,
)
from doorward.kit.ids import new_id
from doorward.kit.keys import Keys
from doorward.kit.tx import CommitFailed, Transactions, Tx
from doorward.vocabulary.errors import Malformed, NotFound, StorageFull, Unavailable
from doorward.vocabulary.ids import ConversationId, MessageId, PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

T = TypeVar("T")

PORTAL: Final = "portal"
"""The channel by which owners write at the portal."""


EndedFor = Literal["asked", "misused", "lost", "mistake"]
"""Why staff end a mandate: its customer asked, the machine did what they did not want, they have it no more, or it was
granted by mistake."""


class MandateForm(msgspec.Struct, frozen=True, kw_only=True):
    """What an owner typed and ticked: what they call the machine, what it may do, for how many days."""

    name: WildText
    terms: Terms
    days: int


class OwnMandates:
    """The verbs behind the portal's page of mandates. Each acts for the customer of the session, and nobody else."""

    def __init__(
        self,
        transactions: Transactions,
        *,
        identity: Identity,
        screening: TenantScreening,
        telling: Telling,
        guards: tuple[Admission, Keys],
    ) -> None:
        """Mask by `screening` what owners call their machines."""
        self._transactions = transactions
        self._identity = identity
        self._screening = screening
        self._telling = telling
        self._admission, self._keys = guards

    async def may_grant(self, session: CustomerSession) -> None:
        """Raise `StepUpRequired` unless the owner has just proven who they are: before anything is typed."""
        await self._transactions.read_async(lambda tx: self._right(tx, session))

    async def asking(self, session: CustomerSession, code: str, *, address: str) -> Asking | None:
        """Return which machine asks by a code, None for a wrong one. Raises `RateLimited`."""
        self._admission.admit_confirmation(session.scope, party_id=session.customer_id, address=address)
        pairing = self._identity.pairing
        return await self._transactions.read_async(lambda tx: pairing.asking(tx, session.scope, code))

    async def checked(self, session: CustomerSession, form: MandateForm) -> Wish:
        """Return what would be granted, for an owner to read before they say yes. Raises `Malformed`, `SecretRefused`.

        Nothing is granted by it.
        """
        return await self._wish(session, form)

    async def grant(self, session: CustomerSession, form: MandateForm, *, code: str = "") -> Mandate:
        """Grant a mandate: to the machine that asks by `code`, or without one to a machine that is paired later.

        Raises `StepUpRequired`, `Malformed`, `Conflict`, `NotAllowed` for a wrong code, `SecretRefused`.
        """
        wish = await self._wish(session, form)
        scope, identity = session.scope, self._identity

        def work(tx: Tx) -> Outcome[Mandate]:
            grant = self._right(tx, session)
            machine = identity.pairing.take(tx, scope, code).machine if code else None
            return identity.mandates.grant(tx, scope, grant, wish=wish, machine=machine)

        return await self._write(scope, work)

    async def change(self, session: CustomerSession, form: MandateForm, *, seen: tuple[str, int]) -> Mandate:
        """Change a mandate, `seen` with its revision. Raises as `grant`, `NotFound`, `Outdated`."""
        wish = await self._wish(session, form)
        scope, mandates = session.scope, self._identity.mandates
        return await self._write(
            scope, lambda tx: mandates.change(tx, scope, self._right(tx, session), seen=seen, wish=wish)
        )

    async def pair(self, session: CustomerSession, mandate_id: str) -> PairingCode:
        """Return a code for a mandate that waits for its machine. Raises `StepUpRequired`, `NotFound`, `Conflict`."""
        scope, pairing = session.scope, self._identity.pairing

        def work(tx: Tx) -> Outcome[PairingCode]:
            self._right(tx, session)
            return pairing.offer(tx, scope, session.customer_id, mandate_id=mandate_id)

        return await self._write(scope, work)

    async def suspend(self, session: CustomerSession, mandate_id: str) -> None:
        """Let a machine do nothing for now. Raises `NotFound`, `Conflict`."""
        scope, mandates = session.scope, self._identity.mandates

        def work(tx: Tx) -> Outcome[Mandate]:
            self._may_end(tx, session)
            return mandates.suspend(tx, scope, session.customer_id, mandate_id=mandate_id)

        await self._write(scope, work)

    async def resume(self, session: CustomerSession, mandate_id: str) -> None:
        """Let a machine go on. Raises `StepUpRequired`, `NotFound`, `Conflict`."""
        scope, mandates = session.scope, self._identity.mandates
        await self._write(scope, lambda tx: mandates.resume(tx, scope, self._right(tx, session), mandate_id=mandate_id))

    async def revoke(self, session: CustomerSession, mandate_id: str) -> None:
        """End a mandate for good. Raises `NotFound`."""
        scope, mandates = session.scope, self._identity.mandates

        def work(tx: Tx) -> Outcome[Mandate]:
            self._may_end(tx, session)
            return mandates.revoke(tx, scope, mandate_id, owner_id=session.customer_id)

        await self._write(scope, work)

    async def approve(self, session: CustomerSession, approval_id: str) -> Use:
        """Allow exactly what a machine asked, once; it is carried out at once by a job.

        Raises `StepUpRequired`, `NotFound`, `Conflict`.
        """
        scope, identity = session.scope, self._identity
        # What is said about it is sealed for whoever acts.
        await asyncio.to_thread(self._keys.make_party, scope.tenant_id, session.acting_id)

        def work(tx: Tx) -> Outcome[Use]:
            approved = identity.mandate_uses.approve(tx, scope, self._right(tx, session), approval_id=approval_id)
            use, mandate = approved.value, identity.mandates.find(tx, scope, approved.value.mandate_id)
            language = self._telling.language_of(tx, scope, mandate)
            words = self._telling.order_words(scope, mandate, use, language=language)
            lines = (
                opened(tx, scope, mandate, use=use, language=language),
                asked(tx, scope, mandate, use=use, words=words),
            )
            return Outcome(use, (*approved.entries, *lines), (approved_job(use, acting=session.acting_id),))

        return await self._write(scope, work)

    async def refuse(self, session: CustomerSession, approval_id: str) -> None:
        """Say no to what a machine asked. Raises `NotFound`, `Conflict`."""
        scope, uses = session.scope, self._identity.mandate_uses

        def work(tx: Tx) -> Outcome[None]:
            self._may_end(tx, session)
            return uses.refuse(tx, scope, session.customer_id, approval_id=approval_id)

        await self._write(scope, work)

    # -- for staff ---------------------------------------------------------------------------------------------------

    async def of_conversation(self, scope: Scope, conversation_id: ConversationId) -> tuple[Mandate, ...]:
        """Return the mandates of a conversation's customer, the newest first. Raises `NotFound`."""

        def read(tx: Tx) -> tuple[Mandate, ...]:
            return self._identity.mandates.of_owner(tx, scope, self.owner_of(tx, scope, conversation_id))

        return await self._transactions.read_async(read)

    async def revoke_for(
        self, scope: Scope, conversation_id: ConversationId, *, mandate_id: str, why: EndedFor | None = None
    ) -> Mandate:
        """End a mandate of a conversation's customer, for them. The audit has who did and why. Raises `NotFound`."""
        told = f"conversation {conversation_id}" if why is None else f"conversation {conversation_id}: {why}"

        def work(tx: Tx) -> Outcome[Mandate]:
            owner = self.owner_of(tx, scope, conversation_id)
            return self._identity.mandates.revoke(tx, scope, mandate_id, owner_id=owner, reason=told)

        return await self._write(scope, work)

    def owner_of(self, tx: Tx, scope: Scope, conversation_id: ConversationId) -> PartyId:
        """Return who a conversation's customer is. Raises `NotFound`."""
        card = record.card_of(tx, scope, conversation_id)
        if card is None:
            raise NotFound("no such conversation")
        return self._identity.parties.recognise(tx, scope, card.party_id).id

    # -- inside ------------------------------------------------------------------------------------------------------

    def _right(self, tx: Tx, session: CustomerSession) -> Grant:
        return self._identity.require(tx, session.scope, session.acting_id, action="mandate.grant")

    def _may_end(self, tx: Tx, session: CustomerSession) -> None:
        # To stop a machine must be easy: whoever may look may stop it.
        self._identity.require(tx, session.scope, session.acting_id, action="portal.change")

    async def _wish(self, session: CustomerSession, form: MandateForm) -> Wish:
        if form.name.is_blank or len(form.name) > LONGEST_NAME:
            raise Malformed("name: what the owner calls the machine")
        scope, message_id = session.scope, MessageId(new_id())
        screened = await asyncio.to_thread(self._screening.screen, scope, form.name, message_id, channel=PORTAL)
        if not 0 < form.days <= MOST_DAYS:
            raise Malformed(f"days: 1 to {MOST_DAYS}")
        return Wish(name=screened.masked.text, terms=checked_terms(form.terms), days=form.days)

    async def _write(self, scope: Scope, work: Callable[[Tx], Outcome[T]]) -> T:
        try:
            return await self._transactions.write_async(scope, work)
        except CommitFailed as error:
            raise (StorageFull if error.full else Unavailable)("nothing was stored") from error
