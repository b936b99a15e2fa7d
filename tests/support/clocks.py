"""A running house whose clock belongs to the test."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from doorward.bootstrap import House
from doorward.kit.clock import FixedClock
from doorward.kit.settings import Settings
from tests.support.house import open_test_house

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY_NOON = datetime(2035, 3, 23, 12, 0, tzinfo=BERLIN).astimezone(UTC)
"""The Friday before the clocks of Berlin go forward, in the night to the 25th; long after any house was founded."""


@pytest.fixture
def held_clock() -> FixedClock:
    """A clock that stands on a Friday at noon in Berlin."""
    return FixedClock(FRIDAY_NOON)


@pytest.fixture
def house(house_settings: Settings, held_clock: FixedClock) -> Iterator[House]:
    """A started house with both companies, once of each kind of database, that goes by the test's clock."""
    opened = open_test_house(house_settings, clock=held_clock)
    opened.start()
    yield opened
    opened.close()
