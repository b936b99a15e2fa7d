"""A piece of work for the device, in a real browser: done beside the conversation, skipped, or not possible."""

import altcha
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browsing import violations_in_both_schemes
from tests.support.webchat_twin import WebChatTwin

pytestmark = pytest.mark.browser


def say(page: Page, text: str) -> None:
    """Write a message and send it with Enter."""
    page.get_by_role("textbox", name="Your message").fill(text)
    page.keyboard.press("Enter")


def some_work(*, number: int = 40, rounds: int = 200) -> altcha.Challenge:
    """Return a piece of work that any device does at once, or never does."""
    return altcha.create_challenge("PBKDF2/SHA-256", rounds, counter=number, hmac_secret="twin")


def test_a_device_works_by_itself_and_nothing_waits_for_it(page: Page, twin: WebChatTwin) -> None:
    """It is told, done beside the conversation without a click or a puzzle, and handed in once."""
    twin.effort = some_work()
    page.get_by_role("button", name="Open the chat").click()
    assert twin.heard == [], "nothing is done before the notice was read"
    page.get_by_role("button", name="I have read this").click()
    expect(page.get_by_text("If you need a person, you can wait in line.")).to_be_visible()
    say(page, "hello")
    expect(page.get_by_text("Heard: hello")).to_be_visible()
    assert [path for path, _ in twin.heard if path == "/effort"] == ["/effort"]
    expect(page.get_by_role("button", name="Skip this")).to_be_hidden()


def test_work_can_be_skipped_by_keyboard_and_says_what_there_is_instead(page: Page, twin: WebChatTwin) -> None:
    """Whoever skips it goes on writing, and can leave an address or confirm who they are; nobody asks again."""
    twin.effort = some_work(number=2**31, rounds=2_000)
    page.get_by_role("button", name="Open the chat").click()
    page.get_by_role("button", name="I have read this").click()
    skip = page.get_by_role("button", name="Skip this")
    expect(skip).to_be_visible()
    say(page, "meanwhile")
    expect(page.get_by_text("Heard: meanwhile")).to_be_visible()
    assert [fault for fault in violations_in_both_schemes(page) if "doorward-chat" in fault] == []
    skip.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("you get answers here all the same")).to_be_visible()
    expect(page.get_by_role("textbox", name="Your message")).to_be_focused()
    assert [fault for fault in violations_in_both_schemes(page) if "doorward-chat" in fault] == []
    page.get_by_role("button", name="Get an answer later").last.click()
    expect(page.get_by_text("All our people are busy.")).to_be_visible()
    expect(page.get_by_role("button", name="Back to the conversation")).to_be_visible()
    page.get_by_role("button", name="Back to the conversation").click()
    page.get_by_role("button", name="Confirm that it is you").click()
    expect(page.get_by_label("E-mail address")).to_be_visible()
    say(page, "hello")
    expect(page.get_by_text("Heard: hello")).to_be_visible()
    assert "/effort" not in [path for path, _ in twin.heard]
    expect(skip).to_be_hidden()


def test_a_device_that_cannot_work_is_answered_all_the_same(context: BrowserContext, twin: WebChatTwin) -> None:
    """Without Web Crypto, as on a page without HTTPS or in an old browser, in five languages: told, and never stuck."""
    page = context.new_page()
    page.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })")
    twin.effort, twin.effort_later = some_work(), True
    page.goto(twin.address, wait_until="domcontentloaded")
    page.get_by_role("button", name="Open the chat").click()
    page.get_by_role("button", name="I have read this").click()
    say(page, "hello")
    expect(page.get_by_text("Heard: hello")).to_be_visible()
    expect(page.get_by_text("you get answers here all the same")).to_be_visible()
    text = page.locator(".effort p")
    told = {text.inner_text()}
    for language in ("de", "tr", "id", "ru"):
        page.locator("select[part=language]").select_option(language)
        expect(page.locator(".panel")).to_have_attribute("lang", language)
        told.add(text.inner_text())
    assert len(told) == 5
    assert not any("[" in one for one in told)
    page.close()
