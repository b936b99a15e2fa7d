"""Tenants as the walk needs them: found by key or host, their settings at hand without a query a message."""

from datetime import timedelta
from typing import Final

from doorward.identity import Tenant, Tenants
from doorward.kit.clock import Clock
from doorward.kit.recent import Recent
from doorward.kit.tenant_settings import TenantSettings
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
        self._recent: Recent[TenantId, Tenant] = Recent(clock, fresh=FRESH)

    def tenant(self, tenant_id: TenantId) -> Tenant:
        """Return the tenant as of at most two seconds ago. Raises `NotFound`."""
        held = self._recent.get(tenant_id)
        if held is None:
            since, scope = self._recent.mark(), system_scope(tenant_id, "settings")
            held = self._transactions.read(lambda tx: self._tenants.tenant(tx, scope))
            self._recent.keep(tenant_id, held, since=since)
        return held

    def is_at_hand(self, tenant_id: TenantId) -> bool:
        """Return whether asking now costs no look at the database, which the event loop must not wait for."""
        return self._recent.get(tenant_id) is not None

    def settings_of(self, tenant_id: TenantId) -> TenantSettings:
        """Return the tenant's settings. Raises `NotFound`."""
        return self.tenant(tenant_id).settings

    def forget(self, tenant_id: TenantId) -> None:
        """Read this tenant anew next time: its settings were just changed here."""
        self._recent.forget(tenant_id)
