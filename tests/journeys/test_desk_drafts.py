"""Half-written replies: they outlive a lost network, a reload, an ended session and a colleague, and go out once."""

import pytest
from playwright.sync_api import Page, expect

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite, sign_in
from tests.support.house import PASSWORD
from tests.support.server import Guests, WebVisitor

pytestmark = [pytest.mark.browser, on_sqlite]


@pytest.fixture
def customer(guests: Guests, halden: Tenant) -> WebVisitor:
    """Somebody who waits for a person."""
    visitor = guests.visitor(halden)
    visitor.ask_for_person()
    return visitor


@pytest.fixture
def desk(open_context: OpenContext, customer: WebVisitor) -> Page:
    """Mira's desk, with the customer's conversation taken over."""
    page = sign_in(open_context().new_page(), username="mira")
    page.goto(f"/desk/conversations/{customer.conversation_id}")
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_role("textbox", name="Your reply")).to_be_focused()
    return page


def end_sessions(house: House, tenant: Tenant, page: Page) -> None:
    """End all sessions of whoever sits at the page, as an administrator would."""
    member = StaffId(str(page.locator("body").get_attribute("data-member")))
    scope = system_scope(tenant.id, "test")
    house.transactions.write(scope, lambda tx: house.identity.sessions.sign_out_everywhere(tx, scope, member))


def kept(page: Page) -> str:
    """Return all that the tab's storage holds."""
    return str(page.evaluate("JSON.stringify(sessionStorage)"))


def test_an_ended_session_keeps_the_reply_and_is_opened_in_place(
    desk: Page, customer: WebVisitor, house: House, halden: Tenant
) -> None:
    """The reply that could not be sent is there again after signing in on the same page, and is sent once."""
    reply = desk.get_by_role("textbox", name="Your reply")
    desk.keyboard.type("Your card will arrive on Tuesday")
    end_sessions(house, halden, desk)
    desk.keyboard.press("Control+Enter")
    again = desk.get_by_role("dialog", name="Sign in again")
    expect(again.get_by_label("Password")).to_be_focused()
    desk.keyboard.type("wrong")
    desk.keyboard.press("Enter")
    expect(again.get_by_role("alert")).to_contain_text("do not match")
    desk.keyboard.type(PASSWORD)
    desk.keyboard.press("Enter")
    expect(again).to_be_hidden()
    expect(reply).to_have_value("Your card will arrive on Tuesday")
    assert customer.heard().count("Your card will arrive on Tuesday") == 0
    reply.press("Control+Enter")
    expect(desk.locator(".line-agent .line-text")).to_have_text("Your card will arrive on Tuesday")
    customer.wait_to_hear("Your card will arrive on Tuesday")
    assert customer.heard().count("Your card will arrive on Tuesday") == 1
    assert "Tuesday" not in kept(desk)


def test_a_draft_survives_a_reload(desk: Page) -> None:
    """What was typed is there again after a reload, and the page says so."""
    desk.keyboard.type("Half a sentence")
    desk.reload()
    expect(desk.get_by_role("textbox", name="Your reply")).to_have_value("Half a sentence")
    expect(desk.get_by_text("What you had begun to write is back.")).to_be_visible()


def test_a_draft_is_never_shown_to_another_member(
    desk: Page, customer: WebVisitor, house: House, halden: Tenant
) -> None:
    """Whoever signs in next in the same tab finds neither the text nor a trace of it in the browser's storage."""
    desk.keyboard.type("Between you and me")
    assert "Between you and me" in kept(desk)
    end_sessions(house, halden, desk)
    sign_in(desk, username="jonas")
    desk.goto(f"/desk/conversations/{customer.conversation_id}")
    expect(desk.get_by_role("textbox", name="Your reply")).to_be_hidden()
    assert "Between you and me" not in kept(desk)
    assert "Between you and me" not in desk.content()


def test_signing_out_forgets_drafts(desk: Page) -> None:
    """Nothing that was written stays in the browser after signing out."""
    desk.keyboard.type("Not for the next one")
    desk.get_by_role("banner").get_by_text("Mira Castellan", exact=True).click()
    desk.get_by_role("button", name="Sign out").click()
    expect(desk.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "Not for the next one" not in kept(desk)


def test_a_reply_whose_answer_got_lost_is_not_doubled(desk: Page, customer: WebVisitor) -> None:
    """The house took the reply and the network lost the answer: it is told in words, and sent again it stays one."""
    reply = desk.get_by_role("textbox", name="Your reply")

    def lose_answer(route: object) -> None:
        route.fetch()  # type: ignore[attr-defined]  # because Playwright's Route is handed in
        route.abort()  # type: ignore[attr-defined]  # because Playwright's Route is handed in

    desk.route("**/replies", lose_answer)
    desk.keyboard.type("It is on its way")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text("Your reply could not be sent.")).to_be_visible()
    expect(reply).to_have_value("It is on its way")
    desk.unroute("**/replies")
    desk.reload()
    expect(reply).to_have_value("It is on its way")
    reply.press("Control+Enter")
    expect(reply).to_have_value("")
    customer.wait_to_hear("It is on its way")
    assert customer.heard().count("It is on its way") == 1
    reply.fill("And this is new")
    reply.press("Control+Enter")
    expect(desk.locator(".line-agent .line-text").last).to_have_text("And this is new")
    customer.wait_to_hear("It is on its way")
    assert customer.heard().count("It is on its way") == 1


def test_two_tabs_send_one_reply_each(desk: Page, customer: WebVisitor) -> None:
    """Two tabs of one agent on one conversation: each sees what the other sent, and nothing is said twice."""
    second = desk.context.new_page()
    second.goto(f"/desk/conversations/{customer.conversation_id}")
    desk.keyboard.type("From the first tab")
    desk.keyboard.press("Control+Enter")
    expect(second.locator(".line-agent .line-text")).to_have_text("From the first tab")
    second.get_by_role("textbox", name="Your reply").fill("From the second tab")
    second.keyboard.press("Control+Enter")
    expect(desk.locator(".line-agent .line-text").last).to_have_text("From the second tab")
    heard = customer.heard()
    assert [heard.count(text) for text in ("From the first tab", "From the second tab")] == [1, 1]


def test_a_colleague_who_takes_over_leaves_my_words_to_me(desk: Page, customer: WebVisitor, guests: Guests) -> None:
    """Another agent has the conversation now: the page says who, keeps what I had begun, and sends nothing of it."""
    desk.keyboard.type("I was about to say")
    jonas = guests.member("jonas")
    mira = guests.member("mira")
    mira.post("/desk/presence", data={"available": "no", "csrf": mira.headers["x-csrf-token"]})
    jonas.post(f"/api/v1/conversations/{customer.conversation_id}/take").raise_for_status()
    expect(desk.get_by_text("Jonas Wiegand has this conversation.")).to_be_visible()
    expect(desk.get_by_role("textbox", name="Your reply")).to_be_hidden()
    expect(desk.locator("#kept")).to_contain_text("I was about to say")
    assert "I was about to say" not in customer.heard()
