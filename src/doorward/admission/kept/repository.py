"""Flood control in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from doorward.admission.tables import (
    arrivals_table,
    demotion_table,
    flood_change_table,
    flood_table,
    preparation_table,
)
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope

_PAGE: Final = 200


def _insert(tx: Tx) -> Any:
    return postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert


# -- how things stand ------------------------------------------------------------------------------------------------


def find_flood(tx: Tx, scope: Scope, *, held: bool = False) -> Row[Any] | None:
    """Return the tenant's row, or None; `held` keeps others from changing it until the transaction ends."""
    query = select(flood_table).where(flood_table.c.tenant_id == scope.tenant_id)
    return tx.execute(query.with_for_update() if held else query).first()


def add_flood(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Add the tenant's row, unless another process just did."""
    tx.execute(_insert(tx)(flood_table).values(tenant_id=scope.tenant_id, **values).on_conflict_do_nothing())


def update_flood(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Change the tenant's row."""
    tx.execute(update(flood_table).where(flood_table.c.tenant_id == scope.tenant_id).values(**values))


def insert_change(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Add a change of the level."""
    tx.execute(insert(flood_change_table).values(tenant_id=scope.tenant_id, **values))


def changes(tx: Tx, scope: Scope, *, limit: int) -> Sequence[Row[Any]]:
    """Return the newest changes of the level, the newest first."""
    query = select(flood_change_table).where(flood_change_table.c.tenant_id == scope.tenant_id)
    return tx.execute(query.order_by(flood_change_table.c.at.desc(), flood_change_table.c.id.desc()).limit(limit)).all()


def find_change(tx: Tx, scope: Scope, change_id: str) -> Row[Any] | None:
    """Return a change of the level, or None."""
    columns = flood_change_table.c
    own = (columns.tenant_id == scope.tenant_id) & (columns.id == change_id)
    return tx.execute(select(flood_change_table).where(own)).first()


# -- who came --------------------------------------------------------------------------------------------------------


def insert_arrivals(tx: Tx, scope: Scope, rows: Sequence[dict[str, Any]]) -> None:
    """Add counts of arrivals."""
    if rows:
        tx.execute(insert(arrivals_table), [{"tenant_id": scope.tenant_id, **row} for row in rows])


def unobserved_arrivals(tx: Tx, scope: Scope, *, before: datetime) -> Sequence[Row[Any]]:
    """Return the counts of ticks before a moment that nobody has observed, the earliest first."""
    own = arrivals_table.c.tenant_id == scope.tenant_id
    mine = own & ~arrivals_table.c.observed & (arrivals_table.c.tick_at < before)
    return tx.execute(select(arrivals_table).where(mine).order_by(arrivals_table.c.tick_at, arrivals_table.c.id)).all()


def note_observed(tx: Tx, scope: Scope, ids: Sequence[str]) -> None:
    """Write that counts were observed."""
    own = (arrivals_table.c.tenant_id == scope.tenant_id) & arrivals_table.c.id.in_(ids)
    tx.execute(update(arrivals_table).where(own).values(observed=True))


def delete_arrivals(tx: Tx, scope: Scope, *, before: datetime) -> int:
    """Remove the counts of ticks before a moment."""
    own = (arrivals_table.c.tenant_id == scope.tenant_id) & (arrivals_table.c.tick_at < before)
    return tx.execute(delete(arrivals_table).where(own)).rowcount


def count_arrivals(tx: Tx, scope: Scope, *, since: datetime) -> Sequence[Row[Any]]:
    """Return how many came from a moment on by tick, class, channel, language, region, way and why."""
    columns = arrivals_table.c
    who = (columns.caller_class, columns.channel, columns.language, columns.region)
    kinds = (columns.tick_at, *who, columns.way, columns.because)
    query = select(*kinds, func.sum(columns.number).label("number"))
    return tx.execute(
        query.where(columns.tenant_id == scope.tenant_id, columns.tick_at >= since).group_by(*kinds).order_by(*kinds)
    ).all()


# -- who has less than a person --------------------------------------------------------------------------------------


def find_demotion(tx: Tx, scope: Scope, conversation_id: ConversationId, *, held: bool = False) -> Row[Any] | None:
    """Return a conversation's row, or None."""
    query = select(demotion_table).where(
        demotion_table.c.tenant_id == scope.tenant_id, demotion_table.c.conversation_id == conversation_id
    )
    return tx.execute(query.with_for_update() if held else query).first()


def save_demotion(tx: Tx, scope: Scope, conversation_id: ConversationId, values: dict[str, Any]) -> None:
    """Add a conversation's row, or change it where it is there already."""
    own = {"tenant_id": scope.tenant_id, "conversation_id": conversation_id}
    added = _insert(tx)(demotion_table).values(**own, **values)
    tx.execute(added.on_conflict_do_update(index_elements=list(own), set_=values))


def count_promised(tx: Tx, scope: Scope, *, now: datetime) -> int:
    """Return how many were promised a call-back whose time has not passed and that has not ended."""
    query = select(func.count()).where(
        demotion_table.c.tenant_id == scope.tenant_id,
        demotion_table.c.promised_until > now,
        demotion_table.c.ended_at.is_(None),
    )
    return int(tx.execute(query).scalar_one())


def appeals(tx: Tx, scope: Scope, *, waiting: bool) -> Sequence[Row[Any]]:
    """Return the appeals that wait, the earliest first, or the newest of those that were decided."""
    columns = demotion_table.c
    asked = (columns.tenant_id == scope.tenant_id) & columns.appealed_at.is_not(None)
    is_open = columns.decided_at.is_(None)
    query = select(demotion_table).where(asked & (is_open if waiting else ~is_open))
    return tx.execute(query.order_by(columns.appealed_at if waiting else columns.decided_at.desc()).limit(_PAGE)).all()


def count_appeals(tx: Tx, scope: Scope) -> int:
    """Return how many appeals wait."""
    query = select(func.count()).where(
        demotion_table.c.tenant_id == scope.tenant_id,
        demotion_table.c.appealed_at.is_not(None),
        demotion_table.c.decided_at.is_(None),
    )
    return int(tx.execute(query).scalar_one())


def demotions_of(tx: Tx, scope: Scope, party_ids: Sequence[PartyId], *, limit: int) -> Sequence[Row[Any]]:
    """Return the rows of parties, the latest first, at most so many."""
    columns = demotion_table.c
    own = (columns.tenant_id == scope.tenant_id) & columns.party_id.in_(party_ids)
    query = select(demotion_table).where(own).order_by(columns.since.desc(), columns.conversation_id)
    return tx.execute(query.limit(limit)).all()


def delete_demotions_of(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Remove the rows of a party."""
    own = (demotion_table.c.tenant_id == scope.tenant_id) & (demotion_table.c.party_id == party_id)
    return tx.execute(delete(demotion_table).where(own)).rowcount


def delete_demotions(tx: Tx, scope: Scope, *, before: datetime) -> int:
    """Remove rows from before a moment, but for those whose appeal waits."""
    columns = demotion_table.c
    waits = columns.appealed_at.is_not(None) & columns.decided_at.is_(None)
    own = (columns.tenant_id == scope.tenant_id) & (columns.since < before)
    return tx.execute(delete(demotion_table).where(own & ~waits)).rowcount


# -- how prepared a company is ---------------------------------------------------------------------------------------


def insert_preparation(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Add a preparation."""
    tx.execute(insert(preparation_table).values(tenant_id=scope.tenant_id, **values))


def find_preparation(tx: Tx, scope: Scope, preparation_id: str, *, held: bool = False) -> Row[Any] | None:
    """Return a preparation, or None; `held` keeps others from changing it until the transaction ends."""
    columns = preparation_table.c
    query = select(preparation_table).where(columns.tenant_id == scope.tenant_id, columns.id == preparation_id)
    return tx.execute(query.with_for_update() if held else query).first()


def latest_preparation(tx: Tx, scope: Scope, *, done: bool) -> Row[Any] | None:
    """Return the preparation that was asked for last; `done`: of those that have come to something."""
    columns = preparation_table.c
    query = select(preparation_table).where(columns.tenant_id == scope.tenant_id)
    if done:
        query = query.where(columns.state == "done")
    return tx.execute(query.order_by(columns.asked_at.desc(), columns.id.desc()).limit(1)).first()


def update_preparation(tx: Tx, scope: Scope, preparation_id: str, values: dict[str, Any]) -> bool:
    """Change a preparation; return whether there is one."""
    columns = preparation_table.c
    own = (columns.tenant_id == scope.tenant_id) & (columns.id == preparation_id)
    return tx.execute(update(preparation_table).where(own).values(**values)).rowcount > 0


def keep_preparations(tx: Tx, scope: Scope, *, kept: int) -> int:
    """Remove all but the latest preparations, and the last that came to something; return how many."""
    columns = preparation_table.c
    own = columns.tenant_id == scope.tenant_id
    order = (columns.asked_at.desc(), columns.id.desc())
    latest = tx.execute(select(columns.id).where(own).order_by(*order).limit(kept)).scalars().all()
    done = tx.execute(select(columns.id).where(own, columns.state == "done").order_by(*order).limit(1)).scalars().all()
    return tx.execute(delete(preparation_table).where(own, columns.id.not_in([*latest, *done]))).rowcount
