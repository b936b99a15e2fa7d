"""Nonces are good once."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.admission.flood.nonces import NONCES, Nonces
from doorward.kit.clock import FixedClock
from doorward.vocabulary.ids import TenantId

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
WINDOW = timedelta(minutes=5)
SECRET = bytes(range(32))
BANK = TenantId("bank")


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 400)), max_size=150))
def test_no_nonce_is_good_twice_within_the_window(steps: list[tuple[int, int]]) -> None:
    """Whatever comes between, a nonce that was fresh is not fresh again before a window has passed."""
    clock = FixedClock(START)
    nonces = Nonces(clock, secret=SECRET, window=WINDOW, nonces=8)
    spent: dict[int, datetime] = {}
    for nonce, pause in steps:
        clock.advance(timedelta(seconds=pause))
        if nonces.spend(tenant_id=BANK, sender="s", nonce=str(nonce)).good:
            assert nonce not in spent or clock.now() - spent[nonce] >= WINDOW
            spent[nonce] = clock.now()


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 400)), max_size=150))
def test_a_nonce_that_never_came_is_only_refused_for_want_of_room(steps: list[tuple[int, int]]) -> None:
    """New ones are fresh or meet a full store, which needs as many in one window as it was made for."""
    clock = FixedClock(START)
    nonces = Nonces(clock, secret=SECRET, window=WINDOW, nonces=8)
    came: set[int] = set()
    taken: list[datetime] = []
    for nonce, pause in steps:
        clock.advance(timedelta(seconds=pause))
        seen = nonces.spend(tenant_id=BANK, sender="s", nonce=str(nonce))
        if nonce not in came:
            assert seen.reason in {"fresh", "full"}
        if seen.reason == "full":
            assert sum(clock.now() - at < WINDOW for at in taken) >= 8
        if seen.good:
            came.add(nonce)
            taken.append(clock.now())


def test_a_full_store_refuses_says_until_when_and_keeps_what_it_knows() -> None:
    """Beyond its room nothing is fresh; a replay is still called that; with the next window there is room again."""
    clock = FixedClock(START)
    nonces = Nonces(clock, secret=SECRET, window=WINDOW, nonces=4)
    assert all(nonces.spend(tenant_id=BANK, sender="s", nonce=str(one)).good for one in range(4))
    clock.advance(timedelta(seconds=60))
    full = nonces.spend(tenant_id=BANK, sender="s", nonce="more")
    assert (full.reason, full.good, full.retry_after) == ("full", False, 240.0)
    assert nonces.spend(tenant_id=BANK, sender="s", nonce="0").reason == "replayed"
    clock.advance(timedelta(seconds=full.retry_after))
    assert nonces.spend(tenant_id=BANK, sender="s", nonce="more").good
    assert nonces.spend(tenant_id=BANK, sender="s", nonce="0").reason == "replayed"


def test_after_two_windows_everything_is_forgotten() -> None:
    """What is too old to be good by its signature takes no room."""
    clock = FixedClock(START)
    nonces = Nonces(clock, secret=SECRET, window=WINDOW, nonces=4)
    for one in range(4):
        nonces.spend(tenant_id=BANK, sender="s", nonce=str(one))
    clock.advance(2 * WINDOW)
    assert all(nonces.spend(tenant_id=BANK, sender="s", nonce=str(one)).good for one in range(4))


def test_senders_do_not_share_nonces_and_memory_does_not_grow() -> None:
    """The same nonce of two senders or tenants is fresh twice; a flood leaves the store as large as it was."""
    clock = FixedClock(START)
    nonces = Nonces(clock, secret=SECRET, window=WINDOW, nonces=1024)
    size = nonces.nbytes
    assert nonces.spend(tenant_id=BANK, sender="a", nonce="1").good
    assert nonces.spend(tenant_id=BANK, sender="b", nonce="1").good
    assert nonces.spend(tenant_id=TenantId("shop"), sender="a", nonce="1").good
    reasons = [nonces.spend(tenant_id=BANK, sender="c", nonce=str(one)).reason for one in range(3_000)]
    assert (reasons.count("fresh"), reasons.count("full")) == (1021, 1979)
    assert nonces.nbytes == size
    assert 64 * NONCES == Nonces(clock, secret=SECRET, window=WINDOW).nbytes == 8 * 2**20


@pytest.mark.parametrize(("nonces", "window"), [(0, WINDOW), (12, WINDOW), (8, timedelta(0))])
def test_a_store_without_room_or_window_is_refused(nonces: int, window: timedelta) -> None:
    """A size that is no power of two and a window of nothing are mistakes that show at once."""
    with pytest.raises(ValueError, match="nonces"):
        Nonces(FixedClock(START), secret=SECRET, window=window, nonces=nonces)


def test_of_many_threads_that_bring_one_nonce_a_single_one_gets_in() -> None:
    """Looking and noting are one step: four threads spend the same nonces, and each of them is fresh exactly once."""
    nonces = Nonces(FixedClock(START), secret=SECRET, window=WINDOW, nonces=4096)
    together = Barrier(4)

    def spend_all() -> int:
        together.wait(timeout=30)
        return sum(nonces.spend(tenant_id=BANK, sender="s", nonce=str(one)).good for one in range(3_000))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            fresh = sum(done.result() for done in [pool.submit(spend_all) for _ in range(4)])
    finally:
        sys.setswitchinterval(interval)
    assert fresh == 3_000
