"""What helps to write, by keyboard alone: form and its preview, emoji, words in the customer's language."""

import pytest
from playwright.sync_api import Page, expect

from doorward.bootstrap import House
from doorward.identity import Tenant
from tests.support.browsing import OpenContext, on_sqlite, sign_in, tab_to, violations_in_both_schemes
from tests.support.reader import faults_of_tree
from tests.support.server import Guests, WebVisitor
from tests.support.translating import FakeTranslator, SilentTranslator, give_translator

pytestmark = pytest.mark.browser

CARD = "4242 4242 4242 4242"


def visitor_with_mira(guests: Guests, tenant: Tenant, words: str) -> WebVisitor:
    """Somebody whose conversation Mira has."""
    visitor = guests.visitor(tenant)
    visitor.say(words)
    visitor.wait_for_answer()  # by then it is known in which language they write
    visitor.ask_for_person()
    guests.member("mira").post(f"/api/v1/conversations/{visitor.conversation_id}/take").raise_for_status()
    return visitor


@pytest.fixture
def customer(guests: Guests, halden: Tenant) -> WebVisitor:
    """Somebody who writes in the agent's language."""
    return visitor_with_mira(guests, halden, "Hello, I need help with my card")


@pytest.fixture
def german(guests: Guests, halden: Tenant) -> WebVisitor:
    """Somebody who writes in another language."""
    return visitor_with_mira(guests, halden, f"Guten Tag, ich brauche bitte Hilfe mit meiner Karte {CARD}")


def open_talk(open_context: OpenContext, customer: WebVisitor, *, width: int = 1280) -> Page:
    """Open the customer's conversation and stand in the field of the reply."""
    context = open_context(viewport={"width": width, "height": 900})
    page = sign_in(context.new_page(), username="mira")
    page.goto(f"/desk/conversations/{customer.conversation_id}")
    expect(page.get_by_role("textbox", name="Your reply")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_role("textbox", name="Your reply")).to_be_focused()
    return page


@on_sqlite
def test_a_reply_has_form(open_context: OpenContext, customer: WebVisitor) -> None:
    """Keys put the signs; a preview shows the form and what is masked, and so does the conversation, for both sides."""
    page = open_talk(open_context, customer, width=390)
    field = page.get_by_role("textbox", name="Your reply")
    page.keyboard.press("Control+b")
    page.keyboard.type("Important")
    page.keyboard.press("End")
    page.keyboard.type(f": card {CARD} ")
    page.keyboard.press("Control+i")
    page.keyboard.type("soon")
    page.keyboard.press("End")
    expect(field).to_have_value(f"**Important**: card {CARD} *soon*")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    button = page.get_by_role("button", name="Preview").first
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    preview = page.get_by_role("region", name="Preview")
    expect(preview.locator("strong")).to_have_text("Important")
    expect(preview).to_contain_text("CARD·4242")
    expect(preview).not_to_contain_text(CARD)
    assert violations_in_both_schemes(page) == []
    page.keyboard.press("Enter")
    expect(preview).to_have_count(0)
    note = page.locator("#note-box")
    note.locator("summary").first.press("Enter")
    page.locator("#note-text").fill("**Look** at this")
    note.get_by_role("button", name="Preview").press("Enter")
    expect(note.get_by_role("region", name="Preview").locator("strong")).to_have_text("Look")
    field.press("Control+Enter")
    line = page.locator(".line-agent").last
    expect(line.locator("strong")).to_have_text("Important")
    expect(line.locator("em")).to_have_text("soon")
    expect(line.locator(".mask")).to_have_count(1)
    assert faults_of_tree(page) == []
    said = next(one for one in customer.entries()["entries"] if one["author"] == "agent")
    assert said["text"].startswith("**Important**: card [CARD")
    assert [piece["kind"] for piece in said["formatted"]][:4] == ["paragraph", "strong", "text", "end"]


