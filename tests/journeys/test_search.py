"""Searching: by a program and at the desk, over everything that customers and agents wrote, by those who may."""

from typing import Any

import pytest
from playwright.sync_api import expect

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.record import AuditQuery, find_audit
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite, sign_in
from tests.support.server import Guests

SEARCH = "/api/v1/search"


def found(answer: Any) -> list[tuple[str, str]]:
    """Return the conversations and the snippets of an answer."""
    assert answer.status_code == 200, answer.text
    return [
        (
            one["conversation"]["conversation_id"],
            "".join(piece["text"] for piece in one["line"]["snippet"]["pieces"]) if one["line"] else "",
        )
        for one in answer.json()["items"]
    ]


def noted(house: House, tenant: Tenant) -> list[tuple[str, ...]]:
    """Return the fields of every search in the audit, the newest first."""
    wanted = AuditQuery(action="conversations.searched")
    lines = house.transactions.read(lambda tx: find_audit(tx, system_scope(tenant.id, "test"), wanted))
    return [one.fields for one in lines]


def test_what_customers_wrote_is_found(guests: Guests, halden: Tenant, brisa: Tenant, house: House) -> None:
    """By other forms of its words, with filters, masked as it is kept; another company finds nothing."""
    visitor = guests.visitor(halden)
    visitor.say("My refund for card 4111 1111 1111 1111 never arrived, and I am wet")
    mira = guests.member("mira")
    answer = mira.post(SEARCH, json={"text": "refunds arriving by:customer"})
    assert answer.headers["cache-control"] == "no-store"
    ((conversation_id, snippet),) = found(answer)
    assert conversation_id == visitor.conversation_id
    assert "1111 1111" not in snippet
    marked = [piece["text"] for piece in answer.json()["items"][0]["line"]["snippet"]["pieces"] if piece["marked"]]
    assert marked == ["refund", "arrived"]
    assert found(mira.post(SEARCH, json={"text": "refund channel:webchat by:customer"})) == found(answer)
    assert found(mira.post(SEARCH, json={"text": "refund state:resolved"})) == []
    masked = {"text": "refund by:customer", "filters": {"masked": ["card"]}}
    assert found(mira.post(SEARCH, json=masked)) == found(answer)
    assert found(guests.member("owner", company="brisa").post(SEARCH, json={"text": "refund"})) == []
    assert ("words", "authors", "channels") in noted(house, halden)


def test_what_agents_wrote_is_found(guests: Guests, halden: Tenant) -> None:
    """An agent's reply is found as soon as it is sent, and whose conversation it is can be asked for by name."""
    visitor = guests.visitor(halden)
    visitor.say("I want to talk to a person")
    mira, jonas = guests.member("mira"), guests.member("jonas")
    mira.post(f"/api/v1/conversations/{visitor.conversation_id}/take")
    mira.post(f"/api/v1/conversations/{visitor.conversation_id}/replies", json={"text": "Der Kurier bringt es morgen"})
    words = {"text": "kuriere by:agent agent:mira"}
    assert [one for one, _ in found(jonas.post(SEARCH, json=words))] == [visitor.conversation_id]
    assert found(jonas.post(SEARCH, json={"text": "kurier agent:me"})) == []
    assert visitor.conversation_id in [one for one, _ in found(jonas.post(SEARCH, json={"text": "agent:mira"}))]


@on_sqlite
def test_what_is_not_understood_is_told(guests: Guests) -> None:
    """Unknown filters and values, dates that are none, and cursors of other searches are errors with a reason."""
    mira = guests.member("mira")
    for text, reason in (
        ("label:unknown", "label: no such value"),
        ("colour:red", "no such filter; known are state,"),
        ("state:asleep", "state: no such value; known are bot, waiting"),
        ("from:yesterdays", "from: no such value"),
        ("lang:xx", "lang: no such value; known are de, en"),
        ("agent:nobody-here", "agent: no such value; known are me, none,"),
        (" ".join(map(str, range(20))), "more than 16 words"),
    ):
        answer = mira.post(SEARCH, json={"text": text})
        assert (answer.status_code, reason in answer.json()["reason"]) == (400, True), answer.text
        assert "nobody-here" not in answer.text
    for wrong in ({"text": "x" * 501}, {"order": "best"}, {"cursor": "AAAA"}, {"filters": {"x": ["y"]}}, {"limit": 0}):
        assert mira.post(SEARCH, json=wrong).status_code == 400, wrong
    cursor = mira.post(SEARCH, json={"text": "", "limit": 1}).json()["next_cursor"]
    if cursor is not None:
        assert mira.post(SEARCH, json={"text": "else", "limit": 1, "cursor": cursor}).status_code == 400


