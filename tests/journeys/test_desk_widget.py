"""Both ends at once: a customer in the widget, an agent at the desk."""

import pytest
from playwright.sync_api import expect

from doorward.identity import Tenant
from tests.support.browsing import OpenContext, on_sqlite, sign_in, write_until
from tests.support.server import Guests

pytestmark = pytest.mark.browser


def test_a_hand_over_is_answered_in_the_browser(open_context: OpenContext) -> None:
    """A customer asks for a person in the widget; the agent's answer appears there, and nothing is reloaded."""
    customer = open_context(viewport={"width": 390, "height": 844}).new_page()
    customer.goto("/demo/halden")
    customer.locator("doorward-chat").get_by_role("button", name="Open the chat").click()
    chat = customer.get_by_role("dialog").or_(customer.locator("doorward-chat"))
    customer.get_by_role("button", name="I have read this").click()
    message = customer.get_by_role("textbox", name="Your message")
    message.fill("My card 4242 4242 4242 4242 was taken, a person please")
    customer.keyboard.press("Enter")
    customer.get_by_role("button", name="Send anyway, masked").click()
    expect(chat.first.get_by_text("[CARD·4242]")).to_be_visible()

    desk = sign_in(open_context().new_page(), username="mira")
    desk.get_by_role("region", name="Waiting").get_by_role("link").click()
    desk.get_by_role("button", name="Take over").click()
    reply = desk.get_by_role("textbox", name="Your reply")
    reply.fill("I have **frozen** your card. Nothing can be paid with it now.")
    desk.get_by_role("button", name="Send reply").click()
    expect(customer.get_by_text("I have frozen your card.")).to_be_visible()
    expect(customer.locator("doorward-chat strong")).to_have_text("frozen")

    message.fill("Thank you!")
    customer.keyboard.press("Enter")
    expect(desk.locator(".line-customer .line-text").last).to_have_text("Thank you!")


def test_both_sides_see_that_the_other_one_writes(open_context: OpenContext) -> None:
    """While one side writes the other is told, and neither before a person has the conversation nor afterwards."""
    customer = open_context().new_page()
    customer.goto("/demo/halden/shop")
    customer.get_by_role("button", name="Open the chat").click()
    customer.get_by_role("button", name="I have read this").click()
    customer.get_by_role("button", name="Talk to a person").click()
    desk = sign_in(open_context().new_page(), username="mira")
    desk.get_by_role("region", name="Waiting").get_by_role("link").click()
    desk.get_by_role("button", name="Take over").click()
    expect(customer.get_by_text("A person is answering you now.")).to_be_visible()
    expect(desk.get_by_text("The customer is writing…")).to_be_hidden()
    write_until(
        desk.get_by_role("textbox", name="Your reply"), customer.get_by_text("Somebody from our team is writing…")
    )
    write_until(customer.get_by_role("textbox", name="Your message"), desk.get_by_text("The customer is writing…"))


@on_sqlite
def test_the_sign_that_somebody_writes_outlives_a_refresh(
    open_context: OpenContext, guests: Guests, halden: Tenant
) -> None:
    """News of the conversation takes the sign away no sooner than its time; the customer's own message does."""
    customer = guests.visitor(halden)
    customer.ask_for_person()
    desk = sign_in(open_context().new_page(), username="mira")
    desk.goto(f"/desk/conversations/{customer.conversation_id}")
    desk.get_by_role("button", name="Take over").click()
    expect(desk.get_by_text("You have this conversation.")).to_be_visible()
    expect(desk.locator("body")).to_have_attribute("data-connection", "live")
    desk.evaluate(
        "window.early = []; let shown = 0; const sign = document.querySelector('[data-typing]');"
        "new MutationObserver(() => { if (!sign.hidden) shown = performance.now();"
        "else if (performance.now() - shown < 5900) window.early.push(1); })"
        ".observe(sign, { attributeFilter: ['hidden'] });"
    )
    customer.client.post("/c/webchat/typing", json={}).raise_for_status()
    sign = desk.get_by_text("The customer is writing…")
    expect(sign).to_be_visible()
    answer = {"text": "Please go on"}
    guests.member("mira").post(f"/api/v1/conversations/{customer.conversation_id}/replies", json=answer)
    expect(desk.locator(".line-agent .line-text")).to_have_text("Please go on")
    assert desk.evaluate("window.early") == []
    customer.say("That is all")
    expect(desk.locator(".line-customer .line-text").last).to_have_text("That is all")
    expect(sign).to_be_hidden()
