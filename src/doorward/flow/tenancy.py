"""Tenants as the walk needs them: found by key or host, their settings at hand without a query a message."""

import threading
from datetime import datetime, timedelta
from typing import Final

from doorward.identity import Tenant, Tenants
from doorward.kit.clock import Clock
from doorward.kit.settings import TenantSettings
from doorward.kit.tx import Transactions
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.scope import system_scope

FRESH: Final = timedelta(seconds=2)
"""How long settings are used before they are read again: another process may have changed them."""


class SettingsBook:
    """The tenants' settings, read at most every two seconds a tenant. Thread-safe."""

    def __init__(self, transactions: Transactions, tenants: Tenants, *, clock: Clock) -> None:
        """Read with `tenants`, in read transactions of its own."""
        self._transactions = transactions
        self._tenants = tenants
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[TenantId, tuple[datetime, Tenant]] = {}

    def tenant(self, tenant_id: TenantId) -> Tenant:
        """Return the tenant as of at most two seconds ago. Raises `NotFound`."""
        held = self._held.get(tenant_id)
        if held is None or not self.is_at_hand(tenant_id):
            now = self._clock.now()
            scope = system_scope(tenant_id, "settings")
            held = (now, self._transactions.read(lambda tx: self._tenants.tenant(tx, scope)))
            with self._lock:
                self._held[tenant_id] = held
        return held[1]

    def is_at_hand(self, tenant_id: TenantId) -> bool:
        """Return whether asking now costs no look at the database, which the event loop must not wait for."""
        held = self._held.get(tenant_id)
        return held is not None and self._clock.now() - held[0] < FRESH

    def settings_of(self, tenant_id: TenantId) -> TenantSettings:
        """Return the tenant's settings. Raises `NotFound`."""
        return self.tenant(tenant_id).settings

    def forget(self, tenant_id: TenantId) -> None:
        """Read this tenant anew next time: its settings were just changed here."""
        with self._lock:
            self._held.pop(tenant_id, None)
