"""The circuit breaker: whoever failed several times in a row is left alone for a while, then tried once."""

from datetime import datetime, timedelta
from threading import Lock
from typing import Final, Literal

from doorward.kit.clock import Clock

FAILURES: Final = 3
"""Failures in a row after which nobody asks any more."""

FIRST_REST: Final = timedelta(seconds=15)
LONGEST_REST: Final = timedelta(minutes=4)
"""How long it rests then; twice as long each time that the one try after it fails as well."""

State = Literal["closed", "open", "half_open"]


class Breaker:
    """Knows whether to ask. Thread-safe.

    closed: everybody asks · open: nobody does · half_open: one asks, and decides for all.
    """

    def __init__(self, clock: Clock) -> None:
        """Begin closed."""
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._rest = FIRST_REST
        self._rests_until: datetime | None = None
        self._trying = False

    @property
    def state(self) -> State:
        """Return how it stands."""
        with self._lock:
            return self._state()

    def admits(self) -> bool:
        """Return whether to ask now; who is told yes says how it went: `succeeded`, `failed` or `withdrawn`."""
        with self._lock:
            state = self._state()
            if state == "closed":
                return True
            if state == "open" or self._trying:
                return False
            self._trying = True
            return True

    def succeeded(self) -> None:
        """Close: it works."""
        with self._lock:
            self._failures, self._rest, self._rests_until, self._trying = 0, FIRST_REST, None, False

    def failed(self) -> None:
        """Count a failure, and open where it is one too many."""
        with self._lock:
            half_open = self._state() == "half_open"
            self._failures += 1
            self._trying = False
            if half_open:
                self._rest = min(self._rest * 2, LONGEST_REST)
            if half_open or (self._failures >= FAILURES and self._rests_until is None):
                self._rests_until = self._clock.now() + self._rest

    def withdrawn(self) -> None:
        """Count nothing: who was told yes did not ask after all."""
        with self._lock:
            self._trying = False

    def _state(self) -> State:
        if self._rests_until is None:
            return "closed"
        return "open" if self._clock.now() < self._rests_until else "half_open"
