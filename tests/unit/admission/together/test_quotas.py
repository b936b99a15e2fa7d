"""Owners over several processes: counted as one while the memory is there, each by itself while it is not."""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.admission.flood import Counted, Quota, Quotas
from doorward.admission.together import QuotasTogether, Whose
from doorward.kit.clock import FixedClock
from doorward.kit.shared import SharedMemory
from doorward.vocabulary.ids import TenantId
from tests.support.loopback import FailingValkey, failing_valkey, free_port, one_valkey

__all__ = ["failing_valkey", "free_port", "one_valkey"]

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECRET = bytes(32)
HOURLY = Quota(kind="contact", count=12, seconds=3600, burst=3)
_numbers = itertools.count()


def a_tenant() -> TenantId:
    """Return a tenant that nobody used before: tests share a memory."""
    return TenantId(f"tenant {next(_numbers)}")


class Nodes:
    """Processes that count together, with a clock each."""

    def __init__(self, memories: Sequence[SharedMemory], *, ahead: Sequence[float] = (), owners: int = 2**20) -> None:
        """One process for each line to the memory; `ahead` tells by how many seconds its clock is."""
        behind = [timedelta(seconds=one) for one in ahead] or [timedelta(0)] * len(memories)
        self.clocks = [FixedClock(START + one) for one in behind]
        self.memories = memories
        self.nodes = [
            QuotasTogether(
                Quotas(clock, secret=bytes([number]) * 32), memory, clock=clock, secret=SECRET, owners=owners
            )
            for number, (memory, clock) in enumerate(zip(memories, self.clocks, strict=True))
        ]
        self.tenant_id = a_tenant()

    def pass_time(self, seconds: float) -> None:
        """Let time go by for all."""
        for clock in self.clocks:
            clock.advance(timedelta(seconds=seconds))

    def whose(self, owner: str = "one", quota: Quota = HOURLY) -> Whose:
        """Return whose arrival it is."""
        return Whose(quota, self.tenant_id, "webchat", owner)

    def take(self, node: int, owner: str = "one") -> Counted:
        """Have an owner come by one of the processes."""
        return self.nodes[node].take_now(self.whose(owner))

    def within(self, *nodes: int) -> int:
        """Have the same owner come by these processes, one after the other; return how often they were within."""
        return sum(self.take(node).within for node in nodes)


@pytest.fixture(scope="module")
def lines(one_valkey: str) -> Iterator[tuple[SharedMemory, ...]]:
    """Three lines to one memory."""
    lines = tuple(SharedMemory(one_valkey, deadline=5.0) for _ in range(3))
    yield lines
    for line in lines:
        line.close()


ARRIVALS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from("ab"), st.floats(0, 400, allow_nan=False)), min_size=1, max_size=40
)


@given(arrivals=ARRIVALS)
def test_processes_count_as_one(lines: tuple[SharedMemory, ...], arrivals: list[tuple[int, str, float]]) -> None:
    """Whatever comes by whichever process: each decision is the one that a single process would make."""
    nodes = Nodes(lines)
    single = Quotas(alone := FixedClock(START), secret=SECRET)
    for node, owner, pause in arrivals:
        counted = nodes.take(node, owner)
        expected = single.take(HOURLY, tenant_id=nodes.tenant_id, platform="webchat", owner=owner)
        assert counted.within == expected.within
        assert counted.retry_after == pytest.approx(expected.retry_after, abs=0.001)
        nodes.pass_time(pause)
        alone.advance(timedelta(seconds=pause))


@given(arrivals=ARRIVALS, ahead=st.tuples(*[st.floats(0, 300, allow_nan=False)] * 3))
def test_clocks_that_differ_cost_what_is_stated(
    lines: tuple[SharedMemory, ...], arrivals: list[tuple[int, str, float]], ahead: tuple[float, float, float]
) -> None:
    """With clocks up to `d` seconds apart no more than `burst + (t + d) / interval` are within in any `t` seconds."""
    nodes = Nodes(lines, ahead=ahead)
    apart = max(ahead) - min(ahead)
    at, taken = 0.0, []
    for node, _, pause in arrivals:
        if nodes.take(node).within:
            taken.append(at)
        nodes.pass_time(pause)
        at += pause
    for first, last in itertools.combinations(range(len(taken)), 2):
        seconds = taken[last] - taken[first]
        assert last - first + 1 <= HOURLY.burst + (seconds + apart) / HOURLY.interval + 0.001


