"""The SQL of remembered answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from doorward.flow.tables import answer_table
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope, crosses_tenants


def find_answer(tx: Tx, scope: Scope, key: str) -> Any | None:
    """Return what this actor was answered under a key, or None."""
    return tx.execute(
        select(answer_table).where(
            answer_table.c.tenant_id == scope.tenant_id,
            answer_table.c.actor_id == scope.actor.id,
            answer_table.c.key == key,
        )
    ).first()


def insert_answer(tx: Tx, scope: Scope, values: dict[str, Any]) -> bool:
    """Remember an answer to this actor; return False when one is remembered under this key already."""
    row = {"tenant_id": scope.tenant_id, "actor_id": scope.actor.id, "at": tx.now, **values}
    if tx.connection.dialect.name == "postgresql":
        return tx.execute(postgresql.insert(answer_table).values(row).on_conflict_do_nothing()).rowcount == 1
    return tx.execute(sqlite.insert(answer_table).values(row).on_conflict_do_nothing()).rowcount == 1


def delete_answer(tx: Tx, scope: Scope, key: str, *, before: datetime) -> None:
    """Forget what this actor was answered under a key, if that was before a time."""
    tx.execute(
        delete(answer_table).where(
            answer_table.c.tenant_id == scope.tenant_id,
            answer_table.c.actor_id == scope.actor.id,
            answer_table.c.key == key,
            answer_table.c.at <= before,
        )
    )


@crosses_tenants("the sweeper forgets old answers of all tenants")
def delete_answers(tx: Tx, *, before: datetime) -> int:
    """Forget answers from before a time; return how many."""
    return tx.execute(delete(answer_table).where(answer_table.c.at < before)).rowcount
