"""A house that is closed leaves nothing behind in its process, whatever came to its door."""

import gc
import weakref
from http import HTTPStatus

import httpx

from doorward.bootstrap import House
from doorward.kit.settings import Settings
from tests.support.browsing import on_sqlite
from tests.support.house import open_test_house
from tests.support.server import NOBODY, serving


def refuse_somebody(settings: Settings) -> "weakref.ref[House]":
    """Open a house whose door refuses a body, a stranger and a page; return it, closed, as far as it is still there."""
    house = open_test_house(settings)
    house.start()
    with serving(house) as url, httpx.Client(base_url=url, verify=NOBODY) as client:
        assert client.post("/c/webchat/visits", json={}).status_code == HTTPStatus.BAD_REQUEST
        assert client.get("/api/v1/conversations").status_code == HTTPStatus.UNAUTHORIZED
        assert client.get("/desk/nowhere").status_code == HTTPStatus.NOT_FOUND
    house.close()
    return weakref.ref(house)


@on_sqlite
def test_a_closed_house_is_let_go_of_though_its_door_refused_somebody(house_settings: Settings) -> None:
    """What a door works out once for its refusals dies with it.

    The framework's handlers know the last application that they were given to: the house is gone with the next one.
    """
    closed = refuse_somebody(house_settings)
    refuse_somebody(house_settings)
    gc.collect()
    assert closed() is None
