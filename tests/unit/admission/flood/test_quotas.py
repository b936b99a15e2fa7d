"""How often each owner may come."""

import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.admission.flood.fingerprints import Fingerprints
from doorward.admission.flood.quotas import DOUBT, HOT_OWNERS, Quota, Quotas
from doorward.admission.flood.sketch import ArrivalSketch
from doorward.kit.clock import FixedClock
from doorward.vocabulary.ids import TenantId

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECRET = bytes(range(32))
BANK = TenantId("bank")
HOURLY = Quota(kind="contact", count=6, seconds=3600, burst=3)
SLACK = 1e-6
"""Seconds by which floating point may be early."""

steps = st.lists(st.tuples(st.integers(0, 40), st.floats(0, 600)), max_size=120)
quotas = st.builds(
    Quota, kind=st.just("contact"), count=st.integers(1, 20), seconds=st.floats(1, 7200), burst=st.integers(1, 6)
)


def small(clock: FixedClock) -> Quotas:
    """A table of eight owners before the smallest sketch: nearly everybody is driven out of it."""
    return Quotas(clock, secret=SECRET, owners=8, sketch_cells=256)


def is_within(counter: Quotas, owner: str, quota: Quota = HOURLY) -> bool:
    """Whether one more arrival of an owner is within the quota; it is counted if so."""
    return counter.take(quota, tenant_id=BANK, platform="p", owner=owner).within


@given(quota=quotas, steps=steps)
def test_nobody_gets_more_than_the_quota_in_any_stretch_of_time(quota: Quota, steps: list[tuple[int, float]]) -> None:
    """Of every owner, in every stretch of `t` seconds, no more than `burst + t / interval` arrivals are within."""
    clock = FixedClock(START)
    counter = small(clock)
    within: dict[int, list[float]] = {}
    for owner, pause in steps:
        clock.advance(timedelta(seconds=pause))
        if is_within(counter, str(owner), quota):
            within.setdefault(owner, []).append((clock.now() - START).total_seconds())
    for times in within.values():
        for first in range(len(times)):
            for last in range(first, len(times)):
                stretch = times[last] - times[first] + SLACK * len(times)
                assert last - first + 1 <= quota.burst + stretch / quota.interval


@given(quota=quotas, steps=steps)
def test_whoever_is_driven_out_is_not_forgotten(quota: Quota, steps: list[tuple[int, float]]) -> None:
    """No arrival is within that would not be within if every owner's exact time were kept for ever."""
    clock = FixedClock(START)
    counter = small(clock)
    kept: dict[int, float] = {}
    for owner, pause in steps:
        clock.advance(timedelta(seconds=pause))
        now = (clock.now() - START).total_seconds()
        exact = max(kept.get(owner, 0.0), now)
        if is_within(counter, str(owner), quota):
            assert exact <= now + quota.interval * (quota.burst - 1) + SLACK
            kept[owner] = exact + quota.interval
    assert counter.share_in_doubt(quota) <= DOUBT


@given(steps=steps)
def test_with_room_for_all_it_is_exact(steps: list[tuple[int, float]]) -> None:
    """Where the table holds everybody, nobody is turned away whom the exact count would let in."""
    clock = FixedClock(START)
    counter = Quotas(clock, secret=SECRET, owners=2**12, sketch_cells=2**12)
    kept: dict[int, float] = {}
    for owner, pause in steps:
        clock.advance(timedelta(seconds=pause))
        now = (clock.now() - START).total_seconds()
        exact = max(kept.get(owner, 0.0), now)
        counted = counter.take(HOURLY, tenant_id=BANK, platform="p", owner=str(owner))
        assert counted.within == (exact <= now + HOURLY.interval * 2)
        if counted.within:
            kept[owner] = exact + HOURLY.interval


def test_the_wait_that_is_told_is_long_enough_and_no_longer() -> None:
    """Whoever comes back when told is let in, and a moment earlier is not."""
    clock = FixedClock(START)
    counter = small(clock)
    for _ in range(HOURLY.burst):
        assert is_within(counter, "one")
    wait = counter.take(HOURLY, tenant_id=BANK, platform="p", owner="one").retry_after
    clock.advance(timedelta(seconds=wait - 1))
    assert not is_within(counter, "one")
    clock.advance(timedelta(seconds=1))
    assert is_within(counter, "one")


def test_a_platform_has_no_quota_of_its_own() -> None:
    """Ten thousand owners who come by one platform are let in; an owner's count holds in one platform of one tenant."""
    clock = FixedClock(START)
    counter = Quotas(clock, secret=SECRET, owners=2**14, sketch_cells=2**14)
    assert all(counter.take(HOURLY, tenant_id=BANK, platform="siri", owner=str(one)).within for one in range(10_000))
    for _ in range(HOURLY.burst):
        counter.take(HOURLY, tenant_id=BANK, platform="siri", owner="me")
    assert not counter.take(HOURLY, tenant_id=BANK, platform="siri", owner="me").within
    assert counter.take(HOURLY, tenant_id=BANK, platform="alexa", owner="me").within
    assert counter.take(HOURLY, tenant_id=TenantId("shop"), platform="siri", owner="me").within


def test_a_flood_of_keys_neither_grows_nor_hides_whoever_comes_too_often() -> None:
    """After 10,000 keys that come once no memory has been added, and whoever is beyond the quota is still known."""
    clock = FixedClock(START)
    counter = Quotas(clock, secret=SECRET, owners=2**10, sketch_cells=2**12)
    while is_within(counter, "heavy"):
        pass
    size = counter.nbytes
    counter.take(HOURLY, tenant_id=BANK, platform="p", owner="warm")
    tracemalloc.start()
    try:
        for one in range(10_000):
            counter.take(HOURLY, tenant_id=BANK, platform="p", owner=f"{one}@flood")
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert counter.nbytes == size
    assert grown < 16_384
    assert not is_within(counter, "heavy")


