"""What machines do at the door once they are recognised: say something, and read what was answered.

A machine whose owner lets it speaks for them, within their mandate. Any other one is heard as a stranger is: it can
ask, and is answered, but nothing of anybody's is shown to it or done for it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from doorward import record
from doorward.flow.accept import Accepted
from doorward.flow.flood import Admitted, By, Knock, Standing, knock_of, plain_code
from doorward.flow.joined import goes_on_in
from doorward.flow.machines.requests import machine_id
from doorward.flow.prospects import Prospects
from doorward.flow.signing import Bearer, Recognises, resource_of
from doorward.flow.signing.cards import CardSigner
from doorward.flow.threshold import Threshold
from doorward.flow.views.told import told_transcript
from doorward.flow.views.transcript import Transcript
from doorward.identity import Tenant
from doorward.kit.ids import derive_id
from doorward.kit.signatures import HttpMessage
from doorward.kit.tx import Tx
from doorward.vocabulary.arrival import Arrival, ByMachine
from doorward.vocabulary.channel import (
    CARD_KEYS,
    DescriptionRequest,
    GreetingRequest,
    SignedEntriesRequest,
    SignedMessageRequest,
)
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.machines import MachineIdentity, Signed
from doorward.vocabulary.scope import Actor, Scope, system_scope


class Came(Discreet, frozen=True, kw_only=True):
    """A request as it came, with all that its signature may cover, or the token that it carries instead."""

    message: HttpMessage
    body: bytes
    bearer: Bearer | None = None

    @property
    def origin(self) -> str:
        """Return the scheme and host that the request named."""
        return f"{self.message.scheme}://{self.message.authority}"


class Heard(NamedTuple):
    """What became of a machine's message, and the sentence that tells it by whom it is answered."""

    accepted: Accepted
    disclosure: str
    for_owner: bool


class Read(NamedTuple):
    """What a machine reads, and the same sentence."""

    transcript: Transcript
    disclosure: str


class Greeted(NamedTuple):
    """By whom a machine is answered, and whether it speaks for an owner."""

    company: str
    disclosure: str
    for_owner: bool


class Described(NamedTuple):
    """What a machine has to know before it asks: the address that tokens are issued for, and whose are taken."""

    company: str
    resource: str
    issuers: tuple[str, ...]
    disclosure: str
    card: Mapping[str, Any] | None = None
    key: Mapping[str, Any] | None = None


class RecognisedMachine(NamedTuple):
    """A machine that was recognised: for whom it speaks, as who, and how it is shown."""

    tenant: Tenant
    scope: Scope
    party_id: PartyId
    owner: PartyId | None
    shown: ByMachine
    identity: MachineIdentity


