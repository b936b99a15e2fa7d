"""What other rules would have decided: the facts of kept decisions are gone through again, nothing is done.

Both rule books are asked about the same facts under the thresholds of today, so that what differs is the rules' doing.
How somebody felt is not kept with a decision; rules that go by it are rehearsed as if nobody had felt anything.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from doorward import record
from doorward.decision import RuleBook
from doorward.kit.tx import Tx
from doorward.record import Card, WrittenEntry
from doorward.vocabulary.decision import Decision, Facts
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope

MOST_CONVERSATIONS: Final = 5000
"""The latest conversations that are gone through."""

EXAMPLES: Final = 5

_MOMENT: Final = timedelta(microseconds=1)
_AT_ONCE: Final = 200
_LINES: Final = 20_000
_BESIDE_RULES: Final = "flow."
"""How the names of decisions begin that no rule made: a walk that was given up."""


class Came(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """What a decision came to: by which rule, as `<policy>.<rule>` without its version."""

    action: str
    reason: str
    rule: str


class PolicyChange(msgspec.Struct, frozen=True, kw_only=True):
    """Decisions that come out otherwise: from what to what, how many, and the latest conversations with such a one."""

    before: Came
    after: Came
    count: int
    examples: tuple[ConversationId, ...]


class PolicyRehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """What a rehearsal came to. `complete` is whether all conversations since `since` were gone through.

    `changed` counts the decisions in `changes`, the most frequent first; `decided` how often each rule of the changed
    book decides; `unlike` how many kept decisions are not those that today's rules and thresholds make.
    """

    since: datetime
    conversations: int
    decisions: int
    changed: int
    unlike: int
    complete: bool
    changes: tuple[PolicyChange, ...]
    decided: Mapping[str, int]


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A kept decision, as far as rules go by it."""

    conversation_id: ConversationId
    facts: Facts
    action: str
    reason: str
    rule: str


def rehearse_policy(
    kept: Sequence[Kept], books: tuple[RuleBook, RuleBook], thresholds: Mapping[str, float]
) -> tuple[tuple[PolicyChange, ...], Counter[str], int]:
    """Return what changes from the first book to the second, how often each rule of that decides, and `unlike`."""
    counts: Counter[tuple[Came, Came]] = Counter()
    examples: dict[tuple[Came, Came], dict[ConversationId, None]] = {}
    decided: Counter[str] = Counter({_bare(name): 0 for name, _ in books[1].rules})
    unlike = 0
    for one in kept:
        before, after = (_came(book.decide(one.facts, thresholds)) for book in books)
        decided[after.rule] += 1
        unlike += (before.action, before.reason) != (one.action, one.reason)
        if (before.action, before.reason) != (after.action, after.reason):
            counts[before, after] += 1
            seen = examples.setdefault((before, after), {})
            if len(seen) < EXAMPLES:
                seen[one.conversation_id] = None
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    changes = tuple(
        PolicyChange(before=pair[0], after=pair[1], count=count, examples=tuple(examples[pair]))
        for pair, count in ordered
    )
    return changes, decided, unlike


def rehearsed_policy(
    tx: Tx, scope: Scope, books: tuple[RuleBook, RuleBook], thresholds: Mapping[str, float], *, since: datetime
) -> PolicyRehearsal:
    """Return which decisions in conversations opened since a moment would change from the first book to the second."""
    cards = _cards(tx, scope, since)
    chosen = cards[:MOST_CONVERSATIONS]
    kept = [one for lines in _decisions(tx, scope, chosen) for one in map(_kept, lines) if one is not None]
    changes, decided, unlike = rehearse_policy(kept, books, thresholds)
    return PolicyRehearsal(
        since=since,
        conversations=len(chosen),
        decisions=len(kept),
        changed=sum(one.count for one in changes),
        unlike=unlike,
        complete=len(chosen) == len(cards),
        changes=changes,
        decided=decided,
    )


def count_decided(tx: Tx, scope: Scope, *, since: datetime) -> Counter[str]:
    """Return how often each rule decided in conversations opened since a moment, by `<policy>.<rule>`."""
    found: Counter[str] = Counter()
    for rule, count in record.count_deciding_rules(tx, scope, since=since).items():
        found[_bare(rule)] += count
    return found


def _cards(tx: Tx, scope: Scope, since: datetime) -> list[Card]:
    cards = record.outcomes_between(tx, scope, since, tx.now + _MOMENT)  # what was opened this moment too
    return sorted(cards, key=lambda card: (card.opened_at, card.conversation_id), reverse=True)


def _decisions(tx: Tx, scope: Scope, cards: Sequence[Card]) -> Iterator[tuple[WrittenEntry, ...]]:
    for at in range(0, len(cards), _AT_ONCE):
        some = [card.conversation_id for card in cards[at : at + _AT_ONCE]]
        yield record.entries_of_kinds(tx, scope, some, kinds=("decision.made",), limit=_LINES)


def _kept(line: WrittenEntry) -> Kept | None:
    """Return what was decided, None where no rule did or the past was written without facts."""
    data = line.entry.data
    rule = str(data.get("rule", ""))
    if not data.get("facts") or rule.startswith(_BESIDE_RULES):
        return None
    try:
        facts = msgspec.convert(data["facts"], Facts)
    except msgspec.ValidationError:
        return None  # facts of a version that meant something else by a name
    return Kept(
        conversation_id=line.entry.conversation_id,
        facts=facts,
        action=str(data["action"]),
        reason=str(data["reason"]),
        rule=_bare(rule),
    )


def _came(decision: Decision) -> Came:
    return Came(action=decision.action, reason=decision.reason, rule=_bare(decision.rule))


def _bare(rule: str) -> str:
    return rule.partition("@")[0]