async def test_processes_that_ask_at_once_are_counted_as_one(lines: tuple[SharedMemory, ...]) -> None:
    """Of sixty arrivals at the same moment as many are within as one process would let in."""
    nodes = Nodes(lines)
    counted = await asyncio.gather(*(nodes.nodes[number % 3].take(nodes.whose()) for number in range(60)))
    assert sum(one.within for one in counted) == HOURLY.burst


def test_tenants_platforms_owners_and_kinds_are_counted_apart(lines: tuple[SharedMemory, ...]) -> None:
    """As in one process."""
    nodes = Nodes(lines)
    assert nodes.within(*[0] * 4) == HOURLY.burst
    node, whose = nodes.nodes[1], nodes.whose()
    other = Quota(kind="other", count=12, seconds=3600, burst=3)
    for apart in (
        whose._replace(tenant_id=a_tenant()),
        whose._replace(platform="another"),
        whose._replace(owner="another"),
        whose._replace(quota=other),
    ):
        assert node.take_now(apart).within
    assert not node.take_now(whose).within


def test_whoever_is_over_costs_no_question(lines: tuple[SharedMemory, ...]) -> None:
    """A process that knows that somebody is over their quota does not ask again until there is room."""
    nodes, heard = Nodes(lines), list[bool]()
    assert nodes.within(*[1] * 3, 0) == HOURLY.burst
    lines[0].heard = heard.append
    try:
        assert nodes.within(*[0] * 5) == 0
        assert heard == []
        nodes.pass_time(HOURLY.interval)
        assert nodes.within(0) == 1
        assert heard == [True]
    finally:
        lines[0].heard = lambda _: None


def test_a_flood_of_owners_fills_the_memory_only_so_far(failing_valkey: FailingValkey) -> None:
    """Beyond a number of keys strangers are counted by each process, and those who are known still by all."""
    line, another = SharedMemory(failing_valkey.address, deadline=5.0), SharedMemory(failing_valkey.address, deadline=5)
    nodes = Nodes((line, another), owners=50)
    try:
        assert nodes.within(0) == 1
        for number in range(200):
            assert nodes.take(0, f"stranger {number}").within
        with failing_valkey.client() as client:
            assert client.dbsize() == 50
            assert all(0 < client.pttl(key) <= HOURLY.burst * HOURLY.interval * 1000 for key in client.scan_iter())
        assert nodes.within(1, 1, 1) == HOURLY.burst - 1
        assert nodes.take(0, "stranger 199").within
    finally:
        line.close()
        another.close()


def test_what_lies_in_the_memory_names_nobody(failing_valkey: FailingValkey) -> None:
    """Neither owners nor tenants nor platforms are readable there, and those of one tenant begin alike."""
    line = SharedMemory(failing_valkey.address, deadline=5.0)
    nodes = Nodes((line,))
    try:
        nodes.take(0, "ada@example.org")
        nodes.take(0, "bob@example.org")
        with failing_valkey.client() as client:
            first, second = sorted(key.decode() for key in client.scan_iter())
    finally:
        line.close()
    assert first.rpartition(":")[0] == second.rpartition(":")[0]
    assert all(part not in first + second for part in ("ada", "bob", "example", "webchat", nodes.tenant_id))


def test_a_killed_memory_leaves_each_process_its_own_quota(failing_valkey: FailingValkey) -> None:
    """No arrival fails; in all no more than as many quotas as processes; afterwards they count as one again."""
    lines = tuple(SharedMemory(failing_valkey.address, deadline=2.0, pause=0.0) for _ in range(2))
    nodes = Nodes(lines)
    try:
        assert nodes.within(0, 1) == 2
        failing_valkey.kill()
        alone = nodes.within(*[0, 1] * 10)
        # Each goes on from what it knew: the first of one arrival, the second of both.
        assert alone == 3 <= 2 * HOURLY.burst
        failing_valkey.start_anew()
        assert nodes.within(*[0, 1] * 5) == 0, "what was counted meanwhile is not forgotten"
        nodes.pass_time(HOURLY.interval)
        # One more place is there again, for both together; and the memory, which was empty, knows the others.
        assert nodes.within(0, 1, 0, 1) == 1
    finally:
        for line in lines:
            line.close()