class MachineContact:
    """The verbs of machines that sign."""

    def __init__(self, threshold: Threshold, *, by: Recognises) -> None:
        """Take the rooms from where everybody stands, and who recognises the machines of this door."""
        self._threshold = threshold
        rooms = threshold.rooms
        self._requests, self.mandating, self.admission = by, rooms.mandating, rooms.admission
        self._tokens, self._cards = rooms.tokens, CardSigner(rooms.keys)
        self._prospects = Prospects(threshold.transactions, rooms.identity.tenants, rooms.clock)

    async def message(self, channel: str, request: SignedMessageRequest, *, came: Came) -> Heard:
        """Accept a machine's message, in a conversation of its own.

        Raises what recognising raises, refusals of the door, and `StorageFull` or `Unavailable` when it was not kept.
        """
        rooms = self._threshold.rooms
        machine = await self.recognise(came, agent=request.agent, company=request.company)
        scope = machine.scope
        rooms.admission.admit_signed_message(scope, request.text, machine=machine.shown.machine)
        await self._threshold.refuse_closed(scope, channel)
        here = await self._place(machine, channel, request)
        await self._make_known(machine)
        admitted = await self._admitted(machine, here, channel, request)
        arrival = Arrival(
            channel=channel,
            client_message_id=request.client_message_id,
            text=request.text,
            party_id=machine.party_id,
            conversation_id=here,
            received_at=rooms.clock.now(),
            language=request.language,
            by_machine=machine.shown,  # and nobody `acting`: a machine's words prove nothing and agree to nothing
        )
        accepted = await rooms.front_door.accept(scope, arrival, admitted=admitted)
        if accepted.number == 1 and not accepted.duplicate:
            rooms.contacts.note_signed(scope, channel=channel)
        disclosure = self.disclosure(machine.tenant, request.language)
        return Heard(accepted, disclosure, for_owner=machine.owner is not None)

    async def entries(self, request: SignedEntriesRequest, *, came: Came) -> Read:
        """Return what was said in a conversation that the same machine began. Raises as `message`, and `NotFound`."""
        rooms = self._threshold.rooms
        machine = await self.recognise(came, agent=request.agent, company=request.company)
        scope, here = machine.scope, ConversationId(request.conversation)
        rooms.admission.admit_signed_reading(scope, machine=machine.shown.machine)

        def read(tx: Tx) -> tuple[Transcript, record.Card | None]:
            _require_own(tx, machine, here)
            found = told_transcript(tx, scope, here, after=request.after)
            return found, record.card_of(tx, scope, goes_on_in(tx, scope, here))

        found, card = await self._threshold.transactions.read_async(read)
        told = (await self._prospects.of(scope, card)).told(found)
        return Read(told, self.disclosure(machine.tenant, card.language if card is not None else None))

    async def greet(self, request: GreetingRequest, *, came: Came) -> Greeted:
        """Tell a machine by whom it is answered; nothing is said or done. Raises as `recognise`, and `RateLimited`."""
        machine = await self.recognise(came, agent=request.agent, company=request.company)
        self.admission.admit_signed_reading(machine.scope, machine=machine.shown.machine)
        told = self.disclosure(machine.tenant, request.language)
        return Greeted(machine.tenant.name, told, for_owner=machine.owner is not None)

    async def describe(self, request: DescriptionRequest, *, came: Came) -> Described:
        """Tell anybody for which address tokens must be issued and by whom, with the company's card if one is wanted.

        Raises `NotFound`, and `AccessTokenInvalid` where the address is not known.
        """
        tenant = await self.company_of(came, request.company)
        scope, issuers = system_scope(tenant.id, "machine"), self._threshold.rooms.identity.issuers
        found = await self._threshold.transactions.read_async(lambda tx: issuers.issuers(tx, scope))
        resource = await self._resource(came, request.resource, company=request.company)
        names = tuple(one.issuer for one in found)
        card, key = None, self._cards.public_key(tenant.id)
        if request.card is not None:
            path, _, query = resource.partition("?")
            shown_at = path.removesuffix(request.resource) + CARD_KEYS + (f"?{query}" if query else "")
            card = self._cards.sign(tenant.id, request.card(resource, tenant.name), shown_at=shown_at)
        return Described(tenant.name, resource, names, self.disclosure(tenant, None), card, key)

    # -- inside ------------------------------------------------------------------------------------------------------

    async def recognise(self, came: Came, *, agent: str, company: str | None) -> RecognisedMachine:
        """Return which machine a request to which company is from, and for whom it speaks.

        Raises `NotFound` for no company, and the refusals of `Recognises.recognise` or `AccessTokens.recognise`.
        """
        tenant = await self.company_of(came, company)
        asking = system_scope(tenant.id, "machine")
        if came.bearer is None:
            signed = await self._requests.recognise(asking, came.message, body=came.body, agent=agent)
        else:
            resource = await self._resource(came, came.bearer.resource, company=company)
            signed = await self._tokens.recognise(asking, msgspec.structs.replace(came.bearer, resource=resource))
        return await self.known_as(tenant, signed)

    async def known_as(self, tenant: Tenant, signed: Signed) -> RecognisedMachine:
        """Return a machine that has proven who it is, with for whom it speaks at a company."""
        mandated = await self.mandating.owner_of(system_scope(tenant.id, "machine"), signed)
        known_by = machine_id(tenant.id, signed.machine)
        if mandated is None:
            party_id, owner, mandate = PartyId(known_by), None, None
        else:
            party_id, owner, mandate = mandated.acting_id, mandated.owner_id, mandated.mandate_id
        shown = ByMachine(platform=signed.machine.platform, machine=known_by, known=signed.known, mandate=mandate)
        scope = Scope(tenant_id=tenant.id, actor=Actor(kind="machine", id=known_by))
        return RecognisedMachine(tenant, scope, party_id, owner, shown, signed.machine)

    async def let_act(self, machine: RecognisedMachine, channel: str) -> None:
        """Admit that a machine has something done. Raises `RateLimited`, `SenderBlocked` or `ChannelClosed`."""
        rooms, scope = self._threshold.rooms, machine.scope
        rooms.admission.admit_signed_act(scope, machine=machine.shown.machine)
        await self._threshold.refuse_closed(scope, channel)

        def read(tx: Tx) -> None:
            # Also whose mandate lets a machine say nothing, for which it is no owner's here.
            mandate = rooms.identity.mandates.of_machine(tx, scope, machine.identity)
            others = () if mandate is None else (mandate.owner_id, mandate.acting_id)
            rooms.blocks.refuse_blocked(tx, scope, *{*_senders(machine), *others})

        await self._threshold.transactions.read_async(read)

    async def company_of(self, came: Came, company: str | None) -> Tenant:
        """Return whom a request is for: whose host it was sent to, else whose widget key it names.

        Raises `NotFound`, also when they are two.
        """
        tenants, host = self._threshold.rooms.identity.tenants, came.message.host

        def read(tx: Tx) -> tuple[Tenant | None, Tenant | None]:
            by_key = None if company is None else tenants.tenant_by_widget_key(tx, company)
            return tenants.tenant_by_host(tx, host), by_key

        by_host, by_key = await self._threshold.transactions.read_async(read)
        found = by_host or by_key
        if found is None or (company is not None and (by_key is None or by_key.id != found.id)):
            raise NotFound("no company has this host or widget key")
        return found

    async def _resource(self, came: Came, path: str, *, company: str | None) -> str:
        """Return what tokens for an address of a company's must be issued for. Raises `AccessTokenInvalid`."""
        tenants = self._threshold.rooms.identity.tenants
        host = came.message.host
        own = await self._threshold.transactions.read_async(lambda tx: tenants.tenant_by_host(tx, host))
        public_url = self._threshold.rooms.public_url
        return resource_of(came.origin, is_own_host=own is not None, public_url=public_url, path=path, company=company)

    async def _place(self, machine: RecognisedMachine, channel: str, request: SignedMessageRequest) -> ConversationId:
        """Return where a message belongs: the conversation that is named, or one that begins with it."""
        scope = machine.scope
        if request.conversation is not None:
            here = ConversationId(request.conversation)
            await self._threshold.transactions.read_async(lambda tx: _require_own(tx, machine, here))
            return here
        kept = self._threshold.rooms.screening.kept_id(scope, request.client_message_id)
        begun = (scope.tenant_id, channel, machine.shown.machine, machine.party_id, kept)
        return ConversationId(derive_id("conversation", *begun))

    async def _admitted(
        self, machine: RecognisedMachine, here: ConversationId, channel: str, request: SignedMessageRequest
    ) -> Admitted:
        """Return what a machine's message is admitted to: first of all under a mandate, each owner counted by itself.

        Raises `SenderBlocked`.
        """
        rooms, scope = self._threshold.rooms, machine.scope
        by = By(
            platform=f"machine:{machine.shown.platform}",
            channel=channel,
            language=plain_code(request.language),
            mandated=machine.owner is not None,
        )

        def read(tx: Tx) -> tuple[Knock, Standing]:
            rooms.blocks.refuse_blocked(tx, scope, *_senders(machine))
            party = rooms.identity.parties.spoken_for(tx, scope, machine.party_id)
            return knock_of(tx, scope, party, here, by=by), rooms.flood.standing(tx, scope)

        knock, standing = await self._threshold.transactions.read_async(read)
        return await rooms.flood.admit(scope, knock, standing)

    async def _make_known(self, machine: RecognisedMachine) -> None:
        """Have a machine that speaks for nobody be somebody whom staff can look at."""
        scope, parties = machine.scope, self._threshold.rooms.identity.parties

        def is_there(tx: Tx) -> bool:
            try:
                parties.find(tx, scope, machine.party_id)
            except NotFound:
                return False
            return True

        if not await self._threshold.transactions.read_async(is_there):
            await self._threshold.write(scope, lambda tx: parties.known_machine(tx, scope, machine.party_id))

    def disclosure(self, tenant: Tenant, language: str | None) -> str:
        """Return the sentence that tells a machine by whom it is answered, in its language or the company's first."""
        translator, languages = self._threshold.rooms.translator, tenant.settings.languages
        resolved = translator.resolve(language) if language else languages[0]
        wished = resolved if resolved in languages else languages[0]
        return translator.say(wished, "disclosure.machine", company=tenant.name)


def _senders(machine: RecognisedMachine) -> tuple[PartyId, ...]:
    """Return who is not heard if one of them is blocked: the machine, and whom it speaks for."""
    return (machine.party_id,) if machine.owner is None else (machine.party_id, machine.owner)


def _require_own(tx: Tx, machine: RecognisedMachine, conversation_id: ConversationId) -> None:
    """Raise `NotFound` unless this machine began the conversation, for whom it speaks now.

    What an owner says elsewhere is not their machine's to read, nor what the machine said for another owner.
    """
    opened = record.find_entry(tx, machine.scope, conversation_id, "opened")
    by = None if opened is None else opened.entry.data.get("by_machine")
    own = (machine.shown.machine, machine.shown.mandate)
    # An act is told in a conversation of its mandate's, which the machine of that mandate may read.
    same = isinstance(by, dict) and (by.get("machine") == own[0] or (own[1] and by.get("mandate") == own[1]))
    if opened is None or not same or opened.entry.party_id != machine.party_id:
        raise NotFound("no such conversation")
