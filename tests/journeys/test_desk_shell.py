"""The frame of the desk: ways by role, the command palette, keys, preferences, and being told."""

import re

import pytest
from playwright.sync_api import Page, expect

from doorward.identity import Tenant
from tests.support.browsing import LOADED, OpenContext, agree, on_sqlite, open_palette, sign_in, violations
from tests.support.server import Guests

pytestmark = [pytest.mark.browser, on_sqlite]


@pytest.fixture
def desk(open_context: OpenContext) -> Page:
    """Mira's desk, with the inbox open."""
    return sign_in(open_context().new_page(), username="mira")


def ways(page: Page) -> set[str]:
    """Return where the navigation leads to."""
    links = page.get_by_role("navigation", name="Pages").get_by_role("link").all()
    return {str(link.get_attribute("href")) for link in links}


def test_everybody_is_offered_what_their_role_allows(desk: Page, open_context: OpenContext) -> None:
    """An agent sees neither settings nor audit; an administrator sees both."""
    assert {"/desk/", "/desk/knowledge", "/desk/senders"} <= ways(desk)
    assert not {"/desk/settings", "/desk/audit"} & ways(desk)
    admin = sign_in(open_context().new_page(), username="admin")
    assert {"/desk/settings", "/desk/audit"} <= ways(admin)


def test_ways_fold_away_on_a_narrow_screen(open_context: OpenContext) -> None:
    """At 390 pixels the navigation opens over the page by the keyboard, closes by Escape, and gives the focus back."""
    page = sign_in(open_context(viewport={"width": 390, "height": 844}).new_page(), username="mira")
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    button = page.get_by_role("button", name="Pages")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Outbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Outbox")).to_be_hidden()
    expect(button).to_be_focused()


def test_the_palette_goes_places_by_keyboard_alone(desk: Page) -> None:
    """Ctrl+K, some letters, Enter: the page changes; the field keeps the focus and names what is chosen."""
    open_palette(desk)
    desk.keyboard.type("outb")
    options = desk.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_count(1)
    expect(options).to_have_attribute("aria-selected", "true")
    field = desk.get_by_role("combobox", name="Go somewhere or do something")
    assert field.get_attribute("aria-activedescendant") == options.get_attribute("id")
    expect(field).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Outbox")).to_be_visible()


def test_the_palette_chooses_with_the_arrows(desk: Page) -> None:
    """The arrows go through the list and around its ends; Escape closes it and gives the focus back."""
    desk.get_by_role("link", name="Outbox").focus()
    open_palette(desk)
    chosen = desk.locator("[role=option][aria-selected=true]")
    first = chosen.inner_text()
    desk.keyboard.press("ArrowDown")
    assert chosen.inner_text() != first
    desk.keyboard.press("ArrowUp")
    assert chosen.inner_text() == first
    desk.keyboard.press("ArrowUp")
    expect(chosen).to_contain_text("Sign out")
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("link", name="Outbox")).to_be_focused()


def test_the_palette_finds_recent_conversations(desk: Page, guests: Guests, halden: Tenant) -> None:
    """What a customer said, masked, leads to their conversation."""
    customer = guests.visitor(halden)
    customer.say("My umbrella card 4242 4242 4242 4242 is wet")
    open_palette(desk)
    desk.keyboard.type("umbrella")
    option = desk.get_by_role("option", name=re.compile("CARD·4242"))
    expect(option).to_be_visible()
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/desk/conversations/{customer.conversation_id}")


