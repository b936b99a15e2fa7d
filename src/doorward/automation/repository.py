"""Automation's SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from doorward.automation.tables import rules_table, run_table
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope


def find_rules(tx: Tx, scope: Scope, *, held: bool = False) -> Any | None:
    """Return the tenant's rules with their number, or None; `held` keeps others from changing them meanwhile."""
    query = select(rules_table).where(rules_table.c.tenant_id == scope.tenant_id)
    return tx.execute(query.with_for_update() if held else query).first()


def insert_rules(tx: Tx, scope: Scope, rules: Any) -> None:
    """Write the tenant's first rules."""
    values = {"number": 1, "rules": rules, "changed_at": tx.now}
    tx.execute(insert(rules_table).values(tenant_id=scope.tenant_id, **values))


def update_rules(tx: Tx, scope: Scope, rules: Any, *, expected: int) -> bool:
    """Put rules into the place of number `expected`; return False when they have another number by now."""
    own = (rules_table.c.tenant_id == scope.tenant_id) & (rules_table.c.number == expected)
    changed = tx.execute(update(rules_table).where(own).values(number=expected + 1, rules=rules, changed_at=tx.now))
    return changed.rowcount > 0


def insert_run(tx: Tx, scope: Scope, values: dict[str, Any]) -> bool:
    """Write down that a rule takes something up; return False when it did so before."""
    into = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    written = into(run_table).values(tenant_id=scope.tenant_id, **values).on_conflict_do_nothing()
    return tx.execute(written.returning(run_table.c.id)).first() is not None


def find_run(
    tx: Tx, scope: Scope, rule_id: str, *, cause: tuple[ConversationId, str], held: bool = False
) -> Any | None:
    """Return what a rule did for a cause, by conversation and key, or None; `held` keeps others from it meanwhile."""
    query = select(run_table).where(
        run_table.c.tenant_id == scope.tenant_id,
        run_table.c.rule_id == rule_id,
        run_table.c.conversation_id == cause[0],
        run_table.c.cause == cause[1],
    )
    return tx.execute(query.with_for_update() if held else query).first()


def update_run(tx: Tx, scope: Scope, run_id: str, values: dict[str, Any]) -> None:
    """Change what is written of a run."""
    own = (run_table.c.tenant_id == scope.tenant_id) & (run_table.c.id == run_id)
    tx.execute(update(run_table).where(own).values(**values))


def count_runs(tx: Tx, scope: Scope, conversation_id: ConversationId, *, since: datetime) -> int:
    """Return how often rules took something up in a conversation since a moment."""
    query = select(func.count()).where(
        run_table.c.tenant_id == scope.tenant_id,
        run_table.c.conversation_id == conversation_id,
        run_table.c.at >= since,
    )
    return int(tx.execute(query).scalar_one())


def known_causes(
    tx: Tx, scope: Scope, rule_id: str, conversation_ids: Sequence[ConversationId]
) -> frozenset[tuple[str, str]]:
    """Return for which causes a rule took something up in these conversations, as pairs of conversation and cause."""
    query = select(run_table.c.conversation_id, run_table.c.cause).where(
        run_table.c.tenant_id == scope.tenant_id,
        run_table.c.rule_id == rule_id,
        run_table.c.conversation_id.in_(conversation_ids),
    )
    return frozenset((row.conversation_id, row.cause) for row in tx.execute(query)) if conversation_ids else frozenset()


def newest_runs(tx: Tx, scope: Scope, rule_id: str | None, *, before: str | None, limit: int) -> Sequence[Any]:
    """Return the newest runs, of a rule or of all, those with ids below `before` if given."""
    query = select(run_table).where(run_table.c.tenant_id == scope.tenant_id)
    if rule_id is not None:
        query = query.where(run_table.c.rule_id == rule_id)
    if before is not None:
        query = query.where(run_table.c.id < before)
    return tx.execute(query.order_by(run_table.c.id.desc()).limit(limit)).all()


def count_acted(tx: Tx, scope: Scope, *, since: datetime) -> dict[str, int]:
    """Return how often each rule changed something since a moment."""
    query = (
        select(run_table.c.rule_id, func.count().label("number"))
        .where(run_table.c.tenant_id == scope.tenant_id, run_table.c.at >= since, run_table.c.state == "done")
        .group_by(run_table.c.rule_id)
    )
    return {row.rule_id: row.number for row in tx.execute(query)}


def delete_runs(tx: Tx, scope: Scope, *, before: datetime) -> int:
    """Remove what rules did before a moment; return how many lines."""
    old = (run_table.c.tenant_id == scope.tenant_id) & (run_table.c.at < before)
    return tx.execute(delete(run_table).where(old)).rowcount
