"""The SQL of scheduled reports, and of what contacts look like."""

from datetime import datetime
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from doorward.kit.tx import Tx
from doorward.measure.assistants import Look
from doorward.measure.tables import contacts_table, sent_table
from doorward.vocabulary.scope import Scope


def find_sent(tx: Tx, scope: Scope) -> dict[str, datetime]:
    """Return up to when each schedule was seen to, by its key."""
    query = select(sent_table.c.schedule, sent_table.c.until).where(sent_table.c.tenant_id == scope.tenant_id)
    return {row.schedule: row.until for row in tx.execute(query)}


def save_sent(tx: Tx, scope: Scope, schedule: str, until: datetime) -> bool:
    """Keep up to when a schedule was seen to; return whether that is later than what was kept."""
    insert = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(sent_table).values(tenant_id=scope.tenant_id, schedule=schedule, until=until)
    keys = [sent_table.c.tenant_id, sent_table.c.schedule]
    later = sent_table.c.until < statement.excluded.until
    kept = statement.on_conflict_do_update(index_elements=keys, set_={"until": statement.excluded.until}, where=later)
    return tx.execute(kept.returning(sent_table.c.schedule)).first() is not None


def add_contacts(tx: Tx, scope: Scope, *, like: tuple[str, str, Look], count: int) -> None:
    """Count contacts that are alike: of a day, a channel, and a look."""
    day, channel, look = like
    insert = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    values = {"tenant_id": scope.tenant_id, "day": day, "channel": channel, "look": look, "count": count}
    statement = insert(contacts_table).values(values)
    keys = [column.name for column in contacts_table.primary_key]
    more = {"count": contacts_table.c["count"] + statement.excluded["count"]}
    tx.execute(statement.on_conflict_do_update(index_elements=keys, set_=more))


def contacts_by_month(tx: Tx, scope: Scope, *, since: str, until: str) -> dict[tuple[str, Look], int]:
    """Return how many contacts looked like what, by month (2026-11) and look, from a day to a day, both included."""
    table = contacts_table
    of = func.substr(table.c.day, 1, 7)
    query = select(of.label("month"), table.c.look, func.sum(table.c["count"]).label("contacts"))
    query = query.where(table.c.tenant_id == scope.tenant_id, table.c.day >= since, table.c.day <= until)
    found = tx.execute(query.group_by(of, table.c.look)).all()
    return {(row.month, cast("Look", row.look)): int(row.contacts) for row in found}