def test_the_palette_offers_what_the_page_offers(desk: Page, guests: Guests, halden: Tenant) -> None:
    """At a conversation its own buttons stand in the palette, and choosing one presses it; elsewhere they do not."""
    visitor = guests.visitor(halden)
    visitor.say("My parcel never came")
    visitor.ask_for_person()
    here = desk.get_by_role("group", name="On this page")
    desk.goto("/desk/preferences")
    open_palette(desk)
    expect(here).to_have_count(0)
    desk.keyboard.press("Escape")
    desk.goto(f"/desk/conversations/{visitor.conversation_id}")
    open_palette(desk)
    offered = ["Take over", "Macro", "Block this sender", "Add a label", "Priority", "Let it sleep"]
    offered += ["Customer at a glance", "Open the customer's file", "Export as text", "Merge", "Split"]
    expect(here.get_by_role("option")).to_have_text([re.compile(one) for one in offered])
    assert violations(desk) == []
    desk.keyboard.type("take over")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("You have this conversation.")).to_be_visible()
    open_palette(desk)
    desk.keyboard.type("hand back")
    desk.keyboard.press("Enter")
    agree(desk, "Hand back")
    expect(desk.get_by_text("The assistant has this conversation.")).to_be_visible()


def test_whoever_is_away_reads_so_in_the_inbox(desk: Page) -> None:
    """The inbox says why nobody comes, until its reader is available."""
    away = desk.get_by_text("You are not available at the moment")
    expect(away).to_be_visible()
    assert violations(desk) == []
    desk.get_by_role("switch", name="Available").press("Enter")
    expect(away).to_have_count(0)


def test_the_palette_acts(desk: Page) -> None:
    """Presence, colours and language change from the palette; nothing found says so."""
    open_palette(desk)
    desk.keyboard.type("available and away")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("switch")).to_have_attribute("aria-checked", "true")
    open_palette(desk)
    desk.keyboard.type("xyzzy")
    expect(desk.get_by_text("Nothing found. Try another word.")).to_be_visible()
    desk.keyboard.press("Escape")
    open_palette(desk)
    desk.keyboard.type("dark")
    desk.keyboard.press("Enter")
    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")
    open_palette(desk)
    desk.keyboard.type("turkce")
    desk.keyboard.press("Enter")
    expect(desk.locator("html")).to_have_attribute("lang", "tr")


def test_single_keys_work_through_the_inbox(desk: Page, guests: Guests, halden: Tenant) -> None:
    """J and k go through the list, Enter opens, t takes over and leads to the reply, g i goes back."""
    for _ in range(2):
        guests.visitor(halden).ask_for_person()
    rows = desk.locator(".row-link")
    expect(rows).to_have_count(2)
    desk.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    desk.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    desk.keyboard.press("k")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="Take over")).to_be_visible()
    desk.evaluate(LOADED)
    desk.keyboard.press("t")
    reply = desk.get_by_role("textbox", name="Your reply")
    expect(reply).to_be_focused()
    desk.keyboard.type("get jets g i ?")
    expect(reply).to_have_value("get jets g i ?")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".line-agent .line-text")).to_have_text("get jets g i ?")
    desk.get_by_role("link", name="Outbox").focus()
    desk.keyboard.press("r")
    expect(reply).to_be_focused()
    desk.get_by_role("link", name="Outbox").focus()
    desk.keyboard.press("e")
    agree(desk, "Resolve")
    expect(desk.get_by_text("This conversation is resolved.")).to_be_visible()
    desk.keyboard.press("g")
    desk.keyboard.press("i")
    expect(desk.get_by_role("heading", name="Inbox", level=1)).to_be_visible()


def test_the_keyboard_map_opens_and_is_accessible(desk: Page) -> None:
    """`?` shows what the keys do; with it open no other key does anything, and axe-core finds no fault in it."""
    desk.keyboard.press("?")
    keys = desk.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_be_visible()
    expect(keys.get_by_text("Take over")).to_be_visible()
    desk.keyboard.press("g")
    desk.keyboard.press("o")
    expect(keys).to_be_visible()
    assert violations(desk) == []
    desk.keyboard.press("Escape")
    open_palette(desk)
    assert violations(desk) == []


