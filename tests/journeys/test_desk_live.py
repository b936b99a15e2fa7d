"""The desk's live stream: one for all tabs of a browser, each following its own conversation, lost and found again."""

import socket
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from doorward.bootstrap import House
from doorward.doors.web.streams import Streams
from doorward.identity import Tenant
from tests.support.browsing import OpenContext, on_sqlite, sign_in
from tests.support.server import Guests, serving

pytestmark = [pytest.mark.browser, on_sqlite]

NO_WORKER = "delete window.SharedWorker;"
SILENT_WORKER = "window.SharedWorker = class extends EventTarget { port = new MessageChannel().port1; };"
WORKER_IN_PAGE = """
  window.SharedWorker = class extends EventTarget {
    constructor(address) {
      super();
      const { port1, port2 } = new MessageChannel();
      this.port = port1;
      const post = port1.postMessage.bind(port1);
      port1.postMessage = (message) => setTimeout(() => post(message), 5);
      import(address).then(() => dispatchEvent(Object.assign(new Event("connect"), { ports: [port2] })));
    }
  };
"""
"""The worker's own script, run where Playwright's clock rules its timers too; it hears late, as after sleep."""


def be_live(page: Page) -> None:
    """Wait until the page hears what happens."""
    expect(page.locator("body")).to_have_attribute("data-connection", "live")


def live_with_a_clock(open_context: OpenContext, script: str) -> Page:
    """Return a live inbox whose timers are the test's, with a script run before its own."""
    context = open_context()
    context.add_init_script(script)
    page = context.new_page()
    page.clock.install()
    sign_in(page, username="mira")
    be_live(page)
    return page


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whoever opens a stream at the desk, in order."""
    holders: list[str] = []
    take_place = Streams.take_place

    def note(self: Streams, holder: str) -> object:
        holders.append(holder)
        return take_place(self, holder)

    monkeypatch.setattr(Streams, "take_place", note)
    return holders


def open_tabs(context: BrowserContext, guests: Guests, tenant: Tenant) -> tuple[Page, Page, Page]:
    """Return the inbox and two conversations in three tabs of one browser, all of them live."""
    inbox = sign_in(context.new_page(), username="mira")
    tabs = []
    for name in ("first", "second"):
        customer = guests.visitor(tenant)
        customer.say(f"This is the {name} customer")
        tab = context.new_page()
        tab.goto(f"/desk/conversations/{customer.conversation_id}")
        be_live(tab)
        customer.say("Here I am")
        expect(tab.locator(".line-customer .line-text").last).to_have_text("Here I am")
        tabs.append(tab)
    return inbox, tabs[0], tabs[1]


@pytest.mark.parametrize("script", ["", NO_WORKER], ids=["worker", "election"])
def test_all_tabs_share_one_stream(open_context: OpenContext, guests: Guests, halden: Tenant, script: str) -> None:
    """Three tabs hold one stream, each hears of its own conversation, and the others go on when a tab closes."""
    context = open_context()
    if script:
        context.add_init_script(script)
    inbox, first, second = open_tabs(context, guests, halden)
    requests: list[str] = []
    first.on("request", lambda request: requests.append(request.url))
    customer = guests.visitor(halden)
    customer.ask_for_person()
    expect(inbox.get_by_role("region", name="Waiting").get_by_role("link")).to_have_count(1)
    assert not [url for url in requests if url.endswith("/now")], "a tab looked at a conversation that did not change"
    inbox.close()
    waiting = guests.visitor(halden)
    waiting.ask_for_person()
    for tab in (first, second):
        expect(tab.locator("#demand")).to_contain_text("2")


def test_a_browser_opens_one_stream_and_not_one_a_tab(
    open_context: OpenContext, guests: Guests, halden: Tenant, opened: list[str]
) -> None:
    """However many pages of the inbox stand open, one stream is opened for them."""
    context = open_context()
    first = sign_in(context.new_page(), username="mira")
    be_live(first)
    before = len(opened)
    for _ in range(4):
        tab = context.new_page()
        tab.goto("/desk/")
        be_live(tab)
    assert len(opened) == before
    guests.visitor(halden).ask_for_person()
    for tab in context.pages:
        expect(tab.locator("#demand")).to_contain_text("1")


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_lost_connection_is_told_and_found_again(chromium: Browser, house: House, halden: Tenant) -> None:
    """While the house cannot be reached the page says so; when it is back, it says so and shows what was missed."""
    port = free_port()
    interrupted = "The live connection is interrupted."
    with ExitStack() as open_things:
        with serving(house, port=port) as url:
            context = chromium.new_context(base_url=url, locale="en-GB", reduced_motion="reduce")
            open_things.callback(context.close)
            page = sign_in(context.new_page(), username="mira")
            be_live(page)
        expect(page.get_by_text(interrupted)).to_be_visible()
        url = open_things.enter_context(serving(house, port=port))
        guests = Guests(url)
        open_things.callback(guests.leave)
        guests.visitor(halden).ask_for_person()
        expect(page.get_by_text(interrupted)).to_be_hidden()
        expect(page.get_by_role("region", name="Waiting").get_by_role("link")).to_have_count(1)


def test_being_offline_is_told_in_words(open_context: OpenContext) -> None:
    """Without a network the page says that it is offline, and goes on by itself afterwards."""
    context = open_context()
    page = sign_in(context.new_page(), username="mira")
    be_live(page)
    context.set_offline(True)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    context.set_offline(False)
    expect(page.get_by_text("You are offline.")).to_be_hidden()


def test_a_worker_that_does_not_answer_is_done_without(
    open_context: OpenContext, guests: Guests, halden: Tenant
) -> None:
    """Where a browser has workers and none comes to life, the page is live all the same."""
    context = open_context()
    context.add_init_script(SILENT_WORKER)
    page = sign_in(context.new_page(), username="mira")
    be_live(page)
    guests.visitor(halden).ask_for_person()
    expect(page.get_by_role("region", name="Waiting").get_by_role("link")).to_have_count(1)


def test_a_line_that_falls_silent_is_opened_again(open_context: OpenContext) -> None:
    """A stream that looks open and from which nothing comes any more, as after a change of networks, is replaced."""
    page = live_with_a_clock(open_context, NO_WORKER)
    with page.expect_request("**/desk/stream*"):
        page.clock.fast_forward(41_000)
    be_live(page)


def test_a_computer_that_slept_hears_again(open_context: OpenContext, guests: Guests, halden: Tenant) -> None:
    """Tabs that gave no sign of life for long are given up for gone; awake again, they hear what happens."""
    page = live_with_a_clock(open_context, WORKER_IN_PAGE)
    page.clock.fast_forward(600_000)
    page.clock.fast_forward(31_000)
    be_live(page)
    guests.visitor(halden).ask_for_person()
    expect(page.get_by_role("region", name="Waiting").get_by_role("link")).to_have_count(1)
