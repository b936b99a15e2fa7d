"""The wallboard, reckoned once for all who look at it."""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from doorward.flow.views.wallboard import Wallboard, WallRooms, wallboard
from doorward.kit.clock import Clock
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.scope import Scope

FRESH: Final = timedelta(seconds=1)
"""How old what is shown may be: however many look, a tenant's wallboard is reckoned once in this time."""


class Wallboards:
    """Gives each tenant's wallboard. What is shown is the same for everybody who may look, so it is shared."""

    def __init__(
        self,
        transactions: Transactions,
        rooms: WallRooms,
        *,
        settings_of: Callable[[TenantId], TenantSettings],
        clock: Clock,
    ) -> None:
        """Take where it is read, and the clock by which it grows old."""
        self._transactions = transactions
        self._rooms = rooms
        self._settings_of = settings_of
        self._clock = clock
        self._kept: dict[TenantId, Wallboard] = {}
        self._locks: dict[TenantId, threading.Lock] = {}
        self.reckoned = 0

    async def now(self, scope: Scope) -> Wallboard:
        """Return the tenant's wallboard, at most `FRESH` old."""
        kept = self._fresh(scope.tenant_id)
        return kept if kept is not None else await asyncio.to_thread(self._reckon, scope)

    def _fresh(self, tenant_id: TenantId) -> Wallboard | None:
        kept = self._kept.get(tenant_id)
        return kept if kept is not None and self._clock.now() - kept.at < FRESH else None

    def _reckon(self, scope: Scope) -> Wallboard:
        """Reckon it unless somebody else has, while this waited for its turn."""
        with self._locks.setdefault(scope.tenant_id, threading.Lock()):
            kept = self._fresh(scope.tenant_id)
            if kept is not None:
                return kept
            settings = self._settings_of(scope.tenant_id)
            found = self._transactions.read(lambda tx: wallboard(tx, scope, rooms=self._rooms, settings=settings))
            self._kept[scope.tenant_id] = found
            self.reckoned += 1
            return found
