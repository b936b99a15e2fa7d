"""Houses that count together: whoever is refused by one is refused by the other."""

from datetime import UTC, datetime

import msgspec
import pytest

from doorward.kit.clock import FixedClock
from doorward.kit.settings import Settings
from doorward.vocabulary.errors import RateLimited
from tests.support.browsing import on_sqlite
from tests.support.house import open_test_house, tenant_of
from tests.support.loopback import free_port, valkey_address

__all__ = ["free_port", "valkey_address"]


@on_sqlite
def test_limits_are_counted_where_the_settings_say(house_settings: Settings, valkey_address: str) -> None:
    """A process that starts later, with the same keys, counts on where the first one was."""
    limits = msgspec.structs.replace(house_settings.limits, visits_per_address="1/hour", storage=valkey_address)
    settings = msgspec.structs.replace(house_settings, limits=limits)
    clock = FixedClock(datetime.now(UTC))
    house = open_test_house(settings, clock=clock)
    tenant = tenant_of(house, "halden")
    house.admission.admit_visit(tenant.id, "192.0.2.7")
    house.close()
    house = open_test_house(settings, clock=clock)
    with pytest.raises(RateLimited):
        house.admission.admit_visit(tenant.id, "192.0.2.7")
    house.admission.admit_visit(tenant.id, "192.0.2.8")
    house.close()
