"""Inside one process: one client after another, and many at once."""

import asyncio
import statistics
import threading
import time
from collections.abc import Iterator
from typing import Any

from bench.walk.messages import LINES, texts
from bench.walk.watching import Watch, mean_ms, spent, spread, thread_seconds
from doorward.bootstrap import House
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.record import repository as record_repository
from doorward.vocabulary.arrival import Arrival
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import ConversationId, PartyId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor, Scope, system_scope
from doorward.vocabulary.text import MaskedText, WildText
from tests.support.house import tenant_of

WARM = 30
STAGES = ("protect", "read", "assess", "understand", "reconsider", "decide", "answer", "route")


class Talker:
    """Somebody who says four things in a conversation, then begins another."""

    def __init__(self, house: House, tenant_id: TenantId, lines: Iterator[str]) -> None:
        """Say `lines`."""
        self._house, self._tenant_id, self._lines, self._said = house, tenant_id, lines, 0

    def arrival(self) -> tuple[Scope, Arrival]:
        """Return the next thing that is said, and in which scope."""
        if self._said % LINES == 0:
            self._party, self._conversation = PartyId(new_id()), ConversationId(new_id())
        self._said += 1
        arrival = Arrival(
            channel="webchat",
            client_message_id=f"m{self._said}",
            text=WildText(next(self._lines)),
            party_id=self._party,
            conversation_id=self._conversation,
            received_at=self._house.clock.now(),
        )
        return Scope(tenant_id=self._tenant_id, actor=Actor(kind="customer", id=self._party)), arrival


async def one_after_another(house: House, *, messages: int) -> dict[str, Any]:
    """Measure one client: how long until a message is acknowledged, and until its answer is stored."""
    watch = Watch(house, asyncio.get_running_loop())
    talker = Talker(house, tenant_of(house, "halden").id, texts())
    acknowledged, answered, whole, loop_cpu = [], [], [], []
    for number in range(WARM + messages):
        if number == WARM:
            watch.forget()
            before = thread_seconds()
        scope, arrival = talker.arrival()
        start, cpu = time.perf_counter(), time.thread_time()
        accepted = await house.front_door.accept(scope, arrival)
        known, cpu = time.perf_counter(), time.thread_time() - cpu
        stored = await watch.stored(accepted.message_id)
        if number >= WARM:
            acknowledged.append(known - start)
            answered.append(stored - known)
            whole.append(stored - start)
            loop_cpu.append(cpu)
    return {
        "messages": messages,
        "acknowledged_ms": spread(acknowledged),
        "answered_ms": spread(answered),
        "whole_ms": spread(whole),
        "stage_cpu_ms": _stage_cpu(watch),
        "stage_wall_ms": mean_ms(watch.wall),
        "accept_loop_cpu_ms": round(1000 * statistics.fmean(loop_cpu), 3),
        "threads_cpu_ms_per_message": _per_message(spent(before, thread_seconds()), messages),
        "commits_per_message": round(watch.commits / messages, 2),
    }


async def at_once(house: House, *, clients: int, seconds: float) -> dict[str, Any]:
    """Measure many clients, each of whom waits for the answer before saying the next thing."""
    watch = Watch(house, asyncio.get_running_loop())
    tenant_id, lines = tenant_of(house, "halden").id, texts(seed=2)
    whole: list[float] = []
    waited: list[float] = []
    ends = time.perf_counter() + seconds + 2.0

    async def client() -> None:
        talker = Talker(house, tenant_id, lines)
        while time.perf_counter() < ends:
            scope, arrival = talker.arrival()
            start = time.perf_counter()
            accepted = await house.front_door.accept(scope, arrival)
            known = time.perf_counter()
            whole.append(await watch.stored(accepted.message_id) - start)
            waited.append(watch.began.pop(accepted.message_id) - known)

    crowd = asyncio.gather(*(client() for _ in range(clients)))
    await asyncio.sleep(2.0)
    watch.forget()
    whole.clear()
    waited.clear()
    start, before, process = time.perf_counter(), thread_seconds(), time.process_time()
    await asyncio.sleep(seconds)
    count, took = len(whole), time.perf_counter() - start
    after, process = thread_seconds(), time.process_time() - process
    commits, tasks = watch.commits, watch.tasks
    stages = _stage_cpu(watch)
    wall = mean_ms(watch.wall)
    latency, queued = spread(whole), spread(waited)
    await crowd
    ideal = 1000 / sum(stages.values())
    return {
        "clients": clients,
        "walkers": house.settings.server.walkers,
        "messages": count,
        "messages_per_second": round(count / took, 1),
        "whole_ms": latency,
        "waited_for_a_walker_ms": queued,
        "stage_cpu_ms": stages,
        "stage_wall_ms": wall,
        "stage_cpu_ms_sum": round(sum(stages.values()), 3),
        "stages_alone_per_second": round(ideal, 1),
        "ratio_to_stages_alone": round(count / took / ideal, 3),
        "cpu_ms_per_message": round(1000 * process / count, 2),
        "cores_busy": round(process / took, 2),
        "threads_cpu_ms_per_message": _per_message(spent(before, after), count),
        "writes_per_message": round(tasks / count, 2),
        "commits_per_message": round(commits / count, 2),
        "writes_per_commit": round(tasks / max(1, commits), 2),
    }


def bare_inserts(house: House, *, threads: int, seconds: float) -> float:
    """Return how many writes of one ledger-like row a second so many threads get through `Transactions.write`."""
    scope = system_scope(tenant_of(house, "halden").id, "bench")
    counts = [0] * threads
    ends = time.perf_counter() + seconds

    def insert(place: int) -> None:
        conversation = ConversationId(new_id())
        while time.perf_counter() < ends:
            counts[place] += 1
            row = (counts[place], _ledger_like(house, conversation, counts[place]))

            def work(tx: Tx, row: tuple[int, Entry] = row) -> Outcome[None]:
                record_repository.insert_entries(tx, scope, [row])
                return Outcome(None)

            house.transactions.write(scope, work)

    workers = [threading.Thread(target=insert, args=(place,), name=f"insert-{place}") for place in range(threads)]
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return round(sum(counts) / (time.perf_counter() - start), 1)


def _ledger_like(house: House, conversation: ConversationId, number: int) -> Entry:
    return Entry(
        kind="message.customer",
        conversation_id=conversation,
        party_id=PartyId(conversation),
        key=f"message:webchat:{number}",
        at=house.clock.now(),
        actor=Actor(kind="customer", id=conversation),
        text=MaskedText("How long does it take until my new card arrives?"),
        data={"channel": "webchat", "client_id": f"m{number}", "number": number, "findings": []},
    )


def _stage_cpu(watch: Watch) -> dict[str, float]:
    means = mean_ms(watch.cpu)
    return {name: means[name] for name in STAGES if name in means}


def _per_message(seconds: dict[str, float], messages: int) -> dict[str, float]:
    return {name: round(1000 * value / messages, 3) for name, value in sorted(seconds.items()) if value > 0}
