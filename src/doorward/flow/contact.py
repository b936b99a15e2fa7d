"""What a contact does at the door: begin, say something, read, ask for a person. Channels parse, this decides."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from doorward import record, routing
from doorward.admission import Visitor
from doorward.admission.kept import end_demotion
from doorward.flow.accept import Accepted
from doorward.flow.attachments import MEDIA_TYPES, Attachments, Downloads, OpenedFile
from doorward.flow.call_backs import CallBacks
from doorward.flow.effort import EffortWork
from doorward.flow.feedback import Feedback
from doorward.flow.flood import EVERYTHING, Admitted, By, Knock, Standing, knock_of, plain_code
from doorward.flow.handoffs import handoff_for
from doorward.flow.joined import goes_on_in
from doorward.flow.machine_contact import MachineContact
from doorward.flow.openings import Closed
from doorward.flow.procedures import resume_jobs
from doorward.flow.prospects import Prospects
from doorward.flow.secret_words import SecretWords
from doorward.flow.team_hours import hours_at
from doorward.flow.threshold import ContactRooms, Threshold, opening
from doorward.flow.typing_signs import TypingSigns
from doorward.flow.views.explaining import Explanation, explained
from doorward.flow.views.told import told_transcript
from doorward.flow.views.told_own import OwnReader
from doorward.flow.views.transcript import ShownArticle, ShownSection, Transcript, files_in
from doorward.flow.wishes import Wishes
from doorward.identity import Confirmation, Grant, Tenant, TokenUse, require_permission
from doorward.kit.ids import derive_id, new_id
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.arrival import Arrival
from doorward.vocabulary.channel import (
    ConfirmRequest,
    EntriesRequest,
    FileRequest,
    MessageRequest,
    PersonRequest,
    SourceRequest,
    VerificationRequest,
    VisitRequest,
    WhyRequest,
)
from doorward.vocabulary.company import CoreOrder
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import NotFound, NotSignedIn
from doorward.vocabulary.ids import ArticleId, ConversationId, PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reply import Choice
from doorward.vocabulary.scope import Actor, Scope, system_scope

__all__ = ["Contact", "ContactRooms", "VisitOpened"]


WEBCHAT: Final = "webchat"


class CompanyCard(msgspec.Struct, frozen=True, kw_only=True):
    """How the company shows itself to visitors. Colours are `#rrggbb`."""

    name: str
    accent: str
    accent_dark: str


class AttachmentRules(msgspec.Struct, frozen=True, kw_only=True):
    """What files may be handed in: the largest size in bytes, the media types, and whether anything scans them.

    What nothing scans stays held, and nobody can open it.
    """

    bytes: int
    types: tuple[str, ...]
    scanned: bool


class VisitOpened(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that a visitor may speak in, and what is said before the first word.

    `characters` is the longest message, `people` whether anybody is at the desk now, `closed` until when nobody
    answers for it is outside the hours of the team that it goes to, `secrets` the words beside which
    digits are likely a PIN or a code, so that a browser can warn before anything leaves it. `suggestions` are what a
    customer who is known probably wants, to be pressed before the first word. `effort` says that the visitor's device
    is asked for a piece of work, which gives them a place in the queue; without it they are answered all the same.
    """

    token: str
    expires_at: datetime
    conversation_id: ConversationId
    language: str
    languages: tuple[str, ...]
    company: CompanyCard
    notice: str
    greeting: str
    disclosure: str
    characters: int
    people: bool
    closed: Closed | None
    attachments: AttachmentRules
    secrets: tuple[str, ...]
    suggestions: tuple[Choice, ...] = ()
    effort: bool = False

    def __repr__(self) -> str:
        """Show nothing of the token."""
        return "<VisitOpened>"


class _Place(NamedTuple):
    """For whom and in which conversation something is said, by whose credential if that proves anything of them, and
    what it was admitted to.
    """

    party_id: PartyId
    conversation_id: ConversationId
    acting: PartyId | None = None
    admitted: Admitted = EVERYTHING


