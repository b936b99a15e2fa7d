"""What counting one arrival costs, in time and in memory, beside other ways of counting."""

import importlib
import time
import tracemalloc
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from doorward.admission import Rate, Rates
from doorward.admission.flood import (
    CLASSES,
    Admittance,
    Alert,
    Arriving,
    Caller,
    CapacityRules,
    FrequentKeys,
    Nonces,
    Occupancy,
    Quota,
    Quotas,
    admit,
)
from doorward.admission.flood.nonces import NONCES
from doorward.admission.flood.quotas import HOT_OWNERS
from doorward.kit.clock import SystemClock
from doorward.vocabulary.errors import RateLimited
from doorward.vocabulary.ids import TenantId

HOURLY = Quota(kind="contact", count=6, seconds=3600, burst=3)
SECRET = bytes(range(32))
BANK = TenantId("bank")
REPEATED = 1_000


class DictOfTimes:
    """The same algorithm over a dictionary that keeps every key: what the arrays are compared with."""

    def __init__(self) -> None:
        self._times: dict[str, float] = {}
        self._clock = SystemClock()

    def take(self, key: str) -> bool:
        now = self._clock.now().timestamp()
        until = self._times.get(key, 0.0)
        if until > now + HOURLY.interval * (HOURLY.burst - 1):
            return False
        self._times[key] = max(until, now) + HOURLY.interval
        return True


def moving_window() -> Callable[[str], Any]:
    """The rates that the house has today: `limits` over a storage of ours, which keeps 200,000 keys."""
    rates = Rates(SystemClock(), secret=SECRET)

    def take(key: str) -> bool:
        try:
            rates.take(Rate(namespace="contact", limit="6/hour", subject=key))
        except RateLimited:
            return False
        return True

    return take


def arrays(**sizes: int) -> Callable[[str], Any]:
    """Ours."""
    quotas = Quotas(SystemClock(), secret=SECRET, **sizes)
    return lambda key: quotas.take(HOURLY, tenant_id=BANK, platform="p", owner=key)


def frequent() -> Callable[[str], Any]:
    """Who comes most."""
    return FrequentKeys().count


def nonces() -> Callable[[str], Any]:
    """Nonces; beyond what a window may bring they are refused."""
    store = Nonces(SystemClock(), secret=SECRET, window=timedelta(minutes=5))
    return lambda key: store.spend(tenant_id=BANK, sender="s", nonce=key)


def count_min() -> Callable[[str], Any]:
    """A count-min sketch of Apache DataSketches, where it is installed. It forgets nothing, so it needs windows."""
    # A peer, which no lock holds.
    kind = importlib.import_module("datasketches").count_min_sketch
    sketch = kind(kind.suggest_num_hashes(0.99), 2**18)

    def take(key: str) -> float:
        sketch.update(key)
        return float(sketch.get_estimate(key))

    return take


def admitting() -> Callable[[str], Any]:
    """What the door would ask for each contact: the count, and what the contact may have."""
    quotas, rules, clock = Quotas(SystemClock(), secret=SECRET), CapacityRules(), SystemClock()
    occupancy = Occupancy(people=50, busy=50, bot_places=100, bot_busy=10, waiting=dict.fromkeys(CLASSES, 900.0))
    alert = Alert(measured="red", since=clock.now())

    def take(key: str) -> Admittance:
        counted = quotas.take(HOURLY, tenant_id=BANK, platform="p", owner=key)
        arriving = Arriving(caller=Caller(owner=key, platform="p"), at=clock.now(), handling=252.0)
        return admit(arriving, occupancy=occupancy, alert=alert, counted=counted, rules=rules)

    return take


WAYS: dict[str, Callable[[], Callable[[str], Any]]] = {
    "GCRA in a dictionary": lambda: DictOfTimes().take,
    "limits, moving window": moving_window,
    "Quotas": arrays,
    "Quotas and admit": admitting,
    "Nonces": nonces,
    "FrequentKeys": frequent,
    "datasketches, count-min": count_min,
}


def timed(take: Callable[[str], Any], keys: Iterable[str]) -> dict[str, float]:
    """Microseconds of each call: median and 99th percentile."""
    spent = []
    for key in keys:
        begun = time.perf_counter_ns()
        take(key)
        spent.append(time.perf_counter_ns() - begun)
    spent.sort()
    return {"p50_us": round(spent[len(spent) // 2] / 1000, 2), "p99_us": round(spent[len(spent) * 99 // 100] / 1000, 2)}


def counting(keys: int) -> dict[str, Any]:
    """Time for keys that come again and for keys that come once, and memory after `keys` of them, for each way."""
    result: dict[str, Any] = {}
    for name, way in WAYS.items():
        try:
            take = way()
        except ImportError:
            result[name] = "not installed"
            continue
        again = timed(take, (f"again {number % REPEATED}" for number in range(min(keys, 100_000))))
        once = timed(take, (f"once {number}" for number in range(min(keys, NONCES // 2))))
        result[name] = {"again": again, "once": once, "bytes": memory(way, keys)}
    return result


def memory(way: Callable[[], Callable[[str], Any]], keys: int) -> int:
    """Bytes that a way holds after so many keys that came once."""
    tracemalloc.start()
    try:
        take = way()
        for number in range(keys):
            take(f"source {number}")
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def many(sources: int) -> dict[str, Any]:
    """Quotas under a flood of so many sources that come once, with one owner who came too often before it."""
    quotas = Quotas(SystemClock(), secret=SECRET)
    while quotas.take(HOURLY, tenant_id=BANK, platform="p", owner="heavy").within:
        pass
    begun, wrong = time.perf_counter(), 0
    for number in range(sources):
        wrong += not quotas.take(HOURLY, tenant_id=BANK, platform="p", owner=str(number)).within
    seconds = time.perf_counter() - begun
    return {
        "sources": sources,
        "bytes": quotas.nbytes,
        "bytes_per_owner_kept_exactly": round(quotas.nbytes / HOT_OWNERS, 1),
        "seconds": round(seconds, 1),
        "refused_though_new": wrong,
        "share_in_doubt": round(quotas.share_in_doubt(HOURLY), 4),
        "heavy_owner_still_refused": not quotas.take(HOURLY, tenant_id=BANK, platform="p", owner="heavy").within,
    }
