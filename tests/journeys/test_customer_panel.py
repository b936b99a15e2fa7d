"""The customer beside the conversation, by keyboard: what is known, two contacts made one, taking along, naming."""

from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from doorward import record
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.errors import Unavailable
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import LOADED, OpenContext, on_sqlite, sign_in, tab_to, violations
from tests.support.portal import Mailbox, customer
from tests.support.reader import faults_of_tree
from tests.support.server import Guests, WebVisitor


@pytest.fixture
def visitor(house: House, guests: Guests, halden: Tenant) -> WebVisitor:
    """One of Halden's customers, who has proven it and agreed to something; Mira has the conversation."""
    mailbox, email = Mailbox(house), customer(house).email
    found = guests.visitor(halden)
    found.say("Hello, where is my card?")
    found.client.post("/c/webchat/verification", json={"email": email})
    found.client.post("/c/webchat/verification/confirm", json={"code": mailbox.code(email)}).raise_for_status()
    found.wait_for_answer()
    found.ask_for_person()
    guests.member("mira").post(f"/api/v1/conversations/{found.conversation_id}/take").raise_for_status()
    scope = system_scope(halden.id, "test")

    def agree(tx: Any) -> Any:
        party = house.identity.parties.known_customer(tx, scope, customer(house).reference).value
        return house.identity.consents.decide(tx, scope, party.id, purpose="outreach", answer=(True, "en"))

    house.transactions.write(scope, agree)
    return found


def open_talk(open_context: OpenContext, visitor: WebVisitor, *, username: str = "mira") -> Page:
    """Open the customer's conversation, ready for keys."""
    page = sign_in(open_context().new_page(), username=username)
    page.goto(f"/desk/conversations/{visitor.conversation_id}")
    page.evaluate(LOADED)
    return page


def opened(house: House, halden: Tenant) -> int:
    """How often the audit says that somebody opened a customer; what stands out of one is a look of its own."""
    scope = system_scope(halden.id, "test")
    lines = house.transactions.read(lambda tx: record.latest_audit(tx, scope, limit=200))
    return sum(one.action == "customer.opened" and one.fields != ("signals",) for one in lines)


def test_programs_read_facts_orders_and_consents(house: House, guests: Guests, visitor: WebVisitor) -> None:
    """What the company's own system tells, what is agreed and since when; where it fails, that it does."""
    mira, address = guests.member("mira"), f"/api/v1/conversations/{visitor.conversation_id}/customer"
    known = mira.get(address).json()
    assert known["reachable"]
    assert {"en": "Accounts"}.items() <= known["facts"][0]["label"].items()
    assert [(one["purpose"], one["granted"]) for one in known["agreed"]] == [("outreach", True)]
    assert {one["purpose"]: one["granted"] for one in known["consents"]}["outreach"] is True

    def fail(_reference: str) -> Sequence[Any]:
        raise Unavailable("away")

    for tenant_id, core in house.core_systems.items():
        house.core_facts.forget(tenant_id, known["reference"])
        setattr(core, "orders", fail)  # noqa: B010 - a port's method, on one instance
    failed = mira.get(address)
    assert failed.status_code == 200
    assert (failed.json()["reachable"], failed.json()["facts"], failed.json()["orders"]) == (False, [], None)
    page = mira.get(f"/desk/conversations/{visitor.conversation_id}/known", headers={"hx-request": "true"})
    assert "does not answer just now" in page.text
    assert mira.get(f"/desk/conversations/{visitor.conversation_id}/known").status_code == 303


@pytest.mark.browser
@on_sqlite
def test_the_customer_is_read_beside_the_conversation(
    open_context: OpenContext, house: House, halden: Tenant, visitor: WebVisitor
) -> None:
    """Nothing is opened before a key asks for it; then facts, orders, consents and the past stand in the panel."""
    page = open_talk(open_context, visitor)
    expect(page.get_by_role("link", name="Customer at a glance")).to_be_visible()
    assert opened(house, halden) == 0
    page.keyboard.press("i")
    panel = page.get_by_role("group", name="The customer at a glance")
    expect(panel).to_be_focused()
    expect(panel).to_contain_text(customer(house).name)
    expect(panel).to_contain_text("Cards")
    expect(panel).to_contain_text("Open orders")
    expect(panel).to_contain_text("Latest, over all channels")
    expect(panel).to_contain_text("this one")
    assert opened(house, halden) == 1
    assert violations(page) == []
    assert faults_of_tree(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
@on_sqlite
def test_two_contacts_are_made_one_by_keyboard(
    open_context: OpenContext, guests: Guests, halden: Tenant, visitor: WebVisitor
) -> None:
    """On the page of an unknown visitor the address of the customer's conversation is typed; then they are one."""
    stranger = guests.visitor(halden)
    stranger.say("It is me again")
    stranger.wait_for_answer()
    page = open_talk(open_context, stranger)
    page.keyboard.press("c")
    field = page.get_by_label("Address of the other conversation")
    tab_to(page, field, most=60)
    page.keyboard.type("nowhere")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    tab_to(page, field, most=60)
    page.keyboard.type(f"/desk/conversations/{visitor.conversation_id}")
    page.keyboard.press("Enter")
    expect(page.locator("#timeline").get_by_role("listitem")).to_have_count(2)
    assert violations(page) == []


@pytest.mark.browser
@on_sqlite
def test_a_conversation_is_printed_and_exported_by_keyboard(open_context: OpenContext, visitor: WebVisitor) -> None:
    """On paper stands what was said and nothing that is pressed; the export is fetched by the tabulator and Enter."""
    page = open_talk(open_context, visitor)
    page.emulate_media(media="print")
    expect(page.locator("#lines")).to_be_visible()
    for hidden in (page.locator("#reply"), page.locator(".talk-aside"), page.locator(".talk .actions")):
        expect(hidden).to_be_hidden()
    page.emulate_media(media="screen")
    link = page.get_by_role("link", name="Export as text")
    tab_to(page, link, most=80)
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    assert "where is my card?" in saved.value.path().read_text("utf-8")


@pytest.mark.browser
@on_sqlite
def test_a_colleague_finds_what_names_them_by_keyboard(open_context: OpenContext, visitor: WebVisitor) -> None:
    """A note names Jonas; he finds the conversation among those that name him, and the note in it."""
    page = open_talk(open_context, visitor)
    page.keyboard.press("n")
    expect(page.get_by_role("textbox", name="Note for colleagues")).to_be_focused()
    page.keyboard.type("Your case @jon")
    expect(page.get_by_role("listbox", name="Colleagues").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Keep the note"))
    page.keyboard.press("Enter")
    expect(page.locator(".line-note")).to_contain_text("Your case")
    other = sign_in(open_context().new_page(), username="jonas")
    other.evaluate(LOADED)
    tab_to(other, other.get_by_role("navigation", name="Show").get_by_role("link", name="Mentions"), most=60)
    other.keyboard.press("Enter")
    expect(other.locator(".row-link")).to_have_count(1)
    other.evaluate(LOADED)
    other.keyboard.press("j")
    other.keyboard.press("Enter")
    expect(other.locator(".line-note")).to_contain_text("For Jonas Wiegand")
