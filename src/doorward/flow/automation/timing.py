"""What happens by the clock: conversations in which something has lasted as long as a rule waits for."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

import msgspec

from doorward import automation, record, routing
from doorward.automation import TIMED, Event, Rule
from doorward.flow.automation.following import JOB
from doorward.flow.happenings import facts_of, is_due, lasting, lasts_since
from doorward.flow.past import PAST
from doorward.kit.jobs import waiting_keys
from doorward.kit.tx import Transactions, Tx
from doorward.record import Card, CardPlace, CardQuery
from doorward.vocabulary.entry import EntryKind
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.scope import Scope

_PAGE: Final = 200
_PAGES: Final = 25
"""So many pages of conversations are looked at for a rule at a time, those first in which it has lasted longest."""

_SAID: Final[tuple[EntryKind, ...]] = (
    "message.customer",
    "message.bot",
    "message.agent",
    "handoff.requested",
    "handoff.passed",
)
"""What makes a conversation one of this house, wherever it began."""

QUIET_WINDOW: Final = timedelta(days=1)
"""A rule about quiet conversations looks at those in which it has been quiet not much longer than it waits for."""


class Timekeeper:
    """Leaves a job for each conversation in which a rule by the clock has something to do; each once."""

    def __init__(self, transactions: Transactions) -> None:
        """Take where conversations are read and jobs are left."""
        self._transactions = transactions

    def keep_time(self, scope: Scope) -> int:
        """Leave the jobs of a tenant's rules by the clock and return how many. Writes only if there are some."""
        jobs = self._transactions.read(lambda tx: _due_jobs(tx, scope))
        if jobs:
            self._transactions.write(scope, lambda _tx: Outcome(None, jobs=jobs))
        return len(jobs)


def _due_jobs(tx: Tx, scope: Scope) -> tuple[Job, ...]:
    rules = [rule for rule in automation.read_rules(tx, scope).rules if rule.enabled and rule.on in TIMED]
    if not rules:
        return ()
    plan = routing.read_plan(tx, scope).plan
    waiting = {_stem(key) for key in waiting_keys(tx, scope.tenant_id, JOB)}
    jobs: list[Job] = []
    for rule in rules:
        for cards in _pages(tx, scope, rule):
            due = [card for card in cards if rule.takes(rule.on, facts_of(card, plan, at=tx.now))]
            jobs += (job for job in _fresh(tx, scope, rule, due) if _stem(job.key) not in waiting)
    return tuple(jobs)


def _fresh(tx: Tx, scope: Scope, rule: Rule, cards: Sequence[Card]) -> Iterator[Job]:
    """Yield the jobs for what a rule has not taken up yet."""
    asked = [card.conversation_id for card in cards]
    known = automation.taken_up(tx, scope, rule.id, asked)
    here = record.written_besides(tx, scope, asked, kinds=_SAID, prefix=PAST)
    for card in cards:
        since = lasts_since(rule.on, card)
        if since is None or (card.conversation_id, cause := lasting(rule, since)) in known:
            continue
        if card.conversation_id not in here:
            continue  # it was imported, and nothing has happened in it since
        payload = {"conversation_id": card.conversation_id, "rule_id": rule.id, "cause": cause}
        # With the minute in it: a job that found nothing to do is no reason not to ask again.
        key = f"{rule.id}.{card.conversation_id}.{cause}@{tx.now:%Y%m%d%H%M}"
        yield Job(kind=JOB, key=key, payload=payload)


def _stem(key: str) -> str:
    """Return a job's key without the minute."""
    return key.rpartition("@")[0] or key


def _pages(tx: Tx, scope: Scope, rule: Rule) -> Iterator[list[Card]]:
    """Yield the conversations in which something has lasted as long as a rule waits for, a page at a time."""
    wanted = _query(tx, rule)
    for _ in range(_PAGES):
        cards = record.list_cards(tx, scope, wanted)
        due = [card for card in cards if _has_lasted(tx, rule, card)]
        if due:
            yield due
        if len(cards) < _PAGE or (wanted.order == "unanswered" and len(due) < len(cards)):
            return
        last = cards[-1]
        at = last.unanswered_since if wanted.order == "unanswered" else last.last_at
        place = CardPlace(at=at or last.last_at, conversation_id=last.conversation_id)
        wanted = msgspec.structs.replace(wanted, after=place)


def _has_lasted(tx: Tx, rule: Rule, card: Card) -> bool:
    since = lasts_since(rule.on, card)
    return since is not None and is_due(rule, since, tx.now)


def _query(tx: Tx, rule: Rule) -> CardQuery:
    """Return which conversations to look at; a conversation that sleeps waits for nobody."""
    until = tx.now - timedelta(minutes=rule.after_minutes)
    common = CardQuery(snoozed=False, now=tx.now, limit=_PAGE)
    by_event: dict[Event, CardQuery] = {
        "conversation.waiting": msgspec.structs.replace(common, states=("waiting",), order="oldest"),
        "conversation.unanswered": msgspec.structs.replace(common, order="unanswered"),
        "conversation.quiet": msgspec.structs.replace(
            common,
            states=("bot", "waiting", "human"),
            order="oldest",
            since=until - QUIET_WINDOW,
            until=until + timedelta(microseconds=1),
        ),
    }
    return by_event[rule.on]
