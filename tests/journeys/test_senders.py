"""An abusive sender is turned away, told why, may object, and somebody else decides: through the doors."""

import base64
import re

import pytest
from playwright.sync_api import Page, expect

from doorward.bootstrap import House
from doorward.identity import Tenant
from tests.support.browsing import OpenContext, follow, on_sqlite, open_palette, sign_in, violations
from tests.support.portal import Mailbox
from tests.support.server import Guests, WebVisitor


def block(guests: Guests, visitor: WebVisitor, username: str = "mira", **wishes: str) -> None:
    """Block a visitor as a member of staff."""
    member = guests.member(username)
    form = {"csrf": member.headers["x-csrf-token"], "conversation": visitor.conversation_id}
    answer = member.post("/desk/senders/block", data=form | {"reason": "abuse", "hours": "24", "note": ""} | wishes)
    assert answer.status_code == 303, answer.text


def test_a_blocked_sender_is_told_in_their_language(guests: Guests, halden: Tenant) -> None:
    """The next message is refused in the conversation's language with reason, end and a way to object."""
    visitor = guests.visitor(halden, language="tr")
    visitor.say("Merhaba, kartım nerede?")
    block(guests, visitor)
    answer = visitor.client.post("/c/webchat/messages", json={"id": "again", "text": "Merhaba"})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (403, "sender_blocked")
    assert "saldırgan dil" in problem["detail"]
    assert problem["appeal"] in problem["detail"]
    assert visitor.client.post("/c/webchat/person", json={"id": "p"}).status_code == 403
    page = guests.client().get(problem["appeal"])
    assert page.status_code == 200
    assert "saldırgan dil" in page.text


