"""'The same card as last week': told at the desk and by the interface, written down only where it can die."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.record.tables import entry_table
from tests.support.browsing import OpenContext, on_sqlite, sign_in
from tests.support.server import Guests, WebVisitor


def findings_of(member: httpx.Client, visitor: WebVisitor) -> list[dict[str, Any]]:
    """Return what was found in the visitor's messages, in order."""
    answer = member.get(f"/api/v1/conversations/{visitor.conversation_id}")
    found: list[dict[str, Any]] = answer.json()["findings"]
    return found


def test_the_same_card_is_told_across_contacts_and_customers(guests: Guests, halden: Tenant, house: House) -> None:
    """A value that is met again says so, to whoever may read the conversation; the ledger holds no mark of it."""
    one, other, mira = guests.visitor(halden), guests.visitor(halden), guests.member("mira")
    one.say("My card is 4242 4242 4242 4242")
    one.say("Did you get it? 4242-4242-4242-4242")
    other.say("I have 4242424242424242 and mail a@example.com")
    first, second = findings_of(mira, one)
    assert first["findings"][0]["digest"] == second["findings"][0]["digest"]
    assert [(seen["before"], seen["others"]) for seen in second["sightings"]] == [(1, 1)]
    (theirs,) = findings_of(mira, other)
    assert [(seen["place"], seen["others"]) for seen in theirs["sightings"]] == [(0, 1)]
    lines = house.transactions.read(lambda tx: tx.execute(select(entry_table.c.data)).scalars().all())
    assert any("findings" in line for line in lines)
    assert "digest" not in str(lines)


def test_another_company_hears_nothing_of_it(guests: Guests, halden: Tenant, brisa: Tenant) -> None:
    """The same card at two companies is two cards."""
    ours, theirs = guests.visitor(halden), guests.visitor(brisa)
    for visitor in (ours, theirs):
        visitor.say("My card is 4242 4242 4242 4242")
    (here,), (there,) = (
        findings_of(guests.member("mira"), ours),
        findings_of(guests.member("owner", company="brisa"), theirs),
    )
    assert here["sightings"] == there["sightings"] == []
    assert here["findings"] != there["findings"]


@on_sqlite
@pytest.mark.browser
def test_the_desk_says_that_a_value_was_met_before(open_context: OpenContext, guests: Guests, halden: Tenant) -> None:
    """Beside the finding stands how often the same value came before, and from how many other customers."""
    one, other = guests.visitor(halden), guests.visitor(halden)
    one.say("My card is 4242 4242 4242 4242")
    other.say("My card is 4242 4242 4242 4242")
    one.say("My card is 4242 4242 4242 4242")
    page = sign_in(open_context().new_page(), username="mira")
    page.goto(f"/desk/conversations/{one.conversation_id}")
    findings = page.get_by_role("region", name="Findings")
    expect(findings.get_by_text("The same value before: 1")).to_be_visible()
    expect(findings.get_by_text("The same value from other customers: 1").first).to_be_visible()
