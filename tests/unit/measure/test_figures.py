"""Figures: what they mean, on conversations small enough to count by hand."""

from datetime import timedelta

import msgspec

from doorward.measure import Contact, figures_of
from doorward.measure.figures import quantile
from tests.support.transactions import NOON


def contact(
    *, helped: int = 0, handovers: int = 0, waited: float = 0.0, answered_after: float | None = None, state: str = "bot"
) -> Contact:
    """Return a conversation in which the customer spoke once."""
    return Contact(
        opened_at=NOON,
        first_response_at=None if answered_after is None else NOON + timedelta(seconds=answered_after),
        resolved_at=NOON if state == "resolved" else None,
        waited_seconds=waited,
        handovers=handovers,
        agent_messages=0,
        customer_messages=1,
        helped=helped,
        state=state,
    )


def test_nothing_is_said_of_nothing() -> None:
    """Without conversations every share is unknown, not zero."""
    figures = figures_of([], service_seconds=60)
    assert figures.contacts == 0
    assert figures.containment is None
    assert figures.within_service is None


def test_silent_visitors_do_not_count() -> None:
    """Who opened the chat and said nothing is no contact."""
    silent = msgspec.structs.replace(contact(), customer_messages=0)
    assert figures_of([silent], service_seconds=60).contacts == 0


def test_figures_of_four_conversations() -> None:
    """One contained, one resolved by a person in time, one too late, one still waiting."""
    figures = figures_of(
        [
            contact(helped=1, answered_after=1),
            contact(helped=1, handovers=1, waited=30, answered_after=2, state="resolved"),
            contact(handovers=1, waited=90, answered_after=3, state="human"),
            contact(handovers=1, waited=0, answered_after=None, state="waiting"),
        ],
        service_seconds=60,
    )
    assert figures.contacts == 4
    assert figures.containment == 0.25
    assert figures.resolution == 0.5
    assert figures.first_response_seconds == 2
    assert figures.wait_seconds == 30
    assert figures.wait_seconds_p90 == 90
    assert figures.within_service == 0.5
    assert figures.handed_over == 3
    assert figures.waiting_now == 1


def test_quantiles_are_nearest_rank() -> None:
    """The median of an even number of values is the lower middle one; the 90th of ten is the ninth."""
    assert quantile([4, 1, 3, 2], 0.5) == 2
    assert quantile(list(range(1, 11)), 0.9) == 9
    assert quantile([], 0.5) is None
