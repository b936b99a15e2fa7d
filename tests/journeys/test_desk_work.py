"""What an agent does with a conversation in the browser, while the customer is at the other end."""

import re

import pytest
from playwright.sync_api import APIResponse, Dialog, Page, Route, expect

from doorward.identity import Tenant
from tests.support.browsing import OpenContext, agree, on_sqlite, sign_in, tab_to, violations
from tests.support.reader import faults_of_tree
from tests.support.server import Guests, WebVisitor

pytestmark = pytest.mark.browser

CARD = "4242 4242 4242 4242"


@pytest.fixture
def desk(open_context: OpenContext) -> Page:
    """Mira's desk, with the inbox open."""
    return sign_in(open_context().new_page(), username="mira")


@pytest.fixture
def customer(guests: Guests, halden: Tenant) -> WebVisitor:
    """Somebody who waits for a person."""
    visitor = guests.visitor(halden)
    visitor.say("Hello, I need help with my card")
    visitor.ask_for_person()
    return visitor


def open_conversation(page: Page, customer: WebVisitor) -> None:
    """Go to the customer's conversation."""
    page.goto(f"/desk/conversations/{customer.conversation_id}")


def take_over(page: Page, customer: WebVisitor) -> None:
    """Take the customer's conversation over."""
    open_conversation(page, customer)
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_role("textbox", name="Your reply")).to_be_visible()


def test_a_waiting_customer_appears_by_itself(desk: Page, guests: Guests, halden: Tenant) -> None:
    """The inbox shows who begins to wait without being reloaded, and says so to screen readers."""
    expect(desk.get_by_text("Nobody is waiting.")).to_be_visible()
    visitor = guests.visitor(halden)
    visitor.say("Hello, I need help with my card")
    visitor.ask_for_person()
    waiting = desk.get_by_role("region", name="Waiting")
    expect(waiting.get_by_role("link")).to_have_count(1)
    expect(desk.get_by_role("status")).to_have_text("1 customer is waiting for a person")


def test_an_agent_answers_and_resolves(desk: Page, customer: WebVisitor) -> None:
    """Taken over, answered and resolved in the browser; the customer hears each of it."""
    desk.get_by_role("region", name="Waiting").get_by_role("link").click()
    desk.get_by_role("button", name="Take over").click()
    expect(desk.get_by_text("You have this conversation.")).to_be_visible()
    reply = desk.get_by_role("textbox", name="Your reply")
    reply.fill("Good morning, I am looking into it.")
    reply.press("Control+Enter")
    expect(desk.locator(".line-agent .line-text")).to_have_text("Good morning, I am looking into it.")
    expect(reply).to_have_value("")
    customer.wait_to_hear("Good morning, I am looking into it.")
    desk.get_by_role("button", name="Resolve").click()
    agree(desk, "Resolve")
    expect(desk.get_by_text("This conversation is resolved.")).to_be_visible()
    expect(reply).to_be_hidden()
    assert customer.entries()["state"] == "resolved"


@on_sqlite
def test_a_conversation_is_handed_back(desk: Page, customer: WebVisitor) -> None:
    """Handed back, the assistant has the conversation again and the agent may take it over once more."""
    take_over(desk, customer)
    desk.get_by_role("button", name="Hand back").click()
    agree(desk, "Hand back")
    expect(desk.get_by_role("button", name="Take over")).to_be_visible()
    assert customer.entries()["state"] == "bot"


