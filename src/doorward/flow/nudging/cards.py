"""What stands out, for whoever talks with the customer: prepared before the contact, with the offer and why."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple

import msgspec

from doorward import record
from doorward.answering import Knowledge
from doorward.answering.nudges import (
    Nudge,
    NudgeBook,
    NudgeKind,
    Offer,
    OfferState,
    answer_offer,
    offerable,
    offers_in,
    value_of,
    why_of,
    word_of,
    write_offer,
)
from doorward.flow.core_facts import CoreFacts
from doorward.flow.expecting import ExpectedIntent, Expecting
from doorward.flow.nudging.book import NudgeBooks
from doorward.flow.nudging.contact import is_delicate, is_solved, lines_of
from doorward.identity import Identity, family_of
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.record import Card
from doorward.understanding.expecting import Band
from doorward.vocabulary.company import Signal
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

Advice = Literal["", "resting", "delicate", "unsolved"]

_MOST: Final = 8
"""Cards that are shown."""


class NudgeCard(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stands out for a customer, with what may be offered.

    `title` and `why` are in the reader's language, `ask` in the customer's. `offer` is what the procedure or the
    article is called. `advice` says why it had better not be offered now: `resting` (the customer said no, or was asked
    enough), `delicate` (the contact), `unsolved` (something new, before the problem is solved). `last` is what came of
    it last in this conversation.
    """

    key: str
    kind: NudgeKind
    title: str
    why: str
    ask: str
    procedure: str
    article: str
    offer: str
    advice: Advice
    last: OfferState | None


class StandsOut(msgspec.Struct, frozen=True, kw_only=True):
    """What stands out for a conversation's customer, the most pressing first. `known` is False for somebody whom nobody
    knows, `reachable` where the company's system did not answer. `expected` is what they probably wanted, as it was
    reckoned before the first word.
    """

    known: bool
    reachable: bool = True
    cards: tuple[NudgeCard, ...] = ()
    expected: ExpectedIntent | None = None


_Words = tuple[str, Mapping[str, str]]
"""The reader's language, and what procedures are called in it."""


class CardRooms(msgspec.Struct, frozen=True, kw_only=True):
    """What cards need of the house; `names` says what procedures are called in a language."""

    books: NudgeBooks
    identity: Identity
    core_facts: CoreFacts
    knowledge: Knowledge
    names: Callable[[Scope, str], Mapping[str, str]]
    expecting: Expecting


class _Looked(NamedTuple):
    reference: str | None
    language: str
    delicate: bool = False
    solved: bool = False
    here: tuple[Offer, ...] = ()
    told: tuple[str, Band] | None = None
    allowed: frozenset[str] = frozenset()