@on_sqlite
def test_an_emoji_is_found_by_its_name(open_context: OpenContext, customer: WebVisitor) -> None:
    """A colon and two letters offer some; the picker is walked through by arrows, and reads their names."""
    page = open_talk(open_context, customer, width=390)
    field = page.get_by_role("textbox", name="Your reply")
    page.keyboard.type("Thanks :thu")
    offered = page.get_by_role("listbox", name="Emoji")
    expect(offered.get_by_role("option")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(field).to_have_value("Thanks 👍")
    tab = page.get_by_role("button", name="Emoji").first
    tab.press("Enter")
    grid = page.get_by_role("grid", name="Choose an emoji")
    expect(grid.get_by_role("gridcell", name="slight smile")).to_be_focused()
    assert violations_in_both_schemes(page) == []
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(grid.get_by_role("gridcell", name="grin")).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_have_value("Thanks 👍😀")
    expect(field).to_be_focused()
    expect(grid).to_have_count(0)
    assert faults_of_tree(page) == []


@on_sqlite
def test_a_reply_is_translated(open_context: OpenContext, german: WebVisitor, house: House) -> None:
    """The customer's words stand in the agent's language beside the original, masked on the way; the draft comes back
    in the customer's, is changed by hand, and sent; what the agent wrote stays beside it for colleagues alone.
    """
    translator = FakeTranslator()
    give_translator(house, translator)
    page = open_talk(open_context, german, width=390)
    read = page.get_by_role("list", name="The customer's last words")
    expect(read).to_contain_text("(de > en) Guten Tag")
    expect(read.locator(".mask")).to_have_count(2)
    field = page.get_by_role("textbox", name="Your reply")
    page.keyboard.type("Your **card** 4111 1111 1111 1111 is on its way")
    tab_to(page, page.get_by_role("button", name="Translate into Deutsch"))
    page.keyboard.press("Enter")
    translated = page.get_by_role("textbox", name="What is sent, in Deutsch")
    expect(translated).to_be_focused()
    expect(translated).to_have_value("(en > de) Your **card** 4111 1111 1111 1111 is on its way")
    assert translator.asked[-1] == "Your **card** ⟦1⟧ is on its way"
    assert not any("4242" in one or "4111" in one for one in translator.asked)
    assert violations_in_both_schemes(page) == []
    field.press("End")
    page.keyboard.type("!")
    expect(page.get_by_text("You have changed your own words since.")).to_be_visible()
    translated.fill("Ihre **Karte** ist unterwegs")
    translated.press("Control+Enter")
    line = page.locator(".line-agent").last
    expect(line).to_contain_text("Ihre Karte ist unterwegs")
    expect(translated).to_have_count(0)
    expect(field).to_have_value("")
    line.locator("summary").press("Enter")
    expect(line.locator(".own-words")).to_contain_text("CARD·1111 is on its way!")
    assert faults_of_tree(page) == []
    said = [one for one in german.entries()["entries"] if one["author"] == "agent"]
    assert [one["text"] for one in said] == ["Ihre **Karte** ist unterwegs"]
    assert "Your" not in str(said)


@on_sqlite
def test_a_translated_draft_is_helped_kept_and_given_back(
    open_context: OpenContext, german: WebVisitor, house: House
) -> None:
    """Form, emoji and preview as for one's own words; both fields outlive a reload, and come back when it is undone."""
    give_translator(house, FakeTranslator())
    page = open_talk(open_context, german)
    page.keyboard.type("It is here")
    tab_to(page, page.get_by_role("button", name="Translate into Deutsch"))
    page.keyboard.press("Enter")
    translated = page.get_by_role("textbox", name="What is sent, in Deutsch")
    expect(translated).to_be_focused()
    translated.fill("Sie ist da")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+b")
    expect(translated).to_have_value("**Sie ist da**")
    beside = page.locator("#reply-translation")
    beside.get_by_role("button", name="Preview").press("Enter")
    expect(beside.locator(".preview strong")).to_have_text("Sie ist da")
    page.locator("#reply-translated").press("End")
    beside.get_by_role("button", name="Emoji").press("Enter")
    expect(beside.get_by_role("grid").get_by_role("gridcell").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(translated).to_be_focused()
    kept = translated.input_value()
    assert kept.startswith("**Sie ist da**")
    assert len(kept) > len("**Sie ist da**")
    page.reload()
    expect(translated).to_have_value(kept)
    expect(page.get_by_role("textbox", name="Your reply")).to_have_value("It is here")
    beside.get_by_role("button", name="Preview").press("Enter")
    expect(beside.locator(".preview strong")).to_have_text("Sie ist da")
    assert violations_in_both_schemes(page) == []
    translated.press("Control+Enter")
    expect(page.get_by_role("button", name="Undo sending")).to_be_visible()
    expect(translated).to_have_count(0)
    page.get_by_role("textbox", name="Your reply").blur()
    page.keyboard.press("u")
    expect(translated).to_have_value(kept)
    expect(page.get_by_role("textbox", name="Your reply")).to_have_value("It is here")
    assert not any(one["author"] == "agent" for one in german.entries()["entries"])


def test_programs_translate(guests: Guests, german: WebVisitor, house: House) -> None:
    """By the interface: what is masked stays so, and the agent's own words are told to staff alone."""
    mira, address = guests.member("mira"), f"/api/v1/conversations/{german.conversation_id}"
    draft = {"text": f"Card {CARD} is ready", "language": "en"}
    assert mira.post(f"{address}/translation", json=draft).status_code == 404
    assert mira.get(f"{address}/last-words?language=en").status_code == 404
    give_translator(house, FakeTranslator())
    answer = mira.post(f"{address}/translation", json=draft).json()
    assert (answer["text"], answer["language"]) == ("(en > de) Card [CARD·4242] is ready", "de")
    assert answer["places"] == [{"start": 5, "end": 24}]
    read = mira.get(f"{address}/last-words?language=en").json()["items"]
    assert [line["translated"]["text"][:20] for line in read] == ["(de > en) Guten Tag,"]
    own = {"text": f"Card {CARD} is ready", "language": "en"}
    mira.post(f"{address}/replies", json={"text": "Ihre Karte ist da", "own": own}).raise_for_status()
    line = mira.get(address).json()["lines"][-1]
    assert (line["own"]["text"], line["own"]["language"]) == ("Card [CARD·4242] is ready", "en")
    assert "ready" not in str(german.entries())
    assert CARD not in str(line)


@on_sqlite
@pytest.mark.parametrize("translator", [SilentTranslator(), FakeTranslator(lambda text: text.replace("⟦1⟧", ""))])
def test_no_translation_is_better_than_a_broken_one(
    guests: Guests, german: WebVisitor, house: House, translator: FakeTranslator
) -> None:
    """Without a script: silence and a lost mask are told, and what was written is still in its field."""
    give_translator(house, translator)
    mira, address = guests.member("mira"), f"/desk/conversations/{german.conversation_id}"
    read = mira.get(f"{address}/last-words")
    assert "There is no translation right now." in read.text
    page = mira.post(
        f"{address}/translate", data={"csrf": mira.headers["x-csrf-token"], "text": f"Card {CARD} is ready"}
    )
    assert "It could not be translated just now." in page.text
    assert f"Card {CARD} is ready</textarea>" in page.text
    again = {"csrf": mira.headers["x-csrf-token"], "text": f"Card {CARD} is ready", "translated": "Sie ist <da>"}
    kept = mira.post(f"{address}/translate", data=again).text
    assert "It could not be translated just now." in kept
    assert "Sie ist &lt;da&gt;</textarea>" in kept  # an older draft outlives that there is no newer one
    refused = mira.post(f"{address}/replies", data=again | {"translated": "lang " * 2000})
    assert (refused.status_code, f"{'lang ' * 2000}</textarea>" in refused.text) == (413, True)
    before, _, behind = page.text.partition("<template")  # what a script would need for a draft that was kept
    assert "reply-translated" not in before + behind.partition("</template>")[2]
