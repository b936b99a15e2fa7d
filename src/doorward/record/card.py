"""The conversation card: what lists, search and figures read, projected from the ledger and rebuildable from it."""

from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from doorward.record.form import plain_words
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import ConversationId, PartyId

State = Literal["bot", "waiting", "human", "resolved"]
_PREVIEW = 140
_UNHANDED: dict[str, Any] = {"handed_by": None, "handed_note": ""}
_QUIET: Final = frozenset(
    {
        "labels.changed",
        "attributes.changed",
        "status.changed",
        "priority.changed",
        "queue.changed",
        "conversation.snoozed",
        "task.added",
        "task.changed",
        "reply.scheduled",
        "reply.cancelled",
        "attachment.scanned",
        "attachment.prepared",
        "attachment.withdrawn",
        "service.warned",
        "service.breached",
        "callback.offered",
        "review.written",
        "review.answered",
        "agreement.asked",
        "agreement.given",
        "agreement.refused",
        "agreement.expired",
    }
)
"""What puts things in order without anything happening between people: the conversation keeps its place in lists."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation at a glance.

    `state` says who has it: the bot, the queue (`waiting`), a person, or nobody any more. `risk` is the highest score
    so far. `waited_seconds` adds up all waiting for a person. `misunderstood` counts the clarifying questions in a row;
    `helped` the answers from knowledge. `preview` is masked, and holds what a person said last. `handed_by` is the
    agent who handed the conversation over last, to a colleague or back into the queue, and `handed_note` what they
    wrote for whoever has it next, masked; both are gone when it is the assistant's again or over. Of what staff wrote
    both hold the words without the signs that make form.

    `heard_seq` is the number of the customer's last line, and `unanswered_since` when the first was said that nobody
    has answered. `priority` is 0, 1 (high), 2 (urgent) or -1 (low), `status` a finer word of the company's for how it
    stands. `snoozed_until` is gone as soon as the customer speaks. `merged_into` names the conversation in which it
    goes on. `scheduled` replies wait to be sent; `open_tasks` are not done.
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
    heard_seq: int = 0
    unanswered_since: datetime | None = None
    labels: tuple[str, ...] = ()
    attributes: dict[str, Any] = {}
    priority: int = 0
    status: str = ""
    snoozed_until: datetime | None = None
    notes: int = 0
    open_tasks: int = 0
    scheduled: int = 0
    merged_into: str | None = None


CardOrder = Literal["latest", "oldest", "unanswered", "priority"]


class CardPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a page of cards ended: what its last card is ordered by, and its id. The next page goes on behind it."""

    at: datetime
    conversation_id: ConversationId
    priority: int = 0


class CardQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which cards: every field narrows, None or empty does not; from `offset` or behind `after`, at most `limit`.

    `party_ids` asks for the cards of several parties who are one customer; None asks for anybody's. `among` asks for
    conversations by their ids. `assignee` is somebody's id, empty for nobody's; of `assignees` it must be one. `labels`
    are choices, of each of which one must be there, and so are `mentions`, whom notes name. `unseen` is for whom
    something was said that they have not seen. `snoozed` asks for those that sleep at `now`, or for the others; `risk`
    for at least so much. `order`: the latest first, the oldest first, whose customer waits longest for an answer first
    (those that are answered are left out), or by priority and then the latest.
    """

    states: tuple[str, ...] = ()
    party_id: PartyId | None = None
    party_ids: tuple[PartyId, ...] | None = None
    among: tuple[ConversationId, ...] | None = None
    assignee: str | None = None
    assignees: tuple[str, ...] = ()
    labels: tuple[tuple[str, ...], ...] = ()
    channels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()
    intents: tuple[str, ...] = ()
    risk: float | None = None
    mentions: tuple[tuple[str, ...], ...] = ()
    unseen: str | None = None
    snoozed: bool | None = None
    now: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    order: CardOrder = "latest"
    after: CardPlace | None = None
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
    if entry.kind == "message.customer":
        changes |= {"heard_seq": seq}
    by_rule = entry.kind in {"message.bot", "note.written"} and "by_rule" in entry.data  # no rule hears what rules say
    last_at = card.last_at if by_rule or entry.kind in _QUIET else max(card.last_at, entry.at)
    return msgspec.structs.replace(card, last_seq=seq, last_at=last_at, **changes)


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
        case "handoff.returned" | "conversation.resolved" | "conversation.merged":
            return _left(entry) | _waited(card, entry.at)
        case "conversation.absorbed" | "conversation.separated":
            return _joined(entry)
        case _:
            return _kept(card, entry)


def _kept(card: Card, entry: Entry) -> dict[str, Any]:
    """Return what changes by what staff do beside talking."""
    data = entry.data
    changes: dict[str, Any] = {}
    match entry.kind:
        case "note.written":
            changes["notes"] = card.notes + 1
        case "labels.changed":
            kept = (set(card.labels) | set(data.get("added", ()))) - set(data.get("removed", ()))
            changes["labels"] = tuple(sorted(kept))
        case "attributes.changed":
            values = card.attributes | data["values"]
            changes["attributes"] = {key: value for key, value in sorted(values.items()) if value is not None}
        case "status.changed" | "priority.changed" | "queue.changed":
            name = entry.kind.removesuffix(".changed")
            changes[name] = data[name]
        case "conversation.snoozed" | "conversation.woken":
            until = data.get("until")
            changes["snoozed_until"] = None if until is None else datetime.fromisoformat(until)
        case "reply.scheduled" | "reply.cancelled":
            changes["scheduled"] = max(0, card.scheduled + (1 if entry.kind == "reply.scheduled" else -1))
        case "task.added" | "task.changed":
            changes["open_tasks"] = max(0, card.open_tasks + _tasks(entry))
        case _:
            pass
    return changes


def _tasks(entry: Entry) -> int:
    if entry.kind == "task.added":
        return 1
    return {True: -1, False: 1}.get(entry.data.get("done", ""), 0)


def _left(entry: Entry) -> dict[str, Any]:
    status = {"status": entry.data["status"]} if "status" in entry.data else {}
    if entry.kind == "handoff.returned":
        return {"state": "bot", "assignee": None, "misunderstood": 0, "queue": ""} | status | _UNHANDED
    ended = {"state": "resolved", "resolved_at": entry.at, "queue": "", "unanswered_since": None, "snoozed_until": None}
    merged = {"merged_into": entry.data["into"]} if entry.kind == "conversation.merged" else {}
    return ended | merged | status | _UNHANDED


def _joined(entry: Entry) -> dict[str, Any]:
    """Return what changes where another conversation was taken in, or where that was undone.

    One that is taken apart again stands as it stood: a person gets it by the line that follows.
    """
    data = entry.data
    changes: dict[str, Any] = {}
    if "unanswered_since" in data:
        since = data["unanswered_since"]
        changes["unanswered_since"] = None if since is None else datetime.fromisoformat(since)
    if "state" not in data:
        return changes
    state = data["state"]
    ended = data["resolved_at"]
    return changes | {
        "merged_into": None,
        "state": state,
        "queue": data["queue"],
        "waiting_since": entry.at if state == "waiting" else None,
        "resolved_at": None if ended is None else datetime.fromisoformat(ended),
    }


def _routed(card: Card, entry: Entry) -> dict[str, Any]:
    data = entry.data
    if entry.kind == "handoff.assigned":
        assigned = {"state": "human", "assignee": data["staff_id"], "assigned_at": entry.at, "resolved_at": None}
        return assigned | _waited(card, entry.at) | ({} if card.handed_by != data["staff_id"] else _UNHANDED)
    waiting = {"state": "waiting", "assignee": None, "waiting_since": entry.at, "queue": data.get("queue", "")}
    if entry.kind == "handoff.requested":
        return waiting | {"reason": data.get("reason", ""), "handovers": card.handovers + 1}
    handed = {"handed_by": data["by"], "handed_note": plain_words(entry).text}
    # A colleague gets it by the line that follows.
    return handed if data["to"] else handed | waiting | {"reason": "handed_on"}


def _is_notice(entry: Entry) -> bool:
    return entry.data.get("action") in {"handoff.passed", "rule.replied", "correction.told", "crowd.answered"}


def _noticed(card: Card) -> dict[str, Any]:
    """Saying who has the conversation next, what a rule says or what was wrong answers nothing: who waits, waits on."""
    return {"bot_messages": card.bot_messages + 1}


def _spoken(card: Card, entry: Entry, author: str) -> dict[str, Any]:
    changes: dict[str, Any] = {"last_author": author, f"{author}_messages": getattr(card, f"{author}_messages") + 1}
    words = plain_words(entry).text
    if words and (author != "bot" or not card.preview):
        # What people said tells more of a conversation than the bot's sentence after it or a reply without words.
        changes["preview"] = words[:_PREVIEW]
    if author == "customer" and card.state == "resolved":
        # Whoever writes again after the end gets the first line again.
        changes |= {"state": "bot", "resolved_at": None, "assignee": None, "misunderstood": 0}
    if author != "customer" and card.first_response_at is None and card.customer_messages:
        changes["first_response_at"] = entry.at
    if author == "customer":
        changes |= {"snoozed_until": None, "unanswered_since": card.unanswered_since or entry.at}
        changes |= {"language": entry.data["language"]} if entry.data.get("language") else {}
    else:
        changes["unanswered_since"] = None
    if author == "agent" and entry.data.get("scheduled"):
        changes["scheduled"] = max(0, card.scheduled - 1)
    return changes


def _decided(card: Card, data: dict[str, Any]) -> dict[str, Any]:
    action = data.get("action")
    changes: dict[str, Any] = {"intent": data.get("intent") or card.intent}
    if data.get("language"):
        changes["language"] = data["language"]
    if action == "clarify":
        changes["misunderstood"] = card.misunderstood + 1
    elif action in {"answer", "greet", "hand_over", "defer", "ask", "verify", "act"}:
        changes["misunderstood"] = 0
        changes["helped"] = card.helped + (action == "answer")
    return changes


def _waited(card: Card, until: datetime) -> dict[str, Any]:
    if card.waiting_since is None:
        return {}
    seconds = max(0.0, (until - card.waiting_since).total_seconds())
    return {"waiting_since": None, "waited_seconds": card.waited_seconds + seconds}
