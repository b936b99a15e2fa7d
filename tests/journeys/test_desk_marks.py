"""Putting conversations in order in the browser, by the keyboard alone: views, filters, labels, fields, sleep, bulk."""

import re
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from doorward import workspace
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from doorward.workspace import Attribute, Label, Piece, PieceName, Status
from tests.support.browsing import LOADED, OpenContext, follow, on_sqlite, open_palette, sign_in, tab_to, violations
from tests.support.server import Guests, WebVisitor

pytestmark = pytest.mark.browser

PIECES: dict[str, Piece] = {
    "refund": Label(name="Refund", colour="green"),
    "complaint": Label(name="Complaint", colour="red"),
    "supplier": Status(name="With the supplier"),
    "branch": Attribute(name="Branch", holds="choice", choices=("North", "South")),
    "loss": Attribute(name="Loss in euros", holds="number"),
}


@pytest.fixture
def pieces(house: House, halden: Tenant) -> None:
    """A company with labels, a status and fields."""
    scope = system_scope(halden.id, "test")
    for key, piece in PIECES.items():
        house.transactions.write(scope, partial(workspace.put_piece, scope=scope, name=PieceName(key), piece=piece))


@pytest.fixture
def desk(open_context: OpenContext, pieces: None) -> Page:
    """Mira's desk, with the inbox open."""
    return sign_in(open_context(timezone_id="Europe/Istanbul").new_page(), username="mira")


@pytest.fixture
def visitors(guests: Guests, halden: Tenant) -> list[WebVisitor]:
    """Three customers with the assistant, the last of whom waits for a person."""
    found = []
    for text in ("Hello, I need help with my card", "Where is my parcel?", "Hello, I have a question"):
        visitor = guests.visitor(halden)
        visitor.say(text)
        visitor.wait_for_answer()
        found.append(visitor)
    found[-1].ask_for_person()
    return found


def open_conversation(page: Page, visitor: WebVisitor) -> None:
    """Go to a visitor's conversation."""
    page.goto(f"/desk/conversations/{visitor.conversation_id}")


@on_sqlite
def test_a_conversation_is_put_in_order_by_keys(desk: Page, visitors: list[WebVisitor]) -> None:
    """The label is typed, the rest chosen; all of it stands in the head, and in words in the timeline."""
    open_conversation(desk, visitors[0])
    marks, head = desk.get_by_role("region", name="Organise"), desk.locator(".talk-facts")
    desk.keyboard.press("l")
    expect(marks.get_by_role("combobox", name="Add a label")).to_be_focused()
    desk.keyboard.type("refund")
    desk.keyboard.press("Enter")
    expect(head.get_by_text("Refund")).to_be_visible()
    expect(marks.get_by_role("combobox", name="Add a label")).to_be_focused()
    expect(marks.get_by_role("combobox", name="Add a label")).to_have_value("")
    desk.keyboard.type("nonsense")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("alert").filter(has_text="There is no label “nonsense”.")).to_be_visible()
    marks.get_by_role("combobox", name="Add a label").press("Tab")
    desk.keyboard.press("p")
    expect(marks.get_by_label("Priority")).to_be_focused()
    desk.keyboard.type("Urg")
    desk.keyboard.press("Tab")
    desk.keyboard.type("With")
    tab_to(desk, marks.get_by_role("button", name="Save priority and status"))
    desk.keyboard.press("Enter")
    expect(head.get_by_text("Urgent")).to_be_visible()
    expect(head.get_by_text("With the supplier")).to_be_visible()
    events = desk.get_by_role("region", name="What happened")
    expect(events.get_by_text("Mira Castellan added the label Refund")).to_be_visible()
    expect(events.get_by_text("set the priority to Urgent")).to_be_visible()
    expect(events.get_by_text("set the status to With the supplier")).to_be_visible()
    assert violations(desk) == []


@on_sqlite
def test_fields_hold_what_they_hold(desk: Page, visitors: list[WebVisitor]) -> None:
    """A choice is chosen, a number written; what a field does not hold is said, and changes nothing."""
    open_conversation(desk, visitors[0])
    marks = desk.get_by_role("region", name="Organise")
    tab_to(desk, marks.get_by_label("Branch"), most=60)
    desk.keyboard.type("Sou")
    desk.keyboard.press("Tab")
    desk.keyboard.type("a lot")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("“Loss in euros” does not hold this. Nothing was changed.")).to_be_visible()
    marks.get_by_label("Loss in euros").press("Control+a")
    desk.keyboard.type("12.50")
    desk.keyboard.press("Enter")
    events = desk.get_by_role("region", name="What happened")
    expect(events.get_by_text("Mira Castellan changed Branch, Loss in euros")).to_be_visible()
    expect(marks.get_by_label("Loss in euros")).to_have_value("12.5")
    expect(marks.get_by_label("Branch")).to_have_value("South")


