"""What happens by the clock: conversations in which something has lasted as long as a rule waits for."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

import msgspec

from doorward import automation, record, routing
from doorward.automation import TIMED, Event, Rule
from doorward.flow.automation.following import JOB
from doorward.flow.happenings import facts_of, is_due, lasting, lasts_since
from doorward.kit.jobs import waiting_keys
from doorward.kit.tx import Transactions, Tx
from doorward.record import Card, CardPlace, CardQuery
from doorward.vocabulary.entry import EntryKind
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.past import PAST
from doorward.vocabulary.scope import Scope

_PAGE: Final = 200
MOST_AT_A_TIME: Final = 5_000
"""So many conversations are looked at for a rule at a time; a hundred thousand take twenty times, five minutes."""

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


_Reached = dict[tuple[str, Event], CardPlace | None]
"""Where the walk for a rule, by its id and what it waits for, goes on; None is at the beginning."""


class Timekeeper:
    """Leaves a job for each conversation in which a rule by the clock has something to do; each once.

    It walks through a tenant's conversations, so many at a time, and goes on where it stopped: what a rule has taken
    up, or does not take, keeps no other conversation from being looked at. A process that starts begins anew.
    """

    def __init__(self, transactions: Transactions, *, most: int = MOST_AT_A_TIME) -> None:
        """Take where conversations are read and jobs are left; `most` conversations are looked at for each rule."""
        self._transactions = transactions
        self._page = min(_PAGE, most)
        self._pages = -(-most // self._page)
        self._reached: dict[TenantId, _Reached] = {}

    def keep_time(self, scope: Scope) -> int:
        """Leave the jobs of a tenant's rules by the clock and return how many. Writes only if there are some."""
        jobs, reached = self._transactions.read(lambda tx: self._due_jobs(tx, scope))
        if jobs:
            self._transactions.write(scope, lambda _tx: Outcome(None, jobs=jobs))
        self._reached[scope.tenant_id] = reached
        return len(jobs)

    def _due_jobs(self, tx: Tx, scope: Scope) -> tuple[tuple[Job, ...], _Reached]:
        """Return the jobs that are to be left, and how far each rule's walk came."""
        rules = [rule for rule in automation.read_rules(tx, scope).rules if rule.enabled and rule.on in TIMED]
        if not rules:
            return (), {}
        before = self._reached.get(scope.tenant_id, {})
        plan = routing.read_plan(tx, scope).plan
        waiting = {_stem(key) for key in waiting_keys(tx, scope.tenant_id, JOB)}
        jobs: list[Job] = []
        reached: _Reached = {}
        for rule in rules:
            walk = (rule.id, rule.on)
            for cards, place in self._walk(tx, scope, rule, begin=before.get(walk)):
                due = [card for card in cards if rule.takes(rule.on, facts_of(card, plan, at=tx.now))]
                jobs += (job for job in _fresh(tx, scope, rule, due) if _stem(job.key) not in waiting)
                reached[walk] = place
        return tuple(jobs), reached

    def _walk(
        self, tx: Tx, scope: Scope, rule: Rule, *, begin: CardPlace | None
    ) -> Iterator[tuple[list[Card], CardPlace | None]]:
        """Yield the conversations in which something has lasted as long as a rule waits for, a page at a time.

        Those first in which it has lasted longest, from a place on; with each page where it ends, None at the end.
        """
        wanted = msgspec.structs.replace(_query(tx, rule), limit=self._page, after=begin)
        for _ in range(self._pages):
            cards = record.list_cards(tx, scope, wanted)
            due = [card for card in cards if _has_lasted(tx, rule, card)]
            if len(cards) < self._page or (wanted.order == "unanswered" and len(due) < len(cards)):
                yield due, None
                return
            last = cards[-1]
            at = last.unanswered_since if wanted.order == "unanswered" else last.last_at
            place = CardPlace(at=at or last.last_at, conversation_id=last.conversation_id)
            yield due, place
            wanted = msgspec.structs.replace(wanted, after=place)


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


def _has_lasted(tx: Tx, rule: Rule, card: Card) -> bool:
    since = lasts_since(rule.on, card)
    return since is not None and is_due(rule, since, tx.now)


def _query(tx: Tx, rule: Rule) -> CardQuery:
    """Return which conversations to look at; a conversation that sleeps waits for nobody."""
    until = tx.now - timedelta(minutes=rule.after_minutes)
    common = CardQuery(snoozed=False, now=tx.now)
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
