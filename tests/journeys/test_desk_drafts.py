"""Half-written replies: they outlive a lost network, a crash, an ended session and a colleague, and go out once."""

import contextlib
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import QUIET, OpenContext, browser_program, on_sqlite, sign_in
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
    """Return all that the browser's storage holds for the page."""
    return str(page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)"))


def wait_to_be_sealed(page: Page) -> None:
    """Wait until what was typed last is kept."""
    page.wait_for_function("Object.keys(localStorage).some((name) => name.startsWith('doorward.sealed.'))")


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
    wait_to_be_sealed(desk)
    assert "Between you and me" not in kept(desk)
    end_sessions(house, halden, desk)
    sign_in(desk, username="jonas")
    desk.goto(f"/desk/conversations/{customer.conversation_id}")
    expect(desk.get_by_role("textbox", name="Your reply")).to_be_hidden()
    assert "Between you and me" not in kept(desk)
    assert "Between you and me" not in desk.content()


def test_signing_out_forgets_drafts(desk: Page) -> None:
    """Nothing that was written stays in the browser after signing out."""
    desk.keyboard.type("Not for the next one")
    wait_to_be_sealed(desk)
    desk.get_by_role("banner").get_by_text("Mira Castellan", exact=True).click()
    desk.get_by_role("button", name="Sign out").click()
    expect(desk.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "Not for the next one" not in kept(desk)
    assert "doorward.sealed" not in kept(desk)


def open_profile(chromium: Browser, url: str, folder: Path) -> BrowserContext:
    """Open a browser that keeps what it knows in a folder."""
    wishes: dict[str, Any] = {"executable_path": browser_program(), "args": QUIET, "base_url": url}
    return chromium.browser_type.launch_persistent_context(folder, locale="en-GB", **wishes)


def kill_browser(folder: Path) -> None:
    """Kill the browser of a folder as a loss of power would: it writes nothing any more."""
    for about in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = about.read_bytes().split(b"\0")
            if f"--user-data-dir={folder}".encode() in words and not any(one.startswith(b"--type=") for one in words):
                os.kill(int(about.parent.name), signal.SIGKILL)


def on_disk(folder: Path) -> bytes:
    """Return what the browser has written of the pages' own storage."""
    files = [one for kind in ("Local Storage", "Session Storage") for one in (folder / "Default" / kind).rglob("*")]
    return b"".join(one.read_bytes() for one in files if one.is_file())


def test_a_draft_survives_a_killed_browser(
    chromium: Browser, url: str, customer: WebVisitor, guests: Guests, tmp_path: Path
) -> None:
    """Nothing readable lies on the disk, and after signing in again the words are back."""
    guests.member("mira").post(f"/api/v1/conversations/{customer.conversation_id}/take").raise_for_status()
    first = open_profile(chromium, url, tmp_path)
    page = sign_in(first.new_page(), username="mira")
    page.goto(f"/desk/conversations/{customer.conversation_id}")
    page.get_by_role("textbox", name="Your reply").fill("Between crash and morning")
    wait_to_be_sealed(page)
    page.goto("about:blank")  # the browser writes it down
    for _ in range(300):
        if b"doorward.sealed." in on_disk(tmp_path):
            break
        page.wait_for_timeout(100)
    assert b"doorward.sealed." in on_disk(tmp_path)
    assert b"Between crash" not in on_disk(tmp_path)
    assert "Between crash".encode("utf-16-le") not in on_disk(tmp_path)
    kill_browser(tmp_path)
    with contextlib.suppress(Error):
        first.close()
    second = open_profile(chromium, url, tmp_path)
    page = sign_in(second.new_page(), username="mira")
    page.goto(f"/desk/conversations/{customer.conversation_id}")
    expect(page.get_by_role("textbox", name="Your reply")).to_have_value("Between crash and morning")
    second.close()


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
