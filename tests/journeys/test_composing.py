"""What is written at the desk, by keyboard alone: replies at once, undone and later; notes; tasks; canned replies."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from doorward import workspace
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from doorward.workspace import CannedReply, PieceName
from tests.support.browsing import OpenContext, on_sqlite, open_palette, sign_in, tab_to, violations
from tests.support.reader import faults_of_tree
from tests.support.server import Guests, WebVisitor

pytestmark = pytest.mark.browser


CARD = "4242 4242 4242 4242"


@pytest.fixture
def customer(guests: Guests, halden: Tenant) -> WebVisitor:
    """Somebody whose conversation Mira has."""
    visitor = guests.visitor(halden)
    visitor.say("Hello, I need help with my card")
    visitor.ask_for_person()
    guests.member("mira").post(f"/api/v1/conversations/{visitor.conversation_id}/take").raise_for_status()
    return visitor


def open_talk(
    open_context: OpenContext, customer: WebVisitor, *, username: str = "mira", scheme: str = "light"
) -> Page:
    """Open the customer's conversation."""
    page = sign_in(open_context(color_scheme=scheme).new_page(), username=username)
    page.goto(f"/desk/conversations/{customer.conversation_id}")
    return page


def test_programs_write_notes_tasks_and_replies_that_wait(guests: Guests, customer: WebVisitor) -> None:
    """All of it by the API: nothing of it is told to the customer, and what cannot be is refused in its own way."""
    mira, address = guests.member("mira"), f"/api/v1/conversations/{customer.conversation_id}"
    jonas = guests.member("jonas").get("/api/v1/me").json()["staff_id"]
    note = mira.post(f"{address}/notes", json={"text": f"His card is {CARD}", "mentions": [jonas]})
    assert (note.status_code, note.json()["author"], note.json()["mentions"]) == (201, "note", [jonas])
    assert CARD not in note.text
    task = mira.post(f"{address}/tasks", json={"text": "Call the branch", "due_at": "2030-01-01T09:00:00+02:00"})
    assert (task.status_code, task.json()["due_at"]) == (201, "2030-01-01T07:00:00Z")
    done = mira.patch(f"{address}/tasks/{task.json()['task_id']}", json={"done": True})
    assert done.json()["done_at"] is not None
    assert mira.get("/api/v1/tasks").json()["items"] == []
    later = mira.post(f"{address}/scheduled", json={"text": "Good morning", "send_at": "2020-01-01T09:00:00Z"})
    assert (later.status_code, later.json()["code"]) == (400, "malformed")
    soon = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    kept = mira.post(f"{address}/scheduled", json={"text": "Good morning", "send_at": soon})
    assert [one["text"] for one in mira.get(f"{address}/scheduled").json()["items"]] == ["Good morning"]
    taken = [mira.delete(f"{address}/scheduled/{kept.json()['message_id']}") for _ in range(2)]
    assert [one.status_code for one in taken] == [200, 409]
    assert taken[0].json() == {"text": "Good morning"}
    told = str(customer.entries())
    assert not any(word in told for word in ("card is", "Call the branch", "Good morning", jonas))
    assert "author': 'note" not in told


@on_sqlite
def test_a_reply_is_undone_before_it_is_sent(open_context: OpenContext, customer: WebVisitor) -> None:
    """Sent by keys, taken back by a key: the words are in the field again, and the customer never sees them."""
    page = open_talk(open_context, customer)
    page.keyboard.press("r")
    page.keyboard.type("Half a thougth")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Undo sending")).to_be_visible()
    field = page.get_by_role("textbox", name="Your reply")
    expect(field).to_have_value("")
    field.blur()
    page.keyboard.press("u")
    expect(field).to_have_value("Half a thougth")
    expect(field).to_be_focused()
    field.fill("A whole thought")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#lines")).to_contain_text("A whole thought")
    expect(page.get_by_role("button", name="Undo sending")).to_have_count(0)
    assert [line["text"] for line in customer.entries()["entries"] if line["author"] == "agent"] == ["A whole thought"]


