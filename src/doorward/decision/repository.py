"""The decision room's SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from doorward.decision.tables import rule_file_table
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope


def newest_number(tx: Tx, scope: Scope) -> int:
    """Return the number of the tenant's rules in force, 0 for none of its own."""
    query = select(func.max(rule_file_table.c.number)).where(rule_file_table.c.tenant_id == scope.tenant_id)
    return int(tx.execute(query).scalar() or 0)


def find_file(tx: Tx, scope: Scope, number: int) -> Any | None:
    """Return the tenant's rule file with a number, or None."""
    own = (rule_file_table.c.tenant_id == scope.tenant_id) & (rule_file_table.c.number == number)
    return tx.execute(select(rule_file_table).where(own)).first()


def find_files(tx: Tx, scope: Scope, *, limit: int) -> Sequence[Any]:
    """Return the tenant's latest rule files, the newest first."""
    query = select(rule_file_table).where(rule_file_table.c.tenant_id == scope.tenant_id)
    return tx.execute(query.order_by(rule_file_table.c.number.desc()).limit(limit)).all()


def add_file(tx: Tx, scope: Scope, values: Mapping[str, Any]) -> bool:
    """Add a rule file; return False when its number is taken."""
    into = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    written = into(rule_file_table).values(tenant_id=scope.tenant_id, **values).on_conflict_do_nothing()
    return tx.execute(written.returning(rule_file_table.c.number)).first() is not None
