"""What figures are reckoned from: few columns of many conversations, and the lines of few kinds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Text, exists, func, select, text, type_coerce

from doorward.kit.tx import Tx
from doorward.record.tables import HAPPENED, audit_table, card_table, entry_table
from doorward.vocabulary.scope import Scope

_COLUMNS: Final = tuple(
    card_table.c[name]
    for name in (
        "conversation_id",
        "channel",
        "language",
        "state",
        "assignee",
        "opened_at",
        "first_response_at",
        "resolved_at",
        "waited_seconds",
        "handovers",
        "customer_messages",
        "labels",
    )
)


def opened_between(tx: Tx, scope: Scope, *, since: datetime, until: datetime) -> Sequence[Any]:
    """Return what is measured of conversations opened in [since, until), in the order in which they were."""
    query = select(*_COLUMNS).where(
        card_table.c.tenant_id == scope.tenant_id, card_table.c.opened_at >= since, card_table.c.opened_at < until
    )
    return tx.execute(query.order_by(card_table.c.opened_at, card_table.c.conversation_id)).all()


def decided_since(tx: Tx, scope: Scope, *, since: datetime) -> Sequence[str]:
    """Return the data of every decision in conversations opened since a moment, as it is stored: JSON."""
    line, card = entry_table.c, card_table.c
    query = select(type_coerce(line.data, Text)).where(
        card.tenant_id == scope.tenant_id,
        card.opened_at >= since,
        line.tenant_id == card.tenant_id,
        line.conversation_id == card.conversation_id,
        line.kind == "decision.made",
    )
    return tx.execute(query).scalars().all()


def resolved_between(tx: Tx, scope: Scope, *, since: datetime, until: datetime, limit: int) -> Sequence[Any]:
    """Return what is measured of conversations that are resolved since a moment in [since, until)."""
    query = select(*_COLUMNS).where(
        card_table.c.tenant_id == scope.tenant_id,
        card_table.c.resolved_at.is_not(None),
        card_table.c.resolved_at >= since,
        card_table.c.resolved_at < until,
    )
    return tx.execute(query.order_by(card_table.c.resolved_at, card_table.c.conversation_id).limit(limit)).all()


def happened_between(tx: Tx, scope: Scope, *, kinds: Sequence[str], since: datetime, until: datetime) -> Sequence[Any]:
    """Return the lines of these kinds written in [since, until), in order; the kinds are of `HAPPENED`."""
    line = entry_table.c
    query = select(line.kind, line.conversation_id, line.seq, line.at, line.actor_kind, line.actor_id, line.data).where(
        line.tenant_id == scope.tenant_id,
        text(HAPPENED),
        line.kind.in_(kinds),
        line.at >= since,
        line.at < until,
    )
    return tx.execute(query.order_by(line.at, line.conversation_id, line.seq)).all()


def reopened_between(tx: Tx, scope: Scope, *, since: datetime, until: datetime) -> Sequence[datetime]:
    """Return when conversations were resolved in [since, until) in which the customer wrote again afterwards."""
    line, later = entry_table.c, entry_table.alias("later").c
    spoken = exists().where(
        later.tenant_id == line.tenant_id,
        later.conversation_id == line.conversation_id,
        later.seq > line.seq,
        later.kind == "message.customer",
    )
    query = select(line.at).where(
        line.tenant_id == scope.tenant_id,
        text(HAPPENED),
        line.kind == "conversation.resolved",
        line.at >= since,
        line.at < until,
        spoken,
    )
    return tx.execute(query.order_by(line.at)).scalars().all()


def talks_between(tx: Tx, scope: Scope, *, since: datetime, until: datetime) -> Sequence[bool]:
    """Return of the conversations that staff resolved in [since, until) whether the customer wrote after it was given
    to somebody the last time, in order; of those that were given to nobody nothing.
    """
    line, given, said = entry_table.c, entry_table.alias("given").c, entry_table.alias("said").c
    place = (
        select(func.max(given.seq))
        .where(
            given.tenant_id == line.tenant_id,
            given.conversation_id == line.conversation_id,
            given.kind == "handoff.assigned",
            given.seq < line.seq,
        )
        .correlate(entry_table)
        .scalar_subquery()
    )
    spoke = exists().where(
        said.tenant_id == line.tenant_id,
        said.conversation_id == line.conversation_id,
        said.seq > place,
        said.seq < line.seq,
        said.kind == "message.customer",
    )
    query = select(spoke).where(
        line.tenant_id == scope.tenant_id,
        text(HAPPENED),
        line.kind == "conversation.resolved",
        line.actor_kind == "staff",
        line.at >= since,
        line.at < until,
        place.is_not(None),
    )
    return tx.execute(query.order_by(line.at, line.conversation_id)).scalars().all()


def audited_between(tx: Tx, scope: Scope, *, actions: Sequence[str], since: datetime, until: datetime) -> Sequence[Any]:
    """Return the audit rows with these actions written in [since, until), in order."""
    line = audit_table.c
    query = select(audit_table).where(
        line.tenant_id == scope.tenant_id, line.at >= since, line.at < until, line.action.in_(actions)
    )
    return tx.execute(query.order_by(line.id)).all()
