"""Webhooks: whom a company tells of what happens, what was told, and what became of it."""

from doorward.webhooks.endpoints import (
    EDITABLE,
    Endpoint,
    Endpoints,
    EndpointWish,
    NewEndpoint,
    PlainEndpoint,
)
from doorward.webhooks.events import EVENTS, FLOOD, TEST, WITHHELD, Event
from doorward.webhooks.log import (
    JOB,
    KEPT,
    Deliveries,
    Delivery,
    DeliveryState,
    Told,
    count_disabled,
    forget_deliveries,
)
from doorward.webhooks.pauses import pause_before
from doorward.webhooks.signing import new_secret, signatures

__all__ = [
    "EDITABLE",
    "EVENTS",
    "FLOOD",
    "JOB",
    "KEPT",
    "TEST",
    "WITHHELD",
    "Deliveries",
    "Delivery",
    "DeliveryState",
    "Endpoint",
    "EndpointWish",
    "Endpoints",
    "Event",
    "NewEndpoint",
    "PlainEndpoint",
    "Told",
    "count_disabled",
    "forget_deliveries",
    "new_secret",
    "pause_before",
    "signatures",
]
