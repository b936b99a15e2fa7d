"""What a company's own system tells of a customer: asked with patience for seconds, remembered for a moment.

A system that hangs keeps a few threads of its own, never those of the house, and whoever asks meanwhile is told at once
that it does not answer.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any, Final

import msgspec

from doorward.kit.clock import Clock
from doorward.kit.logging import get_logger
from doorward.vocabulary.company import CoreFact, CoreOrder, CoreSystem, FactSource, Signal, SignalSource
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.errors import DoorwardError
from doorward.vocabulary.ids import TenantId

log = get_logger("flow.core")

PATIENCE: Final = 3.0
"""Seconds that somebody waits for a company's system."""
FRESH: Final = timedelta(seconds=30)
"""For how long an answer is taken for the present."""
MOST: Final = 50
"""Orders, and facts, that are shown."""
_AT_ONCE: Final = 4
"""Questions that a company's system works on at a time."""
_REMEMBERED: Final = 200
_LONGEST_KEY: Final = 100
FAILURES: Final = (
    OSError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    HTTPException,
    DoorwardError,
)
"""How a guest fails: by saying so, by not answering in time (an `OSError`), or by a mistake of its own."""


class CoreAnswer(Discreet, frozen=True, kw_only=True):
    """What a company's system told at a time; `reachable` is False when it did not answer."""

    at: datetime
    reachable: bool = True
    orders: tuple[CoreOrder, ...] | None = None
    facts: tuple[CoreFact, ...] = ()
    signals: tuple[Signal, ...] = ()


class CoreFacts:
    """Asks the companies' systems for their facts and orders, and changes nothing there."""

    def __init__(
        self, core_systems: Mapping[TenantId, CoreSystem], *, clock: Clock, patience: float = PATIENCE
    ) -> None:
        """Ask these systems, waiting `patience` seconds for each."""
        self._core_systems = core_systems
        self._clock = clock
        self._patience = patience
        self._pools: dict[TenantId, ThreadPoolExecutor] = {}
        self._busy: dict[TenantId, int] = {}
        self._known: dict[tuple[TenantId, str], CoreAnswer] = {}

    async def of(self, tenant_id: TenantId, reference: str) -> CoreAnswer:
        """Return what is told of a customer, at most half a minute old; orders are None where there is nobody to ask.

        Nothing is raised for a system that fails, hangs or is busy with those who hang: it is not reachable.
        """
        now = self._clock.now()
        core = self._core_systems.get(tenant_id)
        if core is None:
            return CoreAnswer(at=now)
        known = self._known.get((tenant_id, reference))
        if known is not None and abs(now - known.at) < FRESH:
            return known
        answer = await self._ask(tenant_id, lambda: _read(core, reference, now))
        if answer is None:
            return CoreAnswer(at=now, reachable=False)
        self._known[tenant_id, reference] = answer
        while len(self._known) > _REMEMBERED:
            self._known.pop(next(iter(self._known)))
        return answer

    def busy(self, tenant_id: TenantId) -> int:
        """Return how many questions a system is at."""
        return self._busy.get(tenant_id, 0)

    def forget(self, tenant_id: TenantId, reference: str) -> None:
        """Forget what was told of a customer."""
        self._known.pop((tenant_id, reference), None)

    def close(self) -> None:
        """Wait for nobody any more."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)

    async def _ask(self, tenant_id: TenantId, question: Callable[[], CoreAnswer]) -> CoreAnswer | None:
        if self.busy(tenant_id) >= _AT_ONCE:
            log.warning("flow.core.busy", tenant_id=tenant_id)
            return None
        pool = self._pools.setdefault(tenant_id, ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="core"))
        self._busy[tenant_id] = self.busy(tenant_id) + 1
        asked = asyncio.get_running_loop().run_in_executor(pool, question)
        asked.add_done_callback(lambda done: self._ended(tenant_id, done))
        try:
            return await asyncio.wait_for(asyncio.shield(asked), self._patience)
        except FAILURES as error:
            log.warning("flow.core.unanswered", tenant_id=tenant_id, why=type(error).__name__)
            return None

    def _ended(self, tenant_id: TenantId, done: asyncio.Future[CoreAnswer]) -> None:
        self._busy[tenant_id] -= 1
        if not done.cancelled():
            done.exception()  # whoever asked was told, or has gone


def _read(core: CoreSystem, reference: str, now: datetime) -> CoreAnswer:
    orders = tuple(core.orders(reference))[:MOST]
    facts = tuple(core.facts(reference))[:MOST] if isinstance(core, FactSource) else ()
    signals = honest_signals(core.signals(reference)) if isinstance(core, SignalSource) else ()
    return CoreAnswer(at=now, orders=orders, facts=facts, signals=signals)


def honest_signals(found: Any) -> tuple[Signal, ...]:
    """Return those signals that are what they should be; what is not is as if it were not there."""
    signals: list[Signal] = []
    for one in list(found)[:MOST] if isinstance(found, Sequence) else ():
        try:
            signal = msgspec.convert(msgspec.to_builtins(one), Signal)
        except (TypeError, ValueError, msgspec.MsgspecError):
            continue
        if len(signal.about) <= _LONGEST_KEY:
            signals.append(signal)
    return tuple(signals)
