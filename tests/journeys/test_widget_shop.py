"""A whole contact from somebody else's web site: the demonstration's shop, the real door, the desk."""

import re

import pytest
from playwright.sync_api import Page, expect

from doorward.bootstrap import House
from doorward.doors.web.customer.demo.shop import signed_by_site
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations
from tests.support.server import Guests

CARD = "4242 4242 4242 4242"


@pytest.mark.browser
@on_sqlite
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_shop_carries_the_chat_by_one_tag(open_context: OpenContext, scheme: str, width: int) -> None:
    """The page is a believable one of its own, accessible in every look, and the chat opens on it."""
    context = open_context(viewport={"width": width, "height": 844}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto("/demo/halden/shop")
    assert page.locator("script").count() == 1
    page.get_by_role("button", name="Open the chat").click()
    page.get_by_role("button", name="I have read this").click()
    expect(page.get_by_role("textbox", name="Your message")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def open_chat(page: Page) -> None:
    """Open the chat and read the notice."""
    page.get_by_role("button", name="Open the chat").click()
    page.get_by_role("button", name="I have read this").click()


@pytest.mark.browser
@on_sqlite
def test_the_site_says_who_its_customer_is(
    open_context: OpenContext, guests: Guests, house: House, halden: Tenant
) -> None:
    """Whoever is signed in at the shop is a claimed customer in the chat; no cookie is set for it."""
    context = open_context()
    page = context.new_page()
    page.goto("/demo/halden/shop?as=customer")
    open_chat(page)
    page.get_by_role("textbox", name="Your message").fill("Hello")
    page.keyboard.press("Enter")
    expect(page.locator(".message.bot .text").nth(1)).to_be_visible()
    assert context.cookies() == []
    mira = guests.member("mira")
    (one,) = mira.get("/api/v1/conversations").json()["items"]
    scope = system_scope(halden.id, "test")
    card = house.transactions.read(lambda tx: house.identity.parties.find(tx, scope, one["party_id"]))
    assert card.kind == "customer"


@on_sqlite
def test_a_host_token_is_good_once(guests: Guests, house: House, halden: Tenant) -> None:
    """The same token again, or one that somebody else signed, opens nothing; a fresh one does."""
    client = guests.client(headers={"sec-fetch-site": "same-origin"})
    first, second = (client.get("/demo/halden/shop/token").text for _ in range(2))
    begin = {"widget_key": halden.widget_key, "user_token": first}
    assert client.post("/c/webchat/visits", json=begin).status_code == 201
    replayed = client.post("/c/webchat/visits", json=begin)
    assert (replayed.status_code, replayed.json()["code"]) == (401, "token_replayed")
    assert client.post("/c/webchat/visits", json=begin | {"user_token": second}).status_code == 201
    now = int(house.clock.now().timestamp())
    claims = {"sub": "x", "aud": "halden", "iat": now, "exp": now + 60, "jti": "0123456789"}
    forged = signed_by_site("not the secret", claims)
    assert client.post("/c/webchat/visits", json=begin | {"user_token": forged}).status_code == 401
    assert guests.client(headers={"sec-fetch-site": "cross-site"}).get("/demo/halden/shop/token").status_code == 403


@pytest.mark.browser
@on_sqlite
def test_nothing_is_lost_when_the_network_goes_in_mid_send(open_context: OpenContext) -> None:
    """Words whose acknowledgement never came stand there once, in order, after the network is back."""
    context = open_context()
    page = context.new_page()
    page.goto("/demo/halden/shop")
    open_chat(page)
    message = page.get_by_role("textbox", name="Your message")
    lost = {"acknowledgements": 2}

    def lose(route: object) -> None:
        if lost["acknowledgements"]:
            lost["acknowledgements"] -= 1
            route.fetch()  # type: ignore[attr-defined]  # the door has it, and its answer is lost on the way
            route.abort()  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.route("**/c/webchat/messages", lose)
    for words in ("Where is my card?", "It was due on Monday"):
        message.fill(words)
        page.keyboard.press("Enter")
    expect(page.locator(".message.customer .note", has_text="Sent")).to_have_count(2)
    said = page.locator(".message.customer .text").all_inner_texts()
    assert said == ["Where is my card?", "It was due on Monday"]


@pytest.mark.browser
@on_sqlite
def test_hostile_words_and_files_meet_an_agent_as_text(open_context: OpenContext) -> None:
    """HTML, mask look-alikes and file names reach both sides as text; nothing is executed, no look-alike a mask."""
    page = open_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto("/demo/halden/shop")
    open_chat(page)
    page.get_by_role("textbox", name="Your message").fill(
        f"<img src=x onerror=alert(1)> [CARD·4242] {CARD} a person please"
    )
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send anyway, masked").click()
    expect(page.locator(".message.customer .mask")).to_have_count(1)
    name = "<b>x</b>\u202egnp.png"
    picture = {"name": name, "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\nrest"}
    page.locator("input[type=file]").set_input_files(picture)  # type: ignore[arg-type]
    expect(page.get_by_text(re.compile("^Arrived. It (is held until it has been|was) scanned"))).to_be_visible()
    expect(page.locator(".message.file .text")).to_have_text("_b_x__b__gnp.png")
    assert page.locator("doorward-chat b, doorward-chat img").count() == 0
    desk = sign_in(open_context().new_page(), username="mira")
    desk.get_by_role("region", name="Waiting").get_by_role("link").first.click()
    expect(desk.get_by_text("<img src=x onerror=alert(1)>").first).to_be_visible()
    assert desk.locator("main img").count() == 0
