"""A house that may read keys on loopback, where tests show them. Import `house` to have it instead of the usual one."""

from collections.abc import Iterator

import msgspec
import pytest

from doorward.bootstrap import House
from doorward.kit.settings import Machines, Settings
from tests.support.house import open_test_house


@pytest.fixture
def house(house_settings: Settings) -> Iterator[House]:
    """A started house that asks loopback as it asks the world."""
    opened = open_test_house(msgspec.structs.replace(house_settings, machines=Machines(allowed_hosts="127.0.0.1")))
    opened.start()
    yield opened
    opened.close()
