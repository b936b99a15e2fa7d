"""The widget in a real browser, before a stand-in for the door whose network misbehaves."""

import os
import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.support.webchat_twin import CARD, WIDGET, TwinServer, WebChatTwin

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    program = os.environ.get("DOORWARD_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not program and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine: python3 run.py test installs one")
    assert WIDGET.exists(), "the front end is not built: python3 run.py assets"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def twins() -> Iterator[TwinServer]:
    """The stand-ins' server."""
    with TwinServer().running() as server:
        yield server


@pytest.fixture
def twin(twins: TwinServer) -> Iterator[WebChatTwin]:
    """A fresh stand-in for the door."""
    twin = twins.fresh()
    yield twin
    twin.streams = False


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A British visitor's browser."""
    context = browser.new_context(locale="en-GB")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, twin: WebChatTwin) -> Iterator[Page]:
    """A new tab with a host site's page and the widget's tag; whatever the browser complains of fails the test."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
    page.goto(twin.address, wait_until="domcontentloaded")
    yield page
    page.close()
    assert complaints == []


@pytest.fixture
def talking(page: Page) -> Page:
    """The page with the chat open and the notice read."""
    page.get_by_role("button", name="Open the chat").click()
    page.get_by_role("button", name="I have read this").click()
    return page


def say(page: Page, text: str) -> None:
    """Write a message and send it with Enter."""
    page.get_by_role("textbox", name="Your message").fill(text)
    page.keyboard.press("Enter")


def mine(page: Page, text: str) -> int:
    """Return how many own messages on the page have this text."""
    return page.locator(".message.customer .text", has_text=text).count()


def test_the_notice_comes_before_the_first_word(page: Page) -> None:
    """Nothing can be written and nothing is stored before the notice was read; the disclosure is there at once."""
    page.get_by_role("button", name="Open the chat").click()
    expect(page.get_by_role("heading", name="Before you write")).to_be_focused()
    expect(page.get_by_text("It is not a person.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Your message")).to_be_disabled()
    page.get_by_role("button", name="Talk to a person").click()
    expect(page.get_by_text("Please read this first.")).to_be_visible()
    assert page.evaluate("sessionStorage.length + document.cookie.length") == 0
    page.get_by_role("button", name="I have read this").click()
    expect(page.get_by_text("You are number 2 in line")).to_be_visible()
    expect(page.get_by_text("It is not a person.")).to_be_visible()


def test_the_keyboard_is_enough(talking: Page) -> None:
    """Enter sends, Shift and Enter make a line, Escape closes and gives the focus back to the button."""
    field = talking.get_by_role("textbox", name="Your message")
    expect(field).to_be_focused()
    talking.keyboard.type("one")
    talking.keyboard.press("Shift+Enter")
    talking.keyboard.type("two")
    expect(field).to_have_value("one\ntwo")
    talking.keyboard.press("Enter")
    expect(talking.get_by_text("Heard: one")).to_be_visible()
    talking.keyboard.press("Escape")
    expect(talking.get_by_role("dialog")).to_be_hidden()
    expect(talking.get_by_role("button", name="Open the chat")).to_be_focused()


def test_what_was_masked_is_gone_from_the_page(talking: Page) -> None:
    """The stored text takes the place of the typed one, its masked place is marked, and the customer is told."""
    say(talking, f"my card {CARD} is gone")
    talking.get_by_role("button", name="Send anyway, masked").click()
    expect(talking.locator(".mask", has_text="[CARD·4242]")).to_be_visible()
    expect(talking.get_by_text("sensitive details in this message were masked")).to_be_visible()
    assert CARD not in str(talking.evaluate("document.querySelector('doorward-chat').shadowRoot.textContent"))
    assert "4242 4242" not in str(talking.evaluate("JSON.stringify(sessionStorage)"))


def test_text_is_never_markup(talking: Page, twin: WebChatTwin) -> None:
    """Company name, answers and choices are shown as they are written; a choice sends its own words."""
    twin.say("agent", "<img src=x onerror=alert(1)>")
    expect(talking.get_by_role("heading", name="Chat with Twin & Co <b>")).to_be_visible()
    expect(talking.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    say(talking, "hello")
    talking.get_by_role("button", name="<i>Block</i> it").click()
    expect(talking.get_by_text("Heard: block it")).to_be_visible()
    assert talking.locator("doorward-chat img, doorward-chat b, doorward-chat i").count() == 0


def test_a_lost_acknowledgement_does_not_double_a_message(talking: Page, twin: WebChatTwin) -> None:
    """The message goes out again under the same id, the server knows it, and it stands there once."""
    twin.streams = False
    twin.troubles = ["lost", "lost", 500]
    say(talking, "only once")
    expect(talking.get_by_text("Heard: only once")).to_have_count(1, timeout=20_000)
    expect(talking.locator(".message.customer .note", has_text="Sent")).to_be_visible(timeout=20_000)
    assert len(set(twin.received)) == 1
    assert mine(talking, "only once") == 1


def test_what_is_written_without_a_connection_goes_out_in_order(talking: Page, twin: WebChatTwin) -> None:
    """Messages are kept and shown as kept, and sent once, in order, as soon as there is a connection."""
    context: BrowserContext = talking.context
    context.set_offline(True)
    for text in ("first", "second"):
        say(talking, text)
    expect(talking.get_by_text("Not sent yet.")).to_be_visible()
    expect(talking.get_by_text("No connection.")).to_be_visible()
    context.set_offline(False)
    expect(talking.get_by_text("Heard: second")).to_be_visible(timeout=20_000)
    said = [entry["text"] for entry in twin.entries if entry["author"] == "customer"]
    assert said == ["first", "second"]


def test_too_many_messages_wait_as_long_as_the_door_says(talking: Page, twin: WebChatTwin) -> None:
    """The customer reads when the next try comes, and it comes by itself."""
    twin.troubles = [429]
    say(talking, "slowly")
    expect(talking.get_by_text("trying again in 1 second.")).to_be_visible()
    expect(talking.get_by_text("Heard: slowly")).to_be_visible(timeout=10_000)
    assert mine(talking, "slowly") == 1


def test_a_refused_message_stays_and_can_be_sent_anew(talking: Page, twin: WebChatTwin) -> None:
    """The text is not lost, later messages are not held up, and sending again is a new message."""
    twin.troubles = [413]
    say(talking, "much too long")
    expect(talking.get_by_text("Not sent. Your text is kept here.")).to_be_visible()
    say(talking, "shorter")
    expect(talking.get_by_text("Heard: shorter")).to_be_visible()
    talking.get_by_role("button", name="Send again").click()
    expect(talking.get_by_text("Heard: much too long")).to_be_visible()


def test_an_expired_token_is_renewed_unseen(talking: Page, twin: WebChatTwin) -> None:
    """The visit goes on with a new token for the same conversation, and the message arrives."""
    say(talking, "before")
    expect(talking.get_by_text("Heard: before")).to_be_visible()
    old = twin.token
    twin.expired.add(old)
    say(talking, "after")
    expect(talking.get_by_text("Heard: after")).to_be_visible()
    assert twin.visits[-1]["resume"] == old
    assert mine(talking, "before") == 1


def test_without_streams_the_widget_asks(talking: Page, twin: WebChatTwin) -> None:
    """Where streams do not get through, answers still come."""
    twin.streams = False
    say(talking, "anybody?")
    expect(talking.get_by_text("Heard: anybody?")).to_be_visible(timeout=15_000)
    twin.say("agent", "Yes, me.")
    expect(talking.get_by_text("Yes, me.")).to_be_visible(timeout=30_000)


def test_the_conversation_survives_a_change_of_page(talking: Page, twin: WebChatTwin) -> None:
    """The next page of the same tab shows what was said, without asking for the notice again."""
    say(talking, "remember me")
    expect(talking.get_by_text("Heard: remember me")).to_be_visible()
    talking.reload()
    expect(talking.get_by_text("Heard: remember me")).to_be_visible()
    assert twin.visits[-1]["resume"]
    expect(talking.get_by_role("textbox", name="Your message")).to_be_enabled()


def test_news_is_told_while_the_chat_is_closed(talking: Page, twin: WebChatTwin) -> None:
    """The button counts what came, and screen readers hear of it."""
    talking.keyboard.press("Escape")
    twin.say("agent", "Are you there?")
    expect(talking.get_by_role("button", name="1 new message")).to_be_visible()
    expect(talking.get_by_role("status").filter(has_text="New message in the chat")).to_have_count(1)


@pytest.mark.parametrize(
    ("code", "title", "person"),
    [
        ("de", "Chat mit Twin", "Mit einem Menschen sprechen"),
        ("tr", "Twin & Co <b> ile sohbet", "Müşteri temsilcisiyle görüş"),
        ("id", "Obrolan dengan Twin", "Bicara dengan petugas"),
        ("ru", "Чат с Twin", "Поговорить с сотрудником"),
    ],
)
def test_the_language_can_be_changed_at_any_time(
    talking: Page, twin: WebChatTwin, code: str, title: str, person: str
) -> None:
    """Everything that is said changes with it, and the door hears of the wish."""
    talking.get_by_role("combobox", name="Language").select_option(code)
    expect(talking.get_by_role("heading", name=re.compile(re.escape(title)))).to_be_visible()
    expect(talking.get_by_role("button", name=person)).to_be_visible()
    assert twin.visits[-1]["language"] == code


def test_a_code_is_typed_into_a_field_of_its_own(talking: Page, twin: WebChatTwin) -> None:
    """Address and code never become messages; a wrong code is told, the right one believed."""
    talking.get_by_role("button", name="More", exact=True).click()
    talking.get_by_role("button", name="Confirm that it is you").click()
    talking.get_by_role("textbox", name="E-mail address").fill("ada@example.com")
    talking.get_by_role("button", name="Send code").click()
    expect(talking.get_by_text("a code is on its way")).to_be_visible()
    for code, told in (("111111", "This code is not right"), ("123 456", "We know now that it is you.")):
        talking.get_by_role("textbox", name="Code").fill(code)
        talking.get_by_role("button", name="Confirm", exact=True).click()
        expect(talking.get_by_text(told)).to_be_visible()
    assert twin.entries == []


def test_a_narrow_screen_is_covered(browser: Browser, twin: WebChatTwin) -> None:
    """On a telephone the panel fills the screen, and the page behind it cannot be reached."""
    context = browser.new_context(locale="en-GB", viewport={"width": 360, "height": 640})
    page = context.new_page()
    page.goto(twin.address)
    page.get_by_role("button", name="Open the chat").click()
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert (round(box["width"]), round(box["height"])) == (360, 640)
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") != "Theirs"
    context.close()