def test_a_blocked_sender_hands_nothing_in_either(guests: Guests, halden: Tenant) -> None:
    """Files and comments are ways to send something: they are refused like messages, and nothing is added."""
    visitor = guests.visitor(halden)
    visitor.say("How do I change my PIN?")
    block(guests, visitor)
    before = len(visitor.entries()["entries"])
    content = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(40)).decode()
    for path, body in (
        ("attachments", {"id": "a-1", "name": "slip.png", "type": "image/png", "data": content}),
        ("feedback", {"id": "f-1", "helpful": False, "comment": "words"}),
    ):
        refused = visitor.client.post(f"/c/webchat/{path}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "sender_blocked"), path
    assert len(visitor.entries()["entries"]) == before


def test_an_objection_is_masked_taken_once_and_escaped(guests: Guests, halden: Tenant) -> None:
    """Hostile HTML is text, a card number is masked, a second objection changes nothing."""
    visitor = guests.visitor(halden)
    visitor.say("Hello")
    block(guests, visitor, note="<script>alert(1)</script> 4242 4242 4242 4242")
    link = visitor.client.post("/c/webchat/messages", json={"id": "x", "text": "Hi"}).json()["appeal"]
    anybody = guests.client(headers={"origin": guests.url})
    assert anybody.post(link, data={"words": "   "}).status_code == 400
    assert anybody.post(link, data={"words": "x" * 3000}).status_code == 400
    words = "<img src=x onerror=alert(1)> my card 4242 4242 4242 4242"
    assert anybody.post(link, data={"words": words}).status_code == 200
    assert anybody.post(link, data={"words": "once more"}).status_code == 200
    reader = guests.member("jonas")
    listed = reader.get("/desk/senders").text
    block_id = re.findall(r'href="/desk/senders/([0-9a-z]{26})"', listed)[0]
    seen = reader.get(f"/desk/senders/{block_id}").text
    assert "&lt;img" in seen
    assert "<img src=x" not in seen
    assert "<script>alert" not in seen
    assert "4242 4242" not in seen
    assert "once more" not in seen


def test_only_the_told_address_opens_an_objection(guests: Guests, halden: Tenant, brisa: Tenant) -> None:
    """A guessed or altered address is not found."""
    visitor = guests.visitor(halden)
    visitor.say("Hello")
    block(guests, visitor)
    link = visitor.client.post("/c/webchat/messages", json={"id": "x", "text": "Hi"}).json()["appeal"]
    token = link.rpartition("/")[2]
    tenant, block_id, mark = token.split(".")
    for wrong in (f"{brisa.id}.{block_id}.{mark}", f"{tenant}.{block_id}.{'0' * 32}", "x", f"nobody.{block_id}.{mark}"):
        assert guests.client().get(f"/appeals/{wrong}").status_code == 404


def test_a_verified_customer_still_gets_a_person(guests: Guests, house: House, halden: Tenant) -> None:
    """Who has proven who they are is refused messages, but not a person."""
    visitor = guests.visitor(halden)
    visitor.say("Hello")
    email = next(iter(house.plugins.companies["halden"].customers())).email
    mailbox = Mailbox(house)
    visitor.client.post("/c/webchat/verification", json={"email": email})
    code = mailbox.code(email)
    confirmed = visitor.client.post("/c/webchat/verification/confirm", json={"code": code})
    assert confirmed.status_code == 200, confirmed.text
    block(guests, visitor)
    assert visitor.client.post("/c/webchat/messages", json={"id": "x", "text": "Hi"}).status_code == 403
    assert visitor.ask_for_person() in {"waiting", "human"}


@pytest.mark.browser
@on_sqlite
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_blocking_and_deciding_by_hand(open_context: OpenContext, guests: Guests, halden: Tenant, scheme: str) -> None:
    """A member blocks from the conversation's link, the sender objects, a colleague lifts: all with the keyboard."""
    visitor = guests.visitor(halden)
    visitor.say("You are all idiots")
    page = sign_in(open_context(color_scheme=scheme, java_script_enabled=True).new_page(), username="mira")
    page.goto(f"/desk/senders/block?conversation={visitor.conversation_id}")
    assert violations(page) == []
    page.get_by_role("radio", name="Offensive language").focus()
    page.keyboard.press("Space")
    page.get_by_label("For how long").select_option("72")
    page.get_by_role("button", name="Block this sender").press("Enter")
    expect(page.get_by_text("The sender is blocked.")).to_be_visible()
    assert violations(page) == []
    link = visitor.client.post("/c/webchat/messages", json={"id": "x", "text": "Hi"}).json()["appeal"]
    outside = open_context(color_scheme=scheme, viewport={"width": 390, "height": 800}).new_page()
    outside.goto(link)
    assert violations(outside) == []
    outside.get_by_label("What should we know?").fill("It was my brother")
    outside.get_by_role("button", name="Send objection").press("Enter")
    expect(outside.get_by_text("Your objection has reached us")).to_be_visible()
    page.goto("/desk/senders")
    follow(page, page.get_by_role("link", name="Open").first)
    expect(page.get_by_text("a colleague decides")).to_be_visible()
    other: Page = sign_in(open_context(color_scheme=scheme).new_page(), username="jonas")
    other.goto(page.url)
    assert violations(other) == []
    other.get_by_role("radio", name="Lift the block").check()
    other.get_by_label("Why").fill("Plausible")
    other.get_by_role("button", name="Decide").press("Enter")
    expect(other.get_by_text("Your decision is noted.")).to_be_visible()
    assert visitor.say("Thank you")["duplicate"] is False


@pytest.mark.browser
@on_sqlite
def test_a_customer_objects_from_the_chat_and_colleagues_are_told(
    open_context: OpenContext, guests: Guests, halden: Tenant
) -> None:
    """What the chat says has a link to the objection; then every colleague but the one who blocked sees it wait."""
    shop = open_context(viewport={"width": 390, "height": 844}).new_page()
    shop.goto("/demo/halden/shop")
    shop.get_by_role("button", name="Open the chat").click()
    shop.get_by_role("button", name="I have read this").click()
    field = shop.get_by_role("textbox", name="Your message")
    field.fill("You are all idiots")
    shop.keyboard.press("Enter")
    expect(shop.locator(".message.bot .text").nth(1)).to_be_visible()
    mira = sign_in(open_context().new_page(), username="mira")
    mira.goto("/desk/?show=all")
    follow(mira, mira.get_by_role("link", name="You are all idiots"))
    open_palette(mira)
    mira.keyboard.type("block this")
    mira.keyboard.press("Enter")
    mira.get_by_role("radio", name="Offensive language").press("Space")
    mira.get_by_role("button", name="Block this sender").press("Enter")
    expect(mira.get_by_text("The sender is blocked.")).to_be_visible()
    field.fill("Hello?")
    shop.keyboard.press("Enter")
    told = shop.locator(".refused .note")
    expect(told).to_contain_text("because of offensive language")
    assert "http" not in told.inner_text()
    with shop.expect_popup() as opened:
        told.get_by_role("link", name="Object here").click()
    outside = opened.value
    outside.get_by_label("What should we know?").fill("It was my brother")
    outside.get_by_role("button", name="Send objection").click()
    expect(outside.get_by_text("Your objection has reached us")).to_be_visible()
    assert violations(outside) == []
    jonas = sign_in(open_context().new_page(), username="jonas")
    expect(jonas.get_by_role("link", name="Objections for you to decide: 1")).to_be_visible()
    mira.goto("/desk/")
    expect(mira.get_by_role("link", name="Blocked senders")).to_be_visible()
    expect(mira.get_by_role("link", name="Objections for you to decide")).to_have_count(0)
