"""A conversation of ten thousand messages: the latest part opens at once, the rest comes on demand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from doorward import record
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor, system_scope
from doorward.vocabulary.text import house_text
from tests.support.browsing import OpenContext, on_sqlite, sign_in
from tests.support.server import Guests

pytestmark = [pytest.mark.browser, on_sqlite]

MESSAGES = 10_000
FEW = 500
"""Bubbles that a page may hold at first: far fewer than the conversation has."""


def fill(house: House, tenant: Tenant, conversation_id: str, *, messages: int) -> None:
    """Write many messages into a conversation, a thousand a transaction."""
    scope = system_scope(tenant.id, "test")
    conversation = ConversationId(conversation_id)
    card = house.transactions.read(lambda tx: record.card_of(tx, scope, conversation))
    assert card is not None

    def entries(start: int) -> tuple[Entry, ...]:
        return tuple(
            Entry(
                kind="message.customer",
                conversation_id=conversation,
                party_id=card.party_id,
                key=f"long:{number}",
                at=card.last_at,
                actor=Actor(kind="customer", id=card.party_id),
                text=house_text(f"Message number {number}"),
                data={"language": "en"},
            )
            for number in range(start, min(start + 1000, messages + 1))
        )

    def thousand(start: int) -> Callable[[Tx], Outcome[None]]:
        return lambda _tx: Outcome(None, entries(start))

    for start in range(1, messages + 1, 1000):
        house.transactions.write(scope, thousand(start))


def test_a_very_long_conversation_opens_fast_and_goes_back_on_demand(
    open_context: OpenContext, guests: Guests, house: House, halden: Tenant
) -> None:
    """The page holds the latest part alone; earlier messages come when asked for, stay there, and new ones arrive."""
    customer = guests.visitor(halden)
    customer.say("This is where it began")
    fill(house, halden, customer.conversation_id, messages=MESSAGES)
    page = sign_in(open_context().new_page(), username="mira")
    page.goto(f"/desk/conversations/{customer.conversation_id}")
    lines = page.locator(".line")
    expect(
        page.get_by_role("group", name="Transcript (masked)").get_by_text("Message number 10000", exact=True)
    ).to_be_in_viewport()
    first = lines.count()
    assert first < FEW
    customer.say("And this is new")
    expect(page.get_by_role("group", name="Transcript (masked)").get_by_text("And this is new")).to_be_in_viewport()
    page.get_by_role("link", name="Earlier messages").press("Enter")
    expect(
        page.get_by_role("group", name="Transcript (masked)").get_by_text("Message number 9300", exact=True)
    ).to_be_attached()
    assert first < lines.count() < 2 * FEW
    customer.say("And this is newer")
    expect(page.get_by_role("group", name="Transcript (masked)").get_by_text("And this is newer")).to_be_attached()
    expect(
        page.get_by_role("group", name="Transcript (masked)").get_by_text("Message number 9300", exact=True)
    ).to_be_attached()


def test_earlier_messages_are_a_page_without_scripts(
    open_context: OpenContext, guests: Guests, house: House, halden: Tenant
) -> None:
    """The same link leads to a page of its own when there is no script."""
    customer = guests.visitor(halden)
    customer.say("This is where it began")
    fill(house, halden, customer.conversation_id, messages=700)
    page = sign_in(open_context(java_script_enabled=False).new_page(), username="mira")
    page.goto(f"/desk/conversations/{customer.conversation_id}/earlier?before=300")
    expect(page.get_by_text("This is where it began")).to_be_attached()
    page.get_by_role("link", name="To the latest messages").click()
    expect(
        page.get_by_role("group", name="Transcript (masked)").get_by_text("Message number 700", exact=True)
    ).to_be_visible()
