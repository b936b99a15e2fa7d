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


def age(two: Two, failing_valkey: FailingValkey) -> None:
    """Have the memory hold nonces for longer than any is good."""
    with failing_valkey.client() as client:
        client.set(two.nodes[0].mark, client.time()[0] * 1000 - 3_600_000)


@pytest.fixture
def two(failing_valkey: FailingValkey) -> Iterator[Two]:
    """Two processes with one memory."""
    two = Two(failing_valkey.address)
    age(two, failing_valkey)
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
        (key,) = (one for one in client.scan_iter() if one.decode() != two.nodes[0].mark)
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
    assert (await two.spend(0, "another")).good
    assert await two.spend(1, "n") == Nonce(reason="replayed")
    with failing_valkey.client() as client:
        assert client.dbsize() == 3, "two nonces, and since when they are held"


async def test_what_is_to_be_told_is_bounded(two: Two, failing_valkey: FailingValkey) -> None:
    """However long the memory is away; the oldest are not told."""
    failing_valkey.kill()
    for number in range(UNTOLD + 100):
        assert (await two.spend(0, str(number))).alone
    failing_valkey.start_anew()
    assert (await two.spend(0, "another")).good
    with failing_valkey.client() as client:
        assert client.dbsize() == UNTOLD + 2


async def test_what_was_asked_too_late_is_told_with_the_next_question(
    two: Two, failing_valkey: FailingValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The memory is there all the time: one process was too busy, and went on alone."""
    monkeypatch.setattr(two.lines[0], "_may_ask", lambda: False)
    assert await two.spend(0, "n") == Nonce(reason="fresh", alone=True)
    monkeypatch.undo()
    assert await two.spend(0, "another") == Nonce(reason="fresh")
    assert await two.spend(1, "n") == Nonce(reason="replayed")
    assert not two.nodes[0]._untold


async def test_a_memory_that_was_emptied_is_as_good_as_away_for_a_window(
    two: Two, failing_valkey: FailingValkey
) -> None:
    """What it held before may come again; whoever asks is told that it cannot know."""
    assert await two.spend(0, "n") == Nonce(reason="fresh")
    with failing_valkey.client() as client:
        client.flushdb()
    assert await two.spend(1, "n") == Nonce(reason="fresh", alone=True)
    assert await two.spend(1, "another") == Nonce(reason="fresh", alone=True)
    assert await two.spend(0, "another") == Nonce(reason="replayed")
    age(two, failing_valkey)
    assert await two.spend(0, "later") == Nonce(reason="fresh")


async def test_where_there_is_no_room_each_process_is_alone(
    two: Two, failing_valkey: FailingValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever fills the memory with other things keeps no machine out; a process takes nothing twice itself."""
    monkeypatch.setattr("doorward.admission.together.nonces.ROOM", 4)
    for number in range(3):
        assert await two.spend(0, str(number)) == Nonce(reason="fresh")
    assert await two.spend(0, "more") == Nonce(reason="fresh", alone=True)
    assert await two.spend(0, "more") == Nonce(reason="replayed")
