"""What was read a moment ago and may be used a moment longer, for those who ask at every message."""

import threading
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from doorward.kit.clock import Clock

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Values by key, each fresh for a while. Thread-safe.

    A reader that began before a value was forgotten may end after it, with what stood there before the change. So
    whoever reads asks for a `mark` first, and what was forgotten since then is not kept.
    """

    def __init__(self, clock: Clock, *, fresh: timedelta) -> None:
        """Let values be fresh for so long."""
        self._clock = clock
        self._fresh = fresh
        self._lock = threading.Lock()
        self._held: dict[Key, tuple[datetime, Value]] = {}
        self._forgotten = 0

    def get(self, key: Key) -> Value | None:
        """Return the value where it is fresh, else None."""
        held = self._held.get(key)
        return None if held is None or self._clock.now() - held[0] >= self._fresh else held[1]

    def last(self, key: Key) -> Value | None:
        """Return the value however old it is, None where there is none or it was forgotten."""
        held = self._held.get(key)
        return None if held is None else held[1]

    def mark(self) -> tuple[datetime, int]:
        """Return the moment at which a reading begins."""
        return self._clock.now(), self._forgotten

    def keep(self, key: Key, value: Value, *, since: tuple[datetime, int]) -> None:
        """Keep what was read since a mark, unless something was forgotten in the meantime."""
        began, forgotten = since
        with self._lock:
            if forgotten == self._forgotten:
                self._held[key] = (began, value)

    def forget(self, key: Key) -> None:
        """Have the next one read anew: the value was just changed here."""
        with self._lock:
            self._forgotten += 1
            self._held.pop(key, None)
