"""How often."""

from datetime import UTC, datetime, timedelta

import pytest
import valkey
from hypothesis import given
from hypothesis import strategies as st

from doorward.admission import MovingWindow, Rate, Rates
from doorward.kit.clock import FixedClock, SystemClock
from doorward.vocabulary.errors import Misconfigured, RateLimited

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECRET = bytes(32)


def _rates(clock: FixedClock | None = None) -> Rates:
    return Rates(clock or FixedClock(START), secret=SECRET)


def _rate(limit: str, subject: str = "someone", namespace: str = "test") -> Rate:
    return Rate(namespace=namespace, limit=limit, subject=subject)


def test_the_one_too_many_hears_when_to_come_back() -> None:
    """The third of two allowed in a minute is refused until the first is a minute old."""
    clock = FixedClock(START)
    rates = _rates(clock)
    rates.take(_rate("2/minute"))
    clock.advance(timedelta(seconds=20))
    rates.take(_rate("2/minute"))
    clock.advance(timedelta(seconds=20.5))
    with pytest.raises(RateLimited) as refusal:
        rates.take(_rate("2/minute"))
    assert refusal.value.retry_after == 20
    clock.advance(timedelta(seconds=refusal.value.retry_after))
    rates.take(_rate("2/minute"))


def test_looking_counts_nothing() -> None:
    """Who only looks whether there is room takes none, and hears the same when there is none."""
    rates = _rates()
    for _ in range(5):
        rates.look(_rate("1/minute"))
    rates.take(_rate("1/minute"))
    with pytest.raises(RateLimited) as refusal:
        rates.look(_rate("1/minute"))
    assert refusal.value.retry_after == 60


def test_a_refusal_costs_nothing() -> None:
    """Knocking while refused does not make the wait longer."""
    clock = FixedClock(START)
    rates = _rates(clock)
    rates.take(_rate("1/minute"))
    for _ in range(59):
        clock.advance(timedelta(seconds=1))
        with pytest.raises(RateLimited):
            rates.take(_rate("1/minute"))
    clock.advance(timedelta(seconds=1))
    rates.take(_rate("1/minute"))


def test_the_wait_is_never_shorter_than_a_second() -> None:
    """A wait of a fraction of a second is told as one second, for 0 would mean 'at once'."""
    clock = FixedClock(START)
    rates = _rates(clock)
    rates.take(_rate("1/second"))
    clock.advance(timedelta(milliseconds=999))
    with pytest.raises(RateLimited) as refusal:
        rates.take(_rate("1/second"))
    assert refusal.value.retry_after == 1


def test_several_limits_are_taken_all_or_none() -> None:
    """When one of several limits is exhausted, the others are not used up by the refusal."""
    rates = _rates()
    narrow, wide = _rate("1/hour", "narrow"), _rate("2/hour", "wide")
    rates.take(narrow, wide)
    for _ in range(5):
        with pytest.raises(RateLimited):
            rates.take(narrow, wide)
    rates.take(wide)
    with pytest.raises(RateLimited):
        rates.take(wide)


def test_subjects_and_namespaces_do_not_share() -> None:
    """What one subject used up in one place is still there for another subject and in another place."""
    rates = _rates()
    rates.take(_rate("1/hour"))
    rates.take(_rate("1/hour", subject="another"))
    rates.take(_rate("1/hour", namespace="elsewhere"))
    with pytest.raises(RateLimited):
        rates.take(_rate("1/hour"))


def test_what_is_kept_names_nobody() -> None:
    """The storage holds keyed hashes: neither the address nor its plain digest can be found in it."""
    rates = _rates()
    rates.take(_rate("1/hour", subject="192.0.2.7"))
    kept = str(vars(rates._near.storage))
    assert "192.0.2.7" not in kept
    assert len(kept) > 100


def test_memory_is_bounded_under_a_flood() -> None:
    """However many addresses come, the storage holds no more keys than it may, and the latest are among them."""
    storage = MovingWindow(FixedClock(START), keys=100)
    for number in range(10_000):
        assert storage.acquire_entry(f"k{number}", 1, 3600)
    assert len(storage._hits) <= 101
    assert not storage.acquire_entry("k9999", 1, 3600)


def test_keys_are_forgotten_when_their_window_has_passed() -> None:
    """A quiet key does not stay: after its window a few later hits clear it away."""
    clock = FixedClock(START)
    storage = MovingWindow(clock)
    for number in range(50):
        storage.acquire_entry(f"k{number}", 5, 60)
    clock.advance(timedelta(seconds=61))
    for _ in range(30):
        storage.acquire_entry("busy", 1000, 60)
    assert list(storage._hits) == ["busy"]


@given(
    limit=st.integers(1, 5),
    window=st.integers(1, 30),
    waits=st.lists(st.integers(0, 20), min_size=1, max_size=60),
)
def test_no_window_ever_holds_more_than_the_limit(limit: int, window: int, waits: list[int]) -> None:
    """The hits let through within the last window are at most the limit, and none is refused below it."""
    clock = FixedClock(START)
    storage = MovingWindow(clock)
    passed: list[datetime] = []
    for wait in waits:
        clock.advance(timedelta(seconds=wait))
        counting = [at for at in passed if at > clock.now() - timedelta(seconds=window)]
        assert storage.acquire_entry("k", limit, window) == (len(counting) < limit)
        if len(counting) < limit:
            passed.append(clock.now())


@pytest.mark.parametrize("limit", ["", "often", "5", "0x5/minute", "/minute"])
def test_a_limit_that_cannot_be_read_stops_the_start(limit: str) -> None:
    """A mistyped limit is a sentence at the start, not a surprise at the first message."""
    with pytest.raises(Misconfigured):
        _rates().check(limit)


@pytest.mark.parametrize("address", ["nonsense", "mongodb+srv://", "http://example.org"])
def test_a_storage_that_cannot_be_used_stops_the_start(address: str) -> None:
    """A mistyped storage address is a sentence at the start."""
    with pytest.raises(Misconfigured):
        Rates(FixedClock(START), secret=SECRET, storage=address)


def test_processes_that_share_a_storage_share_their_counts(valkey_address: str) -> None:
    """Two processes with one Valkey count together; what Valkey holds names nobody."""
    first, second = (Rates(SystemClock(), secret=SECRET, storage=valkey_address) for _ in range(2))
    first.take(_rate("2/hour", subject="192.0.2.7"))
    second.take(_rate("2/hour", subject="192.0.2.7"))
    with pytest.raises(RateLimited) as refusal:
        first.take(_rate("2/hour", subject="192.0.2.7"))
    assert 3500 < refusal.value.retry_after <= 3600
    kept = list(valkey.Valkey.from_url(valkey_address).scan_iter())
    assert len(kept) == 1
    assert b"192.0.2.7" not in kept[0]


def test_counting_goes_on_when_the_shared_storage_is_away(free_port: int) -> None:
    """Without its Valkey a process counts for itself: nobody is turned away for it, nobody gets more than the limit."""
    rates = Rates(FixedClock(START), secret=SECRET, storage=f"valkey://127.0.0.1:{free_port}")
    rates.take(_rate("1/hour"))
    with pytest.raises(RateLimited):
        rates.take(_rate("1/hour"))
