"""Authorization servers whose tokens a company takes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from doorward.identity.repository.inserting import replace
from doorward.identity.tables import token_issuer_table
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope


def replace_issuer(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Keep an issuer under its name."""
    replace(tx, scope, token_issuer_table, values)


def delete_issuer(tx: Tx, scope: Scope, name: str) -> bool:
    """Forget an issuer; return False when it was not known."""
    table = token_issuer_table
    statement = delete(table).where(table.c.tenant_id == scope.tenant_id, table.c.name == name)
    return tx.execute(statement.returning(table.c.name)).first() is not None


def find_issuer(tx: Tx, scope: Scope, issuer: str) -> Any | None:
    """Return who issues tokens by this identifier, or None."""
    table = token_issuer_table
    return tx.execute(select(table).where(table.c.tenant_id == scope.tenant_id, table.c.issuer == issuer)).first()


def issuers(tx: Tx, scope: Scope) -> Sequence[Any]:
    """Return all issuers in the order of their names."""
    table = token_issuer_table
    return tx.execute(select(table).where(table.c.tenant_id == scope.tenant_id).order_by(table.c.name)).all()
