"""The supervisor's desk by the keyboard alone: the wallboard, reading along, whispering."""

import pytest
from playwright.sync_api import Page, expect

from doorward.identity import Tenant
from tests.support.browsing import (
    LOADED,
    OpenContext,
    agree,
    on_sqlite,
    sign_in,
    violations,
    violations_in_both_schemes,
)
from tests.support.reading import reading
from tests.support.server import Guests, WebVisitor


@pytest.fixture
def visitor(guests: Guests, halden: Tenant) -> WebVisitor:
    """Somebody who waits for a person."""
    found = guests.visitor(halden)
    found.ask_for_person()
    return found


def live(page: Page) -> Page:
    """Return the page once it hears what happens."""
    expect(page.locator("body")).to_have_attribute("data-connection", "live")
    return page


@pytest.mark.browser
@on_sqlite
def test_the_wallboard_shows_what_is_and_fills_the_screen(
    open_context: OpenContext, guests: Guests, halden: Tenant, visitor: WebVisitor
) -> None:
    """`g l` goes there; who comes in shows by itself; `v` clears everything else away and brings it back."""
    page = sign_in(open_context().new_page(), username="nadia")
    page.evaluate(LOADED)
    page.keyboard.press("g")
    with page.expect_navigation():
        page.keyboard.press("l")
    expect(page.get_by_role("heading", name="Wallboard", level=1)).to_be_visible()
    live(page)
    queue = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="default"))
    expect(queue.get_by_role("cell").first).to_have_text("1")
    assert violations_in_both_schemes(page) == []
    guests.visitor(halden).ask_for_person()
    expect(queue.get_by_role("cell").first).to_have_text("2")
    guests.member("jonas").post(f"/api/v1/conversations/{visitor.conversation_id}/take").raise_for_status()
    expect(queue.get_by_role("cell").last).to_have_text("1")
    page.keyboard.press("v")
    expect(page.get_by_role("banner")).to_be_hidden()
    expect(queue.get_by_role("cell").first).to_be_visible()
    page.keyboard.press("v")
    expect(page.get_by_role("banner")).to_be_visible()


@pytest.mark.browser
@on_sqlite
def test_a_supervisor_reads_along_and_whispers(open_context: OpenContext, guests: Guests, visitor: WebVisitor) -> None:
    """The agent sees that somebody reads along and what is whispered to them, at once; the customer sees nothing."""
    address = f"/desk/conversations/{visitor.conversation_id}"
    jonas = sign_in(open_context().new_page(), username="jonas")
    guests.member("jonas").post(f"/api/v1/conversations/{visitor.conversation_id}/take").raise_for_status()
    jonas.goto(address)
    live(jonas)
    nadia = sign_in(open_context().new_page(), username="nadia")
    nadia.goto(address)
    live(nadia)
    expect(jonas.get_by_role("status").get_by_text("is reading along.")).to_be_visible()
    nadia.keyboard.press("w")
    expect(nadia.get_by_role("textbox", name="Whisper to Jonas Wiegand")).to_be_focused()
    nadia.keyboard.type("Offer the refund")
    nadia.keyboard.press("Tab")
    nadia.keyboard.press("Enter")
    expect(jonas.locator("#whisper")).to_contain_text("Offer the refund")
    assert violations(jonas) == []
    assert violations(nadia) == []
    assert "Offer the refund" not in visitor.heard()
    nadia.keyboard.press("Escape")
    nadia.locator("#standing").focus()
    nadia.keyboard.press("t")
    agree(nadia, "Take over")
    expect(nadia.get_by_role("textbox", name="Your reply")).to_be_focused()
    expect(jonas.get_by_text("Nadia Orlova has this conversation.")).to_be_visible()


def test_the_wallboard_is_for_who_may(guests: Guests, visitor: WebVisitor) -> None:
    """By program too; an agent has neither page nor figures, and may not whisper; no script is needed."""
    nadia, jonas = guests.member("nadia"), guests.member("jonas")
    board = nadia.get("/api/v1/wallboard").json()
    assert [one["waiting"] for one in board["queues"] if one["name"] == "default"] == [1]
    assert "Longest wait" in nadia.get("/desk/wallboard").text
    assert jonas.get("/desk/wallboard").status_code == 403
    assert jonas.get("/api/v1/wallboard").status_code == 403
    address = f"/api/v1/conversations/{visitor.conversation_id}/whispers"
    assert jonas.post(address, json={"text": "psst"}).status_code == 403
    assert nadia.post(address, json={"text": "psst"}).status_code == 409
    jonas.post(f"/api/v1/conversations/{visitor.conversation_id}/take").raise_for_status()
    told = nadia.post(address, json={"text": "psst"}, headers={"idempotency-key": "one"})
    assert (told.status_code, told.json()["whispered"]) == (201, True)
    again = nadia.post(address, json={"text": "psst"}, headers={"idempotency-key": "one"})
    assert again.json() == told.json()


def test_only_who_may_reads_along(guests: Guests, visitor: WebVisitor) -> None:
    """The agent is told of a supervisor's look and of no other colleague's; the audit keeps that they read along."""
    jonas, mira, nadia = (guests.member(one) for one in ("jonas", "mira", "nadia"))
    jonas.post(f"/api/v1/conversations/{visitor.conversation_id}/take").raise_for_status()
    address = f"/desk/conversations/{visitor.conversation_id}"
    assert nadia.get(address).status_code == 200
    with reading(jonas, f"/desk/stream?conversation={visitor.conversation_id}") as stream:
        stream.next("conversation")
        for member in (mira, nadia):
            form = {"csrf": member.headers["x-csrf-token"]}
            assert member.post(f"{address}/looking", data=form).status_code == 204
        told = stream.next("looking")["data"]
    assert (told["who"], told["along"]) == (nadia.get("/desk/session").json()["member"], True)
    audit = guests.member("admin").get("/api/v1/audit", params={"limit": 50}).json()["items"]
    along = [line["actor_id"] for line in audit if line["action"] == "conversation.read_along"]
    assert along == [told["who"]]
    assert 'data-along="yes"' not in mira.get(address).text
    assert "/whispers" not in mira.get(address).text
