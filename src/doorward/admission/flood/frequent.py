"""Who comes most, told from a stream of any number of keys in bounded memory."""

import threading
from typing import Final, Protocol

import msgspec

FOLLOWED: Final = 1024
"""Keys that are followed at once: whoever makes up a 512th of all is among them."""


class Frequent(msgspec.Struct, frozen=True, kw_only=True):
    """A key and how often it came: no less than `least`, no more than `most`."""

    key: str
    least: int
    most: int


class CountsFrequent(Protocol):
    """Something that finds the keys that come most, exactly or within bounds that it tells."""

    def count(self, key: str, *, times: int = 1) -> None:
        """Count a key."""

    def frequent(self, *, share: float) -> tuple[Frequent, ...]:
        """Return every key that may have come for more than `share` of all times, the most frequent first.

        None that did is missing. One that did not may be there, with `least` below and `most` above that share.
        """


class FrequentKeys:
    """The keys that come most: `followed` counters, however many keys there are.

    J. Misra and D. Gries, Finding repeated elements, Science of Computer Programming 2(2), 1982, taking away the median
    of all counters at once where there is no room, so that the cost of a key is constant on the mean (D. Anderson et
    al., A high-performance algorithm for identifying frequent items in data streams, IMC 2017). What was taken away is
    the error: `most - least` of every key, at most two times all that was counted over `followed`. Thread-safe.
    """

    def __init__(self, followed: int = FOLLOWED) -> None:
        """Follow at most `followed` keys, 2 or more. Raises `ValueError`."""
        if followed < 2:
            raise ValueError("followed: 2 at least")
        self._followed = followed
        self._counts: dict[str, int] = {}
        self._error = 0
        self._total = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many keys are followed now."""
        return len(self._counts)

    def count(self, key: str, *, times: int = 1) -> None:
        """Count a key `times` times, 1 or more. Raises `ValueError`."""
        if times < 1:
            raise ValueError("times: 1 at least")
        with self._lock:
            self._total += times
            if key not in self._counts and len(self._counts) >= self._followed:
                self._make_room()
            self._counts[key] = self._counts.get(key, 0) + times

    def frequent(self, *, share: float) -> tuple[Frequent, ...]:
        """Return every key that may have come for more than `share` of all times, the most frequent first."""
        with self._lock:
            counts, error, beyond = dict(self._counts), self._error, share * self._total
        found = [Frequent(key=key, least=n, most=n + error) for key, n in counts.items() if n + error > beyond]
        return tuple(sorted(found, key=lambda one: (-one.least, one.key)))

    def _make_room(self) -> None:
        median = sorted(self._counts.values())[len(self._counts) // 2]
        self._counts = {key: n - median for key, n in self._counts.items() if n > median}
        self._error += median
