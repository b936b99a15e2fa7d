"""Who takes conversations, and who did."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update

from doorward.kit.tx import Tx
from doorward.routing.tables import presence_past_table, presence_table
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.presence import GONE
from doorward.vocabulary.scope import Scope


def present_staff(tx: Tx, scope: Scope) -> Sequence[Any]:
    """Return the presence rows of everybody who takes conversations now."""
    return tx.execute(
        select(presence_table).where(
            presence_table.c.tenant_id == scope.tenant_id, presence_table.c.state == "available"
        )
    ).all()


def attending_staff(tx: Tx, scope: Scope) -> Sequence[Any]:
    """Return the presence rows of everybody who said how they stand and is not known to be gone."""
    here = or_(presence_table.c.state == "available", presence_table.c.reason != GONE)
    query = select(presence_table).where(presence_table.c.tenant_id == scope.tenant_id, here)
    return tx.execute(query.order_by(presence_table.c.staff_id)).all()


def all_presence(tx: Tx, scope: Scope) -> Sequence[Any]:
    """Return the presence rows of everybody who ever said something, in the order of their ids."""
    query = select(presence_table).where(presence_table.c.tenant_id == scope.tenant_id)
    return tx.execute(query.order_by(presence_table.c.staff_id)).all()


def past_presence(tx: Tx, scope: Scope, *, since: datetime, until: datetime) -> Sequence[Any]:
    """Return what was said of presence before what is said now, as far as it lies in a period."""
    query = select(presence_past_table).where(
        presence_past_table.c.tenant_id == scope.tenant_id,
        presence_past_table.c.until > since,
        presence_past_table.c.since < until,
    )
    return tx.execute(query.order_by(presence_past_table.c.staff_id, presence_past_table.c.since)).all()


def find_presence(tx: Tx, scope: Scope, staff_id: StaffId) -> Any | None:
    """Return one agent's presence row, or None."""
    return tx.execute(
        select(presence_table).where(
            presence_table.c.tenant_id == scope.tenant_id, presence_table.c.staff_id == staff_id
        )
    ).first()


def lapsed_before(tx: Tx, scope: Scope, moment: datetime, *, reason: str) -> Sequence[Any]:
    """Return the presence rows of those away for this reason since before a moment."""
    return tx.execute(
        select(presence_table)
        .where(
            presence_table.c.tenant_id == scope.tenant_id,
            presence_table.c.state == "away",
            presence_table.c.reason == reason,
            presence_table.c.since <= moment,
        )
        .order_by(presence_table.c.staff_id)
    ).all()


def save_presence(tx: Tx, scope: Scope, staff_id: StaffId, values: dict[str, Any]) -> datetime:
    """Write an agent's presence (state, capacity, reason) and return since when it is so.

    What was before is kept, for as long as it was; who says the same again has it since the first time.
    """
    before = find_presence(tx, scope, staff_id)
    same = before is not None and (before.state, before.reason) == (values["state"], values["reason"])
    since: datetime = before.since if before is not None and same else tx.now
    values = values | {"since": since}
    if before is None:
        tx.execute(insert(presence_table).values(tenant_id=scope.tenant_id, staff_id=staff_id, **values))
        return since
    if not same:
        _keep(tx, scope, before)
    tx.execute(
        update(presence_table)
        .where(presence_table.c.tenant_id == scope.tenant_id, presence_table.c.staff_id == staff_id)
        .values(**values)
    )
    return since


def _keep(tx: Tx, scope: Scope, before: Any) -> None:
    """Keep what ends now, if somebody was there and it lasted."""
    if before.reason == GONE or before.since >= tx.now:
        return
    tx.execute(
        insert(presence_past_table).values(
            tenant_id=scope.tenant_id,
            staff_id=before.staff_id,
            since=before.since,
            until=tx.now,
            state=before.state,
            reason=before.reason,
        )
    )
