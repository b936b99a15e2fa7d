"""What rules would have done in conversations of before: their ledgers are read line by line, nothing is done."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, get_args

from doorward import automation, record
from doorward.automation import AutomationFacts, Event, Step
from doorward.kit.tx import Tx
from doorward.record import Card
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope

_EVENTS: Final = frozenset(get_args(Event))
_LINES: Final = 500
"""Lines of a conversation that are gone through at once."""


def rehearsed(
    tx: Tx, scope: Scope, rules: Sequence[automation.Rule], *, since: datetime, limit: int
) -> automation.Rehearsal:
    """Return what rules would have done in the latest `limit` conversations opened since a moment."""
    cards = record.outcomes_between(tx, scope, since, tx.now)
    latest = sorted(cards, key=lambda one: one.opened_at, reverse=True)[:limit]
    return automation.rehearse(rules, ((one.conversation_id, _steps(tx, scope, one.conversation_id)) for one in latest))


def _steps(tx: Tx, scope: Scope, conversation_id: ConversationId) -> list[Step]:
    card: Card | None = None
    priority = 0
    steps: list[Step] = []
    for line in _lines(tx, scope, conversation_id):
        entry = line.entry
        card = record.project(card, entry, line.seq)
        priority = int(entry.data.get("priority", priority)) if entry.kind == "handoff.requested" else priority
        if entry.kind in _EVENTS:
            facts = _facts(card, priority, at=entry.at)
            steps.append(Step(event=entry.kind, facts=facts))  # type: ignore[arg-type] # it is one of them
    return steps


def _lines(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Iterator[record.WrittenEntry]:
    after = 0
    while True:
        lines = record.entries_after(tx, scope, conversation_id, after=after, limit=_LINES)
        yield from lines
        if len(lines) < _LINES:
            return
        after = lines[-1].seq


def _facts(card: Card, priority: int, *, at: datetime) -> AutomationFacts:
    waiting = 0.0 if card.waiting_since is None else (at - card.waiting_since).total_seconds()
    return AutomationFacts(
        channel=card.channel,
        language=card.language,
        state=card.state,
        queue=card.queue,
        intent=card.intent,
        reason=card.reason,
        risk=card.risk,
        priority=priority,
        customer_messages=card.customer_messages,
        waited_seconds=card.waited_seconds + waiting,
    )
