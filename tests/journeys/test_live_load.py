"""A drill's load on a real house: what is let in is acknowledged, what is too much is told to come later."""

import msgspec

from doorward.doors.cli.live_load import Wish, load, target_of
from doorward.kit.settings import Settings
from tests.support.browsing import on_sqlite
from tests.support.house import open_test_house, tenant_of
from tests.support.server import serving


@on_sqlite
def test_a_house_takes_a_load_by_its_web_chat(house_settings: Settings) -> None:
    """Each contact has a network of its own, so that limits by source do not end the drill."""
    limits = msgspec.structs.replace(house_settings.limits, visits_per_address="2/minute")
    house = open_test_house(msgspec.structs.replace(house_settings, limits=limits))
    try:
        with serving(house) as url:
            found = load(target_of(url, tenant_of(house, "halden").widget_key), Wish(times=5, contacts=30, seconds=30))
    finally:
        house.close()
    assert found.contacts == 30
    assert found.failed == 0
    assert found.accepted == 30
    assert found.ratio is not None
