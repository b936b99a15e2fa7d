"""The widget in a real browser, before a stand-in for the door whose network misbehaves."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.browsing import violations
from tests.support.webchat_twin import CARD, WIDGET, WebChatTwin

pytestmark = pytest.mark.browser


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
    with talking.expect_response("**/visits"):
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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"my card {CARD}", "card number"),
        ("IBAN DE89 3704 0044 0532 0130 00", "account number"),
        ("my PIN is 4821", "a PIN, a code or a password"),
        ("Şifrem 482913", "a PIN, a code or a password"),
    ],
)
def test_a_secret_is_told_before_it_leaves(talking: Page, twin: WebChatTwin, text: str, told: str) -> None:
    """Nothing is sent until the customer says so; editing keeps the text where it was written."""
    say(talking, text)
    warning = talking.get_by_role("alertdialog")
    expect(warning).to_contain_text(told)
    expect(warning.get_by_role("button", name="Edit the message")).to_be_focused()
    talking.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    expect(talking.get_by_role("textbox", name="Your message")).to_have_value(text)
    expect(talking.get_by_role("textbox", name="Your message")).to_be_focused()
    assert twin.received == []
    talking.keyboard.press("Enter")
    talking.keyboard.press("Escape")
    expect(warning).to_be_hidden()
    assert twin.received == []


def test_a_typed_mask_is_no_mask(talking: Page) -> None:
    """Only what the door says was masked looks like it; a look-alike stands there as the text that it is."""
    say(talking, f"[CARD·4242] and {CARD}")
    talking.get_by_role("button", name="Send anyway, masked").click()
    expect(talking.locator(".message.customer .mask")).to_have_count(1)
    expect(talking.locator(".message.customer .text")).to_have_text(
        re.compile(r"^\\\[CARD·4242\] and .*\[CARD·4242\]$")
    )


PNG = b"\x89PNG\r\n\x1a\nrest"


def attach(page: Page, name: str, content: bytes, kind: str = "image/png") -> None:
    """Choose a file."""
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": kind, "buffer": content})


def test_a_file_is_handed_in_once_and_held(talking: Page, twin: WebChatTwin) -> None:
    """A lost try goes out again under the same id; the name is text, and the customer reads that it is held."""
    twin.troubles = [503]
    attach(talking, "<img src=x onerror=alert(1)>.png", PNG)
    expect(talking.get_by_text("Arrived. It is held until it has been scanned")).to_be_visible(timeout=15_000)
    expect(talking.locator(".message.file .text")).to_have_text("<img src=x onerror=alert(1)>.png")
    assert talking.locator("doorward-chat img").count() == 0
    assert [path for path, _ in twin.heard] == ["/attachments"]


@pytest.mark.parametrize(
    ("state", "told"),
    [("clean", "It was scanned and nothing was found"), ("refused", "The scan found something harmful in this file")],
)
def test_the_end_of_a_scan_is_told_where_the_file_stands(
    talking: Page, twin: WebChatTwin, state: str, told: str
) -> None:
    """The file's own bubble says how it stands; no new one comes, and none is left that says it is held."""
    attach(talking, "slip.png", PNG)
    expect(talking.get_by_text("Arrived. It is held")).to_be_visible()
    bubbles = talking.locator(".message").count()
    twin.scan(state)
    expect(talking.locator(".message.file .note")).to_contain_text(told)
    expect(talking.get_by_text("Arrived. It is held")).to_have_count(0)
    assert talking.locator(".message").count() == bubbles


def test_a_file_that_an_agent_sent_is_saved(talking: Page, twin: WebChatTwin) -> None:
    """A button saves it under its name; what cannot be fetched is said, and the button works again."""
    twin.send_file("plan <b>.png")
    button = talking.get_by_role("button", name="Save plan <b>.png")
    twin.troubles = [503]
    button.press("Enter")
    again = talking.get_by_role("button", name="could not be fetched")
    with talking.expect_download() as saved:
        again.press("Enter")
    assert saved.value.path().read_bytes() == b"the plan"
    expect(button).to_be_enabled()