@on_sqlite
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_asked_first_can_be_dropped_by_keyboard(
    open_context: OpenContext, customer: WebVisitor, scheme: str
) -> None:
    """The safe button has the focus; it and Escape change nothing and give the focus back; the other one does it."""
    page = sign_in(open_context(color_scheme=scheme).new_page(), username="mira")
    take_over(page, customer)
    resolve = page.locator("#conversation").get_by_role("button", name="Resolve")
    asked = page.get_by_role("alertdialog", name="Are you sure?")
    for drop in ("Escape", "Enter"):
        resolve.focus()
        page.keyboard.press("Enter")
        expect(asked).to_have_accessible_description(re.compile("Close this conversation as resolved"))
        expect(asked.get_by_role("button", name="Cancel")).to_be_focused()
        assert violations(page) == []
        assert faults_of_tree(page, within_dialog=True) == []
        page.keyboard.press(drop)
        expect(asked).to_be_hidden()
        expect(resolve).to_be_focused()
    assert customer.entries()["state"] == "human"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(asked.get_by_role("button", name="Resolve")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#standing")).to_have_text("This conversation is resolved.")
    expect(page.locator("#standing")).to_be_focused()
    assert customer.entries()["state"] == "resolved"


@on_sqlite
def test_a_draft_outlives_what_the_customer_writes(desk: Page, customer: WebVisitor) -> None:
    """The transcript grows under the agent's hands; what they are typing, and where, stays as it is."""
    take_over(desk, customer)
    reply = desk.get_by_role("textbox", name="Your reply")
    reply.press_sequentially("Half a sen")
    customer.say("One more thing: it is urgent")
    expect(desk.locator(".line-customer .line-text").last).to_have_text("One more thing: it is urgent")
    expect(desk.get_by_role("status")).to_have_text("New message from the customer")
    expect(reply).to_have_value("Half a sen")
    expect(reply).to_be_focused()
    reply.press_sequentially("tence")
    expect(reply).to_have_value("Half a sentence")


def test_two_agents_cannot_take_one_conversation(desk: Page, customer: WebVisitor, guests: Guests) -> None:
    """Who comes second is told kindly whose it is, and nothing is changed."""
    open_conversation(desk, customer)
    take = desk.get_by_role("button", name="Take over")
    expect(take).to_be_visible()
    # The page of the slower one still shows the button: its refresh is held up.
    desk.route("**/now*", lambda route: route.abort())
    jonas = guests.member("jonas")
    jonas.post(f"/api/v1/conversations/{customer.conversation_id}/take").raise_for_status()
    with desk.expect_response("**/take") as answered:
        take.click()
    assert answered.value.status == 409
    expect(desk.locator("#conversation").get_by_role("alert")).to_be_visible()
    expect(desk.get_by_text("Jonas Wiegand has this conversation.")).to_be_visible()
    expect(take).to_have_count(0)


@on_sqlite
def test_a_refresh_that_an_action_overtook_is_not_shown(desk: Page, customer: WebVisitor) -> None:
    """What the page asked for before an agent took over, and gets only afterwards, takes no field away: asked again."""
    late: list[tuple[Route, APIResponse]] = []

    def hold_first(route: Route) -> None:
        late.append((route, route.fetch())) if not late else route.continue_()

    desk.route("**/now*", hold_first)
    open_conversation(desk, customer)
    customer.say("Is anybody there?")
    while not late:
        desk.wait_for_timeout(20)
    desk.get_by_role("button", name="Take over").click()
    reply = desk.get_by_role("textbox", name="Your reply")
    expect(reply).to_be_focused()
    desk.keyboard.type("Hel")
    route, stale = late[0]
    assert "You have this conversation." not in stale.text()
    with desk.expect_response("**/now*"), desk.expect_request("**/now*"):
        route.fulfill(response=stale)
        desk.wait_for_event("response", lambda answer: "/now" in answer.url)
    expect(reply).to_be_focused()
    desk.keyboard.type("lo")
    expect(reply).to_have_value("Hello")
    expect(desk.get_by_text("You have this conversation.")).to_be_visible()


@on_sqlite
def test_a_colleagues_conversation_changes_while_i_look(desk: Page, customer: WebVisitor, guests: Guests) -> None:
    """When a colleague takes a conversation, the button to take it goes from my page by itself."""
    open_conversation(desk, customer)
    expect(desk.get_by_role("button", name="Take over")).to_be_visible()
    jonas = guests.member("jonas")
    jonas.post(f"/api/v1/conversations/{customer.conversation_id}/take").raise_for_status()
    expect(desk.get_by_text("Jonas Wiegand has this conversation.")).to_be_visible()
    expect(desk.get_by_role("button", name="Take over")).to_have_count(0)


def test_whoever_is_available_gets_who_waits(desk: Page, customer: WebVisitor) -> None:
    """Saying that I take conversations gives me the one that waits."""
    switch = desk.get_by_role("switch")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(desk.get_by_role("region", name="Mine").get_by_role("link")).to_have_count(1)
    expect(desk.get_by_text("Nobody is waiting.")).to_be_visible()


@on_sqlite
def test_the_transcript_is_masked_and_says_why(desk: Page, customer: WebVisitor) -> None:
    """A card number is nowhere in the page; a chip names what stood there, and the page says what was found and why."""
    customer.say(f"My card number is {CARD}")
    open_conversation(desk, customer)
    chip = desk.get_by_role("group", name="Transcript (masked)").locator(".mask[data-kind=CARD]")
    expect(chip).to_have_text(re.compile("Payment card number: *CARD·4242"))
    findings = desk.get_by_role("region", name="Findings")
    expect(findings.get_by_role("link", name="Payment card number")).to_be_visible()
    expect(desk.get_by_role("region", name="Why").get_by_text("first_line.").first).to_be_visible()
    assert CARD not in desk.content()
    assert CARD.replace(" ", "") not in desk.content()


@on_sqlite
def test_what_looks_like_markup_is_text(desk: Page, customer: WebVisitor) -> None:
    """HTML, scripts and template braces in a message are shown as they were typed, and nothing runs."""
    hostile = "<img src=x onerror=alert(1)> {{ 7*7 }} <script>alert(2)</script>"
    dialogs: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    desk.on("dialog", note)
    customer.say(hostile)
    open_conversation(desk, customer)
    expect(desk.locator(".line-customer .line-text").last).to_have_text(hostile)
    assert desk.locator("img[src=x]").count() == 0
    assert dialogs == []


@on_sqlite
def test_everything_works_by_keyboard(desk: Page, customer: WebVisitor) -> None:
    """From the inbox to the answer without a pointer: skip link, list, button, reply."""
    desk.goto("/desk/")
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("link", name="Skip to content")).to_be_focused()
    desk.keyboard.press("Enter")
    tab_to(desk, desk.get_by_role("region", name="Waiting").get_by_role("link"))
    desk.keyboard.press("Enter")
    take = desk.get_by_role("button", name="Take over")
    expect(take).to_be_visible()
    take.focus()
    desk.keyboard.press("Space")
    reply = desk.get_by_role("textbox", name="Your reply")
    expect(reply).to_be_visible()
    reply.focus()
    desk.keyboard.type("By keyboard")
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("button", name="Send reply")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator(".line-agent .line-text")).to_have_text("By keyboard")


@on_sqlite
def test_the_desk_works_without_scripts(open_context: OpenContext, customer: WebVisitor) -> None:
    """Signing in, taking over and answering are plain forms."""
    page = sign_in(open_context(java_script_enabled=False).new_page(), username="mira")
    take_over(page, customer)
    page.get_by_role("textbox", name="Your reply").fill("Plain and simple")
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_role("list", name="Replies that wait to be sent")).to_contain_text("Plain and simple")
    customer.wait_to_hear("Plain and simple")
    page.reload()
    expect(page.locator(".line-agent .line-text")).to_have_text("Plain and simple")


@on_sqlite
def test_the_house_says_what_the_desk_did(desk: Page, customer: WebVisitor, guests: Guests) -> None:
    """Looking at a conversation and taking it over are both in the audit, with who did it."""
    take_over(desk, customer)
    lines = guests.member("admin").get("/api/v1/audit", params={"object_id": customer.conversation_id}).json()["items"]
    done = {(line["action"], line["actor_kind"]) for line in lines}
    assert {("conversation.read", "staff"), ("conversation.assigned", "staff")} <= done
