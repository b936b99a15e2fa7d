"""Whoever is signed in at the company's site opens the chat and finds what they probably want, ready to press."""

from functools import partial

import pytest
from playwright.sync_api import expect

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite, violations
from tests.support.server import Guests

LABELS = {"card.arrival": {"en": "When does my card come?"}, "card.activate": {"en": "Activate my card"}}


@pytest.fixture
def under_way(house: House, halden: Tenant) -> None:
    """Everybody waits for a card, and what customers want has names."""
    core, scope = house.core_systems[halden.id], system_scope(halden.id, "test")
    told = ["card_under_way", "nonsense"]
    setattr(core, "circumstances", lambda _reference: told)  # noqa: B010 - a port's method, on one instance
    for name, labels in LABELS.items():
        house.transactions.write(scope, partial(house.intents.put, scope=scope, name=name, labels=labels))


@pytest.mark.usefixtures("under_way")
def test_only_who_is_signed_in_finds_something(guests: Guests, house: House, halden: Tenant) -> None:
    """The visit of a vouched customer brings suggestions, a stranger's none; how good they were is counted."""
    client = guests.client(headers={"sec-fetch-site": "same-origin"})
    begin = {"widget_key": halden.widget_key, "language": "en"}
    token = client.get("/demo/halden/shop/token").text
    visit = client.post("/c/webchat/visits", json=begin | {"user_token": token}).json()
    told = [(one["label"], one["says"]) for one in visit["suggestions"]]
    assert told == [(text["en"], text["en"]) for text in LABELS.values()]
    assert client.post("/c/webchat/visits", json=begin).json()["suggestions"] == []
    nadia = guests.member("nadia")
    report = nadia.get("/api/v1/reports/expectations").json()
    assert {one["band"]: one["judged"] for one in report["bands"]} == {"very_likely": 0, "likely": 0, "perhaps": 0}
    assert guests.member("mira").get("/api/v1/reports/expectations").status_code == 403


@pytest.mark.browser
@on_sqlite
@pytest.mark.usefixtures("under_way")
@pytest.mark.parametrize("width", [380, 1280])
def test_buttons_stand_below_the_greeting_until_something_is_said(open_context: OpenContext, width: int) -> None:
    """Pressed by keyboard, one says its words; then they are gone."""
    context = open_context(viewport={"width": width, "height": 844}, bypass_csp=True)
    page = context.new_page()
    page.goto("/demo/halden/shop?as=customer")
    page.get_by_role("button", name="Open the chat").click()
    page.get_by_role("button", name="I have read this").click()
    button = page.get_by_role("button", name="When does my card come?")
    expect(button).to_be_visible()
    expect(page.get_by_role("button", name="Activate my card")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
    button.press("Enter")
    expect(page.locator(".message.customer .text").first).to_have_text("When does my card come?")
    expect(page.get_by_role("button", name="Activate my card")).to_have_count(0)
