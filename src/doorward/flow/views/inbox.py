"""The inbox: who waits, what is mine, what else goes on."""

import msgspec

from doorward import record, routing
from doorward.kit.tx import Tx
from doorward.record import Card, CardQuery
from doorward.routing import Presence
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.scope import Scope


class Inbox(msgspec.Struct, frozen=True, kw_only=True):
    """One agent's inbox. `waiting` is in the order of the queue, the rest newest first; `counts` is by state."""

    waiting: tuple[Card, ...]
    mine: tuple[Card, ...]
    others: tuple[Card, ...]
    counts: dict[str, int]
    presence: Presence | None


def inbox(tx: Tx, scope: Scope, *, states: tuple[str, ...] = (), limit: int = 50, offset: int = 0) -> Inbox:
    """Return the acting agent's inbox; `states` narrows `others` (all states if none given)."""
    queue = [item.conversation_id for item in routing.waiting_list(tx, scope, limit=limit)]
    waiting = (record.card_of(tx, scope, conversation_id) for conversation_id in queue)
    mine = record.list_cards(tx, scope, CardQuery(states=("human",), assignee=scope.actor.id, limit=limit))
    others = record.list_cards(tx, scope, CardQuery(states=states, limit=limit, offset=offset))
    return Inbox(
        waiting=tuple(card for card in waiting if card is not None),
        mine=mine,
        others=others,
        counts=record.count_by_state(tx, scope),
        presence=routing.presence_of(tx, scope, StaffId(scope.actor.id)),
    )
