"""In a flood, in a browser, before the real door: the device works by itself, and whose cannot is never stuck."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from doorward import routing
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.text import MaskedText
from tests.journeys.test_walk import agent_scope
from tests.support.browsing import OpenContext, on_sqlite
from tests.support.server import Guests

pytestmark = [pytest.mark.browser, on_sqlite]

PLACES = 4
NO_CRYPTO = "Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })"


@pytest.fixture
def flooded(house: House, halden: Tenant, guests: Guests) -> None:
    """Everybody is busy, and it is red."""
    house.jobs.stop()  # nobody is at a desk here, and who is not there is sent away after a while
    mira = agent_scope(house, halden, "mira")
    staff_id = StaffId(mira.actor.id)
    house.transactions.write(
        mira, lambda tx: routing.set_presence(tx, mira, staff_id, state="available", capacity=PLACES)
    )
    for _ in range(PLACES):
        assert guests.visitor(halden).ask_for_person() == "human"
    until = house.clock.now() + timedelta(hours=1)
    house.flooding.levers.override(mira, "red", note=MaskedText("a test"), until=until)


def begin(page: Page) -> None:
    """Open the chat and read the notice."""
    page.goto("/demo/halden")
    page.get_by_role("button", name="Open the chat").click()
    page.get_by_role("button", name="I have read this").click()


def test_a_browser_works_and_waits_in_line_and_one_that_cannot_hears_what_else_there_is(
    open_context: OpenContext, flooded: None
) -> None:
    """Under the company's own content security policy; without it nobody is refused, and there is always a way on."""
    page = open_context().new_page()
    begin(page)
    expect(page.get_by_text("If you need a person, you can wait in line.")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Talk to a person").click()
    expect(page.get_by_text("You are number 1 in line")).to_be_visible()

    old = open_context().new_page()
    old.add_init_script(NO_CRYPTO)
    begin(old)
    expect(old.get_by_text("you get answers here all the same")).to_be_visible()
    old.get_by_role("button", name="Talk to a person").click()
    expect(old.get_by_text("nobody can talk to you at once").first).to_be_visible()
    old.get_by_role("button", name="Get an answer later").first.click()
    old.get_by_label("E-mail address or telephone number").fill("ada@example.org")
    old.get_by_role("button", name="Ask for an answer").click()
    expect(old.get_by_text("A person gets back to you.").first).to_be_visible()
