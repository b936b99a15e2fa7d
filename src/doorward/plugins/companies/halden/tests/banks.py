"""A small core system for tests: one customer who owns some of everything, and a bystander who owns the like."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from doorward.kit.clock import Clock, FixedClock
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.worlds import make_seed_of

NOON: Final = datetime(2031, 3, 5, 12, 34, 56, tzinfo=UTC)
WORLD: Final[dict[str, Any]] = {
    "access": {"state": "locked"},
    "account": [
        {"last4": "0815", "kind": "current", "balance_cents": 40_000},
        {"last4": "4711", "kind": "savings", "balance_cents": -1},
    ],
    "card": [
        {"last4": "4471", "status": "active", "account": "0815"},
        {"last4": "9012", "status": "frozen", "kind": "credit", "account": "0815"},
        {"last4": "1234", "status": "blocked", "account": "0815"},
        {"last4": "5555", "status": "ordered", "account": "0815", "expires": "04/31"},
    ],
    "payment": [
        {"reference": "P1001", "card": "4471", "merchant": "Kettle & Crumb", "amount_cents": 990, "day": -2},
        {"reference": "P1002", "card": "4471", "merchant": "Kettle & Crumb", "amount_cents": 990, "day": -1},
        {"reference": "P1003", "card": "9012", "state": "pending", "day": 0},
        {"reference": "P1004", "card": "9012", "state": "declined", "decline_reason": "frozen"},
        {"reference": "P1005", "card": "4471", "state": "disputed", "day": -9},
    ],
    "transfer": [
        {"reference": "T1001", "state": "pending"},
        {"reference": "T1002", "state": "sent", "day": -3},
        {"reference": "T1003", "state": "returned", "day": -3},
        {"reference": "T1004", "state": "cancelled", "day": -3},
    ],
    "top_up": [{"reference": "U1001", "state": "failed"}],
    "refund": [{"reference": "R1001", "amount_cents": 6_450}],
    "bill": [
        {
            "reference": "B300001",
            "amount_cents": 61_200,
            "due": 5,
            "previous_cents": 41_000,
            "lines": [{"text": "Card purchases", "cents": 60_000}, {"text": "Monthly fee", "cents": 1_200}],
        },
        {"reference": "B300002", "amount_cents": 2_999},
        {"reference": "B300003", "state": "paid", "due": -20},
        {"reference": "B300004", "state": "returned", "due": -20},
        {"reference": "B300005", "amount_cents": 30_000},
    ],
    "plan": [{"bill": "B300005", "instalments": 3}],
    "order": [
        {"reference": "O500001", "item": "replacement card", "state": "sent", "detail": "card ending in 1234"},
        {"reference": "O500002", "item": "paper rolls", "state": "placed", "detail": "HT-4100-01, 10 rolls"},
    ],
    "device": [{"serial": "HT-4100-01", "paper": 6}],
}
"""Something in every state that a verb looks at."""


def bank(folder: Path, world: dict[str, Any] | None = None, *, clock: Clock | None = None) -> HaldenCore:
    """Return a core system of this world, made below `folder` at first use."""
    return HaldenCore(folder, seed=make_seed_of(WORLD if world is None else world), clock=clock or FixedClock(NOON))
