"""What rules would have done in conversations of before: their ledgers are read line by line, nothing is done."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from doorward import automation, record, routing
from doorward.automation import TIMED, Rule, Step
from doorward.flow.happenings import events_of, facts_of, is_due, lasts_since
from doorward.kit.tx import Tx
from doorward.record import Card
from doorward.routing import RoutingPlan
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope

_LINES: Final = 500
"""Lines of a conversation that are gone through at once."""


def rehearsed(
    tx: Tx, scope: Scope, rules: Sequence[automation.Rule], *, since: datetime, limit: int
) -> automation.Rehearsal:
    """Return what rules would have done in the latest `limit` conversations opened since a moment."""
    cards = record.outcomes_between(tx, scope, since, tx.now)
    latest = sorted(cards, key=lambda one: one.opened_at, reverse=True)[:limit]
    plan = routing.read_plan(tx, scope).plan
    timed = [rule for rule in rules if rule.enabled and rule.on in TIMED]
    past = ((one.conversation_id, _steps(tx, scope, one.conversation_id, plan, timed)) for one in latest)
    return automation.rehearse(rules, past)


def _steps(
    tx: Tx, scope: Scope, conversation_id: ConversationId, plan: RoutingPlan, timed: Sequence[Rule]
) -> list[Step]:
    card: Card | None = None
    steps: list[Step] = []
    rung: set[tuple[str, datetime]] = set()
    for line in _lines(tx, scope, conversation_id):
        entry = line.entry
        if card is not None:
            steps += _by_the_clock(card, plan, timed, until=entry.at, rung=rung)
        card = record.project(card, entry, line.seq)
        facts = facts_of(card, plan, at=entry.at)
        steps += (Step(event=event, facts=facts) for event in events_of(entry))
    if card is not None:
        steps += _by_the_clock(card, plan, timed, until=tx.now, rung=rung)
    return steps


def _by_the_clock(
    card: Card, plan: RoutingPlan, timed: Sequence[Rule], *, until: datetime, rung: set[tuple[str, datetime]]
) -> list[Step]:
    """Return what happens by the clock while a conversation stands as it does, each once for what lasts."""
    steps = []
    for rule in timed:
        since = lasts_since(rule.on, card)
        if since is None or not is_due(rule, since, until) or (rule.name, since) in rung:
            continue
        rung.add((rule.name, since))
        at = since + timedelta(minutes=rule.after_minutes)
        steps.append(Step(event=rule.on, facts=facts_of(card, plan, at=at), rule=rule.name))
    return steps


def _lines(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Iterator[record.WrittenEntry]:
    after = 0
    while True:
        lines = record.entries_after(tx, scope, conversation_id, after=after, limit=_LINES)
        yield from lines
        if len(lines) < _LINES:
            return
        after = lines[-1].seq
