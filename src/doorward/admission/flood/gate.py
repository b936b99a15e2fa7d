"""The gate before work: so much at once as the limit says, the rest comes again in a moment."""

import threading
import time
from collections.abc import Callable
from typing import Final

from doorward.admission.flood.concurrency import WorkLimit, WorkLimitRules, adapt_limit

BEGINNING: Final = 0.8
"""The share of all places that work which begins something may take: whoever has begun is not kept out by newcomers."""

INTERVAL: Final = 0.25
"""Seconds between two looks at the latency."""

START: Final = 16.0
"""Places before anything was measured: what a small machine can bear; more grow within seconds where they are used."""


class WorkGate:
    """Counts work that is being done and turns away what would make all of it slow. Thread-safe, of constant size.

    Nothing waits here: whoever is turned away is told so at once, which costs next to nothing, and comes again.
    """

    def __init__(
        self,
        rules: WorkLimitRules | None = None,
        *,
        seconds: Callable[[], float] = time.monotonic,
        start: float = START,
    ) -> None:
        """Begin with `start` places; `seconds` is a clock that never goes back."""
        self._rules = WorkLimitRules() if rules is None else rules
        self._seconds = seconds
        self._lock = threading.Lock()
        self._limit = WorkLimit(value=max(start, self._rules.least))
        self._looked_at = seconds()
        self._in_flight = self._most = self._ended = 0
        self._taken = 0.0
        self._turned_away = 0

    @property
    def places(self) -> int:
        """Return how much may be done at once now."""
        return self._limit.places

    @property
    def in_flight(self) -> int:
        """Return how much is being done."""
        return self._in_flight

    @property
    def turned_away(self) -> int:
        """Return how often somebody was turned away since the start."""
        return self._turned_away

    def enter(self, *, begins: bool) -> bool:
        """Take a place if there is one, else return False; whoever has a place leaves it with `leave`."""
        with self._lock:
            places = max(1.0, self._limit.value * (BEGINNING if begins else 1.0))
            if self._in_flight >= int(places):
                self._turned_away += 1
                return False
            self._come()
            return True

    def pause(self) -> None:
        """Leave a place for as long as somebody outside is waited for: a slow sender takes no place."""
        with self._lock:
            self._in_flight -= 1

    def resume(self) -> None:
        """Take a place again behind `pause`, whether there is one or not: who was let in stays in."""
        with self._lock:
            self._come()

    def leave(self, *, seconds: float) -> None:
        """Give a place back after so many seconds of work, without those that were waited for somebody outside."""
        with self._lock:
            self._in_flight -= 1
            self._ended += 1
            self._taken += seconds
            now = self._seconds()
            if now - self._looked_at >= INTERVAL:
                self._look(now)

    def _come(self) -> None:
        self._in_flight += 1
        self._most = max(self._most, self._in_flight)

    def _look(self, now: float) -> None:
        latency = self._taken / self._ended
        if latency > 0:
            self._limit = adapt_limit(self._limit, latency=latency, in_flight=self._most, rules=self._rules)
        self._looked_at, self._most, self._ended, self._taken = now, self._in_flight, 0, 0.0
