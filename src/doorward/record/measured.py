"""What figures are reckoned from: how conversations went, and what happened when."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from doorward.kit.tx import Tx
from doorward.record import measured_repository as repository
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope

HappenedKind = Literal["conversation.resolved", "feedback.given", "handoff.assigned"]
"""The lines that can be found by their time alone."""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What is measured of a conversation; the fields are its card's."""

    conversation_id: ConversationId
    channel: str
    language: str
    state: str
    assignee: str | None
    opened_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    waited_seconds: float
    handovers: int
    customer_messages: int
    labels: tuple[str, ...]


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a ledger without its words."""

    kind: HappenedKind
    conversation_id: ConversationId
    seq: int
    at: datetime
    actor_kind: str
    actor_id: str
    data: dict[str, Any]


class _Ruled(msgspec.Struct, frozen=True):
    """The part of a decision's data that names its rule; the rest is not read."""

    rule: str = ""


_RULE: Final = msgspec.json.Decoder(_Ruled)


def measured_between(tx: Tx, scope: Scope, since: datetime, until: datetime) -> tuple[Measured, ...]:
    """Return the conversations opened from `since` until before `until`, in the order in which they were."""
    return tuple(_measured(row) for row in repository.opened_between(tx, scope, since=since, until=until))


def count_deciding_rules(tx: Tx, scope: Scope, *, since: datetime) -> Counter[str]:
    """Return how often each rule decided in conversations opened since a moment, by its name with its version."""
    return Counter(_RULE.decode(data).rule for data in repository.decided_since(tx, scope, since=since))


def resolved_between(
    tx: Tx, scope: Scope, since: datetime, until: datetime, *, limit: int = 10_000
) -> tuple[Measured, ...]:
    """Return the conversations that are over, and were ended from `since` until before `until`; at most so many."""
    rows = repository.resolved_between(tx, scope, since=since, until=until, limit=limit)
    return tuple(_measured(row) for row in rows)


def happened_between(
    tx: Tx, scope: Scope, kinds: Sequence[HappenedKind], since: datetime, until: datetime
) -> tuple[Happened, ...]:
    """Return what happened from `since` until before `until`, in order."""
    rows = repository.happened_between(tx, scope, kinds=kinds, since=since, until=until)
    return tuple(Happened(**row._mapping) for row in rows)  # noqa: SLF001 - SQLAlchemy's public name for it


def reopened_between(tx: Tx, scope: Scope, since: datetime, until: datetime) -> tuple[datetime, ...]:
    """Return when conversations were ended from `since` until before `until` to which the customer came back later."""
    return tuple(repository.reopened_between(tx, scope, since=since, until=until))


def talks_between(tx: Tx, scope: Scope, since: datetime, until: datetime) -> tuple[bool, ...]:
    """Return of each conversation that colleagues ended from `since` until before `until`, in order, whether its
    customer wrote anything to the colleague whom it was given to last.
    """
    return tuple(repository.talks_between(tx, scope, since=since, until=until))


def _measured(row: Any) -> Measured:
    values = dict(row._mapping)  # noqa: SLF001 - as above
    return Measured(**values | {"labels": tuple(values["labels"])})
