"""Who waits longer than a company's plan lets somebody wait without being offered a call-back."""

import math
from collections.abc import Collection
from datetime import datetime
from typing import Final

import msgspec

from doorward.kit.tx import Tx
from doorward.routing import repository
from doorward.routing.estimating import worth_calling_back
from doorward.routing.giving import estimates_of, plan_of, waiting_in_order
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope

LONGEST_TOLD: Final = 120
"""Minutes beyond which no wait is told: nobody knows so far ahead."""


class LongWait(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who waits for long: about how many minutes more, where that is known."""

    conversation_id: ConversationId
    minutes: int | None


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """When somebody who waits came into the queue, and when they were offered a call-back."""

    entered_at: datetime
    offered_at: datetime


def long_waits(tx: Tx, scope: Scope, *, channels: Collection[str], limit: int) -> tuple[LongWait, ...]:
    """Return who waits on these channels for longer than the plan's `callback_minutes` and was offered nothing yet.

    Those are left out who were offered a call-back since they came; none are returned where the plan offers none.
    """
    minutes = plan_of(tx, scope).callback_minutes
    rows = waiting_in_order(tx, scope) if minutes else []
    if all(row.offered_at is not None for row in rows):
        return ()
    found = []
    for row, seconds in zip(rows, estimates_of(tx, scope, rows), strict=True):
        asked = row.offered_at is None and row.channel in channels
        if asked and worth_calling_back(seconds, minutes=minutes):
            found.append(LongWait(conversation_id=ConversationId(row.conversation_id), minutes=told_minutes(seconds)))
    return tuple(found[:limit])


def told_minutes(seconds: float | None) -> int | None:
    """Return an estimated wait as it is told: whole minutes, one at least, None where it is unknown or far away."""
    minutes = None if seconds is None else max(1, math.ceil(seconds / 60))
    return None if minutes is None or minutes > LONGEST_TOLD else minutes


def note_offered(tx: Tx, scope: Scope, conversation_id: ConversationId) -> None:
    """Write that somebody who waits was offered a call-back: it is not offered again while they wait."""
    repository.note_offered(tx, scope, conversation_id)


def offered_to(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Offered | None:
    """Return when somebody who waits was offered a call-back, None for anybody else."""
    item = repository.find_item(tx, scope, conversation_id)
    if item is None or item.staff_id is not None or item.offered_at is None:
        return None
    return Offered(entered_at=item.entered_at, offered_at=item.offered_at)
