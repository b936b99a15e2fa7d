"""The SQL of what was offered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from doorward.answering.nudges.tables import offer_table
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope

_of = offer_table.c


def insert_offer(tx: Tx, scope: Scope, values: dict[str, Any]) -> bool:
    """Write an offer; return False when it is there already."""
    into = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    written = into(offer_table).values(tenant_id=scope.tenant_id, **values).on_conflict_do_nothing()
    return tx.execute(written.returning(_of.id)).first() is not None


def offers_in(tx: Tx, scope: Scope, conversation_id: ConversationId, *, limit: int) -> Sequence[Any]:
    """Return the newest offers of a conversation, the newest first."""
    own = and_(_of.tenant_id == scope.tenant_id, _of.conversation_id == conversation_id)
    query = select(offer_table).where(own).order_by(_of.offered_at.desc(), _of.id.desc())
    return tx.execute(query.limit(limit)).all()


def offers_to(tx: Tx, scope: Scope, parties: Sequence[PartyId], *, since: datetime, limit: int) -> Sequence[Any]:
    """Return what was offered to some parties since a moment, the newest first."""
    own = and_(_of.tenant_id == scope.tenant_id, _of.party_id.in_(parties), _of.offered_at >= since)
    return tx.execute(select(offer_table).where(own).order_by(_of.offered_at.desc()).limit(limit)).all()


def count_since(tx: Tx, scope: Scope, since: datetime) -> int:
    """Return how many offers were made since a moment."""
    own = and_(_of.tenant_id == scope.tenant_id, _of.offered_at >= since)
    return int(tx.execute(select(func.count()).select_from(offer_table).where(own)).scalar_one())


def change_offer(tx: Tx, scope: Scope, offer_id: str, values: dict[str, Any], *, states: Sequence[str]) -> bool:
    """Change an offer that is in one of these states; return whether it was."""
    own = and_(_of.tenant_id == scope.tenant_id, _of.id == offer_id, _of.state.in_(states))
    return tx.execute(update(offer_table).where(own).values(**values)).rowcount > 0


def solve_offer(tx: Tx, scope: Scope, offer_id: str) -> bool:
    """Note that an offer that was taken is solved; return whether that was news."""
    own = and_(_of.tenant_id == scope.tenant_id, _of.id == offer_id, _of.state == "taken", _of.solved_at.is_(None))
    return tx.execute(update(offer_table).where(own).values(solved_at=tx.now)).rowcount > 0


def figures(tx: Tx, scope: Scope, since: datetime, until: datetime) -> Sequence[Any]:
    """Return for each nudge offered in a time how often, what was said, how many were solved, and their values."""
    solved = _of.solved_at.is_not(None)
    query = (
        select(
            _of.nudge,
            _of.kind,
            func.count().label("offered"),
            _counted(_of.state == "taken").label("taken"),
            _counted(_of.state == "declined").label("declined"),
            _counted(and_(_of.state == "taken", solved)).label("solved"),
            func.sum(case((and_(_of.state == "taken", solved), func.coalesce(_of.value, 0)), else_=0)).label("value"),
        )
        .where(_of.tenant_id == scope.tenant_id, _of.offered_at >= since, _of.offered_at < until)
        .group_by(_of.nudge, _of.kind)
        .order_by(_of.nudge, _of.kind)
    )
    return tx.execute(query).all()


def delete_before(tx: Tx, scope: Scope, before: datetime) -> int:
    """Remove what was offered before a moment; return how many."""
    own = and_(_of.tenant_id == scope.tenant_id, _of.offered_at < before)
    return tx.execute(delete(offer_table).where(own)).rowcount


def delete_offers_of(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Remove what was offered to a party; return how many."""
    own = and_(_of.tenant_id == scope.tenant_id, _of.party_id == party_id)
    return tx.execute(delete(offer_table).where(own)).rowcount


def _counted(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))
