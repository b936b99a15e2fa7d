"""Filling a tenant from a company plugin: settings, knowledge, customers, staff, and a past."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Final, TypeVar

import msgspec

from doorward import record, routing, workspace
from doorward.answering import KnowledgeService
from doorward.flow.accept import TenantScreening
from doorward.identity import Identity, MemberSeed
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.protection import DESK, ProtectionService
from doorward.vocabulary.company import ArticleSeed, Company, CustomerSeed, PastConversation, PastTurn, StaffSeed
from doorward.vocabulary.entry import Entry, EntryKind
from doorward.vocabulary.errors import Outdated
from doorward.vocabulary.ids import ConversationId, MessageId, PartyId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reply import Handoff
from doorward.vocabulary.scope import Actor, ActorKind, Scope
from doorward.vocabulary.text import MaskedText, WildText
from doorward.workspace import PieceName

Progress = Callable[[str, int, int], None]
"""Hears of progress: what is being done, how many of how many are done."""

T = TypeVar("T")
_AT_ONCE: Final = 50
_SPOKEN: Final[Mapping[str, EntryKind]] = {
    "customer": "message.customer",
    "bot": "message.bot",
    "agent": "message.agent",
}
_SPEAKER: Final[Mapping[str, ActorKind]] = {"message.customer": "customer", "message.agent": "staff"}


class Seeder:
    """Seeds a tenant. Every step may be repeated: what is there already is left as it is."""

    def __init__(
        self,
        transactions: Transactions,
        *,
        identity: Identity,
        knowledge: KnowledgeService,
        past: "PastWriter",
    ) -> None:
        """Take the rooms that are filled."""
        self._transactions = transactions
        self._tenants = identity.tenants
        self._parties = identity.parties
        self._identity = identity
        self._knowledge = knowledge
        self._past = past

    def seed_settings(self, scope: Scope, company: Company) -> None:
        """Write the company's branding and languages into the tenant's settings."""
        branding = company.branding
        values: dict[str, Any] = {
            "languages": list(company.languages),
            "accent": branding.accent,
            "accent_dark": branding.accent_dark,
            "greetings": dict(branding.greeting),
            "privacy_notices": dict(branding.privacy_notice),
            "public_contacts": list(branding.public_contacts),
        }

        def work(tx: Tx) -> Outcome[None]:
            lines: list[Any] = []
            for name, value in values.items():
                lines += self._tenants.change_setting(tx, scope, name=name, value=value).entries
            return Outcome(None, tuple(lines))

        self._transactions.write(scope, work)

    def seed_pieces(self, scope: Scope, company: Company) -> None:
        """Set up what the company's desk works with; a piece that is there already stays as it is.

        Raises `msgspec.ValidationError` for a piece that is none.
        """
        pieces = [(seed.key, msgspec.convert(seed.piece, workspace.Piece)) for seed in company.pieces()]

        def work(tx: Tx) -> Outcome[None]:
            lines: list[Any] = []
            for key, piece in pieces:
                try:
                    lines += workspace.put_piece(tx, scope, PieceName(key), piece, revision=0).entries
                except Outdated:
                    continue  # there is one with this key
            return Outcome(None, tuple(lines))

        self._transactions.write(scope, work)

    def seed_articles(self, scope: Scope, company: Company, *, progress: Progress) -> int:
        """Publish every article; return how many."""
        articles = tuple(company.articles())
        for done, article in enumerate(articles):
            progress("articles", done, len(articles))
            self._publish(scope, article)
        progress("articles", len(articles), len(articles))
        return len(articles)

    def seed_customers(self, scope: Scope, company: Company, *, progress: Progress) -> int:
        """Register every customer; return how many."""
        customers = tuple(company.customers())
        for done, some in enumerate(_chunks(customers, _AT_ONCE)):
            progress("customers", done * _AT_ONCE, len(customers))
            self._transactions.write(scope, partial(self._register, scope=scope, customers=some))
        progress("customers", len(customers), len(customers))
        return len(customers)

    def seed_staff(self, scope: Scope, company: Company, *, password: str) -> tuple[StaffId, ...]:
        """Add the company's staff, all with one password (this is for demonstrations); return their ids."""
        password_hash = self._identity.passwords.hash(password)
        staff = self._identity.staff

        def add(tx: Tx, seed: StaffSeed) -> Outcome[StaffId]:
            known = staff.find_by_username(tx, scope, seed.username)
            if known is not None:
                return Outcome(known.id)
            wanted = MemberSeed(
                username=seed.username, display_name=seed.display_name, role=seed.role, languages=seed.languages
            )
            made = staff.add(tx, scope, wanted)
            given = staff.set_password(tx, scope, made.value.id, password_hash=password_hash)
            return Outcome(made.value.id, (*made.entries, *given.entries))

        return tuple(self._transactions.write(scope, partial(add, seed=seed)) for seed in company.staff())

    def seed_history(self, scope: Scope, company: Company, *, staff: Sequence[StaffId], progress: Progress) -> int:
        """Write the company's past conversations, shared out among `staff`; return how many."""
        past = tuple(company.history())
        for done, conversation in enumerate(past):
            if done % 20 == 0:
                progress("history", done, len(past))
            agent = staff[done % len(staff)]
            party_id = self._transactions.write(scope, partial(self._party, scope=scope, conversation=conversation))
            self._past.write(scope, conversation, party_id=party_id, agent=agent)
        progress("history", len(past), len(past))
        return len(past)

    def _publish(self, scope: Scope, article: ArticleSeed) -> None:
        known = self._transactions.read(lambda tx: self._knowledge.known(tx, scope, article))
        prepared = self._knowledge.prepare(article, known=known)
        self._transactions.write(scope, lambda tx: self._knowledge.publish(tx, scope, prepared))

    def _register(self, tx: Tx, scope: Scope, customers: Sequence[CustomerSeed]) -> Outcome[None]:
        lines: list[Any] = []
        for customer in customers:
            if self._parties.find_by_reference(tx, scope, customer.reference) is None:
                lines += self._parties.register_customer(tx, scope, customer).entries
        return Outcome(None, tuple(lines))

    def _party(self, tx: Tx, scope: Scope, conversation: PastConversation) -> Outcome[PartyId]:
        if conversation.customer_reference is None:
            visitor = self._parties.new_visitor(tx, scope, language=conversation.language)
            return Outcome(visitor.value.id, visitor.entries)
        customer = self._parties.known_customer(tx, scope, conversation.customer_reference)
        return Outcome(customer.value.id, customer.entries)


