"""What holds for every page: accessible, without inline code, readable on every screen."""

import gzip
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from doorward.identity import Tenant
from tests.support.browsing import LOADED, STATIC, OpenContext, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.reader import faults_of_tree
from tests.support.server import Guests

pytestmark = [pytest.mark.browser, on_sqlite]

WIDTHS = (390, 768, 1280, 1920)
FRAMELESS = {"/desk/sign-in", "/desk/conversations/nothing"}
WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifted += entry.hadRecentInput ? 0 : entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def pages(open_context: OpenContext, guests: Guests, halden: Tenant) -> tuple[Page, list[str]]:
    """A signed-in browser, and the addresses of all pages with something on each."""
    customer = guests.visitor(halden)
    customer.say("My card number is 4242 4242 4242 4242, write to me at ada@example.org")
    customer.client.post("/c/webchat/verification", json={"email": "ada@example.org"})
    customer.ask_for_person()
    waiting = guests.visitor(halden, language="de")
    waiting.ask_for_person()
    page = sign_in(open_context().new_page(), username="mira")
    page.goto(f"/desk/conversations/{customer.conversation_id}")
    page.get_by_role("button", name="Take over").click()
    page.get_by_role("textbox", name="Your reply").wait_for()
    addresses = [
        "/",
        "/demo/halden",
        "/desk/sign-in",
        "/desk/",
        "/desk/?show=resolved",
        "/desk/?show=all",
        "/desk/preferences",
        f"/desk/conversations/{customer.conversation_id}",
        f"/desk/conversations/{waiting.conversation_id}",
        "/desk/outbox",
        "/desk/conversations/nothing",
        "/problems/conflict",
    ]
    return page, addresses


def test_every_page_is_accessible_and_fits_every_screen(pages: tuple[Page, list[str]]) -> None:
    """axe-core holds nothing against any page in light or dark colours, and none scrolls sideways from 390 to 1920."""
    page, addresses = pages
    found = []
    for address in addresses:
        page.goto(address)
        found += [f"{address} {fault}" for fault in violations_in_both_schemes(page)]
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                found.append(f"{width} {address} scrolls sideways")
        if page.get_by_role("main").count() != 1 or page.get_by_role("heading", level=1).count() != 1:
            found.append(f"{address} has not one main part and one first heading")
        if not page.title().endswith("Doorward") or page.locator("html").get_attribute("lang") != "en":
            found.append(f"{address} has no title or language")
    assert found == []


def test_screen_readers_are_told_what_is_there(pages: tuple[Page, list[str]]) -> None:
    """In the browser's own tree everything that is pressed or filled in has a name, parts are told apart, headings
    step down one by one, also in the palette and the keyboard's map.
    """
    page, addresses = pages
    found = []
    for address in (*addresses, "/desk/knowledge", "/desk/senders", "/desk/catalogue", "/demo/halden/shop"):
        page.goto(address)
        found += [f"{address}: {fault}" for fault in faults_of_tree(page)]
    page.goto("/desk/")
    page.evaluate(LOADED)  # a key pressed before the scripts have run opens nothing
    opened = page.locator("dialog[open]")
    for keys in ("Control+k", "?"):
        page.keyboard.press(keys)  # the second at once: the field of the first dialog still has the focus then
        expect(opened).to_have_count(1)
        faults = faults_of_tree(page, within_dialog=True)
        found += [f"{keys}: {fault}" for fault in faults]
        page.keyboard.press("Escape")
        expect(opened).to_have_count(0)
    assert found == []


def test_the_desk_loads_little_and_stays_where_it_is(pages: tuple[Page, list[str]]) -> None:
    """A first load brings at most 150 kB of compressed script, and nothing on a page moves while it is built."""
    page, addresses = pages
    desk = [address for address in addresses if address.startswith("/desk/") and address not in FRAMELESS]
    context = page.context
    context.add_init_script(WATCH_SHIFTS)
    heavy, moved = {}, {}
    for address in desk:
        page.goto(address)
        expect(page.locator("body")).to_have_attribute("data-connection", "live")
        names = page.evaluate("[...document.scripts].map((script) => new URL(script.src).pathname)")
        weight = sum(len(gzip.compress((STATIC / Path(name).name).read_bytes())) for name in set(names))
        if weight > 150_000:
            heavy[address] = weight
        if page.evaluate("window.shifted") >= 0.05:
            moved[address] = page.evaluate("window.shifted")
    assert (heavy, moved) == ({}, {})


def test_no_page_has_inline_code_or_allows_it(pages: tuple[Page, list[str]]) -> None:
    """No page brings script or style of its own, and the policy of each allows only what this site serves."""
    page, addresses = pages
    for address in addresses:
        answer = page.request.get(address, max_redirects=0)
        html, policy = answer.text(), answer.headers["content-security-policy"]
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html, re.IGNORECASE), address
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html)), address
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
