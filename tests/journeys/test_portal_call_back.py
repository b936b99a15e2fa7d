"""A call-back at the portal: seen, accepted, taken back, and gone with the wait. By plain HTTP, and by the keyboard."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from doorward import record, routing
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.kit.tx import Tx
from doorward.routing import RoutingPlan
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite, tab_to, violations_in_both_schemes
from tests.support.portal import Mailbox, PortalGuest, customer
from tests.support.server import Guests, WebVisitor

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
NUMBER = "+44 20 7946 0018"
OFFER = "Be called or written back?"
ASKED = "You are called or written back"


@pytest.fixture
def waiting(house: House, guests: Guests, halden: Tenant) -> WebVisitor:
    """Halden's first customer, who waits in the chat behind four others and was offered a call-back."""
    scope = system_scope(halden.id, "test")
    plan = RoutingPlan(callback_minutes=1)
    house.transactions.write(scope, partial(routing.save_plan, scope=scope, plan=plan, expected=0))
    mira = guests.member("mira")
    assert mira.put("/api/v1/presence", json={"available": True}).status_code == 200
    for _ in range(4):
        guests.visitor(halden).ask_for_person()
    mailbox, email = Mailbox(house), customer(house).email
    visitor = guests.visitor(halden)
    visitor.client.post("/c/webchat/verification", json={"email": email})
    visitor.client.post("/c/webchat/verification/confirm", json={"code": mailbox.code(email)}).raise_for_status()
    assert visitor.ask_for_person() == "waiting"
    house.offering.keep_time(scope)
    return visitor


@pytest.fixture
def guest(house: House, guests: Guests, waiting: WebVisitor) -> Iterator[PortalGuest]:
    """The same customer at the portal."""
    came = PortalGuest(guests.url, Mailbox(house)).sign_in(customer(house).email)
    yield came
    came.client.close()


@pytest.fixture
def kinds(house: House, halden: Tenant, waiting: WebVisitor) -> Callable[[str], int]:
    """Counts the lines of a kind in the conversation's ledger."""
    scope, here = system_scope(halden.id, "test"), ConversationId(waiting.conversation_id)

    def count(kind: str) -> int:
        def read(tx: Tx) -> int:
            return len(record.entries_of_kinds(tx, scope, (here,), kinds=(kind,)))

        return house.transactions.read(read)

    return count


def test_an_offer_is_accepted_once_and_taken_back_once(
    guest: PortalGuest, waiting: WebVisitor, guests: Guests, kinds: Callable[[str], int]
) -> None:
    """Accepting twice is once, from whichever page; so is taking back, which ends the task and keeps the place."""
    page = f"/conversations/{waiting.conversation_id}"
    shown = guest.get(page).text
    assert OFFER in shown
    assert "It will take about 3 minutes until a person can answer." in shown
    assert "Call-back offered" in guest.get("/").text
    for key in ("a", "a", "b"):
        answer = guest.form(f"{page}/call-back", page=page, contact=NUMBER, key=key)
        assert answer.headers["location"].endswith("?done=called")
    shown = guest.get(f"{page}?done=called").text
    assert ASKED in shown
    assert "Thank you. A person gets back to you when it is your turn." in shown
    assert NUMBER not in shown
    assert (kinds("callback.requested"), kinds("task.added")) == (1, 1)
    assert waiting.entries()["call_back"] is False
    for _ in range(2):
        assert guest.form(f"{page}/call-back/withdraw", page=page).headers["location"].endswith("?done=stays")
    assert OFFER in guest.get(page).text
    assert "Thank you." not in guest.get(f"{page}?done=called").text.partition("<ol")[0]
    assert (kinds("callback.withdrawn"), kinds("task.changed")) == (1, 1)
    seen = waiting.entries()
    assert (seen["state"], seen["waiting"]["position"], seen["call_back"]) == ("waiting", 1, True)
    desk = guests.member("mira").get(f"/api/v1/conversations/{waiting.conversation_id}").json()
    assert [one["withdrawn"] for one in desk["wishes"] if one["kind"] == "callback"] == [True]
    assert guest.form(f"{page}/call-back", page=page, contact=NUMBER, key="c").status_code == 303
    assert kinds("callback.requested") == 2


