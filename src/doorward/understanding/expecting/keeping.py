"""Keeping what was expected, judging it by what was wanted then, and counting how good it was."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from doorward.kit.tx import Tx
from doorward.understanding.expecting import repository
from doorward.understanding.expecting.reckoning import Band, Counts, Expected, band_of
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope

KEPT: Final = timedelta(days=180)
"""For how long what was wanted teaches."""
LEARNT_FROM: Final = 5_000
"""Conversations that rates are learnt from, the latest."""


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """What was expected in a conversation: the conditions that held, the first intent and how likely, empty for
    none.
    """

    conversation_id: ConversationId
    conditions: tuple[str, ...]
    intent: str
    likelihood: float
    wanted: str
    made_at: datetime


class BandFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How good expectations of one likelihood were: how many, how many were right, and the mean of what was said
    of them.
    """

    band: Band
    judged: int
    right: int
    said: float


def keep_expectation(
    tx: Tx,
    scope: Scope,
    conversation_id: ConversationId,
    *,
    party_id: PartyId,
    found: tuple[Sequence[str], Sequence[Expected]],
) -> bool:
    """Keep what is expected in a conversation (`found`: conditions and intents), also where that is nothing: the
    conditions teach all the same. Return False where something is kept already.
    """
    conditions, intents = found
    first = intents[0] if intents else None
    values = {
        "conversation_id": conversation_id,
        "party_id": party_id,
        "conditions": list(conditions),
        "intent": "" if first is None else first.intent,
        "likelihood": 0.0 if first is None else first.likelihood,
        "made_at": tx.now,
        "wanted": "",
    }
    return repository.insert_expectation(tx, scope, values)


def expectation_of(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Expectation | None:
    """Return what was expected in a conversation, None where nothing was kept."""
    row = repository.find_expectation(tx, scope, conversation_id)
    return None if row is None else _expectation(row)


def expectations_of(tx: Tx, scope: Scope, parties: Sequence[PartyId], *, limit: int) -> tuple[Expectation, ...]:
    """Return what was expected of some parties, the newest first."""
    return tuple(map(_expectation, repository.find_expectations_of(tx, scope, parties, limit=limit)))


def _expectation(row: Any) -> Expectation:
    return Expectation(
        conversation_id=ConversationId(row.conversation_id),
        conditions=tuple(row.conditions),
        intent=row.intent,
        likelihood=row.likelihood,
        wanted=row.wanted,
        made_at=row.made_at,
    )


def judge(tx: Tx, scope: Scope, conversation_id: ConversationId, intent: str) -> bool:
    """Note what was wanted first in a conversation; what is noted once stays. Return whether it was news."""
    return repository.set_wanted(tx, scope, conversation_id, intent)


def judged_counts(tx: Tx, scope: Scope) -> Counts:
    """Return what customers wanted first by the conditions that held for them, of the last half year."""
    conversations: Counter[str] = Counter()
    wanted: dict[str, Counter[str]] = {}
    rows = repository.find_judged(tx, scope, since=tx.now - KEPT, until=tx.now + KEPT, limit=LEARNT_FROM)
    for row in rows:
        for condition in row.conditions:
            conversations[condition] += 1
            wanted.setdefault(condition, Counter())[row.wanted] += 1
    return Counts(conversations=conversations, wanted=wanted)


def bands(tx: Tx, scope: Scope, *, since: datetime, until: datetime) -> tuple[BandFigures, ...]:
    """Return how good the expectations of a time were, by how likely they were said to be; the surest first."""
    found: dict[Band, list[tuple[float, bool]]] = {"very_likely": [], "likely": [], "perhaps": []}
    for row in repository.find_judged(tx, scope, since=since, until=until, limit=LEARNT_FROM):
        if row.intent:
            found[band_of(row.likelihood)].append((row.likelihood, row.intent == row.wanted))
    return tuple(
        BandFigures(
            band=band,
            judged=len(ones),
            right=sum(right for _, right in ones),
            said=round(sum(chance for chance, _ in ones) / len(ones), 4) if ones else 0.0,
        )
        for band, ones in found.items()
    )


def forget_expectations(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Remove what was expected of a party that is being forgotten; return how many."""
    return repository.delete_expectations_of(tx, scope, party_id)


def sweep_expectations(tx: Tx, scope: Scope) -> int:
    """Remove what was expected long ago; return how many. May be done again at any time."""
    return repository.delete_before(tx, scope, tx.now - KEPT)
