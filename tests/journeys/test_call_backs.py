"""Being called back instead of waiting: offered in the chat, taken by the keyboard alone, found at the desk."""

from functools import partial

import pytest
from playwright.sync_api import Locator, Page, expect

from doorward import routing
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.routing import RoutingPlan
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, follow, on_sqlite, sign_in, violations
from tests.support.server import Guests

NUMBER = "+44 20 7946 0018"
FOCUSED = "(element) => element.getRootNode().activeElement === element"


def reach(page: Page, wanted: Locator, *, most: int = 15) -> None:
    """Press the tabulator key until something of the widget, which has a tree of its own, has the focus."""
    wanted.wait_for()
    for _ in range(most):
        if wanted.evaluate(FOCUSED):
            return
        page.keyboard.press("Tab")
    assert wanted.evaluate(FOCUSED), "it cannot be reached by the keyboard"


@pytest.fixture
def offering(house: House, halden: Tenant) -> None:
    """A company that offers a call-back to whoever waits for longer than a minute."""
    plan = RoutingPlan(callback_minutes=1)
    scope = system_scope(halden.id, "test")
    house.transactions.write(scope, partial(routing.save_plan, scope=scope, plan=plan, expected=0))


@pytest.mark.browser
@on_sqlite
def test_who_waits_for_long_is_called_back_in_their_turn(
    offering: None, open_context: OpenContext, guests: Guests, halden: Tenant
) -> None:
    """All places are taken: three minutes are told, a number is left, its task waits at the same place in line."""
    desk = sign_in(open_context().new_page(), username="mira")
    mira = guests.member("mira")
    assert mira.put("/api/v1/presence", json={"available": True}).status_code == 200
    for _ in range(4):
        guests.visitor(halden).ask_for_person()
    customer = open_context().new_page()
    customer.goto("/demo/halden")
    customer.get_by_role("button", name="Open the chat").press("Enter")
    customer.get_by_role("button", name="I have read this").press("Enter")
    expect(customer.get_by_role("textbox", name="Your message")).to_be_focused()
    reach(customer, customer.get_by_role("button", name="Talk to a person"))
    customer.keyboard.press("Enter")
    expect(customer.get_by_text("It will take about 3 minutes until a person can answer.")).to_be_visible()
    yes = customer.get_by_role("button", name="Call or write me back")
    reach(customer, yes)
    customer.keyboard.press("Enter")
    contact = customer.get_by_role("textbox", name="E-mail address or telephone number")
    expect(customer.get_by_text("You keep your place in line, and may close the chat.")).to_be_visible()
    reach(customer, contact)
    assert violations(customer) == []
    customer.keyboard.type(NUMBER)
    customer.keyboard.press("Enter")
    expect(customer.get_by_text("Thank you. A person gets back to you.")).to_be_visible()
    expect(yes).to_be_hidden()

    waiting = desk.get_by_role("region", name="Waiting")
    expect(waiting.get_by_text("Call-back")).to_be_visible()
    follow(desk, waiting.get_by_role("link").filter(has_text="Call-back"))
    expect(desk.get_by_text("Waiting for a person, at place 1.")).to_be_visible()
    tasks = desk.get_by_role("region", name="To do").get_by_role("paragraph")
    expect(tasks.filter(has_text="Call the customer back")).to_be_visible()
    expect(desk.get_by_text(NUMBER)).to_have_count(0)
