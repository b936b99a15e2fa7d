"""Finding a customer: by an exact value, by those who may, noted every time and limited."""

import pytest
from playwright.sync_api import expect

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.record import AuditQuery, find_audit
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import LOADED, OpenContext, on_sqlite, sign_in
from tests.support.portal import Mailbox, customer
from tests.support.server import Guests

SEARCH = "/api/v1/customers/search"


def searches(house: House, tenant: Tenant) -> list[tuple[tuple[str, ...], str | None]]:
    """Return the kinds and the reason of every search in the audit, the newest first."""
    scope = system_scope(tenant.id, "test")
    wanted = AuditQuery(action="customers.searched")
    lines = house.transactions.read(lambda tx: find_audit(tx, scope, wanted))
    return [(one.fields, one.reason) for one in lines]


def test_a_customer_is_found_by_what_they_wrote(guests: Guests, halden: Tenant, brisa: Tenant, house: House) -> None:
    """However the agent writes it; another company's agent finds nobody; the audit names the kind, not the value."""
    visitor = guests.visitor(halden)
    visitor.say("Please call me back at +49 170 1234567 or write to ada@example.com")
    mira = guests.member("mira")
    found = mira.post(SEARCH, json={"value": "0170/1234567", "kind": "phone"})
    assert [card["conversation_id"] for card in found.json()["items"]] == [visitor.conversation_id]
    assert found.headers["cache-control"] == "no-store"
    # The message is still being walked: what else its card says may change meanwhile.
    again = mira.post(SEARCH, json={"value": "Ada@Example.com"}).json()
    assert [card["conversation_id"] for card in again["items"]] == [visitor.conversation_id]
    assert mira.post(SEARCH, json={"value": "0170/1234568"}).json() == {"items": []}
    theirs = guests.member("owner", company="brisa").post(SEARCH, json={"value": "0170/1234567"})
    assert (theirs.status_code, theirs.json()) == (200, {"items": []})
    assert searches(house, halden)[-2:] == [(("email",), None), (("phone",), None)]


def test_a_customer_is_found_by_what_the_company_knows(guests: Guests, halden: Tenant, house: House) -> None:
    """Who has proven who they are is found by name, address and number, with what they wrote as a visitor."""
    mailbox, known = Mailbox(house), customer(house, 1)
    visitor = guests.visitor(halden)
    visitor.say("Hello")
    visitor.client.post("/c/webchat/verification", json={"email": known.email})
    visitor.client.post("/c/webchat/verification/confirm", json={"code": mailbox.code(known.email)})
    mira = guests.member("mira")
    surname_first = ", ".join(reversed(known.name.split(" ", 1)))
    for value, kind in (
        (known.email, "email"),
        (surname_first, "name"),
        (known.phone, "phone"),
        (known.reference, "customer"),
    ):
        found = mira.post(SEARCH, json={"value": value, "kind": kind}).json()["items"]
        assert visitor.conversation_id in [card["conversation_id"] for card in found], kind


def test_nothing_found_and_not_allowed_look_the_same(guests: Guests, halden: Tenant, house: House) -> None:
    """Whoever may not look for customers cannot tell that there is one, and the audit says that they tried."""
    visitor = guests.visitor(halden)
    visitor.say("My mail is ada@example.com")
    scope, tokens = system_scope(halden.id, "test"), house.identity.tokens
    secret = house.transactions.write(
        scope, lambda tx: tokens.make(tx, scope, name="test", permissions=("conversations:read",))
    ).secret
    program = guests.client(headers={"authorization": f"Bearer {secret}"})
    there = program.post(SEARCH, json={"value": "ada@example.com"})
    nobody = program.post(SEARCH, json={"value": "bob@example.com"})
    assert (there.status_code, there.content) == (nobody.status_code, nobody.content) == (200, b'{"items":[]}')
    assert there.headers.keys() == nobody.headers.keys()
    assert [reason for _kinds, reason in searches(house, halden)] == ["refused", "refused"]


@on_sqlite
def test_searching_is_limited(guests: Guests) -> None:
    """Nobody reads the customers out by guessing: after thirty searches in a minute the next must wait."""
    mira, jonas = guests.member("mira"), guests.member("jonas")
    answers = [mira.post(SEARCH, json={"value": f"0170 55500{number:02}"}) for number in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert jonas.post(SEARCH, json={"value": "0170 5550000"}).status_code == 200
    for wrong in ({"value": " "}, {"value": "x" * 201}, {"value": "x", "kind": "shoe size"}, {}):
        assert jonas.post(SEARCH, json=wrong).status_code == 400


@on_sqlite
@pytest.mark.browser
def test_the_desk_finds_a_customer_by_keyboard(open_context: OpenContext, guests: Guests, halden: Tenant) -> None:
    """From the inbox with two keys, typed and sent: the conversation is a link, and what was typed is in no address."""
    visitor = guests.visitor(halden)
    visitor.say("My mail is ada@example.com")
    page = sign_in(open_context().new_page(), username="mira")
    page.evaluate(LOADED)
    page.keyboard.press("g")
    page.keyboard.press("f")
    expect(page.get_by_role("heading", name="Find a customer")).to_be_visible()
    box = page.get_by_role("textbox", name="What the customer is known by")
    box.fill("bob@example.com")
    box.press("Enter")
    expect(page.get_by_text("Nothing was found.")).to_be_visible()
    box.fill("ADA@example.com")
    box.press("Enter")
    expect(page.get_by_role("region", name="What was found").get_by_role("link")).to_have_attribute(
        "href", f"/desk/conversations/{visitor.conversation_id}"
    )
    assert "example" not in page.url
