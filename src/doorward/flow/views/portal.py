"""What customers see of themselves: conversations over all channels, decisions, requests, and who looked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from doorward import record
from doorward.flow.offering import CallBack, call_back_of
from doorward.flow.views.transcript import ShownEntry, Transcript, show, transcript
from doorward.identity import Identity
from doorward.kit.tx import Tx
from doorward.record import Card, CardQuery, WrittenEntry
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId, PartyId, StaffId
from doorward.vocabulary.scope import Scope

PAGE: Final = 20
DECISIONS: Final = 100
ACCESSES: Final = 200
CHANNEL: Final = "portal"
"""The channel of what is asked for at the portal itself."""
_ALL: Final = 5000
"""Most conversations of one customer that are looked through."""


class MyConversation(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation in the customer's list. `preview` is masked; `call_back` says how being called back stands."""

    id: ConversationId
    channel: str
    language: str
    state: str
    opened_at: datetime
    last_at: datetime
    preview: str
    lines: int
    call_back: CallBack = ""


class MyDecision(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided about one message and why. `seq` names it within its conversation.

    `said` is the masked message, where it is known; `facts` are the decision's own; `appealed` tells whether a person
    was asked to look again.
    """

    conversation_id: ConversationId
    seq: int
    at: datetime
    action: str
    reason: str
    rule: str
    facts: Mapping[str, Any]
    looked_at: tuple[str, ...]
    sources: tuple[str, ...]
    said: ShownEntry | None
    appealed: bool


class MyRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A wish about one's data: `kind` is correction or deletion, `state` the conversation's in which it is handled."""

    conversation_id: ConversationId
    kind: str
    state: str
    asked_at: datetime


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody looked: at what, when, and who by role (a role's name, `you`, `program`, `system` or `former`)."""

    at: datetime
    who: str
    action: str
    kinds: tuple[str, ...]
    purpose: str
    conversation_id: ConversationId | None


def parties_of(tx: Tx, scope: Scope, customer_id: PartyId, *, identity: Identity) -> tuple[PartyId, ...]:
    """Return the customer and every visitor who was found to be them."""
    return (customer_id, *identity.parties.linked(tx, scope, customer_id))


def own_card(
    tx: Tx, scope: Scope, customer_id: PartyId, *, conversation_id: ConversationId, identity: Identity
) -> Card:
    """Return the card of one of the customer's own conversations. Raises `NotFound` for everybody else's."""
    card = record.card_of(tx, scope, conversation_id)
    if card is None or card.party_id not in parties_of(tx, scope, customer_id, identity=identity):
        raise NotFound("no such conversation")
    return card


def my_conversations(
    tx: Tx, scope: Scope, customer_id: PartyId, *, identity: Identity, offset: int = 0
) -> tuple[tuple[MyConversation, ...], bool]:
    """Return a page of the customer's conversations, the latest first, and whether there are more."""
    wanted = CardQuery(party_ids=parties_of(tx, scope, customer_id, identity=identity), limit=PAGE + 1, offset=offset)
    cards = record.list_cards(tx, scope, wanted)
    return tuple(_conversation(tx, scope, card) for card in cards[:PAGE]), len(cards) > PAGE


def my_transcript(
    tx: Tx, scope: Scope, customer_id: PartyId, *, conversation_id: ConversationId, identity: Identity
) -> tuple[MyConversation, Transcript]:
    """Return one of the customer's conversations as it was said, masked. Raises `NotFound`."""
    card = own_card(tx, scope, customer_id, conversation_id=conversation_id, identity=identity)
    return _conversation(tx, scope, card), transcript(tx, scope, conversation_id)


def my_decisions(
    tx: Tx, scope: Scope, customer_id: PartyId, *, identity: Identity, limit: int = DECISIONS
) -> tuple[MyDecision, ...]:
    """Return what was decided about the customer's messages, newest first.

    Left out: that the assistant stayed silent because a person had the conversation, which decides nothing.
    """
    ids = _conversation_ids(tx, scope, customer_id, identity=identity)
    decided = record.entries_of_kinds(tx, scope, ids, kinds=("decision.made",), limit=limit)
    about = {one.entry.conversation_id for one in decided}
    spoken = record.entries_of_kinds(
        tx, scope, tuple(about), kinds=("message.customer", "appeal.made"), limit=limit * 10
    )
    # By the message's own id: whoever writes twice at once has both messages before the first decision.
    said = {one.entry.message_id: show(one) for one in spoken if one.entry.kind == "message.customer"}
    appealed = {(one.entry.conversation_id, one.entry.data["seq"]) for one in spoken if one.entry.kind == "appeal.made"}
    return tuple(
        _decision(one, said=said.get(one.entry.message_id), appealed=(one.entry.conversation_id, one.seq) in appealed)
        for one in decided
        if one.entry.data["action"] != "relay"
    )


def my_requests(tx: Tx, scope: Scope, customer_id: PartyId, *, identity: Identity) -> tuple[MyRequest, ...]:
    """Return the customer's wishes about their data, the latest first."""
    wanted = CardQuery(party_ids=parties_of(tx, scope, customer_id, identity=identity), limit=_ALL)
    cards = {card.conversation_id: card for card in record.list_cards(tx, scope, wanted) if card.channel == CHANNEL}
    opened = record.entries_of_kinds(tx, scope, tuple(cards), kinds=("conversation.opened",), limit=_ALL)
    return tuple(
        MyRequest(
            conversation_id=one.entry.conversation_id,
            kind=one.entry.data["request"],
            state=cards[one.entry.conversation_id].state,
            asked_at=one.entry.at,
        )
        for one in opened
        if one.entry.data.get("request")
    )


def my_accesses(
    tx: Tx, scope: Scope, customer_id: PartyId, *, identity: Identity, limit: int = ACCESSES
) -> tuple[Access, ...]:
    """Return who looked at the customer's data, newest first: by role, never by name."""
    parties = parties_of(tx, scope, customer_id, identity=identity)
    ids = _conversation_ids(tx, scope, customer_id, identity=identity)
    spoken = record.entries_of_kinds(
        tx, scope, ids, kinds=("message.customer", "message.agent", "message.bot"), limit=_ALL
    )
    places = {
        span.id: one.entry.conversation_id
        for one in spoken
        if one.entry.text is not None
        for span in one.entry.text.spans
        if span.id is not None
    }
    files = record.entries_of_kinds(tx, scope, ids, kinds=("attachment.received",), limit=_ALL)
    places |= {
        one.entry.data["attachment_id"]: one.entry.conversation_id
        for one in files
        if one.entry.data.get("author") != "agent"  # what the company sent is nothing of theirs
    }
    lines = record.accesses(tx, scope, (*parties, *ids, *places), limit=limit)
    roles = {one.id: one.role for one in identity.staff.everybody(tx, scope)}
    return tuple(_access(line, roles=roles, parties=frozenset(parties), places=places) for line in lines)


def _conversation_ids(tx: Tx, scope: Scope, customer_id: PartyId, *, identity: Identity) -> tuple[ConversationId, ...]:
    wanted = CardQuery(party_ids=parties_of(tx, scope, customer_id, identity=identity), limit=_ALL)
    return tuple(card.conversation_id for card in record.list_cards(tx, scope, wanted))


def _conversation(tx: Tx, scope: Scope, card: Card) -> MyConversation:
    return MyConversation(
        id=card.conversation_id,
        channel=card.channel,
        language=card.language,
        state=card.state,
        opened_at=card.opened_at,
        last_at=card.last_at,
        preview=card.preview,
        lines=card.customer_messages + card.bot_messages + card.agent_messages,
        call_back=call_back_of(tx, scope, card),
    )


def _decision(written: WrittenEntry, *, said: ShownEntry | None, appealed: bool) -> MyDecision:
    entry, data = written.entry, written.entry.data
    titles = dict.fromkeys(str(one["title"]) for one in data["candidates"][:3])
    return MyDecision(
        conversation_id=entry.conversation_id,
        seq=written.seq,
        at=entry.at,
        action=data["action"],
        reason=data["reason"],
        rule=data["rule"],
        facts=data["facts"],
        looked_at=tuple(data.get("looked_at", ())),
        sources=tuple(titles) if data["action"] in {"answer", "clarify"} else (),
        said=said,
        appealed=appealed,
    )


def _access(
    line: record.AuditLine,
    *,
    roles: Mapping[StaffId, str],
    parties: frozenset[PartyId],
    places: Mapping[Any, ConversationId],
) -> Access:
    who = {"machine": "program", "system": "system"}.get(line.actor_kind, "former")
    if line.actor_kind == "staff":
        who = roles.get(StaffId(line.actor_id), "former")
    elif line.actor_kind == "customer":
        who = "you" if PartyId(line.actor_id) in parties else "former"
    conversation_id = places.get(line.object_id)
    if line.object_kind == "conversation":
        conversation_id = ConversationId(line.object_id)
    return Access(
        at=line.at,
        who=who,
        action=line.action,
        kinds=tuple(kind.upper() for kind in line.fields) if line.object_kind == "span" else (),
        purpose=(line.reason or "").partition(":")[0] if line.object_kind == "span" else "",
        conversation_id=conversation_id,
    )
