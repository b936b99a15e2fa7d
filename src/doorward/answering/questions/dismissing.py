"""Questions that are not the company's to answer: which lines asked them is kept, never what they said."""

from collections.abc import Sequence
from typing import Final

from doorward.answering.questions import repository
from doorward.answering.questions.asked import Asked
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

MOST: Final = 300
"""Dismissed lines that new questions are compared with, the latest."""


def dismiss_questions(tx: Tx, scope: Scope, lines: Sequence[Asked]) -> Outcome[int]:
    """Keep that what these lines ask is not ours to answer; return how many were new. Twice is once."""
    new = sum(repository.add(tx, scope, one) for one in lines)
    audit = AuditEvent(action="questions.dismissed", object_kind="tenant", object_id=scope.tenant_id)
    return Outcome(new, (audit,) if new else ())


def dismissed_questions(tx: Tx, scope: Scope) -> tuple[Asked, ...]:
    """Return the latest lines that were dismissed."""
    return repository.latest(tx, scope, limit=MOST)


def count_dismissed(tx: Tx, scope: Scope) -> int:
    """Return how many lines are dismissed."""
    return repository.count(tx, scope)


def restore_questions(tx: Tx, scope: Scope) -> Outcome[int]:
    """Have everything listed again that was dismissed; return how many lines that were."""
    gone = repository.delete_all(tx, scope)
    audit = AuditEvent(action="questions.restored", object_kind="tenant", object_id=scope.tenant_id)
    return Outcome(gone, (audit,) if gone else ())


def forget_dismissed(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Forget which lines of a party were dismissed; return how many."""
    return repository.delete_of(tx, scope, party_id)
