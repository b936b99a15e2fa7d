"""Links to other sites and checks of them, as values."""

import hashlib
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

CheckState = Literal["running", "done"]

STALLED: Final = timedelta(minutes=5)
"""After so long without a sign nobody works at a check any more."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What looking at a link came to: no trouble, or a code; `status` where the other side answered."""

    trouble: str = ""
    status: int | None = None


class LinkCheck(msgspec.Struct, frozen=True, kw_only=True):
    """How far the latest check of a tenant's links is: `done` of `total` addresses were looked at."""

    id: str
    state: CheckState
    done: int
    total: int
    begun_at: datetime
    noted_at: datetime

    def is_under_way(self, now: datetime) -> bool:
        """Return whether somebody works at it: one that has long been silent is over."""
        return self.state == "running" and now - self.noted_at < STALLED


def digest_of(address: str) -> str:
    """Return what an address is found by."""
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()
