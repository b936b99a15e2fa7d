"""The conversation card: what lists, search and figures read, projected from the ledger and rebuildable from it."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import ConversationId, PartyId

State = Literal["bot", "waiting", "human", "resolved"]
_PREVIEW = 140
_UNHANDED: dict[str, Any] = {"handed_by": None, "handed_note": ""}


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation at a glance.

    `state` says who has it: the bot, the queue (`waiting`), a person, or nobody any more. `risk` is the highest score
    so far. `waited_seconds` adds up all waiting for a person. `misunderstood` counts the clarifying questions in a row;
    `helped` the answers from knowledge. `preview` is masked, and holds what a person said last. `handed_by` is the
    agent who handed the conversation over last, to a colleague or back into the queue, and `handed_note` what they
    wrote for whoever has it next, masked; both are gone when it is the assistant's again or over.
    """

    conversation_id: ConversationId
    party_id: PartyId
    channel: str
    language: str
    state: State
    opened_at: datetime
    last_at: datetime
    last_seq: int
    last_author: str = "system"
    preview: str = ""
    risk: float = 0.0
    intent: str = ""
    queue: str = ""
    reason: str = ""
    assignee: str | None = None
    waiting_since: datetime | None = None
    assigned_at: datetime | None = None
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    waited_seconds: float = 0.0
    customer_messages: int = 0
    bot_messages: int = 0
    agent_messages: int = 0
    handovers: int = 0
    misunderstood: int = 0
    helped: int = 0
    handed_by: str | None = None
    handed_note: str = ""


class CardQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which cards: in these states (any if none), of this party or agent, from `offset`, at most `limit`.

    `party_ids` asks for the cards of several parties who are one customer; None asks for anybody's.
    """

    states: tuple[str, ...] = ()
    party_id: PartyId | None = None
    party_ids: tuple[PartyId, ...] | None = None
    assignee: str | None = None
    limit: int = 100
    offset: int = 0


def open_card(entry: Entry) -> Card:
    """Return the card of a conversation that begins with `entry`."""
    return Card(
        conversation_id=entry.conversation_id,
        party_id=entry.party_id,
        channel=str(entry.data.get("channel", "")),
        language=str(entry.data.get("language", "")),
        state="bot",
        opened_at=entry.at,
        last_at=entry.at,
        last_seq=0,
    )


def project(card: Card | None, entry: Entry, seq: int) -> Card:
    """Return the card after `entry`, number `seq` of its conversation. Pure: the same ledger gives the same card."""
    card = card or open_card(entry)
    changes = _changes(card, entry)
    return msgspec.structs.replace(card, last_seq=seq, last_at=max(card.last_at, entry.at), **changes)


def _changes(card: Card, entry: Entry) -> dict[str, Any]:
    data = entry.data
    match entry.kind:
        case "message.customer":
            return _spoken(card, entry, "customer") | ({"party_id": entry.party_id})
        case "message.bot" | "message.agent":
            return _noticed(card) if _is_notice(entry) else _spoken(card, entry, entry.kind.removeprefix("message."))
        case "assessment.made":
            return {"risk": max(card.risk, float(data.get("score", 0.0)))}
        case "decision.made":
            return _decided(card, data)
        case "handoff.requested" | "handoff.assigned" | "handoff.passed":
            return _routed(card, entry)
        case "handoff.returned" | "conversation.resolved":
            return _left(entry) | _waited(card, entry.at)
        case _:
            return {}


def _left(entry: Entry) -> dict[str, Any]:
    if entry.kind == "handoff.returned":
        return {"state": "bot", "assignee": None, "misunderstood": 0, "queue": ""} | _UNHANDED
    return {"state": "resolved", "resolved_at": entry.at, "queue": ""} | _UNHANDED


def _routed(card: Card, entry: Entry) -> dict[str, Any]:
    data = entry.data
    if entry.kind == "handoff.assigned":
        assigned = {"state": "human", "assignee": data["staff_id"], "assigned_at": entry.at, "resolved_at": None}
        return assigned | _waited(card, entry.at) | ({} if card.handed_by != data["staff_id"] else _UNHANDED)
    waiting = {"state": "waiting", "assignee": None, "waiting_since": entry.at, "queue": data.get("queue", "")}
    if entry.kind == "handoff.requested":
        return waiting | {"reason": data.get("reason", ""), "handovers": card.handovers + 1}
    handed = {"handed_by": data["by"], "handed_note": "" if entry.text is None else entry.text.text}
    # A colleague gets it by the line that follows.
    return handed if data["to"] else handed | waiting | {"reason": "handed_on"}


def _is_notice(entry: Entry) -> bool:
    return entry.data.get("action") == "handoff.passed"


def _noticed(card: Card) -> dict[str, Any]:
    """Saying who has the conversation next answers nothing: what a customer said last is unanswered still."""
    return {"bot_messages": card.bot_messages + 1}


def _spoken(card: Card, entry: Entry, author: str) -> dict[str, Any]:
    changes: dict[str, Any] = {"last_author": author, f"{author}_messages": getattr(card, f"{author}_messages") + 1}
    if entry.text is not None and (author != "bot" or not card.preview):
        # What people said tells more of a conversation than the bot's sentence after it.
        changes["preview"] = entry.text.text[:_PREVIEW]
    if author == "customer" and card.state == "resolved":
        # Whoever writes again after the end gets the first line again.
        changes |= {"state": "bot", "resolved_at": None, "assignee": None, "misunderstood": 0}
    if author != "customer" and card.first_response_at is None and card.customer_messages:
        changes["first_response_at"] = entry.at
    if author == "customer" and entry.data.get("language"):
        changes["language"] = entry.data["language"]
    return changes


def _decided(card: Card, data: dict[str, Any]) -> dict[str, Any]:
    action = data.get("action")
    changes: dict[str, Any] = {"intent": data.get("intent") or card.intent}
    if data.get("language"):
        changes["language"] = data["language"]
    if action == "clarify":
        changes["misunderstood"] = card.misunderstood + 1
    elif action in {"answer", "greet", "hand_over"}:
        changes["misunderstood"] = 0
        changes["helped"] = card.helped + (action == "answer")
    return changes


def _waited(card: Card, until: datetime) -> dict[str, Any]:
    if card.waiting_since is None:
        return {}
    seconds = max(0.0, (until - card.waiting_since).total_seconds())
    return {"waiting_since": None, "waited_seconds": card.waited_seconds + seconds}
