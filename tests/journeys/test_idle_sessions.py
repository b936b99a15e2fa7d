"""Sessions of staff end when nobody does anything, however much their pages hear and ask for by themselves."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import expect

from doorward.bootstrap import House
from doorward.doors.web.desk import live
from doorward.flow.settle import desk_topic
from doorward.identity import Tenant
from doorward.kit.clock import FixedClock
from tests.support.browsing import OpenContext, on_sqlite, sign_in
from tests.support.clocks import held_clock, house
from tests.support.house import PASSWORD
from tests.support.reading import reading
from tests.support.server import Guests

__all__ = ["held_clock", "house"]

HALF = timedelta(minutes=30)
"""Half of the time after which a session of staff ends unused."""


@pytest.fixture(autouse=True)
def asks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams ask for their session often, so that nobody waits for it."""
    monkeypatch.setattr(live, "CHECK_SECONDS", 0.05)


@contextmanager
def news_without_end(house: House, tenant: Tenant) -> Iterator[None]:
    """Tell a desk of a change every few milliseconds."""
    over = threading.Event()

    def tell() -> None:
        while not over.wait(0.005):
            house.bus.announce(desk_topic(tenant.id))

    teller = threading.Thread(target=tell, name="news", daemon=True)
    teller.start()
    yield
    over.set()
    teller.join()


def standing(member: httpx.Client) -> int:
    """Return how the house answers when a page asks whether its session still stands."""
    return member.get("/desk/session", headers={"hx-request": "true"}).status_code


def test_an_open_stream_does_not_keep_a_session_in_use(guests: Guests, held_clock: FixedClock) -> None:
    """A page that only listens ends with its session, an hour after its reader did something last."""
    mira = guests.member("mira")
    with reading(mira, "/desk/stream") as stream:
        stream.next("desk")
        held_clock.advance(HALF)
        stream.signs_of_life(3)
        held_clock.advance(HALF)
        assert stream.ends()
    assert standing(mira) == 401


@on_sqlite
def test_a_busy_stream_asks_for_its_session_too(
    guests: Guests, house: House, halden: Tenant, held_clock: FixedClock
) -> None:
    """A stream on which news never stops ends with its session all the same."""
    mira = guests.member("mira")
    with news_without_end(house, halden), reading(mira, "/desk/stream") as stream:
        stream.next("desk")
        held_clock.advance(2 * HALF)
        assert stream.ends()


@on_sqlite
def test_what_a_page_asks_for_by_itself_is_no_use(guests: Guests, halden: Tenant, held_clock: FixedClock) -> None:
    """Refreshes leave the session as idle as it was, and each is refused once it has ended."""
    mira, visitor = guests.member("mira"), guests.visitor(halden)
    visitor.ask_for_person()
    refreshes = ("/desk/demand", "/desk/inbox", "/desk/session", f"/desk/conversations/{visitor.conversation_id}/now")
    held_clock.advance(HALF)
    assert [mira.get(path).status_code for path in refreshes] == [200] * len(refreshes)
    held_clock.advance(HALF)
    asked = [mira.get(path, headers={"hx-request": "true"}).status_code for path in refreshes]
    assert asked == [401] * len(refreshes)


@on_sqlite
def test_what_a_reader_does_keeps_the_session(guests: Guests, halden: Tenant, held_clock: FixedClock) -> None:
    """Opening a page counts, and so does writing: the hour begins anew."""
    mira, visitor = guests.member("mira"), guests.visitor(halden)
    visitor.ask_for_person()
    held_clock.advance(HALF)
    mira.get("/desk/").raise_for_status()
    held_clock.advance(HALF)
    form = {"csrf": mira.headers["x-csrf-token"]}
    mira.post(f"/desk/conversations/{visitor.conversation_id}/typing", data=form).raise_for_status()
    held_clock.advance(HALF)
    assert standing(mira) == 200


@pytest.mark.browser
@on_sqlite
def test_a_page_that_was_left_alone_asks_to_sign_in_again(
    open_context: OpenContext, guests: Guests, halden: Tenant, held_clock: FixedClock
) -> None:
    """The page of somebody who went away says that the session has ended, and signing in brings the draft back."""
    visitor = guests.visitor(halden)
    visitor.ask_for_person()
    page = sign_in(open_context().new_page(), username="mira")
    page.goto(f"/desk/conversations/{visitor.conversation_id}")
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_role("textbox", name="Your reply")).to_be_focused()
    page.keyboard.type("Your card")
    held_clock.advance(2 * HALF)
    told = page.get_by_role("button", name="Sign in again")
    told.click()
    again = page.get_by_role("dialog", name="Sign in again")
    again.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(again).to_be_hidden()
    expect(page.get_by_role("textbox", name="Your reply")).to_have_value("Your card")