def test_that_nothing_scans_files_is_told(page: Page, twin: WebChatTwin) -> None:
    """Where files stay held for good, the customer reads that."""
    twin.scanned = False
    page.get_by_role("button", name="Open the chat").click()
    page.get_by_role("button", name="I have read this").click()
    attach(page, "slip.png", PNG)
    expect(page.get_by_text("Arrived. Files are not scanned here")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("program.png", b"MZ\x90\x00", "This type of file is not taken. These are: PNG, PDF."),
        ("page.png", b"<svg onload=alert(1)>", "This type of file is not taken."),
        ("large.png", PNG + b"0" * 2000, "This file is too large."),
    ],
)
def test_a_file_that_nobody_takes_does_not_leave(
    talking: Page, twin: WebChatTwin, name: str, content: bytes, told: str
) -> None:
    """Type by content and size are checked in the browser, and said in words."""
    attach(talking, name, content)
    expect(talking.get_by_text(told)).to_be_visible()
    assert twin.heard == []


def test_writing_is_shown_to_both_sides(talking: Page, twin: WebChatTwin) -> None:
    """The bot is not told that somebody writes, people are; and their signs are shown until their words come."""
    field = talking.get_by_role("textbox", name="Your message")
    field.press_sequentially("a")
    twin.state = "human"
    expect(talking.get_by_text("A person is answering you now.")).to_be_visible()
    field.press_sequentially("bc")
    twin.typing = "agent"
    expect(talking.get_by_text("Somebody from our team is writing…")).to_be_visible()
    twin.say("agent", "Here I am.")
    expect(talking.get_by_text("Here I am.")).to_be_visible()
    expect(talking.get_by_text("Somebody from our team is writing…")).to_be_hidden()
    assert [path for path, _ in twin.heard] == ["/typing"]


def test_the_wait_is_told_where_it_is_known(talking: Page, twin: WebChatTwin) -> None:
    """Place and minutes are said; without an estimate only the place."""
    twin.state, twin.position, twin.minutes = "waiting", 3, 6
    expect(talking.get_by_text("You are number 3 in line for a person: about 6 minutes.")).to_be_visible()
    twin.minutes = None
    expect(talking.get_by_text("You are number 3 in line for a person. You can go on writing")).to_be_visible()


def test_a_call_back_is_offered_when_nobody_is_there(talking: Page, twin: WebChatTwin) -> None:
    """While people are there nothing is offered; else a field of its own takes the address."""
    offer = talking.get_by_role("button", name="Get an answer later")
    expect(offer).to_be_hidden()
    twin.people = False
    expect(talking.get_by_text("Nobody from our team is here right now.")).to_be_visible()
    offer.click()
    talking.get_by_role("textbox", name="E-mail address or telephone number").fill("ada@example.org")
    talking.get_by_role("button", name="Ask for an answer").click()
    expect(talking.get_by_text("Thank you. A person gets back to you.")).to_be_visible()
    assert [(path, body["contact"]) for path, body in twin.heard] == [("/callback", "ada@example.org")]
    assert twin.entries == []


def test_feedback_goes_out_by_a_confirmed_submit(talking: Page, twin: WebChatTwin) -> None:
    """Choosing alone sends nothing; the second time the customer reads that it is known already."""
    for told in ("Your feedback was kept.", "You have told us already"):
        talking.get_by_role("button", name="More", exact=True).click()
        talking.get_by_role("button", name="Tell us whether this helped").click()
        expect(talking.get_by_role("heading", name="Did this help you?")).to_be_focused()
        before = len(twin.heard)
        talking.get_by_role("radio", name="Yes, it helped").check()
        assert len(twin.heard) == before
        talking.get_by_role("textbox", name="What should we know?").fill("Quick.")
        talking.get_by_role("button", name="Send feedback").click()
        expect(talking.get_by_text(told)).to_be_visible()
        talking.keyboard.press("Escape")
    assert {"helpful": True, "comment": "Quick."}.items() <= twin.heard[0][1].items()


