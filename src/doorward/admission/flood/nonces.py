"""Nonces that were seen: each is good once, in memory that is taken once and never grows."""

import math
import threading
from array import array
from datetime import timedelta
from typing import Final, Literal

import msgspec

from doorward.admission.flood.fingerprints import Fingerprints
from doorward.kit.clock import Clock
from doorward.vocabulary.ids import TenantId

NONCES: Final = 2**17
"""Nonces that one window may bring: 437 a second for five minutes, 8 MiB."""

NonceReason = Literal["fresh", "replayed", "full"]


class NonceSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a nonce. Only a `fresh` one may be let through.

    `full` means that it cannot be known any more, which is a refusal too (law 2): `retry_after`, in seconds, is when
    there is room again, else 0.
    """

    reason: NonceReason
    retry_after: float = 0.0

    @property
    def good(self) -> bool:
        """Return whether the nonce was not seen before."""
        return self.reason == "fresh"


class Nonces:
    """Remembers every nonce for one window at least and two at the most.

    Two generations of 128-bit keyed fingerprints in open addressing, twice as many places as nonces, 64 bytes for each
    nonce that a window may bring. New ones go into the younger generation; when that is a window old, the older one is
    forgotten and its memory used again. A false `replayed` needs two equal fingerprints: with 10^9 nonces less than one
    chance in 10^20, and no sender can look for them, not knowing the secret.

    The window must be no shorter than the time for which a signed request is good; then none is taken twice. Those who
    are no good by their signature must not come here: they would fill it. Thread-safe; for one process.
    """

    def __init__(self, clock: Clock, *, secret: bytes, window: timedelta, nonces: int = NONCES) -> None:
        """Ask `clock`; hash under `secret` (32 bytes); room for `nonces` (a power of two) in a `window`.

        Raises `ValueError`.
        """
        if nonces < 1 or nonces & (nonces - 1) or window <= timedelta(0):
            raise ValueError("nonces: a power of two; window: more than nothing")
        self._clock = clock
        self._window = window
        self._most = nonces
        self._fingerprints = Fingerprints(secret)
        self._young, self._old = _Generation(2 * nonces), _Generation(2 * nonces)
        self._begun = clock.now()
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """Return how many bytes all that is kept takes, however many nonces came."""
        return self._young.nbytes + self._old.nbytes

    def spend(self, *, tenant_id: TenantId, sender: str, nonce: str) -> NonceSeen:
        """Note a sender's nonce, and say whether it is new. Two senders or tenants may use the same one."""
        high, low = self._fingerprints.of((tenant_id, sender, nonce))
        with self._lock:
            self._turn()
            if self._old.has(high, low) or self._young.has(high, low):
                return NonceSeen(reason="replayed")
            if self._young.count >= self._most:
                left = (self._begun + self._window - self._clock.now()).total_seconds()
                return NonceSeen(reason="full", retry_after=float(math.ceil(left)))
            self._young.add(high, low)
            return NonceSeen(reason="fresh")

    def _turn(self) -> None:
        # A clock that is set back makes a window longer, never shorter.
        age = self._clock.now() - self._begun
        if age < self._window:
            return
        self._young, self._old = self._old, self._young
        self._young.clear()
        if age >= 2 * self._window:
            self._old.clear()
        self._begun = self._clock.now()


class _Generation:
    """A set of pairs of numbers that are not 0, with linear probing; never more than half full."""

    def __init__(self, places: int) -> None:
        self._highs = array("Q", bytes(8 * places))
        self._lows = array("Q", bytes(8 * places))
        self._mask = places - 1
        self.count = 0

    @property
    def nbytes(self) -> int:
        return 16 * len(self._highs)

    def has(self, high: int, low: int) -> bool:
        return self._highs[self._place(high, low)] == high

    def add(self, high: int, low: int) -> None:
        place = self._place(high, low)
        self._highs[place], self._lows[place] = high, low
        self.count += 1

    def clear(self) -> None:
        if self.count:
            # One copy in C, into the memory that is there.
            empty = bytes(self._highs.itemsize * len(self._highs))
            for column in (self._highs, self._lows):
                memoryview(column).cast("B")[:] = empty
            self.count = 0

    def _place(self, high: int, low: int) -> int:
        """Return where the pair is, or the free place where it belongs."""
        place = low & self._mask
        while self._highs[place] and not (self._highs[place] == high and self._lows[place] == low):
            place = (place + 1) & self._mask
        return place