@on_sqlite
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_note_names_a_colleague(open_context: OpenContext, customer: WebVisitor, scheme: str) -> None:
    """A key opens the box, an at sign offers colleagues; the note stands in the conversation, for staff alone."""
    page = open_talk(open_context, customer, scheme=scheme)
    page.keyboard.press("n")
    field = page.get_by_role("textbox", name="Note for colleagues")
    expect(field).to_be_focused()
    page.keyboard.type("Please look @jon")
    expect(page.get_by_role("listbox", name="Colleagues").get_by_role("option")).to_have_count(1)
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(field).to_have_value("Please look Jonas Wiegand ")
    tab_to(page, page.get_by_role("button", name="Keep the note"))
    page.keyboard.press("Enter")
    note = page.locator(".line-note")
    expect(note).to_contain_text("Please look Jonas Wiegand")
    expect(note).to_contain_text("For Jonas Wiegand")
    expect(note).to_contain_text("Mira Castellan")
    expect(page.locator("#note-box > summary")).to_be_focused()
    assert violations(page) == []
    assert faults_of_tree(page) == []
    assert not any("Please look" in line["text"] for line in customer.entries()["entries"])


@on_sqlite
def test_a_reply_is_sent_later_or_not_at_all(open_context: OpenContext, customer: WebVisitor) -> None:
    """A time that has passed is refused and nothing is lost; one to come waits in sight, and is taken back."""
    page = open_talk(open_context, customer)
    page.keyboard.press("r")
    page.keyboard.type("Good morning")
    tab_to(page, page.locator("summary", has_text="Send later"))
    page.keyboard.press("Enter")
    when = page.locator("#later-at")
    when.fill("2020-01-01T09:00")
    tab_to(page, page.get_by_role("button", name="Send at that time"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("a day and a time to come")
    expect(page.get_by_role("textbox", name="Your reply")).to_have_value("Good morning")
    page.evaluate("document.querySelector('#reply details').open = true")
    when.fill(page.evaluate("new Date(Date.now() + 864e5).toISOString().slice(0, 16)"))
    page.get_by_label("Not if the customer writes before").check()
    page.get_by_role("button", name="Send at that time").press("Enter")
    waiting = page.get_by_role("list", name="Replies that wait to be sent")
    expect(waiting).to_contain_text("Good morning")
    expect(waiting).to_contain_text("Not sent if the customer writes before.")
    assert violations(page) == []
    waiting.get_by_role("button", name="Do not send").press("Enter")
    expect(waiting).to_have_count(0)
    expect(page.get_by_role("textbox", name="Your reply")).to_have_value("Good morning")


@on_sqlite
def test_a_task_is_added_and_done(open_context: OpenContext, customer: WebVisitor) -> None:
    """From the palette, by keyboard; done it is crossed out, and can be undone."""
    page = open_talk(open_context, customer)
    page.keyboard.press("f")
    expect(page.get_by_label("What is to be done?")).to_be_focused()
    page.keyboard.type("Call the branch in Leeds")
    page.keyboard.press("Enter")
    panel = page.get_by_role("region", name="To do")
    expect(panel.locator(".task")).to_contain_text("Call the branch in Leeds")
    expect(panel.locator(".task")).to_contain_text("Mira Castellan")
    panel.get_by_role("button", name="Done Call the branch in Leeds").press("Enter")
    expect(panel.locator(".task-done")).to_have_count(1)
    panel.get_by_role("button", name="Not done after all Call the branch in Leeds").press("Enter")
    expect(panel.locator(".task-done")).to_have_count(0)
    assert violations(page) == []
    assert faults_of_tree(page) == []


@on_sqlite
def test_a_slash_brings_a_canned_reply(
    open_context: OpenContext, customer: WebVisitor, house: House, halden: Tenant
) -> None:
    """In the customer's language, with its places filled in; what is no place of ours stays."""
    scope = system_scope(halden.id, "test")
    piece = CannedReply(
        name="Greeting", shortcut="hello", texts={"en": "Hello, {agent} of {company} here. {unknown}", "de": "Hallo"}
    )
    house.transactions.write(scope, lambda tx: workspace.put_piece(tx, scope, PieceName("hello"), piece))
    page = open_talk(open_context, customer)
    page.keyboard.press("r")
    page.keyboard.type("/hel")
    expect(page.get_by_role("listbox", name="Canned replies").get_by_role("option")).to_have_count(1)
    assert violations(page) == []
    page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="Your reply")
    expect(field).to_have_value("Hello, Mira Castellan of Halden Bank here. {unknown}")
    page.keyboard.type(" and/or /nothing")
    expect(page.get_by_role("listbox", name="Canned replies")).to_be_hidden()
    open_palette(page)
