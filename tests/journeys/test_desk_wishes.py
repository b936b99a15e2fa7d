"""What customers do beyond talking, as agents see it: on the conversation's page, and on the inbox's cards."""

import re
from contextlib import closing

import pytest
from playwright.sync_api import expect

from doorward import record
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations
from tests.support.portal import Mailbox, PortalGuest, customer
from tests.support.reading import reading
from tests.support.server import Guests, WebVisitor


@pytest.fixture
def visitor(guests: Guests, house: House, halden: Tenant) -> WebVisitor:
    """A customer at the chat who has proven who they are, and was answered."""
    mailbox, email = Mailbox(house), customer(house).email
    found = guests.visitor(halden)
    found.client.post("/c/webchat/verification", json={"email": email})
    found.client.post("/c/webchat/verification/confirm", json={"code": mailbox.code(email)}).raise_for_status()
    with reading(found.client, "/c/webchat/stream") as stream:
        found.say("My card 4242 4242 4242 4242 is lost, what now?")
        while stream.next("entry")["data"]["author"] != "bot":
            pass
    return found


def wish(visitor: WebVisitor, path: str, **body: object) -> None:
    """Ask for something at the chat."""
    visitor.client.post(f"/c/webchat/{path}", json={"id": f"{path}-1", **body}).raise_for_status()


def shown(guests: Guests, visitor: WebVisitor) -> str:
    """Return the words of the conversation's page at the desk, without markup."""
    page = guests.member("mira").get(f"/desk/conversations/{visitor.conversation_id}").text
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def card(guests: Guests, visitor: WebVisitor) -> str:
    """Return the words of the conversation's card in the inbox, without markup."""
    inbox = guests.member("mira").get("/desk/?show=all").text
    rows = [row for row in inbox.split("<li class=") if f'/conversations/{visitor.conversation_id}"' in row]
    return " ".join(re.sub(r"<[^>]+>", " ", rows[0]).split())


def test_every_wish_is_shown_as_what_it_is(guests: Guests, visitor: WebVisitor) -> None:
    """Feedback, a call-back and a deletion stand there in words, masked; the card in the inbox names them."""
    wish(visitor, "feedback", helpful=False, comment="My card 5555 5555 5555 4444 is still open")
    wish(visitor, "callback", contact="+44 20 7946 0018")
    wish(visitor, "deletion")
    page = shown(guests, visitor)
    assert "Feedback" in page
    assert "It did not help." in page
    assert "Wants to be called or written back, at:" in page
    assert "Wants what we hold to be deleted." in page
    assert "CARD·4444" in page
    assert "PHONE·" in page
    assert "7946 0018" not in page
    assert all(name in card(guests, visitor) for name in ("Feedback", "Call-back", "Deletion"))


def test_an_appeal_names_the_decision_and_the_words_it_was_about(
    guests: Guests, house: House, url: str, halden: Tenant, visitor: WebVisitor
) -> None:
    """Whoever appeals at the portal is shown with what had been decided, and about which message."""
    scope, conversation_id = system_scope(halden.id, "test"), ConversationId(visitor.conversation_id)
    lines = house.transactions.read(lambda tx: record.entries_after(tx, scope, conversation_id))
    decided = next(one for one in lines if one.entry.kind == "decision.made")
    guest = PortalGuest(url, Mailbox(house))
    with closing(guest.client):
        guest.sign_in(customer(house).email)
        answer = guest.form(f"/decisions/{conversation_id}/{decided.seq}/appeal", page="/decisions")
        assert answer.status_code == 303
    page = shown(guests, visitor)
    assert "Wants a person to look again at this decision:" in page
    assert re.search(r"It was about these words: My card .*CARD·4242 is lost, what now\?", page)
    assert "Appeal" in card(guests, visitor)


def test_a_correction_is_shown_with_its_words(guests: Guests, house: House, url: str, halden: Tenant) -> None:
    """A request about data is a conversation of its own, and says what is to be corrected."""
    guest = PortalGuest(url, Mailbox(house))
    with closing(guest.client):
        guest.sign_in(customer(house).email)
        guest.form("/data/correction", page="/data", text="My street is spelt wrong", form="once")
    inbox = guests.member("mira").get("/desk/").text
    assert "Correction" in inbox
    found = re.search(r'/desk/conversations/([0-9a-z]{26})"', inbox)
    assert found is not None, "the inbox shows no conversation"
    page = guests.member("mira").get(f"/desk/conversations/{found[1]}").text
    assert re.search(r'wish-words"[^>]*>My street is spelt wrong<', page)


def test_a_transcript_is_mailed_once_and_shown(guests: Guests, house: House, visitor: WebVisitor) -> None:
    """The same request twice is one mail, and the desk sees that the customer has the conversation."""
    mailbox = Mailbox(house)
    wish(visitor, "transcript")
    wish(visitor, "transcript")
    assert len(mailbox.arrived(customer(house).email, "lost, what now?")) == 1
    assert "Had the conversation mailed to the address on file." in shown(guests, visitor)


def test_a_copy_of_the_data_is_shown(
    guests: Guests, house: House, url: str, halden: Tenant, visitor: WebVisitor
) -> None:
    """Whoever took a copy of their data at the portal is shown so in each of their conversations, in nobody else's."""
    assert "Copy of data" not in shown(guests, visitor)
    guest = PortalGuest(url, Mailbox(house))
    with closing(guest.client):
        guest.sign_in(customer(house).email)
        assert guest.form("/data/export", page="/data", format="json").status_code == 200
    page = shown(guests, visitor)
    assert "Took a copy of all their data at the portal." in page
    assert page.index("What the customer asks for") < page.index("Copy of data")
    stranger = guests.visitor(halden)
    stranger.say("Hello")
    assert "Copy of data" not in shown(guests, stranger)


@on_sqlite
def test_what_was_dealt_with_leaves_the_card(guests: Guests, visitor: WebVisitor) -> None:
    """Once the conversation is resolved its card is about nothing any more, and its page keeps what was."""
    wish(visitor, "callback", contact="ada@example.org")
    mira = guests.member("mira")
    for act in ("take", "resolve"):
        mira.post(f"/api/v1/conversations/{visitor.conversation_id}/{act}").raise_for_status()
    visitor.say("One more thing")
    assert "Call-back" not in card(guests, visitor)
    assert "Call-back" in shown(guests, visitor)


@pytest.mark.browser
@on_sqlite
def test_wishes_are_accessible(open_context: OpenContext, visitor: WebVisitor) -> None:
    """The panel and the badges hold what the guidelines ask for."""
    wish(visitor, "feedback", helpful=True)
    wish(visitor, "callback", contact="ada@example.org")
    page = sign_in(open_context().new_page(), username="mira")
    expect(page.get_by_role("region", name="Waiting").get_by_text("Call-back")).to_be_visible()
    assert violations(page) == []
    page.goto(f"/desk/conversations/{visitor.conversation_id}")
    panel = page.get_by_role("region", name="What the customer asks for")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    expect(panel.locator(".mask")).to_have_count(1)
    assert violations(page) == []
