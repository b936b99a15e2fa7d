"""What customers do at the portal, in a browser: one journey a promise."""

import json
import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from doorward.admission.kept import Withheld, note_told
from doorward.answering.nudges import Offer, write_offer
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.kit.tx import Tx
from doorward.understanding.expecting import Expected, keep_expectation
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations, violations_in_both_schemes
from tests.support.portal import Mailbox, customer
from tests.support.reader import faults_of_tree
from tests.support.server import Guests, WebVisitor

pytestmark = [pytest.mark.browser, on_sqlite]

PLACES = ("/", "/decisions", "/mandates", "/choices", "/access", "/data", "/security")
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Client:
    """Halden's first customer with a browser of their own."""

    def __init__(self, context: BrowserContext, house: House, *, origin: str) -> None:
        """Open a page; `origin` has a host name, which passkeys need."""
        self.context = context
        self.page: Page = context.new_page()
        self.home = f"{origin}/my/halden"
        self.mailbox = Mailbox(house)
        self.email = customer(house).email

    def open(self, path: str) -> Page:
        """Go to one of the portal's pages."""
        self.page.goto(self.home + path)
        return self.page

    def sign_in(self) -> Page:
        """Sign in by a mailed code, with the keyboard."""
        page = self.open("/")
        page.get_by_label("Your e-mail address").fill(self.email)
        self.mailbox.fresh(self.email)  # a code that was mailed for something else is none for this
        page.keyboard.press("Enter")
        code = page.get_by_label("Code from the e-mail")
        expect(code).to_be_focused()
        code.fill(self.mailbox.code(self.email))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="My conversations", level=1)).to_be_visible()
        return page


@pytest.fixture
def client(open_context: OpenContext, house: House, url: str) -> Client:
    """A customer who is not signed in."""
    return Client(open_context(), house, origin=url.replace("127.0.0.1", "localhost"))


@pytest.fixture
def talked(guests: Guests, house: House, halden: Tenant) -> WebVisitor:
    """The same customer at the web chat: a question, a masked card, and the proof of who they are."""
    mailbox, email = Mailbox(house), customer(house).email
    visitor = guests.visitor(halden)
    visitor.client.post("/c/webchat/verification", json={"email": email})
    visitor.client.post("/c/webchat/verification/confirm", json={"code": mailbox.code(email)}).raise_for_status()
    visitor.say("My card 4242 4242 4242 4242 is lost, what now?")
    for _ in range(500):
        if len(visitor.entries()["entries"]) >= 2:
            return visitor
    raise AssertionError("nobody answered")