def test_customers_are_found_in_the_same_question(guests: Guests, halden: Tenant, house: House) -> None:
    """What is masked is found by its exact value alone, by those who may, and noted as a search for a customer."""
    visitor = guests.visitor(halden)
    visitor.say("Please call me back at +49 170 1234567")
    mira = guests.member("mira")
    answer = mira.post(SEARCH, json={"text": "0170 1234567", "customers": True}).json()
    assert [card["conversation_id"] for card in answer["customers"]] == [visitor.conversation_id]
    assert answer["items"] == []
    assert mira.post(SEARCH, json={"text": "0170 1234567"}).json()["customers"] == []
    wanted = AuditQuery(action="customers.searched")
    lines = house.transactions.read(lambda tx: find_audit(tx, system_scope(halden.id, "test"), wanted))
    assert [line.fields for line in lines] == [("phone", "order", "customer")]


@on_sqlite
def test_only_those_who_may_read_conversations_search(guests: Guests, halden: Tenant, house: House) -> None:
    """A program without the permission is refused, and one with it finds no customers without theirs."""
    scope, tokens = system_scope(halden.id, "test"), house.identity.tokens
    guests.visitor(halden).say("My mail is ada@example.com")

    def program(*permissions: Any) -> Any:
        secret = house.transactions.write(
            scope, lambda tx: tokens.make(tx, scope, name="test", permissions=permissions)
        ).secret
        return guests.client(headers={"authorization": f"Bearer {secret}"})

    assert program("articles:read").post(SEARCH, json={"text": "mail"}).status_code == 403
    reader = program("conversations:read")
    answer = reader.post(SEARCH, json={"text": "ada@example.com", "customers": True})
    assert (answer.status_code, answer.json()["customers"]) == (200, [])
    assert len(found(reader.post(SEARCH, json={"text": "mail"}))) >= 1


@on_sqlite
@pytest.mark.parametrize("order", ["newest", "relevance"])
def test_pages_follow_each_other(guests: Guests, halden: Tenant, order: str) -> None:
    """By cursors, until there is none."""
    visitor = guests.visitor(halden)
    for number in range(5):
        visitor.say(f"umbrella number {number}")
    mira, seen, cursor = guests.member("mira"), [], None
    while True:
        body = {"text": "umbrellas by:customer", "limit": 2, "order": order, "cursor": cursor}
        answer = mira.post(SEARCH, json=body)
        seen += found(answer)
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            break
    assert sorted(text for _, text in seen) == [f"umbrella number {number}" for number in range(5)]


@on_sqlite
@pytest.mark.browser
def test_the_desk_searches_by_keyboard(open_context: OpenContext, guests: Guests, halden: Tenant) -> None:
    """From anywhere with one key: found while typing, told what is wrong, and opened, with no word in an address."""
    visitor = guests.visitor(halden)
    visitor.say("My parcel has not arrived, call +49 170 1234567")
    page = sign_in(open_context().new_page(), username="mira")
    page.goto("/desk/knowledge")  # in the inbox the key narrows its list
    page.keyboard.press("/")
    box = page.get_by_role("searchbox", name="Words")
    expect(box).to_be_focused()
    page.keyboard.type("parcels arr")
    found = page.get_by_role("region", name="What was found")
    hit = found.get_by_role("link")
    expect(hit).to_contain_text("My parcel has not arrived")
    expect(hit.locator("mark")).to_have_text(["parcel", "arrived"])
    box.fill("parcel colour:red")
    expect(found).to_contain_text("There is no filter “colour”")
    box.fill("parcel state:")
    expect(found).to_contain_text("needs a value")
    box.fill("nowhere-to-be-found")
    expect(found).to_contain_text("Nothing was found.")
    box.fill("0170 1234567")
    box.press("Enter")
    expect(found.get_by_role("heading", name="Customers known by exactly this")).to_be_visible()
    box.fill("parcel")
    expect(hit.locator("mark")).to_have_text(["parcel"])
    page.keyboard.press("Escape")
    assert page.url.endswith("/desk/search")
    hit.press("Enter")
    page.wait_for_url(f"**/desk/conversations/{visitor.conversation_id}*")


@on_sqlite
@pytest.mark.browser
def test_the_palette_searches_and_no_script_is_needed(
    open_context: OpenContext, guests: Guests, halden: Tenant
) -> None:
    """What is typed in the palette is searched for everywhere; without a script the form does the same."""
    visitor = guests.visitor(halden)
    visitor.say("My umbrella is broken")
    page = sign_in(open_context().new_page(), username="mira")
    page.keyboard.press("Control+k")
    page.keyboard.type("umbrellas")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="What was found").get_by_role("link")).to_contain_text("umbrella is broken")
    plain = sign_in(open_context(java_script_enabled=False).new_page(), username="mira")
    plain.goto(f"{page.url.partition('/desk')[0]}/desk/search")
    plain.get_by_role("searchbox").fill("umbrella by:customer")
    plain.get_by_role("button", name="Search", exact=True).click()
    expect(plain.get_by_role("region", name="What was found").get_by_role("link")).to_contain_text("umbrella is broken")
