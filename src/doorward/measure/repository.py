"""The SQL of scheduled reports."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from doorward.kit.tx import Tx
from doorward.measure.tables import sent_table
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
