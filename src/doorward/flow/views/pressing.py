"""Who is told that a promise is due soon or late: whoever has the conversation, else its team and who may supervise."""

from typing import Final

from doorward import record, routing
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.scope import Scope

_LOOKED_AT: Final = 50
"""So many of the latest are looked at: who has not been heard of among them has older worries."""


def news_of(tx: Tx, scope: Scope, *, supervises: bool) -> routing.Promise | None:
    """Return what the acting member of staff was told last of a promise that presses still; None for nothing."""
    told = routing.latest_told(tx, scope, limit=_LOOKED_AT)
    plan = routing.read_plan(tx, scope).plan if told else routing.RoutingPlan()
    staff_id = StaffId(scope.actor.id)
    for one in told:
        card = record.card_of(tx, scope, one.conversation_id)
        holder = None if card is None else card.assignee
        concerns = supervises or routing.serves(plan, staff_id, one.queue) if holder is None else holder == staff_id
        if concerns:
            return one
    return None
