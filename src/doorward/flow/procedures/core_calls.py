"""Calls of a company's core system that somebody waits for: with patience for seconds, in threads of their own."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final, TypeVar

from doorward.flow.core_facts import FAILURES, PATIENCE
from doorward.kit.logging import get_logger
from doorward.vocabulary.errors import DoorwardError, Unavailable
from doorward.vocabulary.ids import TenantId

log = get_logger("flow.procedures")

T = TypeVar("T")

_AT_ONCE: Final = 8
"""Calls that a company's system works on at a time; whoever comes beyond is told at once that it does not answer."""


class Patience:
    """How long somebody still waits for a core system: one budget for all calls of one message.

    Only what is spent on waiting for it counts: a database that is slow in between takes nothing from it.
    """

    def __init__(self, seconds: float = PATIENCE, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with all of it left."""
        self._clock = clock
        self.left = seconds

    @contextmanager
    def spend(self) -> Iterator[float]:
        """Give the seconds that are left, and take what goes by from them; none are left below 0."""
        since = self._clock()
        try:
            yield self.left
        finally:
            self.left = max(0.0, self.left - (self._clock() - since))


class Unanswered(Exception):
    """A core system was asked and did not answer in time, or broke down: nobody knows whether it did what was asked."""


class CoreCalls:
    """Asks core systems. One that hangs keeps some threads of its own, never those of the house."""

    def __init__(self) -> None:
        """Begin with nobody asked."""
        self._pools: dict[TenantId, ThreadPoolExecutor] = {}
        self._busy: dict[TenantId, int] = {}
        self._lock = Lock()

    def ask(self, tenant_id: TenantId, call: Callable[[], T], *, patience: Patience) -> T:
        """Return what a call returns.

        Raises `Unavailable` where it was not asked or says itself that it did nothing, and `Unanswered` where it does
        not come in time or fails in another way: then it may have done it.
        """
        if patience.left <= 0:
            raise Unavailable("nobody waits for the core system any more")
        with patience.spend() as seconds:
            asked = self._submit(tenant_id, call)
            try:
                return asked.result(timeout=seconds)
            except FAILURES as error:
                log.warning("flow.procedures.unanswered", tenant_id=tenant_id, why=type(error).__name__)
                if isinstance(error, DoorwardError) or asked.cancel():
                    raise Unavailable("the core system did nothing") from None
                raise Unanswered from None

    def close(self) -> None:
        """Wait for nobody any more."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)

    def _submit(self, tenant_id: TenantId, call: Callable[[], T]) -> "Future[T]":
        with self._lock:
            if self._busy.get(tenant_id, 0) >= _AT_ONCE:
                raise Unavailable("the core system is busy with calls that it does not answer")
            pool = self._pools.setdefault(tenant_id, ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="procedures"))
            self._busy[tenant_id] = self._busy.get(tenant_id, 0) + 1
        asked = pool.submit(call)
        asked.add_done_callback(lambda done: self._ended(tenant_id, done))
        return asked

    def _ended(self, tenant_id: TenantId, done: "Future[Any]") -> None:
        with self._lock:
            self._busy[tenant_id] -= 1
        if not done.cancelled():
            done.exception()  # whoever asked was told, or has gone
