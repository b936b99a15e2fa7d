"""What lines of the ledger are to a company's rules: which events, what there is to know then, and what lasts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from doorward import routing
from doorward.automation import AutomationFacts, Event, Rule
from doorward.record import Card
from doorward.routing import RoutingPlan
from doorward.vocabulary.entry import Entry, EntryKind

_PLAIN: Final[Mapping[EntryKind, Event]] = {
    "conversation.opened": "conversation.opened",
    "message.customer": "message.customer",
    "decision.made": "message.understood",
    "message.agent": "message.agent",
    "handoff.requested": "handoff.requested",
    "handoff.assigned": "handoff.assigned",
    "handoff.passed": "handoff.passed",
    "handoff.returned": "handoff.returned",
    "conversation.resolved": "conversation.resolved",
    "conversation.woken": "conversation.woken",
    "service.warned": "service.warned",
    "service.breached": "service.breached",
    "priority.changed": "priority.set",
    "status.changed": "status.set",
}


def events_of(entry: Entry) -> tuple[Event, ...]:
    """Return what a line is to rules, in the order in which it happened; nothing for most kinds of lines."""
    data = entry.data
    if entry.kind == "labels.changed":
        found: list[Event] = ["label.added"] if data.get("added") else []
        return (*found, "label.removed") if data.get("removed") else tuple(found)
    if entry.kind == "queue.changed":
        return ("team.set",) if data.get("team") else ("queue.set",)
    event = _PLAIN.get(entry.kind)
    return () if event is None else (event,)


def facts_of(card: Card, plan: RoutingPlan, *, at: datetime) -> AutomationFacts:
    """Return what rules may ask of a conversation as its card stands at a moment."""
    waiting = 0.0 if card.waiting_since is None else (at - card.waiting_since).total_seconds()
    team = routing.team_of(plan, card.queue) if card.queue else None
    return AutomationFacts(
        channel=card.channel,
        language=card.language,
        state=card.state,
        queue=card.queue,
        team="" if team is None else team.name,
        status=card.status,
        intent=card.intent,
        reason=card.reason,
        risk=card.risk,
        priority=card.priority,
        labels=card.labels,
        customer_messages=card.customer_messages,
        waited_seconds=card.waited_seconds + max(0.0, waiting),
    )


def lasts_since(event: Event, card: Card) -> datetime | None:
    """Return since when it lasts what happens by the clock, None where it does not, or is no such event."""
    match event:
        case "conversation.waiting":
            return card.waiting_since if card.state == "waiting" else None
        case "conversation.unanswered":
            return card.unanswered_since
        case "conversation.quiet":
            return card.last_at if card.state != "resolved" else None
        case _:
            return None


def lasting(rule: Rule, since: datetime) -> str:
    """Return by what it is told from every other time that something lasts for a rule by the clock since a moment."""
    return f"{rule.on}:{rule.after_minutes}:{since.isoformat()}"


def is_due(rule: Rule, since: datetime, now: datetime) -> bool:
    """Return whether something has lasted as long as a rule by the clock waits for."""
    return now - since >= timedelta(minutes=rule.after_minutes)
