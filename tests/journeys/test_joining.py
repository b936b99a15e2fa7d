"""Conversations of one customer, merged and taken apart again: by program, by keyboard, and as the customer sees it."""

import pytest
from playwright.sync_api import expect

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.kit.tx import Tx
from doorward.record import latest_audit
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.party import AssuranceLevel
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite, sign_in, tab_to, violations
from tests.support.reader import faults_of_tree
from tests.support.server import Guests, WebVisitor


def make_one(house: House, halden: Tenant, *visitors: WebVisitor, proven: bool = True) -> None:
    """Have visitors be one customer; `proven` by what each of them has shown."""
    scope, parties = system_scope(halden.id, "test"), house.identity.parties
    customer = house.transactions.write(scope, lambda tx: parties.known_customer(tx, scope, "HB-1"))
    for visitor in visitors:
        party = house.visitor_tokens.read(str(visitor.visit["token"])).party_id

        def work(tx: Tx, party: PartyId = party) -> Outcome[object]:
            linked = parties.link(tx, scope, party, customer_id=customer.id)
            level = AssuranceLevel.VERIFIED if proven else AssuranceLevel.ANONYMOUS
            raised = parties.raise_assurance(tx, scope, party, level=level, factor="mailed_code")
            return Outcome(None, (*linked.entries, *raised.entries))

        house.transactions.write(scope, work)


@pytest.fixture
def two(guests: Guests, halden: Tenant, house: House) -> tuple[WebVisitor, WebVisitor]:
    """One customer in two browsers, both conversations answered and Mira's."""
    visitors = guests.visitor(halden), guests.visitor(halden)
    make_one(house, halden, *visitors)
    mira = guests.member("mira")
    for number, visitor in enumerate(visitors):
        visitor.say(f"Hello, this is browser {number}")
        visitor.wait_for_answer()
        mira.post(f"/api/v1/conversations/{visitor.conversation_id}/take").raise_for_status()
    return visitors


def test_programs_merge_and_the_chat_goes_on(guests: Guests, two: tuple[WebVisitor, WebVisitor]) -> None:
    """What the first browser says is answered in the other conversation and heard in both; undone only before."""
    first, second = two
    mira, address = guests.member("mira"), f"/api/v1/conversations/{first.conversation_id}"
    body = {"into": second.conversation_id}
    assert mira.post(f"{address}/merge", json=body).json()["conversation_id"] == second.conversation_id
    assert mira.post(f"{address}/separate").json()["merged_into"] is None
    assert mira.post(f"{address}/merge", json=body).status_code == 200
    assert first.say("And one more thing")["duplicate"] is False
    answer = mira.post(f"/api/v1/conversations/{second.conversation_id}/replies", json={"text": "Here I am"})
    assert answer.status_code == 201
    assert "Here I am" in first.heard()
    assert "Here I am" in second.heard()
    said = [line["text"] for line in first.entries()["entries"] if line["author"] == "customer"]
    assert said == ["Hello, this is browser 0", "And one more thing"]
    lines = mira.get(f"/api/v1/conversations/{second.conversation_id}").json()["lines"]
    elsewhere = [line["text"] for line in lines if line.get("conversation_id") == first.conversation_id]
    assert "Hello, this is browser 0" in elsewhere
    late = mira.post(f"{address}/separate")
    assert (late.status_code, late.json()["code"]) == (409, "conflict")


def test_a_browser_that_proved_nothing_reads_nothing(guests: Guests, halden: Tenant, house: House) -> None:
    """That two are said to be one customer does not open one's words to the other; two customers are never merged."""
    visitors = [guests.visitor(halden) for _ in range(3)]
    for visitor in visitors:
        visitor.say("Hello")
        visitor.wait_for_answer()
    make_one(house, halden, *visitors[:2], proven=False)
    mira, body = guests.member("mira"), {"into": visitors[1].conversation_id}
    for visitor in (visitors[0], visitors[2]):
        refused = mira.post(f"/api/v1/conversations/{visitor.conversation_id}/merge", json=body)
        assert refused.status_code == 409


