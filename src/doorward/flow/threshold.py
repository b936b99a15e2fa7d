"""What every verb of a visitor stands on: who speaks, in which language, and how something is stored or handed over."""

import asyncio
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

import msgspec

from doorward import record, routing
from doorward.admission import Admission, Blocks, Visitor, VisitorTokens
from doorward.admission.effort import Efforts
from doorward.admission.kept import end_demotion
from doorward.answering import KnowledgeService
from doorward.flow.accept import FrontDoor, TenantScreening
from doorward.flow.expecting import Expecting
from doorward.flow.flood import Admitted, By, FloodControl, Knock, Standing, knock_of, rank_here, words
from doorward.flow.flood.deferring import keep_appeal, keep_told
from doorward.flow.handoffs import handoff_for
from doorward.flow.joined import goes_on_in
from doorward.flow.openings import hand_over_words
from doorward.flow.shares import ContactCount
from doorward.flow.signing import AccessTokens, SignedDevices, SignedRequests
from doorward.flow.tenancy import SettingsBook
from doorward.identity import Identity
from doorward.kit.bus import ProcessBus
from doorward.kit.clock import Clock
from doorward.kit.i18n import Translator
from doorward.kit.keys import Keys
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import CommitFailed, Transactions, Tx
from doorward.protection import ProtectionService, Screened
from doorward.vocabulary.channel import (
    AttachmentRequest,
    CallbackRequest,
    DeletionRequest,
    FeedbackRequest,
    PersonRequest,
    TranscriptRequest,
)
from doorward.vocabulary.company import CoreSystem
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import ChannelClosed, StorageFull, Unavailable
from doorward.vocabulary.ids import MessageId, PartyId, TenantId
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.machines import Mandating, Unmandated
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.party import AssuranceLevel, Party
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import house_text

T = TypeVar("T")
R = TypeVar(
    "R",
    AttachmentRequest,
    CallbackRequest,
    DeletionRequest,
    FeedbackRequest,
    PersonRequest,
    TranscriptRequest,
)


class LetIn(NamedTuple):
    """Who speaks, and what they may have."""

    party_id: PartyId
    admitted: Admitted


class ContactRooms(msgspec.Struct, frozen=True, kw_only=True):
    """The rooms that a contact meets, and whether files that they hand in are scanned."""

    admission: Admission
    blocks: Blocks
    visitor_tokens: VisitorTokens
    identity: Identity
    settings_book: SettingsBook
    front_door: FrontDoor
    screening: TenantScreening
    protection: ProtectionService
    knowledge: KnowledgeService
    translator: Translator
    packs: Mapping[str, LanguagePack]
    bus: ProcessBus
    clock: Clock
    keys: Keys
    core_systems: Mapping[TenantId, CoreSystem]
    scans_files: bool
    flood: FloodControl
    efforts: Efforts
    expecting: Expecting | None = None
    signed: SignedRequests
    tokens: AccessTokens
    signed_devices: SignedDevices
    contacts: ContactCount
    public_url: str = ""
    mandating: Mandating = Unmandated()


