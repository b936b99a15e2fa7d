"""How often: moving windows over hashed keys, counted by `limits` in memory or in a shared Valkey.

`limits` comes with a memory storage of its own, but that one keeps every key it ever saw and walks all of them a
hundred times a second while busy, which is what a flood wants; and it reads the computer's clock. `MovingWindow` below
is a storage for the same strategy that forgets, is bounded, and asks our clock.
"""

import math
import threading
from array import array
from bisect import bisect_right
from collections import OrderedDict
from datetime import timedelta
from typing import Any, Final

import msgspec
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MovingWindowSupport, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from doorward.kit.clock import Clock
from doorward.kit.crypto import keyed_hash
from doorward.kit.logging import get_logger
from doorward.vocabulary.errors import Misconfigured, RateLimited

_log = get_logger("admission")

KEYS_REMEMBERED: Final = 200_000
"""Keys that memory holds at once (70 MB with one hit each); the one that was quiet for longest is forgotten first."""

_PAUSE: Final = timedelta(seconds=10)
_OPTIONS: Final[dict[str, Any]] = {"socket_timeout": 0.1, "socket_connect_timeout": 0.5}
_SHARED: Final = ("valkey", "valkeys", "valkey+unix", "redis", "rediss", "redis+unix")


class MovingWindow(Storage, MovingWindowSupport):
    """The last hits of every key, in memory, for one process. Thread-safe; an operation costs the same however many."""

    STORAGE_SCHEME = ["doorward+memory"]  # noqa: RUF012 - the registry of `limits` wants a list on the class

    def __init__(self, clock: Clock, *, keys: int = KEYS_REMEMBERED) -> None:
        """Ask `clock`, remember at most `keys` keys."""
        super().__init__()
        self._clock = clock
        self._keys = keys
        self._lock = threading.Lock()
        self._hits: OrderedDict[str, tuple[int, array[float]]] = OrderedDict()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` hits unless there would be more than `limit` within `expiry` seconds; return whether."""
        with self._lock:
            now = self._clock.now().timestamp()
            hits = self._window(key, expiry, now)
            self._forget(now)
            if len(hits) + amount > limit:
                return False
            hits.extend(array("d", [now] * amount))
            self._hits[key] = (expiry, hits)
            self._hits.move_to_end(key)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return when the oldest counted hit was (Unix time) and how many hits count."""
        with self._lock:
            now = self._clock.now().timestamp()
            hits = self._window(key, expiry, now)
            return (hits[0] if hits else now), len(hits)

    def _window(self, key: str, expiry: int, now: float) -> "array[float]":
        hits = self._hits[key][1] if key in self._hits else array("d")
        del hits[: bisect_right(hits, now - expiry)]
        return hits

    def _forget(self, now: float) -> None:
        # Two steps a hit keep up with any arrival rate of one key a hit; the front holds those quiet for longest.
        for _ in range(2):
            if not self._hits:
                return
            key, (expiry, hits) = next(iter(self._hits.items()))
            if len(self._hits) <= self._keys and hits and hits[-1] > now - expiry:
                return
            del self._hits[key]

    # What follows completes the interface of a `limits` storage; the moving window uses none of it.

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return the error that this storage could raise."""
        return MemoryError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Refuse: this storage counts moving windows only."""
        raise NotImplementedError

    def get(self, key: str) -> int:
        """Return how many hits are remembered."""
        return len(self._hits[key][1]) if key in self._hits else 0

    def get_expiry(self, key: str) -> float:
        """Refuse: this storage counts moving windows only."""
        raise NotImplementedError

    def check(self) -> bool:
        """Return that memory is there."""
        return True

    def reset(self) -> int:
        """Forget everything; return how many keys that were."""
        with self._lock:
            count = len(self._hits)
            self._hits.clear()
            return count

    def clear(self, key: str) -> None:
        """Forget one key."""
        with self._lock:
            self._hits.pop(key, None)


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """One question: may `subject` do this once more? `limit` is `<count>/<second|minute|hour|day>`."""

    namespace: str
    limit: str
    subject: str


class Rates:
    """Answers such questions. What it keeps are keyed hashes: neither memory nor a shared storage holds an address."""

    def __init__(self, clock: Clock, *, secret: bytes, storage: str = "") -> None:
        """Count in memory, or in the storage at an address such as `valkey://host:6379`.

        While that storage is away, this process counts for itself. Processes that share a storage need the same
        `secret` (32 bytes). Raises `Misconfigured` for an address that cannot be used.
        """
        self._clock = clock
        self._secret = secret
        self._items: dict[tuple[str, str], RateLimitItem] = {}
        self._near = MovingWindowRateLimiter(MovingWindow(clock))
        self._far = MovingWindowRateLimiter(_open(storage)) if storage else None
        self._far_away_until = clock.now()

    def check(self, limit: str) -> None:
        """Raise `Misconfigured` unless `limit` can be read, so that a mistake shows at the start."""
        self._item(Rate(namespace="check", limit=limit, subject=""))

    def take(self, *rates: Rate) -> None:
        """Count one for each of `rates`, or none at all.

        Raises `RateLimited`, with the whole seconds until the last of the exhausted ones has room, at least 1.
        """
        self._ask(rates, count=True)

    def look(self, *rates: Rate) -> None:
        """Raise as `take` would, and count nothing."""
        self._ask(rates, count=False)

    def _ask(self, rates: tuple[Rate, ...], *, count: bool) -> None:
        if self._far is not None and self._clock.now() >= self._far_away_until:
            try:
                self._take(self._far, rates, count=count)
            except StorageError as error:
                # Counting alone is better than not counting, and than turning everybody away. Not every request
                # may wait for a server that does not answer.
                self._far_away_until = self._clock.now() + _PAUSE
                _log.warning("admission.limits.storage_lost", error=type(error).__name__)
            else:
                return
        self._take(self._near, rates, count=count)

    def _take(self, limiter: MovingWindowRateLimiter, rates: tuple[Rate, ...], *, count: bool) -> None:
        asked = [(self._item(rate), self._key(rate)) for rate in rates]
        full = [(item, key) for item, key in asked if not limiter.test(item, key)]
        if count and not full:
            full = [(item, key) for item, key in asked if not limiter.hit(item, key)]
        if full:
            now = self._clock.now().timestamp()
            ends = max(limiter.get_window_stats(item, key).reset_time for item, key in full)
            raise RateLimited("too many", retry_after=max(1, math.ceil(ends - now)))

    def _item(self, rate: Rate) -> RateLimitItem:
        wanted = (rate.namespace, rate.limit)
        if wanted not in self._items:
            try:
                item = parse(rate.limit)
            except ValueError as error:
                raise Misconfigured(f"limits: '{rate.limit}' is not <count>/<second|minute|hour|day>") from error
            self._items[wanted] = type(item)(item.amount, item.multiples, rate.namespace)
        return self._items[wanted]

    def _key(self, rate: Rate) -> str:
        return keyed_hash(self._secret, rate.namespace.encode(), rate.subject.encode("utf-8", "replace"))[:16].hex()


def _open(address: str) -> Storage:
    if address.partition(":")[0] not in _SHARED:
        raise Misconfigured(f"limits: the storage address must begin with one of {', '.join(_SHARED)}")
    try:
        storage = storage_from_string(address, wrap_exceptions=True, **_OPTIONS)
    except Exception as error:
        raise Misconfigured("limits: the storage address cannot be used") from error
    if not isinstance(storage, Storage) or not isinstance(storage, MovingWindowSupport):
        raise Misconfigured("limits: this storage cannot count moving windows")
    return storage
