"""The settings at hand: what was changed here holds from then on, whoever was reading at that moment."""

import json
from collections.abc import Callable
from datetime import timedelta

from doorward.flow.tenancy import SettingsBook
from doorward.identity import Tenant, Tenants, new_tenant_id
from doorward.kit.clock import FixedClock
from doorward.kit.keys import Keys, MemoryKeyStore
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.scope import Scope, system_scope


class SlowTenants(Tenants):
    """A first reader who gets home only after somebody else changed a setting and said so."""

    def __init__(self, keys: Keys) -> None:
        super().__init__(keys)
        self.meanwhile: Callable[[], None] = lambda: None

    def tenant(self, tx: Tx, scope: Scope) -> Tenant:
        """Return what stood there before."""
        found = super().tenant(tx, scope)
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return found


def test_a_reader_that_began_before_a_change_does_not_bring_it_back(
    transactions: Transactions, clock: FixedClock
) -> None:
    """Whoever asks after the change was told reads it, as long as settings are fresh and after that."""
    tenants = SlowTenants(Keys(MemoryKeyStore()))
    scope = system_scope(new_tenant_id(), "test")
    book = SettingsBook(transactions, tenants, clock=clock)
    transactions.write(scope, lambda tx: tenants.make_tenant(tx, scope, slug="slow-reader", name="Slow Reader"))
    tenants.meanwhile = lambda: book.forget(scope.tenant_id)
    before = book.settings_of(scope.tenant_id).agent_capacity
    wish = json.dumps(before + 1)
    transactions.write(scope, lambda tx: tenants.change_setting(tx, scope, name="agent_capacity", value=wish))
    assert book.settings_of(scope.tenant_id).agent_capacity == before + 1
    assert book.is_at_hand(scope.tenant_id)
    clock.advance(timedelta(seconds=3))
    assert book.settings_of(scope.tenant_id).agent_capacity == before + 1