class PastWriter:
    """Writes conversations of the past into the ledger. Their words go through the same screening as all others."""

    def __init__(
        self, transactions: Transactions, *, screening: TenantScreening, protection: ProtectionService
    ) -> None:
        """Take what screens and what seals."""
        self._transactions = transactions
        self._screening = screening
        self._protection = protection

    def write(self, scope: Scope, past: PastConversation, *, party_id: PartyId, agent: StaffId) -> None:
        """Write one conversation, in one transaction; writing it again changes nothing."""
        conversation_id = ConversationId(derive_id("past", scope.tenant_id, past.key))
        writing = _Writing(scope=scope, past=past, party_id=party_id, conversation_id=conversation_id, agent=agent)
        screened = []
        for number, turn in enumerate(past.turns):
            message_id = MessageId(derive_id("past-message", conversation_id, str(number)))
            channel = DESK if turn.author == "agent" else "webchat"
            screened.append(
                (turn, message_id, self._screening.screen_past(scope, WildText(turn.text), message_id, channel=channel))
            )

        def work(tx: Tx) -> Outcome[None]:
            for turn, message_id, one in screened:
                if turn.author == "customer":
                    self._protection.keep(tx, scope, one, party_id=party_id, message_id=message_id)
                elif one.originals:
                    self._protection.seal(tx, scope, party_id=party_id, message_id=message_id, originals=one.originals)
            turns = [(turn, message_id, one.masked, one.findings) for turn, message_id, one in screened]
            lines: list[Any] = list(writing.entries(turns, began=tx.now - past.started))
            if past.outcome == "waiting" and record.card_of(tx, scope, conversation_id) is None:
                lines.append(writing.waiting(at=lines[-1].at))
                handoff = Handoff(reason="asked_for_person")
                lines += routing.enter_queue(tx, scope, conversation_id, party_id, handoff=handoff).entries
            return Outcome(None, tuple(lines))

        self._transactions.write(scope, work)


class _Writing(msgspec.Struct, frozen=True, kw_only=True):
    """One past conversation on its way into the ledger."""

    scope: Scope
    past: PastConversation
    party_id: PartyId
    conversation_id: ConversationId
    agent: StaffId

    def entries(
        self, turns: Sequence[tuple[PastTurn, MessageId, MaskedText, Any]], *, began: datetime
    ) -> Iterator[Entry]:
        """Yield the ledger lines of the conversation that began at `began`."""
        past, at, number, agent_spoke = self.past, began, 0, False
        yield self._line("conversation.opened", at, data={"channel": "webchat", "language": past.language})
        for place, (turn, message_id, text, findings) in enumerate(turns):
            at += turn.after
            if turn.author == "agent" and not agent_spoke:
                agent_spoke = True
                yield self._line("handoff.requested", at - turn.after, data={"reason": "asked_for_person"})
                yield self._line("handoff.assigned", at, data={"staff_id": self.agent})
            if turn.author == "bot":
                yield self._decision(place, at)
            number += turn.author == "customer"
            data: dict[str, Any] = {"channel": "webchat", "number": number, "language": past.language}
            if turn.author == "customer":
                data["findings"] = msgspec.to_builtins(findings)
            line = self._line(_SPOKEN[turn.author], at, data=data, suffix=message_id)
            yield msgspec.structs.replace(line, text=text, message_id=message_id)
        if past.labels:
            yield self._line("labels.changed", at, data={"added": sorted(past.labels), "removed": []})
        if past.outcome == "resolved" and agent_spoke:
            yield self._line("conversation.resolved", at, data={"staff_id": self.agent})

    def waiting(self, *, at: datetime) -> Entry:
        """Return the line that leaves the conversation waiting for a person."""
        return self._line(
            "handoff.requested", at, data={"reason": "asked_for_person", "queue": "default"}, suffix="end"
        )

    def _decision(self, place: int, at: datetime) -> Entry:
        data = {
            "action": "answer",
            "reason": "answer_found",
            "rule": "past.seeded@1",
            "facts": {},
            "intent": "",
            "intent_score": 0.0,
            "candidates": [],
            "language": self.past.language,
        }
        return self._line("decision.made", at, data=data, suffix=str(place))

    def _line(
        self,
        kind: EntryKind,
        at: datetime,
        *,
        data: dict[str, Any],
        suffix: str = "",
    ) -> Entry:
        author = _SPEAKER.get(kind, "system")
        ids = {"customer": self.party_id, "staff": self.agent, "system": "past"}
        return Entry(
            kind=kind,
            conversation_id=self.conversation_id,
            party_id=self.party_id,
            key=f"past:{kind}:{suffix}",
            at=at,
            actor=Actor(kind=author, id=ids[author]),
            data=data,
        )


def _chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    iterator = iter(items)
    while chunk := tuple(islice(iterator, size)):
        yield chunk
