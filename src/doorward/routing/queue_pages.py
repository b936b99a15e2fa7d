"""The queue in pages: who waits in one order from the first page to the last, whatever happens meanwhile."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from doorward.kit.tx import Tx
from doorward.routing.claims import Claims
from doorward.routing.giving import claims_now, waiting_by
from doorward.routing.queue import Waiting
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope

MOST_LISTED: Final = 100_000
"""So many of those who wait can be listed, those who came first."""


class QueuePlace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a page of the queue ended, and in which order: whose turn it was at a moment, by the claims of then.

    Claims grow at different speeds and change with what others have waited: in the order of each page's own moment
    somebody could overtake the reader and never be seen. In this one, whoever waits all along has one place.
    """

    at: Annotated[datetime, Meta(tz=True)]
    claims: Claims
    claim: float
    entered_at: Annotated[datetime, Meta(tz=True)]
    conversation_id: Annotated[str, Meta(max_length=60)]


def queue_page(
    tx: Tx, scope: Scope, *, after: QueuePlace | None = None, limit: int
) -> tuple[tuple[Waiting, ...], QueuePlace | None]:
    """Return a page of those who wait, next first, and where the next page begins; None at the end.

    Raises `Malformed` for a place in which no claims can be reckoned.
    """
    at = tx.now if after is None else after.at
    claims = claims_now(tx, scope) if after is None else after.claims
    try:
        found = waiting_by(tx, scope, at, claims, limit=MOST_LISTED)
    except ArithmeticError as error:
        raise Malformed("cursor: not one of ours") from error
    if after is not None:
        behind = (-after.claim, after.entered_at, after.conversation_id)
        found = [(claim, row) for claim, row in found if (-claim, row.entered_at, row.conversation_id) > behind]
    page = found[:limit]
    waiting = tuple(
        Waiting(
            conversation_id=ConversationId(row.conversation_id),
            party_id=PartyId(row.party_id),
            priority=row.priority,
            entered_at=row.entered_at,
        )
        for _, row in page
    )
    if len(found) <= limit:
        return waiting, None
    claim, last = page[-1]
    place = QueuePlace(
        at=at, claims=claims, claim=claim, entered_at=last.entered_at, conversation_id=last.conversation_id
    )
    return waiting, place