class Contact:
    """The verbs of visitors and machines. All are asynchronous and hold no thread while they wait."""

    def __init__(self, transactions: Transactions, rooms: ContactRooms) -> None:
        """Take the rooms."""
        self._transactions = transactions
        self._rooms = rooms
        self._threshold = threshold = Threshold(transactions, rooms)
        self.own_reader = OwnReader(rooms.identity, rooms.protection)
        self.prospects = Prospects(transactions, rooms.identity.tenants, rooms.clock)
        self._words = SecretWords(rooms.packs)
        self._downloads = Downloads(transactions, keys=rooms.keys)
        self.attachments = Attachments(threshold)
        self.effort = EffortWork(threshold)
        self.feedback = Feedback(threshold)
        self.call_backs = CallBacks(threshold)
        self.wishes = Wishes(threshold, self.call_backs)
        self.signs = TypingSigns(rooms.bus)
        self.machines = MachineContact(threshold, by=rooms.signed)
        self.devices = MachineContact(threshold, by=rooms.signed_devices)

    # -- begin -------------------------------------------------------------------------------------------------------

    async def visit(self, request: VisitRequest, *, address: str) -> VisitOpened:
        """Begin a conversation, or continue the one that `resume` names.

        Raises `NotFound` for an unknown widget key, `RateLimited`, and what a host site's token deserves. A `resume`
        token that is too old or not ours begins a new conversation: a visitor is never stuck with a dead token.
        """
        rooms = self._rooms
        tenant = await self._transactions.read_async(
            lambda tx: rooms.identity.tenants.tenant_by_widget_key(tx, request.widget_key)
        )
        if tenant is None:
            raise NotFound("no company has this widget key")
        rooms.admission.admit_visit(tenant.id, address)
        language = self._language(tenant, request.language)
        visitor = self._resumed(tenant, request)
        if request.user_token is not None:
            visitor = await self._vouched(tenant, request.user_token, visitor=visitor, language=language)
        elif visitor is None:
            visitor = await self._new_visitor(tenant, language)
        issued = rooms.visitor_tokens.issue_for(visitor)
        return await self._opened(tenant, language, visitor, token=issued.token, expires_at=issued.expires_at)

    # -- speak -------------------------------------------------------------------------------------------------------

    async def message(
        self, channel: str, request: MessageRequest, *, address: str, user_agent: str = "", region: str = ""
    ) -> Accepted:
        """Accept a visitor's message. Raises refusals; `StorageFull` or `Unavailable` when it was not kept.

        `user_agent` counts for nothing but how many contacts look like an assistant's, `region`, the country that a
        proxy named, for nothing but how many come from there.
        """
        visitor = self._rooms.visitor_tokens.read(request.credential)
        self._rooms.admission.admit_message(visitor.scope, request.text, party_id=visitor.party_id)
        await self._threshold.refuse_closed(visitor.scope, channel)
        by = By(platform=channel, channel=channel, language=plain_code(request.language), region=region)
        party_id, admitted = await self._threshold.let_in(visitor, by=by)
        place = _Place(party_id, visitor.conversation_id, visitor.party_id, admitted)
        accepted = await self._accept(visitor.scope, channel, request, place)
        self._count(visitor.scope, channel, accepted, user_agent=user_agent)
        wanted = await self.effort.would_help(visitor, admitted)
        return msgspec.structs.replace(accepted, effort=True) if wanted else accepted

    async def machine_message(self, channel: str, request: MessageRequest) -> Accepted:
        """Accept a message that came with an API token: on behalf of `customer`, in `conversation`, if named."""
        rooms = self._rooms
        use = await self.token_use(request.credential)
        require_permission(use.principal, "messages:write")
        scope = use.principal.scope
        rooms.admission.admit_machine_message(scope, request.text, token_id=use.token_id)
        await self._threshold.refuse_closed(scope, channel)
        place = await self._machine_place(scope, channel, request)
        # Owners are counted apart for each program that they come by.
        by = By(platform=f"token:{use.token_id}", channel=channel, language=plain_code(request.language))

        def read(tx: Tx) -> tuple[Knock, Standing]:
            rooms.blocks.refuse_blocked(tx, scope, place.party_id)
            party = rooms.identity.parties.spoken_for(tx, scope, place.party_id)
            return knock_of(tx, scope, party, place.conversation_id, by=by), rooms.flood.standing(tx, scope)

        knock, standing = await self._transactions.read_async(read)
        place = place._replace(admitted=await rooms.flood.admit(scope, knock, standing))
        accepted = await self._accept(scope, channel, request, place)
        self._count(scope, channel, accepted)
        return accepted

    def _count(self, scope: Scope, channel: str, accepted: Accepted, *, user_agent: str = "") -> None:
        """Count a contact that begins with this message."""
        if accepted.number == 1 and not accepted.duplicate:
            self._rooms.contacts.note(scope, channel=channel, text=accepted.text, user_agent=user_agent)

    async def token_use(self, secret: str) -> TokenUse:
        """Return what an API token entitles to, and note its use now and then. Raises `NotSignedIn`."""
        tokens = self._rooms.identity.tokens
        use = await self._transactions.read_async(lambda tx: tokens.read(tx, secret))
        if use.stale:
            scope = use.principal.scope
            await self._transactions.write_async(scope, lambda tx: tokens.touch(tx, scope, use.token_id))
        return use

    async def ask_for_person(self, request: PersonRequest, *, region: str = "") -> str:
        """Hand the conversation over because the visitor wishes it; return its state. Works whatever else fails."""
        visitor = await self._threshold.present(request.credential)
        scope = visitor.scope
        request = self._threshold.discreet(visitor, request)
        by = By(platform=WEBCHAT, channel=WEBCHAT, region=region)
        party_id, admitted = await self._threshold.let_in(visitor, by=by, for_person=True)
        self._rooms.admission.admit_person(scope, party_id=visitor.party_id)
        settings = await asyncio.to_thread(self._rooms.settings_book.settings_of, scope.tenant_id)
        key = f"person:{request.client_message_id}"

        def work(tx: Tx) -> Outcome[None]:
            routing.lock_queue(tx, scope)
            record.lock_conversation(tx, scope, visitor.conversation_id)
            card = record.card_of(tx, scope, visitor.conversation_id)
            if card is not None and card.state in {"waiting", "human"}:
                return Outcome(None)
            if any(record.find_entry(tx, scope, visitor.conversation_id, one) for one in (key, f"notice:{key}")):
                return Outcome(None)  # an old request that comes late: it was fulfilled long ago
            language = card.language if card is not None and card.language else settings.languages[0]
            asked = _asked_for_person(tx, visitor, party_id, key=key)
            opened = opening(tx, scope, asked, language=language)
            if admitted.demoted:
                return Outcome(None, (*opened, *self._threshold.deferred(tx, scope, asked, language, admitted)))
            end_demotion(tx, scope, visitor.conversation_id)
            handoff = handoff_for(tx, scope, card, reason="asked_for_person", language=language)
            asked = msgspec.structs.replace(
                asked, data=asked.data | {"queue": handoff.queue, "priority": handoff.priority}
            )
            rank = self._threshold.rank_of(tx, scope, asked)
            handoff = msgspec.structs.replace(handoff, rank=rank)
            queued = routing.enter_queue(tx, scope, asked.conversation_id, asked.party_id, handoff=handoff)
            # Somebody who sits there outside the opening hours gets it at once: then the next opening is no news.
            told = not _assigned(queued.entries, visitor.conversation_id)
            plan = routing.read_plan(tx, scope).plan
            hours = hours_at(plan, handoff.queue, settings) if told else None
            said = self._threshold.said(asked, language=language, sentence="reply.hand_over", hours=hours)
            return Outcome(None, (*opened, said, asked, *queued.entries))

        await self._threshold.write(scope, work)
        return (await self.entries(EntriesRequest(credential=request.credential, after=0))).state

    # -- read --------------------------------------------------------------------------------------------------------

    async def entries(self, request: EntriesRequest) -> Transcript:
        """Return what was said after a number, and how the conversation stands."""
        visitor = self._rooms.visitor_tokens.read(request.credential)
        return await self._transcript(visitor, request.after)

    async def present(self, credential: str) -> Visitor:
        """Return who holds the token, standing where their conversation goes on; see `Threshold.present`."""
        return await self._threshold.present(credential)

    async def file(self, request: FileRequest) -> OpenedFile:
        """Return a file that a reply brought to this conversation. Raises `NotFound` for every other one."""
        visitor = self._rooms.visitor_tokens.read(request.credential)
        scope, conversation_id = visitor.scope, visitor.conversation_id
        return await self._downloads.open_told(
            scope, request.attachment_id, reads=lambda tx: files_in(told_transcript(tx, scope, conversation_id))
        )

    async def source(self, request: SourceRequest) -> ShownArticle:
        """Return the published article that an answer named as its source. Raises `NotFound`."""
        scope, knowledge = self._threshold.visitor(request.credential).scope, self._rooms.knowledge
        article_id = ArticleId(derive_id("article", scope.tenant_id, request.slug, request.language))
        found = await self._transactions.read_async(lambda tx: knowledge.article(tx, scope, article_id))
        if found.state != "published":
            raise NotFound("no such article")
        sections = tuple(ShownSection(heading=one.heading, body=one.body) for one in found.sections)
        return ShownArticle(title=found.title, language=found.language, sections=sections)

    async def why(self, request: WhyRequest) -> Explanation:
        """Return why the bot said a line of this conversation, in plain words. Raises `NotFound`."""
        visitor = self._rooms.visitor_tokens.read(request.credential)
        scope, here, words = visitor.scope, visitor.conversation_id, (self._rooms.translator, request.language)
        return await self._transactions.read_async(lambda tx: explained(tx, scope, here, request.number, words=words))

    # -- prove who one is --------------------------------------------------------------------------------------------

    async def ask_for_code(self, request: VerificationRequest, *, address: str) -> None:
        """Mail a code to the customer with this address, if there is one; the answer is the same if there is none."""
        rooms = self._rooms
        visitor = rooms.visitor_tokens.read(request.credential)
        scope, party_id = visitor.scope, visitor.party_id
        rooms.admission.admit_code(scope, party_id=party_id, email=request.email, address=address)
        await asyncio.to_thread(rooms.keys.make_party, scope.tenant_id, party_id)
        await self._threshold.write(
            scope, lambda tx: rooms.identity.step_up.start(tx, scope, party_id, email=request.email)
        )

    async def confirm_code(self, request: ConfirmRequest, *, address: str) -> Confirmation:
        """Take a mailed code back. Raises `NotAllowed` for a wrong, old or used-up one."""
        rooms = self._rooms
        visitor = rooms.visitor_tokens.read(request.credential)
        scope, party_id = visitor.scope, visitor.party_id
        rooms.admission.admit_confirmation(scope, party_id=party_id, address=address)

        def work(tx: Tx) -> Outcome[Confirmation]:
            confirmed = rooms.identity.step_up.confirm(tx, scope, party_id, code=request.code)
            card = record.card_of(tx, scope, visitor.conversation_id)
            if not confirmed.value.confirmed or card is None:
                return confirmed
            jobs = resume_jobs(tx, scope, visitor.conversation_id, acting=party_id)
            raised = Entry(
                kind="identity.raised",
                conversation_id=visitor.conversation_id,
                party_id=confirmed.value.customer.id if confirmed.value.customer else party_id,
                key=f"raised:{tx.now.isoformat()}",
                at=tx.now,
                actor=scope.actor,
                data={"level": confirmed.value.level.name, "factor": "mailed_code"},
            )
            return msgspec.structs.replace(
                confirmed, entries=(*confirmed.entries, raised), jobs=(*confirmed.jobs, *jobs)
            )

        confirmation = await self._threshold.write(scope, work)
        return confirmation.require()

    # -- act ---------------------------------------------------------------------------------------------------------

    async def orders(self, request: EntriesRequest) -> Sequence[CoreOrder]:
        """Return the visitor's own orders from the company's core system.

        Raises `StepUpRequired` until the visitor has proven who they are, `NotFound` without a core system.
        """
        rooms = self._rooms
        visitor = rooms.visitor_tokens.read(request.credential)
        scope, party_id = visitor.scope, visitor.party_id

        def work(tx: Tx) -> Outcome[Grant]:
            grant = rooms.identity.require(tx, scope, party_id, action="order.read")
            read = AuditEvent(action="orders.read", object_kind="party", object_id=grant.party_id)
            return Outcome(grant, (read,))

        grant = await self._threshold.write(scope, work)
        core = rooms.core_systems.get(scope.tenant_id)
        if core is None or grant.reference is None:
            raise NotFound("this company shows no orders here")
        return await asyncio.to_thread(core.orders, grant.reference)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _resumed(self, tenant: Tenant, request: VisitRequest) -> Visitor | None:
        if request.resume is None:
            return None
        try:
            return self._rooms.visitor_tokens.renew(request.resume, tenant_id=tenant.id)
        except NotSignedIn:
            return None

    async def _new_visitor(self, tenant: Tenant, language: str) -> Visitor:
        scope = system_scope(tenant.id, "webchat")
        party = await self._threshold.write(
            scope, lambda tx: self._rooms.identity.parties.new_visitor(tx, scope, language=language)
        )
        return _visitor(tenant, party.id, ConversationId(new_id()))

    async def _vouched(self, tenant: Tenant, user_token: str, *, visitor: Visitor | None, language: str) -> Visitor:
        """Take the host site's word for who this is; the conversation goes on as that customer."""
        scope = system_scope(tenant.id, "webchat")
        rooms = self._rooms
        before = None if visitor is None else visitor.party_id
        party = await self._threshold.write(
            scope,
            lambda tx: rooms.identity.host_tokens.accept(tx, scope, user_token, language=language, visitor_id=before),
        )
        # Somebody else's conversation is not this customer's to read: a new one begins.
        if visitor is None or party.id != visitor.party_id:
            return _visitor(tenant, party.id, ConversationId(new_id()))
        here = visitor.conversation_id
        jobs = await self._transactions.read_async(lambda tx: resume_jobs(tx, scope, here, acting=party.id))
        if jobs:
            await self._threshold.write(scope, lambda _tx: Outcome(None, jobs=jobs))
        return _visitor(tenant, party.id, here)

    async def _machine_place(self, scope: Scope, channel: str, request: MessageRequest) -> _Place:
        """Return for whom and in which conversation a program speaks. Raises `NotFound` for an unknown conversation."""
        parties, reference = self._rooms.identity.parties, request.customer
        if request.conversation is not None:
            named = ConversationId(request.conversation)
            card = await self._transactions.read_async(lambda tx: record.card_of(tx, scope, named))
            if card is None:
                raise NotFound("no such conversation")
            return _Place(card.party_id, named)
        if reference is not None:
            customer = await self._threshold.write(scope, lambda tx: parties.known_customer(tx, scope, reference))
            return _Place(customer.id, ConversationId(derive_id("conversation", scope.tenant_id, channel, customer.id)))
        # Nobody is named: each message is a conversation with somebody of its own, and a repetition is the same one.
        sender = (scope.tenant_id, scope.actor.id, self._rooms.screening.kept_id(scope, request.client_message_id))
        return _Place(PartyId(derive_id("party", *sender)), ConversationId(derive_id("conversation", *sender)))

    async def _accept(self, scope: Scope, channel: str, request: MessageRequest, place: _Place) -> Accepted:
        arrival = Arrival(
            channel=channel,
            client_message_id=request.client_message_id,
            text=request.text,
            party_id=place.party_id,
            conversation_id=place.conversation_id,
            received_at=self._rooms.clock.now(),
            language=request.language,
            acting=place.acting,
        )
        return await self._rooms.front_door.accept(scope, arrival, admitted=place.admitted)

    async def _transcript(self, visitor: Visitor, after: int) -> Transcript:
        scope = visitor.scope

        def read(tx: Tx) -> tuple[Transcript, record.Card | None]:
            here = visitor.conversation_id
            told = told_transcript(tx, scope, here, after=after)
            own = self.own_reader.open_for(tx, scope, told, reader=visitor.party_id)
            return own, record.card_of(tx, scope, goes_on_in(tx, scope, here))

        found, card = await self._transactions.read_async(read)
        return (await self.prospects.of(scope, card)).told(found)

    def _language(self, tenant: Tenant, wished: str | None) -> str:
        languages = tenant.settings.languages
        resolved = self._rooms.translator.resolve(wished) if wished else languages[0]
        return resolved if resolved in languages else languages[0]

    async def _opened(
        self, tenant: Tenant, language: str, visitor: Visitor, *, token: str, expires_at: datetime
    ) -> VisitOpened:
        settings, say = tenant.settings, self._rooms.translator.say

        def read(tx: Tx) -> tuple[record.Card | None, bool]:
            here = goes_on_in(tx, visitor.scope, visitor.conversation_id)
            return record.card_of(tx, visitor.scope, here), self.effort.is_wanted(tx, visitor)

        card, effort = await self._transactions.read_async(read)
        prospect = await self.prospects.of(visitor.scope, card, language=language)
        return VisitOpened(
            token=token,
            expires_at=expires_at,
            conversation_id=visitor.conversation_id,
            language=language,
            languages=settings.languages,
            company=CompanyCard(name=tenant.name, accent=settings.accent, accent_dark=settings.accent_dark),
            notice=settings.privacy_notices.get(language) or say(language, "notice.privacy", company=tenant.name),
            greeting=settings.greetings.get(language) or say(language, "reply.greeting"),
            disclosure=say(language, "disclosure.bot", company=tenant.name),
            characters=self._rooms.admission.message_characters,
            people=prospect.people,
            closed=prospect.closed,
            attachments=AttachmentRules(
                bytes=self._rooms.admission.attachment_bytes,
                types=tuple(MEDIA_TYPES),
                scanned=self._rooms.scans_files,
            ),
            secrets=self._words.told(settings.languages),
            suggestions=await self._suggested(visitor, card, language),
            effort=effort,
        )

    async def _suggested(self, visitor: Visitor, card: record.Card | None, language: str) -> tuple[Choice, ...]:
        """Return what may be pressed before the first word; nothing where something was said already."""
        expecting, here = self._rooms.expecting, visitor.conversation_id
        if expecting is None or card is not None:
            return ()
        return await expecting.greet(visitor.scope, here, acting=visitor.party_id, language=language)


def _visitor(tenant: Tenant, party_id: PartyId, conversation_id: ConversationId) -> Visitor:
    scope = Scope(tenant_id=tenant.id, actor=Actor(kind="customer", id=party_id))
    return Visitor(scope=scope, party_id=party_id, conversation_id=conversation_id)


def _asked_for_person(tx: Tx, visitor: Visitor, party_id: PartyId, *, key: str) -> Entry:
    return Entry(
        kind="handoff.requested",
        conversation_id=visitor.conversation_id,
        party_id=party_id,
        key=key,
        at=tx.now,
        actor=visitor.scope.actor,
        data={"reason": "asked_for_person", "queue": "default", "priority": 0},
    )


def _assigned(entries: Sequence[object], conversation_id: ConversationId) -> bool:
    kind = "handoff.assigned"
    return any(isinstance(e, Entry) and e.kind == kind and e.conversation_id == conversation_id for e in entries)