def test_the_conversation_can_be_kept(talking: Page) -> None:
    """The saved text is what is shown: masked, with who said it."""
    say(talking, f"card {CARD}")
    talking.get_by_role("button", name="Send anyway, masked").click()
    expect(talking.get_by_text("Heard: card")).to_be_visible()
    talking.get_by_role("button", name="More", exact=True).click()
    with talking.expect_download() as download:
        talking.get_by_role("button", name="Save the conversation as text").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert "You\ncard [CARD·4242]" in text
    assert CARD not in text


def test_the_transcript_is_mailed_after_a_proof(talking: Page, twin: WebChatTwin) -> None:
    """Whoever has not proven who they are is asked to, and then it goes out without asking again."""
    talking.get_by_role("button", name="More", exact=True).click()
    talking.get_by_role("button", name="Have the conversation mailed to you").click()
    expect(talking.get_by_text("Please confirm first that it is you.")).to_be_visible()
    talking.get_by_role("textbox", name="E-mail address").fill("ada@example.com")
    talking.get_by_role("button", name="Send code").click()
    talking.get_by_role("textbox", name="Code").fill("123456")
    talking.get_by_role("button", name="Confirm", exact=True).click()
    expect(talking.get_by_text("It is on its way to the e-mail address that we have on file.")).to_be_visible()
    assert [path for path, _ in twin.heard] == ["/transcript", "/transcript"]


def test_a_wish_to_be_deleted_empties_the_browser(talking: Page, twin: WebChatTwin) -> None:
    """The wish goes out once it is confirmed; then nothing of the conversation is on the page or in the tab."""
    say(talking, "please forget me")
    expect(talking.get_by_text("Heard: please forget me")).to_be_visible()
    talking.get_by_role("button", name="More", exact=True).click()
    talking.get_by_role("button", name="Ask us to delete the conversation").click()
    assert twin.heard == []
    talking.get_by_role("button", name="Ask for deletion").click()
    expect(talking.get_by_text("this browser has forgotten the conversation")).to_be_visible()
    expect(talking.get_by_role("heading", name="Before you write")).to_be_visible()
    assert talking.evaluate("sessionStorage.length") == 0
    assert talking.get_by_text("please forget me").count() == 0
    assert [path for path, _ in twin.heard] == ["/deletion"]


def test_a_source_is_read_in_the_chat(talking: Page, twin: WebChatTwin) -> None:
    """What an answer comes from opens in place, as text, and the way back leads to where one was."""
    twin.say("bot", "Block it.", sources=[{"title": "Lost cards", "slug": "lost-card", "section": 0}], language="en")
    talking.get_by_role("button", name="Lost cards").click()
    expect(talking.get_by_role("heading", name="Lost cards")).to_be_focused()
    expect(talking.get_by_role("heading", name="Lost <i>cards</i>")).to_be_visible()
    expect(talking.get_by_text("Block it <b>at once</b>.")).to_be_visible()
    expect(talking.get_by_role("button", name="Talk to a person")).to_be_visible()
    talking.get_by_role("button", name="Back to the conversation").click()
    expect(talking.get_by_role("button", name="Lost cards")).to_be_focused()


def test_the_privacy_notice_can_be_read_again(talking: Page) -> None:
    """What was read before the first word can be found later, by keyboard alone."""
    more = talking.get_by_role("button", name="More", exact=True)
    more.focus()
    talking.keyboard.press("Enter")
    for _ in range(4):
        talking.keyboard.press("ArrowDown")
    talking.keyboard.press("Enter")
    expect(talking.get_by_role("heading", name="Privacy notice")).to_be_focused()
    talking.keyboard.press("Escape")
    expect(more).to_be_focused()