class NudgeCards:
    """The verbs of those who talk with customers (`customers:read`, `conversations:write`, asked at the door)."""

    def __init__(self, transactions: Transactions, rooms: CardRooms) -> None:
        """Take the rooms."""
        self._transactions = transactions
        self._rooms = rooms

    def has_any(self, scope: Scope) -> bool:
        """Return whether the company offers anything unasked, or expects anything of its customers."""
        return self._rooms.books.of(scope.tenant_id) is not None or self._rooms.expecting.has_any(scope)

    async def of(self, scope: Scope, conversation_id: ConversationId, *, language: str) -> StandsOut:
        """Return what stands out for a conversation's customer, once the audit has it. Raises `NotFound`."""
        book = self._rooms.books.of(scope.tenant_id)
        looked = await self._transactions.write_async(scope, lambda tx: self._look(tx, scope, conversation_id, book))
        if looked.reference is None:
            return StandsOut(known=False)
        expected = await asyncio.to_thread(self._rooms.expecting.named, scope, looked.told, language=language)
        if book is None:
            return StandsOut(known=True, expected=expected)
        told = await self._rooms.core_facts.of(scope.tenant_id, looked.reference)
        names = await asyncio.to_thread(self._rooms.names, scope, language)
        signals: dict[str, Signal] = {}
        for signal in told.signals:
            signals.setdefault(signal.kind, signal)
        found = [one for one in book.nudges if one.signal in signals and (one.kind == "service" or not looked.delicate)]
        whys = [(one, why_of(book, one, signals[one.signal], language=language)) for one in found]
        cards = [self._card(scope, one, looked, words=(language, names)) for one in whys]
        return StandsOut(known=True, reachable=told.reachable, cards=tuple(cards[:_MOST]), expected=expected)

    async def note(self, scope: Scope, conversation_id: ConversationId, key: str, state: OfferState) -> None:
        """Keep that the acting member of staff offered something in a conversation, or what the customer said to it.

        Doing it twice does it once. Raises `NotFound` for a conversation or a nudge that there is not, and `Conflict`
        for a conversation that is not with whoever acts.
        """
        book = self._rooms.books.of(scope.tenant_id)
        nudge = None if book is None else book.nudge(key)
        if nudge is None:
            raise NotFound("no such nudge")
        value = await self._value(scope, conversation_id, nudge)

        def work(tx: Tx) -> Outcome[None]:
            card = _card_of(tx, scope, conversation_id)
            if card.state != "human" or card.assignee != scope.actor.id:
                raise Conflict("this conversation is not with you; take it over first", why="not_mine")
            made = next((one for one in offers_in(tx, scope, conversation_id) if one.nudge == key), None)
            if made is not None and made.state in {"offered", "unanswered"} and state != "offered":
                answer_offer(tx, scope, made.id, state)
            elif made is None:
                offer = _by_staff(tx, scope, nudge, whose=(conversation_id, card.party_id), state=state)
                write_offer(tx, scope, msgspec.structs.replace(offer, value=value))
            audit = AuditEvent(
                action="nudge.noted", object_kind="conversation", object_id=conversation_id, fields=(key, state)
            )
            return Outcome(None, (audit,))

        await self._transactions.write_async(scope, work)

    async def _value(self, scope: Scope, conversation_id: ConversationId, nudge: Nudge) -> int | None:
        def reference(tx: Tx) -> str | None:
            card = _card_of(tx, scope, conversation_id)
            return self._rooms.identity.parties.recognise(tx, scope, card.party_id).reference

        known = await self._transactions.read_async(reference)
        told = () if known is None else (await self._rooms.core_facts.of(scope.tenant_id, known)).signals
        signal = next((one for one in told if one.kind == nudge.signal), None)
        return None if signal is None else value_of(nudge, signal)

    def _look(self, tx: Tx, scope: Scope, conversation_id: ConversationId, book: NudgeBook | None) -> Outcome[_Looked]:
        card = _card_of(tx, scope, conversation_id)
        party = self._rooms.identity.parties.recognise(tx, scope, card.party_id)
        if party.reference is None:
            return Outcome(_Looked(None, card.language))
        told = self._rooms.expecting.told(tx, scope, conversation_id)
        noted = AuditEvent(
            action="customer.opened",
            object_kind="party",
            object_id=party.id,
            fields=("signals",),
            reason=f"conversation {conversation_id}",
        )
        if book is None:
            return Outcome(_Looked(party.reference, card.language, told=told), (noted,))
        lines = lines_of(tx, scope, conversation_id)
        parties = family_of(tx, scope, card.party_id)
        allowed = frozenset(one.key for one in offerable(tx, scope, book, parties=parties))
        looked = _Looked(
            party.reference,
            card.language,
            delicate=is_delicate(lines, book),
            solved=card.state == "resolved" or is_solved(lines, ""),
            here=offers_in(tx, scope, conversation_id),
            told=told,
            allowed=allowed,
        )
        return Outcome(looked, (noted,))

    def _card(self, scope: Scope, found: tuple[Nudge, str], looked: _Looked, *, words: _Words) -> NudgeCard:
        (nudge, why), (language, names) = found, words
        article = (
            self._rooms.knowledge.index(scope).find(nudge.article, 0, language=language) if nudge.article else None
        )
        return NudgeCard(
            key=nudge.key,
            kind=nudge.kind,
            title=word_of(nudge.title, language),
            why=why,
            ask=word_of(nudge.ask, looked.language or language),
            procedure=nudge.procedure,
            article=nudge.article,
            offer=names.get(nudge.procedure, "") if article is None else article.title,
            advice=_advice(nudge, looked),
            last=next((one.state for one in looked.here if one.nudge == nudge.key), None),
        )


def _card_of(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Card:
    card = record.card_of(tx, scope, conversation_id)
    if card is None:
        raise NotFound("no such conversation")
    return card


def _advice(nudge: Nudge, looked: _Looked) -> Advice:
    if looked.delicate:
        return "delicate"
    if nudge.key not in looked.allowed:
        return "resting"
    return "unsolved" if nudge.kind == "sales" and not looked.solved else ""


def _by_staff(tx: Tx, scope: Scope, nudge: Nudge, *, whose: tuple[ConversationId, PartyId], state: OfferState) -> Offer:
    conversation_id, party_id = whose
    return Offer(
        id=derive_id("nudge", scope.tenant_id, conversation_id, nudge.key),
        conversation_id=conversation_id,
        party_id=party_id,
        nudge=nudge.key,
        kind=nudge.kind,
        by="staff",
        state=state,
        rule="",
        offered_at=tx.now,
        answered_at=None if state == "offered" else tx.now,
    )
