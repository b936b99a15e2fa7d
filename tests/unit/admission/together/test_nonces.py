"""Nonces over several processes: each is good once, and once in each process while they cannot ask each other."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from doorward.admission.flood import Nonces
from doorward.admission.together import Nonce, NoncesTogether
from doorward.admission.together.nonces import UNTOLD
from doorward.kit.clock import FixedClock
from doorward.kit.shared import SharedMemory
from doorward.vocabulary.ids import TenantId
from tests.support.loopback import FailingValkey, failing_valkey, free_port

__all__ = ["failing_valkey", "free_port"]

BANK, SHOP = TenantId("bank"), TenantId("shop")
WINDOW = timedelta(minutes=6)


class Two:
    """Two processes."""

    def __init__(self, address: str) -> None:
        """Have them share a memory."""
        self.clock = FixedClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
        self.lines = [SharedMemory(address, deadline=2.0, pause=0.0) for _ in range(2)]
        self.nodes = [
            NoncesTogether(
                Nonces(self.clock, secret=bytes([number]) * 32, window=WINDOW, nonces=8192),
                line,
                clock=self.clock,
                secret=bytes(32),
                window=WINDOW,
            )
            for number, line in enumerate(self.lines)
        ]

    async def spend(self, node: int, nonce: str, *, tenant_id: TenantId = BANK, sender: str = "s") -> Nonce:
        """Bring a nonce to one of them."""
        return await self.nodes[node].spend(tenant_id=tenant_id, sender=sender, nonce=nonce)


@pytest.fixture
def two(failing_valkey: FailingValkey) -> Iterator[Two]:
    """Two processes with one memory."""
    two = Two(failing_valkey.address)
    yield two
    for line in two.lines:
        line.close()


async def test_a_nonce_is_good_once_whichever_process_hears_it(two: Two) -> None:
    """Also when both hear it at the same time; another sender or tenant may use the same one."""
    assert await two.spend(0, "n") == Nonce(reason="fresh")
    assert await two.spend(1, "n") == Nonce(reason="replayed")
    assert await two.spend(0, "n") == Nonce(reason="replayed")
    both = await asyncio.gather(*(two.spend(number % 2, "at once") for number in range(20)))
    assert sum(one.good for one in both) == 1
    assert (await two.spend(1, "n", sender="other")).good
    assert (await two.spend(1, "n", tenant_id=SHOP)).good


async def test_a_nonce_is_kept_for_the_window_and_no_longer(two: Two, failing_valkey: FailingValkey) -> None:
    """Its key ends by itself, and names nobody."""
    await two.spend(0, "n", sender="printer-7")
    with failing_valkey.client() as client:
        (key,) = client.keys()
        assert 0 < client.pttl(key) <= WINDOW.total_seconds() * 1000
        assert client.get(key) == b""
    assert b"printer" not in key
    assert b"bank" not in key


async def test_without_the_memory_a_nonce_is_good_once_in_each_process(two: Two, failing_valkey: FailingValkey) -> None:
    """That is said, so that more is asked of the signature; the same process never takes it twice."""
    assert (await two.spend(0, "before")).good
    failing_valkey.kill()
    assert await two.spend(0, "before") == Nonce(reason="replayed")
    assert await two.spend(0, "n") == Nonce(reason="fresh", alone=True)
    assert await two.spend(0, "n") == Nonce(reason="replayed")
    assert await two.spend(1, "n") == Nonce(reason="fresh", alone=True)


async def test_what_was_spent_alone_is_told_when_the_memory_is_there_again(
    two: Two, failing_valkey: FailingValkey
) -> None:
    """The first question of the one who spent it is enough; what is too old to be good is not told."""
    failing_valkey.kill()
    assert (await two.spend(0, "old")).alone
    two.clock.advance(WINDOW)
    assert (await two.spend(0, "n")).alone
    failing_valkey.start_anew()
    assert await two.spend(0, "another") == Nonce(reason="fresh")
    assert await two.spend(1, "n") == Nonce(reason="replayed")
    with failing_valkey.client() as client:
        assert client.dbsize() == 2


async def test_what_is_to_be_told_is_bounded(two: Two, failing_valkey: FailingValkey) -> None:
    """However long the memory is away; the oldest are not told."""
    failing_valkey.kill()
    for number in range(UNTOLD + 100):
        assert (await two.spend(0, str(number))).alone
    failing_valkey.start_anew()
    assert not (await two.spend(0, "another")).alone
    with failing_valkey.client() as client:
        assert client.dbsize() == UNTOLD + 1


async def test_where_there_is_no_room_it_is_refused(
    two: Two, failing_valkey: FailingValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be remembered is not let through, and it is told when to come again."""
    monkeypatch.setattr("doorward.admission.together.nonces.ROOM", 3)
    for number in range(3):
        assert (await two.spend(0, str(number))).good
    full = await two.spend(0, "more")
    assert (full.reason, full.good) == ("full", False)
    assert full.retry_after > 0