@on_sqlite
@pytest.mark.browser
def test_an_agent_merges_and_takes_apart_by_keyboard(
    open_context: OpenContext, two: tuple[WebVisitor, WebVisitor]
) -> None:
    """A key asks where it goes on; both are read there, marked; a button takes them apart again."""
    first, second = two
    page = sign_in(open_context().new_page(), username="mira")
    page.goto(f"/desk/conversations/{first.conversation_id}")
    page.keyboard.press("m")
    expect(page.get_by_role("heading", name="Merge this conversation into another")).to_be_visible()
    assert violations(page) == []
    tab_to(page, page.get_by_role("button", name="Merge"))
    page.keyboard.press("Enter")
    expect(page.locator("#lines")).to_contain_text("Hello, this is browser 0")
    expect(page.locator("#lines")).to_contain_text("Hello, this is browser 1")
    expect(page.locator("#lines")).to_contain_text("said in another conversation")
    assert page.url.endswith(second.conversation_id)
    assert violations(page) == []
    assert faults_of_tree(page) == []
    page.get_by_role("button", name="Take apart").press("Enter")
    expect(page.locator("#lines")).not_to_contain_text("Hello, this is browser 1")
    assert page.url.endswith(first.conversation_id)


@on_sqlite
@pytest.mark.browser
def test_an_agent_splits_a_conversation_by_keyboard(
    open_context: OpenContext, two: tuple[WebVisitor, WebVisitor]
) -> None:
    """A key asks which lines; they begin a conversation that is the agent's and says where they come from."""
    first, _ = two
    page = sign_in(open_context(color_scheme="dark").new_page(), username="mira")
    page.goto(f"/desk/conversations/{first.conversation_id}")
    page.keyboard.press("d")
    box = page.get_by_role("checkbox", name="Hello, this is browser 0")
    tab_to(page, box)
    page.keyboard.press("Space")
    assert violations(page) == []
    tab_to(page, page.get_by_role("button", name="Begin a conversation"))
    page.keyboard.press("Enter")
    expect(page.locator("#lines")).to_contain_text("copied from another conversation")
    assert not page.url.endswith(first.conversation_id)
    assert violations(page) == []


def test_programs_hand_over_warm(guests: Guests, two: tuple[WebVisitor, WebVisitor]) -> None:
    """It stays until the colleague accepts; only then the customer is told, once; who is not asked cannot accept."""
    first, second = two
    mira, jonas = guests.member("mira"), guests.member("jonas")
    him = jonas.get("/api/v1/me").json()["staff_id"]
    address, other = (f"/api/v1/conversations/{one.conversation_id}" for one in two)
    asked = mira.post(f"{address}/invitation", json={"to": him, "note": "Can you? Card 4242 4242 4242 4242"})
    assert (asked.status_code, asked.json()["state"]) == (200, "human")
    shown = jonas.get(address).json()
    assert shown["invitation"]["to"] == him
    assert "4242 4242" not in str(shown)
    told = len(first.heard())
    assert mira.post(f"{address}/invitation/accept").status_code == 409
    accepted = jonas.post(f"{address}/invitation/accept").json()
    assert accepted["assignee"] == him
    assert len(first.heard()) == told + 1
    assert jonas.post(f"{address}/invitation/accept").status_code == 409
    mira.post(f"{other}/invitation", json={"to": him}).raise_for_status()
    assert jonas.post(f"{other}/invitation/decline").json()["assignee"] != him
    assert jonas.get(other).json()["invitation"] is None
    assert not any("else" in one for one in second.heard())