def test_sign_in_by_mailed_code_and_out_again(client: Client) -> None:
    """A mailed code opens the portal with nothing but the keyboard; signing out closes it."""
    page = client.sign_in()
    page.get_by_role("button", name="Sign out", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Sign in to your page")).to_be_visible()
    client.open("/decisions")
    expect(page.get_by_label("Your e-mail address")).to_be_visible()


def test_sign_in_by_passkey(client: Client) -> None:
    """A passkey is added after a mailed code, listed, signs in without any mail, and is removed."""
    page = client.sign_in()
    tools = client.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    client.open("/security")
    page.get_by_role("button", name="Add a passkey").press("Enter")
    expect(page.get_by_text("You can sign in with this passkey from now on.")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Sign in with a passkey").press("Enter")
    expect(page.get_by_role("heading", name="My conversations", level=1)).to_be_visible()
    client.open("/security")
    expect(page.get_by_text("By passkey")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("You have no passkey yet.")).to_be_visible()


def test_conversations_go_on_where_they_stopped(client: Client, talked: WebVisitor) -> None:
    """What was said in the web chat is read masked at the portal, and goes on in the chat as the same conversation."""
    page = client.sign_in()
    page.get_by_role("link", name="My card").click()
    expect(page.locator(".line-customer .mask")).to_contain_text("CARD")
    assert "4242 4242" not in page.content()
    page.get_by_role("button", name="Go on with this conversation").click()
    chat = page.locator("doorward-chat")
    expect(chat.get_by_text("is lost, what now?")).to_be_visible()
    message = page.get_by_role("textbox", name="Your message")
    message.fill("And how long does a new one take?")
    page.keyboard.press("Enter")
    expect(chat.get_by_text("And how long does a new one take?")).to_be_visible()
    for _ in range(500):
        said = [entry["text"] for entry in talked.entries()["entries"]]
        if "And how long does a new one take?" in said:
            return
    raise AssertionError("it went elsewhere")


def offered_and_expected(house: House, tenant: Tenant, *, number: int, conversation: str) -> None:
    """Note that something was offered to a customer, and what was expected of them."""
    scope = system_scope(tenant.id, "test")

    def work(tx: Tx) -> Outcome[None]:
        party = house.identity.parties.find_by_reference(tx, scope, customer(house, number).reference)
        assert party is not None
        where = ConversationId(conversation)
        offer = Offer(
            id=f"offer-{number}",
            conversation_id=where,
            party_id=party.id,
            nudge=f"nudge-of-{number}",
            kind="service",
            by="bot",
            state="declined",
            rule="a rule",
            offered_at=tx.now,
        )
        assert write_offer(tx, scope, offer)
        found = (("card_blocked",), (Expected(intent=f"wish.of-{number}", likelihood=0.42, because=("card_blocked",)),))
        keep_expectation(tx, scope, where, party_id=party.id, found=found)
        withheld = Withheld(party_id=party.id, way="call_back", because=f"of-{number}", caller_class="known")
        note_told(tx, scope, where, withheld, promised=None)
        return Outcome(None)

    house.transactions.write(scope, work)


def test_data_is_handed_out_for_people_and_programs(
    client: Client, talked: WebVisitor, house: House, halden: Tenant
) -> None:
    """The export holds the customer's profile and conversation, masked, and nobody else's; as JSON and to read."""
    offered_and_expected(house, halden, number=0, conversation=talked.conversation_id)
    offered_and_expected(house, halden, number=1, conversation="somebody-elses")
    page = client.sign_in()
    client.open("/data")
    with page.expect_download() as taken:
        page.get_by_role("button", name="For programs").click()
    export = json.loads(taken.value.path().read_text(encoding="utf-8"))
    assert export["profile"]["email"] == client.email
    assert [one["id"] for one in export["conversations"]] == [talked.conversation_id]
    text = " ".join(line["text"] for line in export["conversations"][0]["lines"])
    assert "is lost, what now?" in text
    assert "4242 4242" not in text
    assert export["decisions"][0]["reason"]
    assert [(one["nudge"], one["state"]) for one in export["offers"]] == [("nudge-of-0", "declined")]
    mine = [(one["intent"], one["because"]) for one in export["expectations"]]
    assert ("wish.of-0", ["card_blocked"]) in mine
    assert [(one["way"], one["because"]) for one in export["held_back"]] == [("call_back", "of-0")]
    assert "of-1" not in json.dumps(export)
    with page.expect_download() as taken:
        page.get_by_role("button", name="To read").click()
    html = taken.value.path().read_text(encoding="utf-8")
    assert client.email in html
    assert "is lost, what now?" in html
    assert "When no person was free for you" in html
    assert "you said no" in html
    assert "wish.of-0" in html
    assert "<script" not in html
    assert html.rstrip().endswith("</html>")


def test_wishes_about_data_reach_the_desk(client: Client, open_context: OpenContext) -> None:
    """A correction and a deletion are seen by an agent, answered there, and their states at the portal."""
    page = client.sign_in()
    client.open("/data")
    page.get_by_label("What is wrong, and how is it right?").fill("My street is wrong; call +49 170 1234567")
    page.get_by_role("button", name="Ask for correction").press("Enter")
    expect(page.get_by_text("Your wish was received.")).to_be_visible()
    page.get_by_role("button", name="Ask for deletion").click()
    expect(page.get_by_text("Please tick that you want")).to_be_visible()
    page.get_by_label("Yes, I want my data to be deleted").check()
    page.get_by_role("button", name="Ask for deletion").click()
    expect(page.get_by_text("You have asked for deletion.")).to_be_visible()
    expect(page.get_by_text("Received, waits for a person")).to_have_count(2)
    desk = sign_in(open_context().new_page(), username="mira")
    links = desk.get_by_role("region", name="Waiting").get_by_role("link")
    addresses = {str(one.get_attribute("href")) for one in links.all()}
    for address in sorted(address for address in addresses if "/conversations/" in address):
        desk.goto(address)
        if desk.get_by_text("My street is wrong").count():
            expect(desk.locator(".line-customer .mask").first).to_contain_text("PHONE")
            desk.get_by_role("button", name="Take over").first.click()
            desk.get_by_role("textbox", name="Your reply").wait_for()
    client.open("/data")
    expect(page.get_by_text("A person works on it")).to_be_visible()
    page.get_by_role("link", name="Correction").click()
    expect(page.get_by_text("You asked for a correction of your data.")).to_be_visible()


def test_consents_are_granted_and_withdrawn(client: Client) -> None:
    """Each consent begins as no, is granted and withdrawn with its time, and both stay in the history."""
    page = client.sign_in()
    client.open("/choices")
    expect(page.get_by_text("Not agreed")).to_have_count(3)
    row = page.get_by_role("listitem").filter(has_text="Questions about how it was")
    row.get_by_role("button", name="Agree").press("Enter")
    row = page.get_by_role("listitem").filter(has_text="Questions about how it was").first
    expect(row.get_by_text("since")).to_be_visible()
    row.get_by_role("button", name="Withdraw").press("Enter")
    expect(page.get_by_text("Not agreed")).to_have_count(3)
    page.get_by_text("All that you agreed to and withdrew").click()
    expect(page.locator("details li")).to_have_count(2)


def test_the_language_is_chosen_once_for_pages_and_mail(client: Client) -> None:
    """Choosing Turkish turns the portal Turkish at once, and the next browser too."""
    page = client.sign_in()
    client.open("/choices")
    page.get_by_label("Your language").select_option("tr")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("heading", name="Onaylar ve dil", level=1)).to_be_visible()
    client.context.clear_cookies(name="doorward_language")
    client.open("/")
    expect(page.locator("html")).to_have_attribute("lang", "tr")


def test_decisions_are_explained_and_appealed_once(
    client: Client, talked: WebVisitor, open_context: OpenContext
) -> None:
    """A decision says in plain words what and why; a person is asked once, and sees the appeal in the queue."""
    page = client.sign_in()
    client.open("/decisions")
    expect(page.get_by_text("is lost, what now?")).to_be_visible()
    expect(page.get_by_text("Because").first).to_be_visible()
    page.get_by_text("How it was decided").click()
    expect(page.locator("code")).to_contain_text("first_line.")
    button = page.get_by_role("button", name="Have a person look again")
    form = button.locator("xpath=..")
    action, csrf = form.get_attribute("action"), form.locator("[name=csrf]").input_value()
    button.press("Enter")
    expect(page.get_by_text("A person was asked to look again")).to_be_visible()
    again = page.request.post(
        client.home.replace("/my/halden", str(action)),
        form={"csrf": csrf},
        headers={"origin": client.home.replace("/my/halden", "")},
    )
    assert again.status == 409
    assert talked.entries()["state"] in {"waiting", "human"}
    desk = sign_in(open_context().new_page(), username="mira")
    desk.goto(f"/desk/conversations/{talked.conversation_id}")
    expect(desk.get_by_text("The customer wants a person to look at a decision again.").first).to_be_visible()


def test_each_decision_stands_with_its_own_message(client: Client, guests: Guests, halden: Tenant) -> None:
    """Two messages that were sent at once are each told with what was decided about them."""
    visitor = guests.visitor(halden)
    visitor.client.post("/c/webchat/verification", json={"email": client.email})
    code = client.mailbox.code(client.email)
    visitor.client.post("/c/webchat/verification/confirm", json={"code": code}).raise_for_status()
    for text in ("I lost my card, what should I do?", "What does a transfer abroad cost?"):
        visitor.say(text)
    page = client.sign_in()
    said = page.locator("blockquote.portal-said")
    for _ in range(100):
        client.open("/decisions")
        if said.count() == 2:
            break
    expect(said.filter(has_text="I lost my card")).to_have_count(1)
    expect(said.filter(has_text="transfer abroad")).to_have_count(1)


def test_who_looked_is_told_by_role(client: Client, talked: WebVisitor, open_context: OpenContext) -> None:
    """An agent's look at the conversation is in the customer's list as an agent's, without a name."""
    desk = sign_in(open_context().new_page(), username="mira")
    desk.goto(f"/desk/conversations/{talked.conversation_id}")
    page = client.sign_in()
    client.open("/access")
    # Their page shows what stands out for the customer besides, which is a look of its own.
    row = page.get_by_role("row").filter(has_text="Agent").filter(has_text="Opened the conversation")
    expect(row).to_be_visible()
    assert not re.search(r"\bmira\b", page.content(), re.IGNORECASE)
    expect(page.get_by_text("What is not in this list")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    frame = page.locator(".table-frame")
    assert frame.evaluate("(frame) => frame.scrollWidth <= frame.clientWidth"), "nothing is hidden beside the screen"
    expect(page.get_by_role("table").get_by_role("columnheader")).to_have_count(4)
    expect(row.first.get_by_role("cell")).to_have_count(4)
    expect(row.first.get_by_role("cell").nth(1)).to_have_text("Agent")


def test_screen_readers_are_told_what_is_there(client: Client, talked: WebVisitor) -> None:
    """In the browser's own tree of every page nothing lacks its name, and headings step down one by one."""
    page = client.sign_in()
    found = []
    for path in (*PLACES, f"/conversations/{talked.conversation_id}"):
        client.open(path)
        found += [f"{path}: {fault}" for fault in faults_of_tree(page)]
    assert found == []


def test_there_is_a_place_for_what_comes_later(client: Client) -> None:
    """The status of calls and reports of impersonation have their place on the first page."""
    page = client.sign_in()
    places = page.get_by_role("region", name="Not offered yet").get_by_role("listitem")
    expect(places).to_have_count(2)
    expect(places).to_contain_text(["call", "pretends"])


def test_every_page_is_accessible_and_fits_every_screen(client: Client, talked: WebVisitor) -> None:
    """axe-core holds nothing against any page in light or dark, none scrolls sideways, none has inline code."""
    found = []
    page = client.open("/sign-in")
    found += violations(page)
    client.sign_in()
    for path in (*PLACES, f"/conversations/{talked.conversation_id}", "/again", "/conversations/nothing"):
        client.open(path)
        found += [f"{path} {fault}" for fault in violations_in_both_schemes(page)]
        for width in (390, 768, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                found.append(f"{width} {path} scrolls sideways")
        if re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page.request.get(client.home + path).text()):
            found.append(f"{path} has inline code")
        if page.get_by_role("heading", level=1).count() != 1:
            found.append(f"{path} has not one first heading")
    assert found == []
