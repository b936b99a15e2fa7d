"""Service levels at the desk, by the keyboard alone: a warning is seen and heard, a status keeps the clock still."""

from functools import partial

import pytest
from playwright.sync_api import expect

from doorward import routing, workspace
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.routing import RoutingPlan, ServiceLevel
from doorward.vocabulary.scope import system_scope
from doorward.workspace import PieceName, Status
from tests.support.browsing import OpenContext, follow, on_sqlite, sign_in, tab_to, violations
from tests.support.server import Guests

pytestmark = pytest.mark.browser

AT_ONCE = ServiceLevel(name="Chats", first_minutes=60, warn_at=0.0001)
"""An hour, of which a third of a second warns."""


@pytest.fixture
def promising(house: House, halden: Tenant) -> None:
    """A company that promises a first answer within an hour, and has a status that pauses."""
    scope = system_scope(halden.id, "test")
    plan = RoutingPlan(service_levels=(AT_ONCE,))
    status = Status(name="With the supplier", pauses=True)
    write = house.transactions.write
    write(scope, partial(routing.save_plan, scope=scope, plan=plan, expected=0))
    write(scope, partial(workspace.put_piece, scope=scope, name=PieceName("supplier"), piece=status))


@on_sqlite
def test_a_warning_is_seen_and_a_clock_is_paused(
    promising: None, open_context: OpenContext, guests: Guests, halden: Tenant
) -> None:
    """The row says it in words while the page stands, it is announced, and the status stops the clock."""
    desk = sign_in(open_context().new_page(), username="mira")
    visitor = guests.visitor(halden)
    visitor.say("Hello, I need help with my card")
    visitor.wait_for_answer()
    visitor.ask_for_person()
    row = desk.locator(f"#waiting-{visitor.conversation_id}")
    expect(row.get_by_text("First answer: due soon")).to_be_visible()
    expect(desk.locator("#announcer")).to_contain_text("First answer: due soon")
    expect(desk.locator("#demand")).to_contain_text("First answer: due soon")
    assert violations(desk) == []
    follow(desk, row.locator(".row-link"))
    promises = desk.get_by_role("region", name="Service levels")
    expect(promises.get_by_text("due soon")).to_be_visible()
    expect(
        desk.get_by_role("region", name="What happened").get_by_text("Due soon: First answer (Chats)")
    ).to_be_visible()
    desk.keyboard.press("s")
    status = desk.get_by_role("region", name="Organise").get_by_label("Status")
    expect(status).to_be_focused()
    desk.keyboard.type("With")
    tab_to(desk, desk.get_by_role("button", name="Save priority and status"))
    desk.keyboard.press("Enter")
    expect(promises.get_by_text("The clocks stand still: the status “With the supplier” pauses them.")).to_be_visible()
    expect(promises.get_by_text("due soon")).to_have_count(0)
    assert violations(desk) == []
