"""The tenant's figures over a period."""

from datetime import datetime

from doorward import record
from doorward.kit.tx import Tx
from doorward.measure import Contact, Figures, figures_of
from doorward.record import Card
from doorward.vocabulary.scope import Scope


def figures(tx: Tx, scope: Scope, *, since: datetime, until: datetime, service_seconds: float) -> Figures:
    """Return containment, first response, resolution and wait of conversations opened from `since` to `until`."""
    cards = record.outcomes_between(tx, scope, since, until)
    return figures_of((contact_of(card) for card in cards), service_seconds=service_seconds)


def contact_of(card: Card) -> Contact:
    """Return what is counted of a conversation."""
    return Contact(
        opened_at=card.opened_at,
        first_response_at=card.first_response_at,
        resolved_at=card.resolved_at,
        waited_seconds=card.waited_seconds,
        handovers=card.handovers,
        agent_messages=card.agent_messages,
        customer_messages=card.customer_messages,
        helped=card.helped,
        state=card.state,
    )
