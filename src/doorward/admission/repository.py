"""Blocks in the database."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, func, insert, select, update

from doorward.admission.tables import block_table
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.scope import Scope

_PAGE: Final = 200


def insert_block(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Add a block."""
    tx.execute(insert(block_table).values(tenant_id=scope.tenant_id, **values))


def find_block(tx: Tx, scope: Scope, block_id: str, *, held: bool = False) -> Row[Any] | None:
    """Return a block of the tenant, or None; `held` keeps others from changing it until the transaction ends."""
    query = select(block_table).where(block_table.c.tenant_id == scope.tenant_id, block_table.c.id == block_id)
    return tx.execute(query.with_for_update() if held else query).first()


def standing_blocks(tx: Tx, scope: Scope, party_ids: Sequence[PartyId]) -> Sequence[Row[Any]]:
    """Return the blocks of these parties that hold now, the one that lasts longest first."""
    query = select(block_table).where(
        block_table.c.tenant_id == scope.tenant_id,
        block_table.c.party_id.in_(party_ids),
        block_table.c.ends_at > tx.now,
        block_table.c.lifted_at.is_(None),
    )
    return tx.execute(query.order_by(block_table.c.ends_at.desc(), block_table.c.id)).all()


def blocks(tx: Tx, scope: Scope, *, standing: bool) -> Sequence[Row[Any]]:
    """Return the tenant's newest blocks: those that hold now, or those that are over."""
    holds = (block_table.c.ends_at > tx.now) & block_table.c.lifted_at.is_(None)
    query = select(block_table).where(block_table.c.tenant_id == scope.tenant_id, holds if standing else ~holds)
    return tx.execute(query.order_by(block_table.c.id.desc()).limit(_PAGE)).all()


def count_appeals(tx: Tx, scope: Scope) -> int:
    """Return how many appeals wait for a decision by the acting member of staff, who did not make the block."""
    query = select(func.count()).where(
        block_table.c.tenant_id == scope.tenant_id,
        block_table.c.ends_at > tx.now,
        block_table.c.lifted_at.is_(None),
        block_table.c.appealed_at.is_not(None),
        block_table.c.decided_at.is_(None),
        block_table.c.blocked_by != scope.actor.id,
    )
    return int(tx.execute(query).scalar_one())


def update_block(tx: Tx, scope: Scope, block_id: str, values: dict[str, Any]) -> None:
    """Change a block."""
    own = (block_table.c.tenant_id == scope.tenant_id) & (block_table.c.id == block_id)
    tx.execute(update(block_table).where(own).values(**values))
