"""Keeping canned replies at the desk: written by keyboard, changed without overwriting a colleague, removed."""

import pytest
from playwright.sync_api import expect

from doorward import workspace
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from doorward.workspace import CannedReply, PieceName
from tests.support.browsing import OpenContext, on_sqlite, sign_in, tab_to, violations
from tests.support.reader import faults_of_tree

pytestmark = pytest.mark.browser


@on_sqlite
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_own_reply_is_written_and_removed(open_context: OpenContext, scheme: str) -> None:
    """By keyboard, at a phone's width; what is wrong is said beside its field; nothing that was written is lost."""
    context = open_context(color_scheme=scheme, viewport={"width": 390, "height": 800})
    page = sign_in(context.new_page(), username="mira")
    page.goto("/desk/replies/new")
    page.get_by_role("textbox", name="Name", exact=True).fill("Greeting")
    page.get_by_role("textbox", name="Shortcut").fill("hello")
    tab_to(page, page.get_by_role("button", name="Keep it"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="at least one language")).to_be_visible()
    expect(page.get_by_role("textbox", name="Shortcut")).to_have_value("hello")
    assert violations(page) == []
    page.get_by_role("textbox", name="English").fill("Hello, {agent} here.")
    page.get_by_role("button", name="Keep it").press("Enter")
    expect(page.get_by_text("It is kept.")).to_be_visible()
    expect(page.get_by_role("list", name="Canned replies")).to_contain_text("/hello")
    assert violations(page) == []
    assert faults_of_tree(page) == []
    page.get_by_role("link", name="Greeting").press("Enter")
    expect(page.get_by_role("textbox", name="English")).to_have_value("Hello, {agent} here.")
    page.locator("summary", has_text="Remove it").press("Enter")
    page.get_by_role("button", name="Remove it").press("Enter")
    expect(page.get_by_text("There are none yet.")).to_be_visible()


@on_sqlite
def test_nobody_overwrites_a_colleague(open_context: OpenContext, house: House, halden: Tenant) -> None:
    """Everybody's replies are set up by who may; what was changed meanwhile is not overwritten."""
    scope, name = system_scope(halden.id, "test"), PieceName("hello")

    def put(text: str) -> None:
        piece = CannedReply(name="Greeting", shortcut="hello", texts={"en": text})
        house.transactions.write(scope, lambda tx: workspace.put_piece(tx, scope, name, piece))

    put("first")
    agent = sign_in(open_context().new_page(), username="mira")
    agent.goto("/desk/replies")
    expect(agent.get_by_role("list", name="Canned replies")).to_contain_text("Greeting")
    expect(agent.get_by_role("link", name="Greeting")).to_have_count(0)
    assert agent.goto("/desk/replies/hello").status == 403  # type: ignore[union-attr]
    page = sign_in(open_context().new_page(), username="nadia")
    page.goto("/desk/replies/hello")
    put("second")
    page.get_by_role("textbox", name="English").fill("third")
    page.get_by_role("button", name="Keep it").press("Enter")
    expect(page.get_by_text("Nothing was overwritten")).to_be_visible()
    expect(page.get_by_role("textbox", name="English")).to_have_value("third")
    kept = house.transactions.read(lambda tx: workspace.find_piece(tx, scope, "reply", "hello").piece)
    assert isinstance(kept, CannedReply)
    assert kept.texts == {"en": "second"}
