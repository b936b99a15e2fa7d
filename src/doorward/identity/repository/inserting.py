"""Adding a row unless it is there: the one statement that both databases spell alike but SQLAlchemy does not."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope


def insert_new(tx: Tx, scope: Scope, table: Table, values: dict[str, Any]) -> bool:
    """Add a row of the scope's tenant and return True, or return False when a unique value of it is there already.

    Two transactions that try at once: the second waits for the first and gets False.
    """
    dialect = postgresql if tx.connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(tenant_id=scope.tenant_id, **values).on_conflict_do_nothing()
    # Not rowcount: SQLAlchemy does not keep it for an INSERT on every driver.
    return tx.execute(statement.returning(table.c.tenant_id)).first() is not None


def replace(tx: Tx, scope: Scope, table: Table, values: dict[str, Any]) -> None:
    """Add a row of the scope's tenant, or change the row with the same primary key."""
    row = {"tenant_id": scope.tenant_id, **values}
    keys = [column.name for column in table.primary_key]
    changes = {name: value for name, value in row.items() if name not in keys}
    dialect = postgresql if tx.connection.dialect.name == "postgresql" else sqlite
    tx.execute(dialect.insert(table).values(row).on_conflict_do_update(index_elements=keys, set_=changes))
