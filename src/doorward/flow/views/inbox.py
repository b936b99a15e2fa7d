"""The inbox: who waits, what is mine, what else goes on."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from doorward import record, routing
from doorward.flow.views.wishes import WishKind, open_wishes
from doorward.kit.tx import Tx
from doorward.record import Card, CardQuery
from doorward.routing import Presence
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.scope import Scope


class Inbox(msgspec.Struct, frozen=True, kw_only=True):
    """One agent's inbox. `waiting` is in the order of the queue, the rest newest first; `counts` is by state.

    `entered` says since when those who wait stand in the queue; whom an agent puts back stands there as from the first
    time. `wishes` says what customers of the shown conversations ask for besides an answer.
    """

    waiting: tuple[Card, ...]
    entered: Mapping[ConversationId, datetime]
    mine: tuple[Card, ...]
    others: tuple[Card, ...]
    counts: dict[str, int]
    presence: Presence | None
    wishes: Mapping[ConversationId, tuple[WishKind, ...]] = {}


def inbox(tx: Tx, scope: Scope, *, states: tuple[str, ...] = (), limit: int = 50, offset: int = 0) -> Inbox:
    """Return the acting agent's inbox; `states` narrows `others` (all states if none given)."""
    queue = {item.conversation_id: item.entered_at for item in routing.waiting_list(tx, scope, limit=limit)}
    found = (record.card_of(tx, scope, conversation_id) for conversation_id in queue)
    waiting = tuple(card for card in found if card is not None)
    mine = record.list_cards(tx, scope, CardQuery(states=("human",), assignee=scope.actor.id, limit=limit))
    others = record.list_cards(tx, scope, CardQuery(states=states, limit=limit, offset=offset))
    return Inbox(
        waiting=waiting,
        entered=queue,
        mine=mine,
        others=others,
        counts=record.count_by_state(tx, scope),
        presence=routing.presence_of(tx, scope, StaffId(scope.actor.id)),
        wishes=open_wishes(tx, scope, tuple(dict.fromkeys(c.conversation_id for c in (*waiting, *mine, *others)))),
    )
