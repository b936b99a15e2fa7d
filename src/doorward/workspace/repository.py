"""The workspace's SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update

from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope
from doorward.workspace.tables import piece_table


def find(tx: Tx, scope: Scope, kind: str, key: str) -> Any | None:
    """Return a piece's row, or None."""
    return tx.execute(select(piece_table).where(*_here(scope, kind, key))).first()


def hold(tx: Tx, scope: Scope, kind: str, key: str) -> None:
    """Be the only one who writes this piece until the transaction ends. SQLite's one writer needs no lock."""
    if tx.connection.dialect.name == "postgresql":
        name = f"{scope.tenant_id}\x1fpiece\x1f{kind}\x1f{key}"
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": name})


def list_owned(tx: Tx, scope: Scope, kind: str, owners: Sequence[str]) -> Sequence[Any]:
    """Return the rows of a kind that these own, in order."""
    query = select(piece_table).where(
        piece_table.c.tenant_id == scope.tenant_id, piece_table.c.kind == kind, piece_table.c.owner.in_(owners)
    )
    return tx.execute(query.order_by(piece_table.c.place, piece_table.c.name, piece_table.c.key)).all()


def known(tx: Tx, scope: Scope, kind: str, keys: Sequence[str]) -> frozenset[str]:
    """Return which of these keys there are pieces of."""
    query = select(piece_table.c.key).where(
        piece_table.c.tenant_id == scope.tenant_id, piece_table.c.kind == kind, piece_table.c.key.in_(keys)
    )
    return frozenset(tx.execute(query).scalars())


def count(tx: Tx, scope: Scope, kind: str) -> int:
    """Return how many pieces of a kind there are, whoever owns them."""
    query = select(func.count()).where(piece_table.c.tenant_id == scope.tenant_id, piece_table.c.kind == kind)
    return int(tx.execute(query).scalar_one())


def save(tx: Tx, scope: Scope, values: dict[str, Any], *, new: bool) -> None:
    """Write a piece."""
    if new:
        tx.execute(insert(piece_table).values(tenant_id=scope.tenant_id, **values))
        return
    here = _here(scope, values["kind"], values["key"])
    changed = {name: value for name, value in values.items() if name not in {"kind", "key"}}
    tx.execute(update(piece_table).where(*here).values(**changed))


def remove(tx: Tx, scope: Scope, kind: str, key: str) -> None:
    """Remove a piece."""
    tx.execute(delete(piece_table).where(*_here(scope, kind, key)))


def _here(scope: Scope, kind: str, key: str) -> tuple[Any, ...]:
    return (piece_table.c.tenant_id == scope.tenant_id, piece_table.c.kind == kind, piece_table.c.key == key)
