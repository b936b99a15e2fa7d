"""Keeping what was offered, and saying by it what may be offered still."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from doorward.answering.nudges import repository
from doorward.answering.nudges.model import Nudge, NudgeBook, NudgeKind
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope

OfferState = Literal["offered", "taken", "declined", "unanswered"]
OfferedBy = Literal["bot", "staff"]

KEPT: Final = timedelta(days=400)
"""For how long it can be looked up what was offered."""
_LOOKED_AT: Final = 200
_DAY: Final = timedelta(days=1)


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was offered. `value` is what the customer has of it once it is solved, in minor units."""

    id: str
    conversation_id: ConversationId
    party_id: PartyId
    nudge: str
    kind: NudgeKind
    by: OfferedBy
    state: OfferState
    rule: str
    offered_at: datetime
    answered_at: datetime | None = None
    solved_at: datetime | None = None
    value: int | None = None


class NudgeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How a nudge went in a time. `value` adds up what customers have of those that were solved, in minor units."""

    nudge: str
    kind: NudgeKind
    offered: int
    taken: int
    declined: int
    solved: int
    value: int


def write_offer(tx: Tx, scope: Scope, offer: Offer) -> bool:
    """Keep a new offer; return False when it is kept already."""
    return repository.insert_offer(tx, scope, msgspec.structs.asdict(offer))


def open_offer(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Offer | None:
    """Return the offer that waits for an answer in a conversation, None where none does."""
    made = offers_in(tx, scope, conversation_id, limit=1)
    return made[0] if made and is_waiting(made[0]) else None


def is_waiting(offer: Offer) -> bool:
    """Return whether the bot waits for an answer to an offer."""
    return offer.state == "offered" and offer.by == "bot"


def offers_in(tx: Tx, scope: Scope, conversation_id: ConversationId, *, limit: int = 20) -> tuple[Offer, ...]:
    """Return the newest offers of a conversation, the newest first."""
    return tuple(map(_offer, repository.offers_in(tx, scope, conversation_id, limit=limit)))


def offers_to(tx: Tx, scope: Scope, parties: Sequence[PartyId], *, limit: int) -> tuple[Offer, ...]:
    """Return what was offered to some parties, as long as that is kept, the newest first."""
    rows = repository.offers_to(tx, scope, parties, since=tx.now - KEPT, limit=limit)
    return tuple(map(_offer, rows))


def answer_offer(tx: Tx, scope: Scope, offer_id: str, state: OfferState) -> bool:
    """Note what came of an offer; return False when that is known already."""
    values = {"state": state, "answered_at": tx.now}
    return repository.change_offer(tx, scope, offer_id, values, states=("offered", "unanswered"))


def solve(tx: Tx, scope: Scope, offers: Iterable[Offer]) -> int:
    """Note that what was taken is solved; return of how many that was news."""
    return sum(repository.solve_offer(tx, scope, one.id) for one in offers if one.state == "taken")


def offerable(tx: Tx, scope: Scope, book: NudgeBook, *, parties: Sequence[PartyId]) -> tuple[Nudge, ...]:
    """Return what the caps still let be offered to a customer (all parties that they are), the most pressing first.

    What they said no to rests; what waits for an answer or was taken counts as offered.
    """
    if not parties or repository.count_since(tx, scope, tx.now - _DAY) >= book.per_day:
        return ()
    longest = max((book.per_customer.days, *(max(one.per_customer.days, one.rest_days) for one in book.nudges)))
    rows = repository.offers_to(tx, scope, parties, since=tx.now - timedelta(days=longest), limit=_LOOKED_AT)
    made = [_offer(row) for row in rows]
    if _count(made, since=tx.now - book.per_customer.period) >= book.per_customer.most:
        return ()
    return tuple(one for one in book.nudges if not _rests(tx, one, made))


def figures(tx: Tx, scope: Scope, *, since: datetime, until: datetime) -> tuple[NudgeFigures, ...]:
    """Return how each nudge went that was offered from `since` until before `until`, by their keys."""
    return tuple(
        NudgeFigures(
            nudge=row.nudge,
            kind=row.kind,
            offered=int(row.offered),
            taken=int(row.taken),
            declined=int(row.declined),
            solved=int(row.solved),
            value=int(row.value or 0),
        )
        for row in repository.figures(tx, scope, since, until)
    )


def forget_offers(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Remove all that was offered to a party that is being forgotten; return how many."""
    return repository.delete_offers_of(tx, scope, party_id)


def sweep_offers(tx: Tx, scope: Scope) -> int:
    """Remove what was offered long ago; return how many. May be done again at any time."""
    return repository.delete_before(tx, scope, tx.now - KEPT)


def _rests(tx: Tx, nudge: Nudge, made: Sequence[Offer]) -> bool:
    own = [one for one in made if one.nudge == nudge.key]
    if _count(own, since=tx.now - nudge.per_customer.period) >= nudge.per_customer.most:
        return True
    refused = [one for one in own if one.state == "declined"]
    return _count(refused, since=tx.now - nudge.rest) > 0


def _count(offers: Sequence[Offer], *, since: datetime) -> int:
    return sum(one.offered_at >= since for one in offers)


def _offer(row: Any) -> Offer:
    return Offer(
        id=row.id,
        conversation_id=ConversationId(row.conversation_id),
        party_id=PartyId(row.party_id),
        nudge=row.nudge,
        kind=row.kind,
        by=row.by,
        state=row.state,
        rule=row.rule,
        offered_at=row.offered_at,
        answered_at=row.answered_at,
        solved_at=row.solved_at,
        value=row.value,
    )