def test_a_flood_of_strangers_gets_no_stranger_refused() -> None:
    """Where so many came that the sketch takes strangers for each other, it says so, and is not heard any more."""
    counter = small(FixedClock(START))
    refused = sum(not is_within(counter, str(one)) for one in range(20_000))
    assert counter.share_in_doubt(HOURLY) > 0.01
    assert refused <= 0.02 * 20_000


def test_whoever_comes_again_and_again_within_a_flood_is_counted() -> None:
    """With the sketch full, somebody whose contacts have few of others between them still comes to their limit."""
    clock = FixedClock(START)
    counter = Quotas(clock, secret=SECRET, owners=2**10, sketch_cells=256)
    answers = []
    for one in range(20_000):
        clock.advance(timedelta(milliseconds=10))
        counter.take(HOURLY, tenant_id=BANK, platform="p", owner=str(one))
        if one >= 10_000 and one % 100 == 0:
            answers.append(is_within(counter, "again"))
    assert counter.share_in_doubt(HOURLY) > 0.01
    assert sum(answers) <= HOURLY.burst + 100 / HOURLY.interval + 1


def test_a_flood_is_over_when_its_time_has_passed() -> None:
    """Nothing has to be swept: an hour after a flood that filled everything, a stranger is a stranger again."""
    clock = FixedClock(START)
    counter = small(clock)
    for one in range(5_000):
        counter.take(HOURLY, tenant_id=BANK, platform="p", owner=str(one))
    clock.advance(timedelta(hours=1))
    assert counter.share_in_doubt(HOURLY) == 0.0
    assert [is_within(counter, "new") for _ in range(4)] == [
        True,
        True,
        True,
        False,
    ]


def test_a_source_costs_less_than_64_bytes_and_all_of_them_less_than_16_megabytes() -> None:
    """The exact table takes at most 64 bytes for each owner that it holds, and table and sketch at most 16 MB."""
    counter = Quotas(FixedClock(START), secret=SECRET)
    assert counter.nbytes / HOT_OWNERS <= 64
    assert counter.nbytes <= 16_000_000


def test_a_clock_that_is_set_back_lets_nobody_in_early() -> None:
    """Before its own beginning the counter takes the beginning for now."""

    class Wound:
        at = START

        def now(self) -> datetime:
            return self.at

    clock = Wound()
    counter = Quotas(clock, secret=SECRET, owners=8, sketch_cells=256)
    for _ in range(HOURLY.burst):
        counter.take(HOURLY, tenant_id=BANK, platform="p", owner="one")
    clock.at = START - timedelta(days=1)
    assert not is_within(counter, "one")
    assert [is_within(counter, f"other {one}") for one in range(20)] == [True] * 20


@pytest.mark.parametrize(
    "wrong", [{"count": 0}, {"burst": 0}, {"seconds": 0.0}, {"seconds": float("inf")}, {"seconds": float("nan")}]
)
def test_what_is_no_quota_is_refused(wrong: dict[str, float]) -> None:
    """A quota without a count, a burst or a time is a mistake that shows at once."""
    with pytest.raises(ValueError, match="a quota has"):
        Quota(**{"kind": "contact", "count": 1, "seconds": 1.0, "burst": 1, **wrong})  # type: ignore[arg-type]


@pytest.mark.parametrize(("owners", "cells"), [(0, 256), (4, 256), (24, 256), (8, 100), (8, 64)])
def test_sizes_are_powers_of_two(owners: int, cells: int) -> None:
    """A table or sketch of another size is refused."""
    with pytest.raises(ValueError, match="a power of two"):
        Quotas(FixedClock(START), secret=SECRET, owners=owners, sketch_cells=cells)


@given(st.lists(st.tuples(st.integers(0, 2**64 - 1), st.floats(0, 1e6)), max_size=60))
def test_the_sketch_never_says_earlier(written: list[tuple[int, float]]) -> None:
    """What was noted for a key is what is read, rounded up, or later."""
    sketch = ArrivalSketch(256)
    for key, until in written:
        sketch.write(key, until=until)
    assert all(sketch.read(key) >= until for key, until in written)


def test_the_sketch_takes_few_strangers_for_others_within_its_load() -> None:
    """With half as many keys as a row has cells, a stranger has a time with the chance (1 - e^-1/2)^4: one in 42."""
    sketch, prints = ArrivalSketch(2**12), Fingerprints(SECRET)
    for one in range(2**11):
        sketch.write(prints.of(("known", str(one)))[0], until=100.0)
    strangers = sum(sketch.read(prints.of(("stranger", str(one)))[0]) > 0 for one in range(4_000)) / 4_000
    assert strangers == pytest.approx(0.024, abs=0.012)
    assert sketch.share_beyond(0.0) == pytest.approx(strangers, abs=0.015)


def test_fingerprints_depend_on_the_secret_and_on_where_parts_end() -> None:
    """Another secret gives other numbers, and parts do not run into each other."""
    ours, theirs = Fingerprints(SECRET), Fingerprints(bytes(32))
    assert ours.of(("ab", "c")) == ours.of(("ab", "c"))
    assert len({ours.of(("ab", "c")), ours.of(("a", "bc")), ours.of(("abc",)), theirs.of(("ab", "c"))}) == 4
    assert ours.of(("\ud800",)) != ours.of(("\ud801",))
    with pytest.raises(ValueError, match="32 bytes"):
        Fingerprints(b"short")