def test_the_offer_is_gone_with_the_wait(
    guest: PortalGuest, waiting: WebVisitor, guests: Guests, kinds: Callable[[str], int]
) -> None:
    """Once a person has it the page says so, and a page that was open for long neither asks nor takes back."""
    page = f"/conversations/{waiting.conversation_id}"
    assert OFFER in guest.get(page).text
    guests.member("jonas").post(f"/api/v1{page}/take").raise_for_status()
    shown = guest.get(page).text
    assert OFFER not in shown
    assert "The call-back is no longer offered." in shown
    for address, told in (("call-back", "and with it the offer"), ("call-back/withdraw", "no longer be taken back")):
        late = guest.form(f"{page}/{address}", page=page, contact=NUMBER)
        assert (late.status_code, told in late.text) == (409, True)
    assert kinds("callback.requested") == kinds("callback.withdrawn") == 0


def test_what_was_asked_for_in_the_chat_is_taken_back_here(
    guest: PortalGuest, waiting: WebVisitor, kinds: Callable[[str], int]
) -> None:
    """Whoever said yes in the chat finds it here, is not asked again, and may change their mind; a number that they
    mistyped at first is called no more either.
    """
    page = f"/conversations/{waiting.conversation_id}"
    for number, contact in enumerate((NUMBER[:-1], NUMBER)):
        body = {"id": f"c-{number}", "contact": contact}
        waiting.client.post("/c/webchat/callback", json=body).raise_for_status()
    assert ASKED in guest.get(page).text
    assert guest.form(f"{page}/call-back", page=page, contact=NUMBER, key="a").status_code == 303
    assert (kinds("callback.requested"), kinds("task.added")) == (2, 2)
    back = guest.form(f"{page}/call-back/withdraw", page=page).headers["location"]
    assert "Taken back. You keep your place" in guest.get(back.removeprefix(guest.base)).text
    assert kinds("task.changed") == 2
    assert "You get a call or a message" not in guest.get("/").text


def test_nothing_is_no_contact_and_nobody_elses_conversation_is_found(
    guest: PortalGuest, house: House, waiting: WebVisitor, kinds: Callable[[str], int]
) -> None:
    """An empty or endless contact is told on the page; what belongs to another customer is not there."""
    page = f"/conversations/{waiting.conversation_id}"
    for contact, status in ((" ", 400), ("1" * 201, 413)):
        wrong = guest.form(f"{page}/call-back", page=page, contact=contact)
        assert (wrong.status_code, "at most 200 characters" in wrong.text) == (status, True)
    other = PortalGuest(guest.origin, Mailbox(house)).sign_in(customer(house, 1).email)
    for address in ("call-back", "call-back/withdraw"):
        assert other.form(f"{page}/{address}", contact=NUMBER).status_code == 404
    other.client.close()
    assert kinds("callback.requested") == 0


@pytest.mark.browser
@on_sqlite
def test_a_call_back_is_taken_and_taken_back_by_keyboard_without_a_script(
    waiting: WebVisitor, guest: PortalGuest, open_context: OpenContext
) -> None:
    """On a small screen and without a script: the offer with its wait, a number, thanks, and back to waiting."""
    address = f"{guest.origin}{guest.base}/conversations/{waiting.conversation_id}"
    page = at_portal(open_context(java_script_enabled=False, viewport=PHONE), guest)
    page.goto(address)
    offer = page.get_by_role("region", name=OFFER)
    expect(offer).to_contain_text("You are number 1 in line. It will take about 3 minutes")
    page.get_by_role("textbox", name="E-mail address or telephone number").press_sequentially(NUMBER)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("A person gets back to you when it is your turn.")
    page.get_by_role("button", name="I do not want to be called or written back").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("You keep your place")
    expect(offer).to_be_visible()
    expect(page.get_by_text(NUMBER)).to_have_count(0)

    seen = at_portal(open_context(viewport=PHONE), guest)
    seen.goto(address)
    tab_to(seen, seen.get_by_role("textbox", name="E-mail address or telephone number"))
    tab_to(seen, seen.get_by_role("button", name="Call or write me back"), most=2)
    assert violations_in_both_schemes(seen) == []
    assert seen.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def at_portal(context: BrowserContext, guest: PortalGuest) -> Page:
    """Return a page of a browser in which somebody is signed in as they are by HTTP."""
    for one in guest.client.cookies.jar:
        context.add_cookies([{"name": one.name, "value": str(one.value), "url": guest.origin}])
    return context.new_page()