@on_sqlite
@pytest.mark.browser
def test_a_colleague_accepts_an_invitation_by_keyboard(
    open_context: OpenContext, guests: Guests, two: tuple[WebVisitor, WebVisitor]
) -> None:
    """Asked in the dialog of handing over; the colleague presses a key, and has it."""
    first, _ = two
    guests.member("jonas")
    address = f"/desk/conversations/{first.conversation_id}"
    mira = sign_in(open_context().new_page(), username="mira")
    mira.goto(f"{address}/hand-over")
    mira.get_by_role("radio", name="Jonas Wiegand").check()
    tab_to(mira, mira.get_by_role("checkbox", name="Ask first"))
    mira.keyboard.press("Space")
    tab_to(mira, mira.get_by_role("button", name="Hand over"))
    mira.keyboard.press("Enter")
    jonas = sign_in(open_context().new_page(), username="jonas")
    jonas.goto(address)
    expect(jonas.locator("#invitation")).to_contain_text("asks you to have this conversation")
    assert violations(jonas) == []
    jonas.keyboard.press("y")
    expect(jonas.locator("#standing")).to_contain_text("You have this conversation")
    expect(jonas.locator("#invitation")).to_have_count(0)


def test_the_customer_is_opened_on_demand_and_noted(
    guests: Guests, house: House, halden: Tenant, two: tuple[WebVisitor, WebVisitor]
) -> None:
    """Who it is and where they speak; the audit says who asked; who may not is refused."""
    first, second = two
    address = f"/api/v1/conversations/{first.conversation_id}"
    known = guests.member("mira").get(f"{address}/customer")
    assert known.headers["cache-control"] == "no-store"
    assert (known.json()["known"], known.json()["reference"]) == (True, "HB-1")
    timeline = {one["conversation_id"] for one in known.json()["timeline"]}
    assert timeline == {first.conversation_id, second.conversation_id}
    scope = system_scope(halden.id, "test")
    lines = house.transactions.read(lambda tx: latest_audit(tx, scope, limit=50))
    assert "customer.opened" in {one.action for one in lines}


def test_a_conversation_is_taken_along_masked(guests: Guests, two: tuple[WebVisitor, WebVisitor]) -> None:
    """As data and as text, without notes unless they are asked for, and with nothing that was masked."""
    first, _ = two
    mira, address = guests.member("mira"), f"/api/v1/conversations/{first.conversation_id}"
    first.say("My card is 4242 4242 4242 4242")
    mira.post(f"{address}/notes", json={"text": "Between us"}).raise_for_status()
    data, text = mira.get(f"{address}/export"), mira.get(f"{address}/export/text")
    assert data.json()["conversation_id"] == first.conversation_id
    for one in (data, text):
        assert "attachment" in one.headers["content-disposition"]
        assert "My card is" in one.text
        assert "4242 4242" not in one.text
        assert "Between us" not in one.text
    assert "Between us" in mira.get(f"{address}/export", params={"notes": "true"}).text


def test_two_contacts_are_said_to_be_one(guests: Guests, halden: Tenant, two: tuple[WebVisitor, WebVisitor]) -> None:
    """A visitor becomes the customer to the desk, and may read no more than before; two strangers are refused."""
    first, _ = two
    strangers = guests.visitor(halden), guests.visitor(halden)
    for one in strangers:
        one.say("Hello, it is me")
        one.wait_for_answer()
    mira, address = guests.member("mira"), f"/api/v1/conversations/{strangers[0].conversation_id}"
    refused = mira.post(f"{address}/same-customer", json={"other": strangers[1].conversation_id})
    assert refused.status_code == 409
    mira.post(f"{address}/same-customer", json={"other": first.conversation_id}).raise_for_status()
    known = mira.get(f"{address}/customer").json()
    assert (known["reference"], known["assurance"]) == ("HB-1", "anonymous")
    assert mira.post(f"{address}/merge", json={"into": first.conversation_id}).status_code == 409


@on_sqlite
@pytest.mark.browser
def test_an_agent_opens_the_customer_by_keyboard(open_context: OpenContext, two: tuple[WebVisitor, WebVisitor]) -> None:
    """A key opens what is known, on a page that can be read in both themes and on a narrow screen."""
    first, _ = two
    page = sign_in(open_context(color_scheme="dark").new_page(), username="mira")
    page.goto(f"/desk/conversations/{first.conversation_id}")
    expect(page.get_by_role("link", name="Export as text")).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="The customer's file")).to_be_visible()
    expect(page.locator("#timeline")).to_contain_text("this one")
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
