"""Getting into the desk, and not getting in."""

import pytest
from playwright.sync_api import Page, expect

from doorward.identity import Tenant
from tests.support.browsing import OpenContext, on_sqlite, sign_in
from tests.support.house import PASSWORD
from tests.support.server import Guests

pytestmark = [pytest.mark.browser, on_sqlite]


def test_a_wrong_password_is_told_kindly(open_context: OpenContext) -> None:
    """The sentence does not tell whether the name exists; the name stays typed, the password does not."""
    page = open_context().new_page()
    for username in ("mira", "nobody"):
        page.goto("/desk/sign-in")
        page.get_by_label("Company").select_option("halden")
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_have_text(
            "User name and password do not match. Please check both and try again."
        )
        expect(page.get_by_label("User name")).to_have_value(username)
        expect(page.get_by_label("Password")).to_have_value("")


def test_signing_in_leads_to_where_one_was_going(open_context: OpenContext) -> None:
    """Whoever is not signed in is asked to, and then sees the page that they wanted."""
    page = open_context().new_page()
    page.goto("/desk/outbox")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("Company").select_option("halden")
    page.get_by_label("User name").fill("mira")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Outbox")).to_be_visible()


def test_signing_out_ends_the_session_itself(open_context: OpenContext, guests: Guests) -> None:
    """After signing out the old cookie opens nothing, wherever it is kept."""
    context = open_context()
    page = sign_in(context.new_page(), username="mira")
    (cookie,) = [one for one in context.cookies() if one["name"].endswith("doorward_session")]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    thief = guests.client(cookies={str(cookie["name"]): str(cookie["value"])})
    assert thief.get("/api/v1/me").status_code == 200
    page.get_by_role("banner").get_by_text("Mira Castellan", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert thief.get("/api/v1/me").status_code == 401


def test_language_and_colours_are_chosen_for_every_page(open_context: OpenContext) -> None:
    """A choice counts on the next page too: words, the document's language, and the colours."""
    page = sign_in(open_context().new_page(), username="mira")
    page.get_by_role("banner").get_by_text("Mira Castellan", exact=True).click()
    page.get_by_label("Language").select_option("de")
    page.get_by_label("Colours").select_option("dark")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="Posteingang", level=1)).to_be_visible()
    page.goto("/desk/outbox")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


@pytest.mark.parametrize("path", ["", "/now"])
def test_another_companys_conversation_is_not_found(guests: Guests, halden: Tenant, path: str) -> None:
    """An agent of one company who knows the id of another's conversation learns nothing, not even that it exists."""
    visitor = guests.visitor(halden)
    visitor.say("Hello, I need help with my card")
    agent = guests.member("lale", company="brisa")
    there = agent.get(f"/desk/conversations/{visitor.conversation_id}{path}")
    nowhere = agent.get(f"/desk/conversations/{'0' * 26}{path}")
    assert there.status_code == nowhere.status_code == 404
    assert "help with my card" not in there.text


def test_a_form_from_another_site_is_refused(guests: Guests) -> None:
    """A page of another origin cannot use a session: neither its form without token nor one with a stolen token."""
    agent = guests.member("mira")
    token = agent.headers["x-csrf-token"]
    assert agent.post("/desk/presence", data={"available": "yes"}).status_code == 403
    evil = {"origin": "https://evil.example"}
    assert agent.post("/desk/presence", data={"available": "yes", "csrf": token}, headers=evil).status_code == 403
    cross = {"origin": guests.url, "sec-fetch-site": "cross-site"}
    assert agent.post("/desk/presence", data={"available": "yes", "csrf": token}, headers=cross).status_code == 403
    assert agent.post("/desk/presence", data={"available": "yes", "csrf": token}).status_code == 303


def test_too_many_wrong_passwords_slow_down(guests: Guests) -> None:
    """After a few wrong passwords the next has to wait, and the answer says how long."""
    client = guests.client(headers={"origin": guests.url})
    form = {"company": "halden", "username": "jonas", "password": "wrong"}
    answers = [client.post("/desk/sign-in", data=form) for _ in range(8)]
    assert answers[0].status_code == 401
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_a_page_that_is_not_there_says_so_in_the_readers_language(open_context: OpenContext) -> None:
    """Errors of the desk are pages in the frame of the desk, not JSON."""
    page: Page = sign_in(open_context().new_page(), username="mira")
    answer = page.goto("/desk/conversations/nothing")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="That did not work")).to_be_visible()
    expect(page.get_by_role("link", name="Back to the inbox")).to_be_visible()