def test_a_key_pressed_right_behind_the_palette_is_heard(desk: Page) -> None:
    """Until the page is drawn anew, the closed palette's field has the focus: nobody types into it."""
    open_palette(desk)
    desk.evaluate("""() => {
        document.getElementById("palette").close();
        const key = new KeyboardEvent("keydown", { key: "?", bubbles: true, cancelable: true });
        document.getElementById("palette-input").dispatchEvent(key);
    }""")
    expect(desk.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_single_keys_can_be_switched_off(desk: Page) -> None:
    """Switched off, single keys do nothing any more (WCAG 2.1.4); the palette still opens; density holds as well."""
    desk.goto("/desk/preferences")
    desk.get_by_role("checkbox", name="Use single keys").uncheck()
    desk.get_by_role("radio", name="Compact").check()
    desk.get_by_role("checkbox", name="Play a short sound").check()
    desk.get_by_role("button", name="Save preferences").click()
    expect(desk.get_by_text("Saved.")).to_be_visible()
    expect(desk.locator("html")).to_have_attribute("data-density", "compact")
    expect(desk.get_by_role("checkbox", name="Play a short sound")).to_be_checked()
    desk.goto("/desk/")
    desk.keyboard.press("?")
    desk.keyboard.press("g")
    desk.keyboard.press("o")
    open_palette(desk)
    expect(desk).to_have_url(re.compile("/desk/$"))
    expect(desk.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()


def test_preferences_work_without_scripts(open_context: OpenContext) -> None:
    """The form alone keeps what was chosen."""
    page = sign_in(open_context(java_script_enabled=False).new_page(), username="mira")
    page.goto("/desk/preferences")
    page.locator("#language").select_option("id")
    page.get_by_role("radio", name="Compact").check()
    page.get_by_role("button", name="Save preferences").click()
    expect(page.locator("html")).to_have_attribute("lang", "id")
    expect(page.locator("html")).to_have_attribute("data-density", "compact")


def test_news_is_told_and_never_takes_the_focus(desk: Page, guests: Guests, halden: Tenant) -> None:
    """Whoever begins to wait is counted in the title and the navigation; the focus stays where it was, and no sound is
    played unless it was asked for.
    """
    desk.goto("/desk/outbox")
    link = desk.get_by_role("link", name="Outbox")
    link.focus()
    guests.visitor(halden).ask_for_person()
    expect(desk).to_have_title(re.compile(r"^\(1\) Outbox"))
    expect(desk.get_by_role("status")).to_have_text("1 customer is waiting for a person")
    expect(desk.get_by_role("link", name="Inbox")).to_contain_text("1")
    expect(link).to_be_focused()
    expect(desk.locator("body")).not_to_have_attribute("data-played", "1")


def test_a_sound_is_played_when_it_was_asked_for(desk: Page, guests: Guests, halden: Tenant) -> None:
    """With the sound on, news is heard once, made on the spot."""
    desk.goto("/desk/preferences")
    desk.get_by_role("checkbox", name="Play a short sound").check()
    desk.get_by_role("button", name="Save preferences").click()
    expect(desk.get_by_text("Saved.")).to_be_visible()
    guests.visitor(halden).ask_for_person()
    expect(desk.locator("body")).to_have_attribute("data-played", "1")


def test_desktop_notifications_are_asked_for_by_a_click_alone(open_context: OpenContext) -> None:
    """No page asks by itself; the button does, and the page says how it stands."""
    context = open_context()
    context.add_init_script(
        "window.asked = 0; let state = 'default';"
        "Object.defineProperty(Notification, 'permission', { get: () => state });"
        "Notification.requestPermission = async () => { window.asked += 1; state = 'granted'; return state; };"
    )
    page = sign_in(context.new_page(), username="mira")
    page.goto("/desk/preferences")
    assert page.evaluate("window.asked") == 0
    page.get_by_role("button", name="Allow desktop notifications").click()
    expect(page.get_by_text("Desktop notifications are on in this browser.")).to_be_visible()
    assert page.evaluate("window.asked") == 1
