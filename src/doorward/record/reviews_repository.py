"""The SQL of reviews: what they came to, beside the ledger that holds their words."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from doorward.kit.tx import Tx
from doorward.record.tables import review_table
from doorward.vocabulary.scope import Scope


def add_review(tx: Tx, scope: Scope, row: dict[str, Any]) -> None:
    """Keep what a review came to."""
    tx.execute(insert(review_table).values(tenant_id=scope.tenant_id, answer_seq=None, **row))


def note_answer(tx: Tx, scope: Scope, review_id: str, *, seq: int) -> None:
    """Note in which line the one who was reviewed answered."""
    here = (review_table.c.tenant_id == scope.tenant_id, review_table.c.review_id == review_id)
    tx.execute(update(review_table).where(*here).values(answer_seq=seq))


def find_review(tx: Tx, scope: Scope, review_id: str) -> Any | None:
    """Return a review's row, or None."""
    here = (review_table.c.tenant_id == scope.tenant_id, review_table.c.review_id == review_id)
    return tx.execute(select(review_table).where(*here)).first()


def list_reviews(
    tx: Tx, scope: Scope, *, staff_id: str | None, before: tuple[datetime, str] | None, limit: int
) -> Sequence[Any]:
    """Return reviews, the latest first: of one member if given, behind the one of a time and id if given."""
    line = review_table.c
    query = select(review_table).where(line.tenant_id == scope.tenant_id)
    if staff_id is not None:
        query = query.where(line.staff_id == staff_id)
    if before is not None:
        at, review_id = before
        query = query.where((line.at < at) | ((line.at == at) & (line.review_id < review_id)))
    return tx.execute(query.order_by(line.at.desc(), line.review_id.desc()).limit(limit)).all()


def reviews_between(tx: Tx, scope: Scope, *, since: datetime, until: datetime) -> Sequence[Any]:
    """Return the reviews written in [since, until), in order."""
    here = (
        review_table.c.tenant_id == scope.tenant_id,
        review_table.c.at >= since,
        review_table.c.at < until,
    )
    return tx.execute(select(review_table).where(*here).order_by(review_table.c.at, review_table.c.review_id)).all()
