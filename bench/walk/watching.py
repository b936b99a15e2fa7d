"""Watching a house from inside without slowing it down: when answers are stored, what each thread's CPU time is."""

import asyncio
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from doorward.bootstrap import House
from doorward.flow import closing
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import MessageId

GROUPS = ("MainThread", "walk", "tx-write", "tx-read", "jobs", "bus")


class Watch:
    """Hears of every stage, of every commit, and of every stored answer. Begin before the house walks anything."""

    def __init__(self, house: House, loop: asyncio.AbstractEventLoop) -> None:
        """Wrap what is to be watched."""
        self._loop = loop
        self._waiting: dict[MessageId, asyncio.Future[float]] = {}
        self._early: dict[MessageId, float] = {}
        self._lock = threading.Lock()
        self.cpu: dict[str, list[float]] = defaultdict(list)
        self.wall: dict[str, list[float]] = defaultdict(list)
        self.began: dict[MessageId, float] = {}
        self.commits = 0
        self.tasks = 0
        self._wrap_walk(house)
        self._wrap_commits(house)
        self._wrap_screening(house)

    def forget(self) -> None:
        """Forget all figures: what follows counts."""
        self.cpu.clear()
        self.wall.clear()
        self.commits = self.tasks = 0

    async def stored(self, message_id: MessageId) -> float:
        """Wait until the answer to a message is durable; return when that was."""
        with self._lock:
            if message_id in self._early:
                return self._early.pop(message_id)
            future = self._waiting[message_id] = self._loop.create_future()
        at: float = await future
        return at

    def _wrap_walk(self, house: House) -> None:
        runner = house.runner
        seen, take, write = runner._stage_seen, runner._take, house.transactions.write
        begin, load = runner._begin, runner._load

        def stage_seen(name: str, seconds: float) -> None:
            seen(name, seconds)
            self.cpu[name].append(seconds)

        def taken(walk: Any, stage: Any, kept: Any, **more: Any) -> None:
            before = time.perf_counter()
            take(walk, stage, kept, **more)
            self.wall[stage.name].append(time.perf_counter() - before)

        def begun(scope: Any, found: Any) -> Any:
            self.began[found.message.id] = time.perf_counter()
            return begin(scope, found)

        def loaded(scope: Any, message_id: MessageId) -> Any:
            before = time.perf_counter()
            self.began[message_id] = before
            result = load(scope, message_id)
            self.wall["load"].append(time.perf_counter() - before)
            return result

        def written(scope: Any, work: Callable[[Tx], Any]) -> Any:
            before = time.perf_counter()
            value = write(scope, work)
            if isinstance(value, closing.Closed) and not value.moved:
                after = time.perf_counter()
                self.wall["close"].append(after - before)
                self._tell(getattr(work, "keywords")["walk"].message.id, after)  # noqa: B009 - a partial's, unknown to mypy
            return value

        runner._stage_seen = stage_seen
        runner._take = taken  # type: ignore[method-assign]  # because this house is watched
        runner._load = loaded  # type: ignore[method-assign]  # as above
        runner._begin = begun  # type: ignore[method-assign, assignment]  # as above
        house.transactions.write = written  # type: ignore[method-assign]  # as above

    def _wrap_commits(self, house: House) -> None:
        transactions = house.transactions
        batch, here = transactions._commit_batch, transactions._write_here

        def committed(tasks: list[Any]) -> None:
            batch(tasks)
            self.commits += 1
            self.tasks += len(tasks)

        def written_here(task: Any) -> Any:
            value = here(task)
            self.commits += 1
            self.tasks += 1
            return value

        transactions._commit_batch = committed  # type: ignore[method-assign]  # as above
        transactions._write_here = written_here  # type: ignore[method-assign]  # as above

    def _wrap_screening(self, house: House) -> None:
        screen = house.screening.weigh_next

        def screened(scope: Any, arrival: Any, message_id: MessageId) -> Any:
            before = time.thread_time()
            result = screen(scope, arrival, message_id)
            self.cpu["protect"].append(time.thread_time() - before)
            return result

        house.screening.weigh_next = screened  # type: ignore[method-assign]  # as above

    def _tell(self, message_id: MessageId, at: float) -> None:
        with self._lock:
            future = self._waiting.pop(message_id, None)
            if future is None:
                self._early[message_id] = at
        if future is not None:
            self._loop.call_soon_threadsafe(_tell_now, future, at)


def _tell_now(future: "asyncio.Future[float]", at: float) -> None:
    if not future.done():
        future.set_result(at)


def thread_seconds() -> dict[str, float]:
    """Return the CPU seconds of this process's threads so far, by group."""
    seconds: dict[str, float] = defaultdict(float)
    for thread in threading.enumerate():
        if thread.ident is None:
            continue
        group = next((name for name in GROUPS if thread.name.startswith(name)), "other")
        seconds[group] += time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
    return dict(seconds)


def spent(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Return what each group spent between two looks."""
    return {name: after[name] - before.get(name, 0.0) for name in after}


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Return mean and percentiles in milliseconds."""
    if len(seconds) < 2:
        return {}
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    figures = {
        "mean": statistics.fmean(seconds),
        "p50": cuts[49],
        "p95": cuts[94],
        "p99": cuts[98],
        "max": max(seconds),
    }
    return {name: round(1000 * value, 2) for name, value in figures.items()}


def mean_ms(values: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return the mean of each list in milliseconds."""
    return {name: round(1000 * statistics.fmean(some), 3) for name, some in values.items() if some}
