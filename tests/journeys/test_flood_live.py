"""The page of floods in a browser: live, by the keyboard, on a phone, for readers of every kind."""

import pytest
from playwright.sync_api import expect

from doorward.identity import Tenant
from tests.support.browsing import OpenContext, follow, on_sqlite, sign_in, tab_to, violations_in_both_schemes
from tests.support.server import Guests


@pytest.mark.browser
@on_sqlite
def test_a_level_is_seen_at_once_and_taken_back_by_the_keyboard(
    guests: Guests, halden: Tenant, open_context: OpenContext
) -> None:
    """On a phone: what a colleague says shows without a reload, beside the menu too, and what was begun here stays."""
    page = sign_in(open_context(viewport={"width": 380, "height": 800}).new_page(), username="nadia")
    guests.visitor(halden).say("Hello")
    page.goto("/desk/flood")
    expect(page.get_by_role("status").filter(has_text="As usual.")).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-connection", "live")
    page.get_by_label("Why", exact=True).fill("I have begun")
    colleague = guests.member("admin")
    body = {"level": "red", "minutes": 30, "note": "<b>They</b> flood us"}
    colleague.post("/api/v1/flood/override", json=body).raise_for_status()
    expect(page.get_by_role("status").filter(has_text="Red")).to_contain_text("A person said so")
    expect(page.locator("#flood-sign")).to_contain_text("Red")
    expect(page.get_by_text("<b>They</b> flood us").first).to_be_visible()
    expect(page.get_by_label("Why", exact=True)).to_have_value("I have begun")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert violations_in_both_schemes(page) == []
    back = page.get_by_role("button", name="Take it back")
    tab_to(page, back)
    follow(page, back)
    expect(page.get_by_role("status").filter(has_text="As usual.")).to_be_visible()
    expect(page.get_by_text("What is measured holds again.")).to_be_visible()
    page.goto("/desk/flood/switch")
    assert violations_in_both_schemes(page) == []