def test_an_answer_appears_without_moving_anything(talking: Page, twin: WebChatTwin) -> None:
    """A long answer stands there whole from the first moment: nothing jumps, and it is in the page's text at once."""
    talking.evaluate("""() => { window.shifts = 0; new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifts += entry.value; }).observe({ type: "layout-shift" });
        window.begun = []; const animate = Element.prototype.animate;
        Element.prototype.animate = function (...how) {
            const one = animate.apply(this, how); window.begun.push(one); return one; }; }""")
    # What was there before the chat listens is shown at once, for it is no news.
    assert twin.listened_to.wait(20)
    twin.say("bot", "word " * 120)
    answer = talking.locator(".message.bot .text").last
    expect(answer).to_contain_text("word word")
    first = answer.bounding_box()
    # Asked for what began, not for what still moves: on a busy machine it is over before anybody asks.
    assert talking.evaluate("Promise.all(window.begun.map((one) => one.finished)).then((all) => all.length)") > 0
    last = answer.bounding_box()
    assert first is not None
    assert last is not None
    assert round(first["height"]) == round(last["height"])
    assert answer.inner_text().split().count("word") == 120
    assert talking.evaluate("window.shifts") < 0.05


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_chat_is_accessible_in_every_look(browser: Browser, twin: WebChatTwin, scheme: Any, width: int) -> None:
    """Axe finds nothing in notice, conversation, warning, list and forms; the page never scrolls sideways."""
    context = browser.new_context(
        locale="en-GB",
        viewport={"width": width, "height": 844},
        color_scheme=scheme,
        reduced_motion="reduce",
        bypass_csp=True,
    )
    page = context.new_page()
    page.goto(twin.address)
    page.get_by_role("button", name="Open the chat").click()
    expect(page.get_by_role("heading", name="Before you write")).to_be_visible()
    found = {"notice": ours(page)}
    page.get_by_role("button", name="I have read this").click()
    twin.people = False
    say(page, f"my card {CARD}")
    found["warning"] = ours(page)
    page.get_by_role("button", name="Send anyway, masked").click()
    expect(page.get_by_text("Heard: my card")).to_be_visible()
    attach(page, "slip.png", PNG)
    expect(page.get_by_text("Arrived. It is held")).to_be_visible()
    found["conversation"] = ours(page)
    page.get_by_role("button", name="More", exact=True).click()
    found["list"] = ours(page)
    page.get_by_role("button", name="Tell us whether this helped").click()
    found["feedback"] = ours(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Get an answer later").click()
    found["call-back"] = ours(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
    assert {place: faults for place, faults in found.items() if faults} == {}


def ours(page: Page) -> list[str]:
    """Return what axe holds against the chat, not against the host's bare page."""
    return [fault for fault in violations(page) if "doorward-chat" in fault]


def test_the_chat_turns_round_for_languages_from_right_to_left(talking: Page) -> None:
    """Direction comes from the language; nothing in the style sheet names a left or a right."""
    talking.evaluate("document.querySelector('doorward-chat').shadowRoot.querySelector('.panel').dir = 'rtl'")
    send = talking.get_by_role("button", name="Send", exact=True).bounding_box()
    attach_button = talking.get_by_role("button", name="Attach a file").bounding_box()
    assert send is not None
    assert attach_button is not None
    assert send["x"] < attach_button["x"]
    source = (Path(__file__).parents[3] / "ui/widget/style.js").read_text(encoding="utf-8")
    assert re.findall(r"\b(?:margin|padding|border|inset)-(?:left|right)\b|\b(?:left|right)\s*:", source) == []


def test_the_host_site_themes_the_chat(browser: Browser, twin: WebChatTwin) -> None:
    """Custom properties of the host's own style sheet reach the chat, though its styles do not."""
    context = browser.new_context(locale="en-GB", bypass_csp=True)
    page = context.new_page()
    page.goto(twin.address)
    page.add_style_tag(
        content="doorward-chat { --doorward-accent: rgb(120, 20, 90); } button { display: none !important; }"
    )
    launcher = page.get_by_role("button", name="Open the chat")
    expect(launcher).to_be_visible()
    assert launcher.evaluate("(node) => getComputedStyle(node).backgroundColor") == "rgb(120, 20, 90)"
    context.close()


def test_the_widget_stays_small() -> None:
    """What every page of every customer's site loads is at most 30 kB compressed."""
    assert len(gzip.compress(WIDGET.read_bytes(), 9)) <= 30_000