class Threshold:
    """Where visitors stand while they ask for something."""

    def __init__(self, transactions: Transactions, rooms: ContactRooms) -> None:
        """Take the rooms."""
        self.transactions = transactions
        self.rooms = rooms

    def visitor(self, credential: str) -> Visitor:
        """Return who holds the token. Raises `TokenExpired` or `NotSignedIn`."""
        return self.rooms.visitor_tokens.read(credential)

    async def present(self, credential: str) -> Visitor:
        """Do as `visitor`, standing in the conversation in which theirs goes on if it was merged."""
        visitor = self.visitor(credential)
        here = visitor.conversation_id
        goes_on = await self.transactions.read_async(lambda tx: goes_on_in(tx, visitor.scope, here))
        return visitor if goes_on == here else msgspec.structs.replace(visitor, conversation_id=goes_on)

    def discreet(self, visitor: Visitor, request: R) -> R:
        """Return a request whose own id may be stored, whatever its sender made it of."""
        return msgspec.structs.replace(
            request, client_message_id=self.rooms.screening.kept_id(visitor.scope, request.client_message_id)
        )

    async def speaker(self, visitor: Visitor) -> PartyId:
        """Return who speaks: the customer that a visitor was found to be, else the visitor; blocked or not."""
        scope, parties = visitor.scope, self.rooms.identity.parties
        party = await self.transactions.read_async(lambda tx: parties.recognise(tx, scope, visitor.party_id))
        return party.id

    async def admitted(self, visitor: Visitor, *, for_person: bool = False) -> PartyId:
        """Return who speaks, unless they are turned away.

        Raises `SenderBlocked` for somebody turned away; a customer who has proven who they are still gets a person.
        """
        return await self.transactions.read_async(lambda tx: self._speaks(tx, visitor, for_person=for_person).id)

    async def let_in(self, visitor: Visitor, *, by: By, for_person: bool = False) -> LetIn:
        """Return who speaks and what flood control lets them have; a new contact is counted. Raises as `admitted`."""
        scope, flood = visitor.scope, self.rooms.flood

        def read(tx: Tx) -> tuple[PartyId, Knock, Standing]:
            party = self._speaks(tx, visitor, for_person=for_person)
            here = goes_on_in(tx, scope, visitor.conversation_id)
            worked = msgspec.structs.replace(by, effort=visitor.has_effort(tx.now))
            return party.id, knock_of(tx, scope, party, here, by=worked), flood.standing(tx, scope)

        party_id, knock, standing = await self.transactions.read_async(read)
        return LetIn(party_id, await flood.admit(scope, knock, standing))

    def _speaks(self, tx: Tx, visitor: Visitor, *, for_person: bool) -> Party:
        scope = visitor.scope
        party = self.rooms.identity.parties.recognise(tx, scope, visitor.party_id)
        verified = party.kind == "customer" and party.assurance.level >= AssuranceLevel.VERIFIED
        if not (for_person and verified):
            self.rooms.blocks.refuse_blocked(tx, scope, visitor.party_id, party.id)
        return party

    async def refuse_closed(self, scope: Scope, channel: str) -> None:
        """Raise `ChannelClosed` when the tenant takes no messages on this channel now."""
        book = self.rooms.settings_book
        if book.is_at_hand(scope.tenant_id):
            settings = book.settings_of(scope.tenant_id)
        else:
            settings = await asyncio.to_thread(book.settings_of, scope.tenant_id)
        if channel in settings.closed_channels:
            raise ChannelClosed("the tenant has closed this channel")

    async def language(self, visitor: Visitor) -> str:
        """Return the language of the conversation, the company's first one where nobody has spoken yet."""
        card = await self.transactions.read_async(lambda tx: record.card_of(tx, visitor.scope, visitor.conversation_id))
        settings = await asyncio.to_thread(self.rooms.settings_book.settings_of, visitor.scope.tenant_id)
        return card.language if card is not None and card.language else settings.languages[0]

    async def write(self, scope: Scope, work: Callable[[Tx], Outcome[T]]) -> T:
        """Write, or raise `StorageFull` or `Unavailable`: then nothing was stored."""
        try:
            return await self.transactions.write_async(scope, work)
        except CommitFailed as error:
            raise (StorageFull if error.full else Unavailable)("nothing was stored") from error

    async def make_ready(self, scope: Scope, party_id: PartyId) -> None:
        """Make the key that seals what this party hands in, before any transaction waits for a disk."""
        await asyncio.to_thread(self.rooms.protection.make_ready, scope, party_id)

    def keep(self, tx: Tx, scope: Scope, screened: Screened, *, party_id: PartyId, message_id: MessageId) -> None:
        """Keep what was found in a party's words."""
        self.rooms.protection.keep(tx, scope, screened, party_id=party_id, message_id=message_id)

    def handed_over(
        self, tx: Tx, scope: Scope, asked: Entry, *, language: str, sentence: str
    ) -> tuple[Entry | AuditEvent, ...]:
        """Put the conversation into the queue for the reason in `asked.data`, and say `sentence` to the customer.

        Nothing is queued that waits or is with a person already; the sentence is said nevertheless.
        """
        said = self.said(asked, language=language, sentence=sentence)
        card = record.card_of(tx, scope, asked.conversation_id)
        if card is not None and card.state in {"waiting", "human"}:
            return (said,)
        handoff = handoff_for(tx, scope, card, reason=asked.data["reason"])
        handoff = msgspec.structs.replace(handoff, rank=self.rank_of(tx, scope, asked))
        end_demotion(tx, scope, asked.conversation_id)
        queued = routing.enter_queue(tx, scope, asked.conversation_id, asked.party_id, handoff=handoff)
        requested = msgspec.structs.replace(
            asked,
            kind="handoff.requested",
            key=f"handoff:{asked.key}",
            text=None,
            message_id=None,
            data={"reason": handoff.reason, "queue": handoff.queue, "priority": handoff.priority},
        )
        return (said, requested, *queued.entries)

    def deferred(
        self, tx: Tx, scope: Scope, asked: Entry, language: str, admitted: Admitted
    ) -> tuple[Entry | AuditEvent, ...]:
        """Say why there is no person now, and keep that it was said; the second time it is an appeal."""
        here, party_id, translator = asked.conversation_id, asked.party_id, self.rooms.translator
        audits: tuple[AuditEvent, ...] = ()
        if admitted.told:
            audits = keep_appeal(tx, scope, here, party_id, admitted=admitted)
            reply = words.appealed(translator, language)
        else:
            keep_told(tx, scope, here, party_id, admitted=admitted)
            settings = self.rooms.identity.tenants.settings_of(tx, scope)
            reply = words.deferral(translator, language, admitted, settings=settings, now=tx.now)
        line = msgspec.structs.replace(
            asked,
            kind="message.bot",
            key=f"notice:{asked.key}",
            text=house_text(reply.text),
            message_id=None,
            data={"language": language, "action": "defer", "choices": msgspec.to_builtins(reply.choices)},
        )
        return (line, *audits)

    def rank_of(self, tx: Tx, scope: Scope, asked: Entry) -> int:
        """Return the place in the order of service of whoever asks for a person; staff ask before everybody."""
        if asked.actor.kind != "customer":
            return 0
        party = self.rooms.identity.parties.recognise(tx, scope, PartyId(asked.actor.id))
        return rank_here(tx, scope, party, asked.conversation_id)

    def said(self, about: Entry, *, language: str, sentence: str, hours: TenantSettings | None = None) -> Entry:
        """Return the line in which the house says a sentence of its own.

        Given the tenant's `hours`, it says as well when people answer again, if they do not answer now.
        """
        translator = self.rooms.translator
        words = translator.say(language, sentence)
        if hours is not None:
            words = hand_over_words(translator, language, words, settings=hours, now=about.at)
        return msgspec.structs.replace(
            about,
            kind="message.bot",
            key=f"notice:{about.key}",
            text=house_text(words),
            message_id=None,
            data={"language": language, "action": "hand_over"},
        )


def opening(tx: Tx, scope: Scope, first: Entry, *, language: str) -> tuple[Entry, ...]:
    """Return the line that a conversation begins with, none when it has begun."""
    if record.card_of(tx, scope, first.conversation_id) is not None:
        return ()
    data = {"channel": "webchat", "language": language}
    return (
        msgspec.structs.replace(first, kind="conversation.opened", key="opened", text=None, message_id=None, data=data),
    )