@on_sqlite
def test_a_conversation_sleeps_until_the_reader_s_morning(
    desk: Page, visitors: list[WebVisitor], guests: Guests
) -> None:
    """`z` opens the choices; eight in the morning is where the browser is, and the customer's next word wakes it."""
    open_conversation(desk, visitors[0])
    desk.keyboard.press("z")
    expect(desk.get_by_role("button", name="For an hour")).to_be_focused()
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.locator(".talk-facts").get_by_text("Asleep until")).to_be_visible()
    card = guests.member("mira").get(f"/api/v1/conversations/{visitors[0].conversation_id}").json()["card"]
    assert "T05:00:00" in card["snoozed_until"]
    visitors[0].say("Are you still there?")
    expect(desk.locator(".talk-facts").get_by_text("Asleep until")).to_have_count(0)


@on_sqlite
def test_many_are_changed_at_once_and_it_is_undone(desk: Page, visitors: list[WebVisitor]) -> None:
    """`x` picks rows, one press labels them, the sentence says what changed, and Undo takes it back."""
    follow(desk, desk.get_by_role("link", name=re.compile("^All open")))
    rows = desk.locator(".row")
    expect(rows).to_have_count(3)
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    expect(desk.get_by_text("2 picked")).to_be_visible()
    bar = desk.get_by_role("form", name="Bulk action")
    bar.locator("summary", has_text="Labels").press("Enter")
    bar.get_by_label("Labels").press_sequentially("Complaint")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("2 conversations changed.")).to_be_visible()
    expect(rows.get_by_text("Complaint")).to_have_count(2)
    expect(desk.get_by_text("Pick conversations, or press x on one")).to_be_visible()
    assert violations(desk) == []
    desk.keyboard.press("u")
    expect(desk.get_by_text("Undone in 2 conversations.")).to_be_visible()
    expect(rows.get_by_text("Complaint")).to_have_count(0)


@on_sqlite
def test_what_could_not_be_changed_is_said(desk: Page, visitors: list[WebVisitor], guests: Guests) -> None:
    """All that are shown are resolved but a colleague's, which is named with the reason."""
    jonas = guests.member("jonas")
    jonas.post(f"/api/v1/conversations/{visitors[0].conversation_id}/take").raise_for_status()
    follow(desk, desk.get_by_role("link", name=re.compile("^All open")))
    desk.keyboard.press("Shift+X")
    expect(desk.get_by_text("3 picked")).to_be_visible()
    desk.get_by_role("button", name="Resolve").press("Enter")
    expect(desk.get_by_text("2 conversations changed. 1 could not be changed:")).to_be_visible()
    expect(desk.get_by_text("it is not with you")).to_be_visible()
    expect(desk.locator(".row")).to_have_count(1)


@on_sqlite
def test_a_list_is_narrowed_and_kept_as_a_view(desk: Page, visitors: list[WebVisitor], guests: Guests) -> None:
    """Filters are written, kept under a name with a live count, changed and removed; what is not known is said."""
    follow(desk, desk.get_by_role("link", name=re.compile("^All open")))
    expect(desk.get_by_role("heading", name="All open", level=2)).to_be_visible()
    desk.evaluate(LOADED)
    desk.keyboard.press("/")
    desk.keyboard.type("colour:red")
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    expect(desk.get_by_text("There is no filter “colour”.")).to_be_visible()
    desk.keyboard.press("/")
    desk.keyboard.press("Control+a")
    desk.keyboard.type("state:waiting lang:en")
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    expect(desk.locator(".row")).to_have_count(1)
    desk.get_by_text("Save this view…").press("Enter")
    desk.get_by_role("textbox", name="Name", exact=True).press_sequentially("English, waiting")
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    link = desk.get_by_role("link", name=re.compile("^English, waiting"))
    expect(link).to_have_attribute("aria-current", "page")
    expect(link).to_have_text(re.compile("1$"))
    guests.member("jonas").post(f"/api/v1/conversations/{visitors[2].conversation_id}/take").raise_for_status()
    expect(link).to_have_text(re.compile("0$"))
    desk.get_by_text("Change this view…").press("Enter")
    desk.get_by_role("textbox", name="Name", exact=True).press("Control+a")
    desk.keyboard.type("English")
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="English", level=2)).to_be_visible()
    desk.get_by_text("Change this view…").press("Enter")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Remove view").press("Enter")
    expect(desk.get_by_role("link", name=re.compile("^English"))).to_have_count(0)
    assert violations(desk) == []


@on_sqlite
def test_what_was_not_seen_is_marked(desk: Page, visitors: list[WebVisitor]) -> None:
    """Until the conversation was opened; what is said while it is open has been seen."""
    follow(desk, desk.get_by_role("link", name=re.compile("^All open")))
    expect(desk.locator("#inbox").get_by_text("Unread")).to_have_count(3)
    open_conversation(desk, visitors[0])
    visitors[0].say("Is anybody there?")
    expect(desk.locator(".line-customer")).to_have_count(2)
    desk.goto("/desk/?show=all")
    expect(desk.locator("#inbox").get_by_text("Unread")).to_have_count(2)


@on_sqlite
def test_fields_are_reached_by_the_palette(desk: Page, visitors: list[WebVisitor]) -> None:
    """What a key does the palette does too."""
    open_conversation(desk, visitors[0])
    open_palette(desk)
    desk.keyboard.type("add a label")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("combobox", name="Add a label")).to_be_focused()
