"""The SQL of what the language model cost."""

from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from doorward.answering.language_model.tables import spending_table
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope


class Spent(NamedTuple):
    """Tokens of a day, requests of a minute."""

    day: str
    tokens: int
    minute: str
    requests: int


def lock_spending(tx: Tx, scope: Scope) -> Spent:
    """Return what the tenant spent so far; nobody else changes it until the transaction ends."""
    insert = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    nothing = {"tenant_id": scope.tenant_id, "day": "", "tokens": 0, "minute": "", "requests": 0}
    tx.execute(insert(spending_table).values(nothing).on_conflict_do_nothing())
    query = select(spending_table).where(spending_table.c.tenant_id == scope.tenant_id).with_for_update()
    row = tx.execute(query).one()
    return Spent(row.day, row.tokens, row.minute, row.requests)


def update_spending(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Write what the tenant spent."""
    tx.execute(update(spending_table).where(spending_table.c.tenant_id == scope.tenant_id).values(**values))
