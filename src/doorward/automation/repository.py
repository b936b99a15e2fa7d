"""Automation's SQL."""

from typing import Any

from sqlalchemy import insert, select, update

from doorward.automation.tables import rules_table
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope


def find_rules(tx: Tx, scope: Scope) -> Any | None:
    """Return the tenant's rules with their number, or None."""
    query = select(rules_table).where(rules_table.c.tenant_id == scope.tenant_id)
    return tx.execute(query).first()


def insert_rules(tx: Tx, scope: Scope, rules: Any) -> None:
    """Write the tenant's first rules."""
    values = {"number": 1, "rules": rules, "changed_at": tx.now}
    tx.execute(insert(rules_table).values(tenant_id=scope.tenant_id, **values))


def update_rules(tx: Tx, scope: Scope, rules: Any, *, expected: int) -> bool:
    """Put rules into the place of number `expected`; return False when they have another number by now."""
    own = (rules_table.c.tenant_id == scope.tenant_id) & (rules_table.c.number == expected)
    changed = tx.execute(update(rules_table).where(own).values(number=expected + 1, rules=rules, changed_at=tx.now))
    return changed.rowcount > 0
