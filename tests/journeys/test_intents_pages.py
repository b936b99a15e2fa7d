"""Intents at the desk by keyboard: phrases are typed, learnt, and then a customer is understood."""

import pytest
from playwright.sync_api import expect

from doorward import record
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, follow, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.intents import STRANGERS, WISHES
from tests.support.reader import faults_of_tree
from tests.support.server import Guests

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MINUTES = 180_000


def understood(house: House, tenant: Tenant, conversation_id: str) -> list[str]:
    """Return what the messages of a conversation were taken for, the latest first."""
    scope = system_scope(tenant.id, "test")
    found = house.transactions.read(
        lambda tx: record.entries_of_kinds(tx, scope, [ConversationId(conversation_id)], kinds=("decision.made",))
    )
    return [str(one.entry.data["intent"]) for one in found]


@on_sqlite
def test_phrases_are_typed_learnt_and_then_understood(
    open_context: OpenContext, guests: Guests, house: House, halden: Tenant
) -> None:
    """From an empty page to a customer's message that has the intent; all by keyboard, on a narrow window."""
    page = sign_in(open_context(viewport={"width": 390, "height": 800}).new_page(), username="nadia")
    page.goto("/desk/intents")
    expect(page.get_by_text("Nothing was learnt yet")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    assert faults_of_tree(page) == []
    page.get_by_role("textbox", name="Name").fill("Lamp Buy")
    page.get_by_role("button", name="Make intent").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("check the name")
    for name, lines in [*WISHES.items(), ("none", (("en", *STRANGERS),))]:
        if name != "none":
            page.goto("/desk/intents")
            page.get_by_role("textbox", name="Name").fill(name)
            page.get_by_role("textbox", name="English").fill(f"About {name}")
            page.get_by_role("button", name="Make intent").press("Enter")
            expect(page.get_by_text("The intent is there.")).to_be_visible()
        page.goto(f"/desk/intents/named/{name}")
        page.get_by_label("Phrases, one a line").fill("\n".join(lines[0][1:]))
        page.get_by_role("button", name="Add phrases").press("Enter")
        expect(page.get_by_text("Added. It counts from the next training on.")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    page.goto("/desk/intents")
    page.get_by_role("button", name="Train", exact=True).press("Enter")
    expect(page.get_by_text("Version 1 was made")).to_be_visible(timeout=MINUTES)
    page.goto("/desk/intents")
    expect(page.get_by_role("row", name="in use")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    follow(page, page.get_by_role("link", name="What is confused"))
    expect(page.get_by_role("heading", name="Phrases that mislead")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    assert faults_of_tree(page) == []
    visitor = guests.visitor(halden)
    visitor.say("I would like to buy a new lamp")
    visitor.wait_for_answer()
    assert understood(house, halden, visitor.conversation_id)[0] == "lamp.buy"
    page.goto("/desk/intents/suggestions")
    expect(page.get_by_role("heading", name="Intents", level=1)).to_be_visible()
    assert violations_in_both_schemes(page) == []
