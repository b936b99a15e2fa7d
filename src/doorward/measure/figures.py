"""Containment, first response, resolution and wait, from plain facts about conversations."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted of one conversation. Times are aware UTC; `waited_seconds` is all waiting for a person."""

    opened_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    waited_seconds: float
    handovers: int
    agent_messages: int
    customer_messages: int
    helped: int
    state: str


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of a period; shares are 0..1 and None where nothing can be said, seconds are medians.

    `containment`: conversations in which the customer spoke, that got an answer and never went to a person, of all in
    which the customer spoke. `resolution`: conversations resolved, or answered by the first line and left quiet, of
    the same. `within_service`: hand-overs picked up within the tenant's service time, of all picked up.
    """

    contacts: int
    containment: float | None
    resolution: float | None
    first_response_seconds: float | None
    wait_seconds: float | None
    wait_seconds_p90: float | None
    within_service: float | None
    handed_over: int
    waiting_now: int


def quantile(values: Sequence[float], share: float) -> float | None:
    """Return the value below or at which `share` of the values lie (nearest rank), None for no values."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def share_of(answers: Sequence[bool]) -> float | None:
    """Return which share of answers is yes, 0 to 1; None for none."""
    return sum(answers) / len(answers) if answers else None


def figures_of(contacts: Iterable[Contact], *, service_seconds: float) -> Figures:
    """Return the figures over `contacts`; those in which the customer never spoke are left out."""
    spoken = [contact for contact in contacts if contact.customer_messages]
    responses = [
        (contact.first_response_at - contact.opened_at).total_seconds()
        for contact in spoken
        if contact.first_response_at is not None
    ]
    waits = [contact.waited_seconds for contact in spoken if contact.handovers and contact.state != "waiting"]
    contained = sum(1 for contact in spoken if contact.helped and not contact.handovers)
    resolved = sum(1 for contact in spoken if contact.resolved_at or (contact.helped and not contact.handovers))
    return Figures(
        contacts=len(spoken),
        containment=contained / len(spoken) if spoken else None,
        resolution=resolved / len(spoken) if spoken else None,
        first_response_seconds=quantile(responses, 0.5),
        wait_seconds=quantile(waits, 0.5),
        wait_seconds_p90=quantile(waits, 0.9),
        within_service=sum(1 for wait in waits if wait <= service_seconds) / len(waits) if waits else None,
        handed_over=sum(1 for contact in spoken if contact.handovers),
        waiting_now=sum(1 for contact in spoken if contact.state == "waiting"),
    )
