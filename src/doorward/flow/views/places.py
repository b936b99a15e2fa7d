"""Where a page of conversations ends, in a form that addresses can hold."""

from datetime import UTC, datetime, timedelta
from typing import Final

from doorward.record import Card, CardOrder, CardPlace
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.ids import ConversationId

_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PARTS: Final = 3


def write_place(card: Card, order: CardOrder) -> str:
    """Return where a page ends whose last card this is: microseconds since 1970, priority and id, with dots between.

    In that form nobody needs to keep it; `read_place` reads it.
    """
    at = card.unanswered_since if order == "unanswered" else card.last_at
    microseconds = ((at or card.last_at) - _BEGINNING) // timedelta(microseconds=1)
    return f"{microseconds}.{card.priority}.{card.conversation_id}"


def read_place(written: str) -> CardPlace:
    """Return the place that `write_place` wrote. Raises `Malformed` for anything else."""
    parts = written.split(".")
    try:
        microseconds, priority = int(parts[0]), int(parts[1])
        at = _BEGINNING + timedelta(microseconds=microseconds)
    except (ValueError, IndexError, OverflowError):
        raise Malformed("cursor: not one of ours") from None
    if len(parts) != _PARTS or not (parts[2].isascii() and parts[2].isalnum()) or not -1 <= priority <= 2:
        raise Malformed("cursor: not one of ours")
    return CardPlace(at=at, conversation_id=ConversationId(parts[2]), priority=priority)


def write_moment_place(at: datetime, one_id: str) -> str:
    """Return where a page ends of what is listed by time and id: microseconds since 1970 and the id, a dot between."""
    return f"{(at - _BEGINNING) // timedelta(microseconds=1)}.{one_id}"


def read_moment_place(written: str) -> tuple[datetime, str]:
    """Return the place that `write_moment_place` wrote. Raises `Malformed` for anything else."""
    microseconds, _, one_id = written.partition(".")
    try:
        at = _BEGINNING + timedelta(microseconds=int(microseconds))
    except (ValueError, OverflowError):
        raise Malformed("cursor: not one of ours") from None
    if not (one_id.isascii() and one_id.isalnum()):
        raise Malformed("cursor: not one of ours")
    return at, one_id
