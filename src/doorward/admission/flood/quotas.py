"""How often each owner may come, inside each platform: exact for those who come most, bounded for all."""

import math
import threading
from array import array
from typing import Final

import msgspec

from doorward.admission.flood.fingerprints import Fingerprints
from doorward.admission.flood.sketch import ArrivalSketch
from doorward.kit.clock import Clock
from doorward.vocabulary.ids import TenantId

HOT_OWNERS: Final = 2**18
"""Owners whose times are kept exactly, 16 bytes each."""

SKETCH_CELLS: Final = 2**18
"""Times in each row of the sketch for all others, 4 bytes each, four rows."""

WAYS: Final = 8
"""Places that an owner may have in the table: those of its bucket."""

_MOST_OWNERS: Final = WAYS * 2**20

DOUBT: Final = 0.01
"""The sketch is heard only while it would refuse no more strangers than this share."""

_DOUBT_MADE_ANEW: Final = 256
_KINDS_IN_DOUBT: Final = 64


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """So many in so many seconds, and `burst` at once at the most (whole numbers from 1)."""

    kind: str
    count: int
    seconds: float
    burst: int

    def __post_init__(self) -> None:
        """Raise `ValueError` for what is no quota."""
        if self.count < 1 or self.burst < 1 or not 0 < self.seconds < float("inf"):
            raise ValueError("a quota has a count and a burst of 1 at least, and a time")

    @property
    def interval(self) -> float:
        """Return the seconds between two arrivals at the full rate."""
        return self.seconds / self.count


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What a quota says of one arrival. `retry_after` is in seconds, 0 where it is within."""

    within: bool
    retry_after: float = 0.0


WITHIN: Final = Counted(within=True)


class Quotas:
    """Counts arrivals by the generic cell rate algorithm, in memory that is taken once and never grows.

    GCRA (ITU-T I.371, annex A, the virtual scheduling algorithm): for each key one number, the theoretical arrival time
    `tat`. An arrival at `now` conforms when `tat - now <= interval * (burst - 1)`, and then `tat` becomes
    `max(tat, now) + interval`. So in any `t` seconds no more than `burst + t / interval` arrivals are within, whatever
    comes between, and an arrival that is not costs nothing.

    Keys live in a table of buckets of eight. A time that has passed is as good as none, so its place is free. Where
    all eight are taken, the one with the earliest time goes, with its time, into the `ArrivalSketch`, which may say
    later than it was but never earlier: whoever the table forgets is not forgotten. A key whose time is a guess by the
    sketch stays there until that has passed, so that no guess drives out who is known. With a burst of 2 or more,
    whoever is over their quota outweighs all who come once, however many: a flood of keys does not hide them.

    As it fills, the sketch takes strangers for one another. It measures for how many that would end in a refusal;
    beyond `DOUBT` it is not heard any more, and whoever is not in the table begins anew there: strangers are let in,
    and those who come again and again are counted from then on.

    Thread-safe; for one process.
    """

    def __init__(
        self, clock: Clock, *, secret: bytes, owners: int = HOT_OWNERS, sketch_cells: int = SKETCH_CELLS
    ) -> None:
        """Ask `clock`; hash under `secret` (32 bytes); `owners` and `sketch_cells` are powers of two.

        Raises `ValueError`.
        """
        if not WAYS <= owners <= _MOST_OWNERS or owners & (owners - 1):
            raise ValueError(f"owners: a power of two from {WAYS} to {_MOST_OWNERS}")
        self._clock = clock
        self._zero = clock.now()
        self._fingerprints = Fingerprints(secret)
        self._buckets = owners // WAYS - 1
        self._keys = array("Q", bytes(8 * owners))
        self._times = array("d", bytes(8 * owners))
        self._sketch = ArrivalSketch(sketch_cells)
        self._doubts: dict[Quota, tuple[float, int, float]] = {}
        self._asked = 0
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """Return how many bytes all that is kept takes, however many owners there are."""
        return sum(part.itemsize * len(part) for part in (self._keys, self._times)) + self._sketch.nbytes

    def take(self, quota: Quota, *, tenant_id: TenantId, platform: str, owner: str) -> Counted:
        """Count one arrival of an owner by way of a platform now, unless the quota has no room for it.

        The same owner of another tenant, by another platform or by another kind of quota is counted apart. Platforms as
        such never are.
        """
        key, _ = self._fingerprints.of((quota.kind, tenant_id, platform, owner))
        with self._lock:
            return self._take(key, quota, self._now())

    def until(self, quota: Quota, *, tenant_id: TenantId, platform: str, owner: str) -> float | None:
        """Return the theoretical arrival time of an owner, as Unix time; None unless it is known exactly."""
        key, _ = self._fingerprints.of((quota.kind, tenant_id, platform, owner))
        with self._lock:
            place = self._place_of(key)
            return self._times[place] + self._zero.timestamp() if place >= 0 else None

    def learn(self, quota: Quota, until: float, *, tenant_id: TenantId, platform: str, owner: str) -> None:
        """Take over what others know: an owner's theoretical arrival time, as Unix time. It never becomes earlier."""
        key, _ = self._fingerprints.of((quota.kind, tenant_id, platform, owner))
        after = until - self._zero.timestamp()
        with self._lock:
            now, place = self._now(), self._place_of(key)
            if place >= 0:
                self._times[place] = max(self._times[place], after)
            elif after > now:
                self._settle(key, after, now=now)

    def share_in_doubt(self, quota: Quota) -> float:
        """Return for which share of owners who never came the sketch would say that they are beyond this quota.

        An estimate, made anew once a second or when it was asked for often, so that a flood does not pay for it.
        """
        with self._lock:
            return self._doubt(quota, self._now())

    def _take(self, key: int, quota: Quota, now: float) -> Counted:
        place = self._place_of(key)
        until = self._times[place] if place >= 0 else self._guess(key, quota, now)
        allowed = now + quota.interval * (quota.burst - 1)
        if until > allowed:
            return Counted(within=False, retry_after=until - allowed)
        after = max(until, now) + quota.interval
        if place >= 0:
            self._times[place] = after
        elif until > now:
            self._sketch.write(key, until=after)
        else:
            self._settle(key, after, now=now)
        return WITHIN

    def _doubt(self, quota: Quota, now: float) -> float:
        self._asked += 1
        made, asked, share = self._doubts.get(quota, (-math.inf, 0, 0.0))
        if 0 <= now - made < 1.0 and self._asked - asked < _DOUBT_MADE_ANEW:
            return share
        if len(self._doubts) >= _KINDS_IN_DOUBT:
            self._doubts.clear()
        share = self._sketch.share_beyond(now + quota.interval * (quota.burst - 1))
        self._doubts[quota] = (now, self._asked, share)
        return share

    def _now(self) -> float:
        # A computer's clock may be set back to before the start; the sketch knows no time before its zero.
        return max(0.0, (self._clock.now() - self._zero).total_seconds())

    def _place_of(self, key: int) -> int:
        """Return a key's place in the table, -1 without."""
        first = self._first_place(key)
        # A slice and one comparison in C are faster than eight in Python.
        bucket = self._keys[first : first + WAYS]
        return first + bucket.index(key) if key in bucket else -1

    def _guess(self, key: int, quota: Quota, now: float) -> float:
        """Return the time of a key that is not in the table; one that has passed where nothing is known."""
        until = self._sketch.read(key)
        return 0.0 if until > now and self._doubt(quota, now) > DOUBT else until

    def _settle(self, key: int, until: float, *, now: float) -> None:
        """Give a key a place in the table if it outweighs what is there; else leave it to the sketch."""
        first = self._first_place(key)
        times = self._times[first : first + WAYS]
        earliest = min(times)
        if until <= earliest:
            self._sketch.write(key, until=until)
            return
        place = first + times.index(earliest)
        if earliest > now:
            self._sketch.write(self._keys[place], until=earliest)
        self._keys[place] = key
        self._times[place] = until

    def _first_place(self, key: int) -> int:
        # Mostly bits that the sketch does not look at, so that those of one bucket do not meet again there.
        return (key >> 44 & self._buckets) * WAYS
