"""Reviews of conversations: lines of the ledger, and beside them what each came to."""

from datetime import datetime
from typing import Any

import msgspec

from doorward.kit.tx import Tx
from doorward.record import reviews_repository as repository
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.scope import Scope


class ReviewMark(msgspec.Struct, frozen=True, kw_only=True):
    """What a review came to: whom it judges, by which scorecard, the score in percent, whether a critical question
    failed it. Its words are ledger line `seq`, those of the answer `answer_seq`.
    """

    review_id: str
    conversation_id: ConversationId
    seq: int
    staff_id: StaffId
    reviewer: StaffId
    scorecard: str
    score: float
    failed: bool
    at: datetime
    answer_seq: int | None


def project_review(tx: Tx, scope: Scope, seq: int, entry: Entry) -> None:
    """Bring up to date what a line of a review puts beside the ledger, in the transaction that writes it."""
    data = entry.data
    if entry.kind == "review.answered":
        repository.note_answer(tx, scope, data["review_id"], seq=seq)
        return
    row = {name: data[name] for name in ("review_id", "staff_id", "scorecard", "score", "failed")}
    written = {"conversation_id": entry.conversation_id, "seq": seq, "reviewer": entry.actor.id, "at": entry.at}
    repository.add_review(tx, scope, row | written)


def review_mark(tx: Tx, scope: Scope, review_id: str) -> ReviewMark:
    """Return what a review came to. Raises `NotFound`."""
    row = repository.find_review(tx, scope, review_id)
    if row is None:
        raise NotFound("no such review")
    return _mark(row)


def list_reviews(
    tx: Tx,
    scope: Scope,
    *,
    staff_id: StaffId | None = None,
    before: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> tuple[ReviewMark, ...]:
    """Return reviews, the latest first: of one member if given, behind the one of a time and id if given."""
    rows = repository.list_reviews(tx, scope, staff_id=staff_id, before=before, limit=limit)
    return tuple(_mark(row) for row in rows)


def reviews_between(tx: Tx, scope: Scope, since: datetime, until: datetime) -> tuple[ReviewMark, ...]:
    """Return the reviews written from `since` until before `until`, in order."""
    return tuple(_mark(row) for row in repository.reviews_between(tx, scope, since=since, until=until))


def _mark(row: Any) -> ReviewMark:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    del values["tenant_id"]
    return ReviewMark(**values)
