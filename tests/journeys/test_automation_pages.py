"""Rules at the desk by keyboard: one is written, tried on the past, saved, and seen acting."""

import httpx
import pytest
from playwright.sync_api import expect

from doorward import workspace
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from doorward.workspace import Label, PieceName
from tests.journeys.test_api import token_of
from tests.journeys.test_automation_api import BACK, FORTH, RULES
from tests.support.browsing import OpenContext, follow, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.reader import faults_of_tree
from tests.support.server import Guests

pytestmark = pytest.mark.browser


@pytest.fixture
def vip(house: House, halden: Tenant) -> None:
    """A label that rules may put on."""
    scope = system_scope(halden.id, "test")
    piece = Label(name="Very important")
    house.transactions.write(scope, lambda tx: workspace.put_piece(tx, scope, PieceName("vip"), piece))


@on_sqlite
@pytest.mark.usefixtures("vip")
def test_a_rule_is_written_tried_on_the_past_and_seen_acting(
    open_context: OpenContext, guests: Guests, halden: Tenant
) -> None:
    """What is wrong is said beside its field; the try names conversations; the conversation says which rule it was."""
    before = guests.visitor(halden)
    before.say("I ask for the first time")
    page = sign_in(open_context(viewport={"width": 390, "height": 800}).new_page(), username="admin")
    page.goto("/desk/automation")
    follow(page, page.get_by_role("link", name="Write a rule"))
    page.get_by_role("textbox", name="Name", exact=True).fill("Look first")
    page.get_by_label("What happens").select_option("message.customer")
    condition = page.get_by_role("group", name="Condition 1")
    condition.get_by_label("What", exact=True).select_option("channel")
    condition.get_by_label("Value").fill("webchat")
    step = page.get_by_role("group", name="Step 1")
    step.get_by_label("What is done").select_option("add_label")
    step.get_by_label("With what").fill("Unheard of")
    page.get_by_role("button", name="Try it on the past").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("There is nothing called “Unheard of”.")
    page.get_by_role("group", name="Step 1").get_by_label("With what").fill("very important")
    page.get_by_role("button", name="Try it on the past").press("Enter")
    expect(page.get_by_text("In the last 30 days it would have acted")).to_be_visible()
    tried = page.get_by_role("table", name="Conversations in which it would have acted")
    expect(tried.locator(f"a[href='/desk/conversations/{before.conversation_id}']")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    assert faults_of_tree(page) == []
    page.locator(".form-actions").get_by_role("button", name="Save the rule").press("Enter")
    expect(page.get_by_text("The rule is saved.")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    after = guests.visitor(halden)
    after.say("I ask after the rule was written")
    page.goto(f"/desk/conversations/{after.conversation_id}")
    expect(page.get_by_text("Rule: Look first")).to_have_count(1)
    page.goto("/desk/automation")
    follow(page, page.get_by_role("link", name="Look first"))
    log = page.get_by_role("table", name="What it took up, the newest first")
    expect(log).to_contain_text("Put a label on: done")
    assert violations_in_both_schemes(page) == []


@on_sqlite
def test_rules_are_kept_from_circles_and_from_colleagues(
    guests: Guests, house: House, halden: Tenant, open_context: OpenContext
) -> None:
    """A circle is told by the names of its rules; what was changed meanwhile is not overwritten."""
    program = guests.client(headers={"authorization": f"Bearer {token_of(house, halden, 'admin')}"})
    off = {**FORTH, "enabled": False}
    assert put(program, BACK, off).status_code == 200
    page = sign_in(open_context().new_page(), username="admin")
    page.goto("/desk/automation")
    page.get_by_role("button", name="Switch on forth").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("trigger each other for ever: back → forth → back")
    assert put(program, BACK).status_code == 200
    page.get_by_role("button", name="Switch off back").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was overwritten")
    page.get_by_role("button", name="Switch off back").press("Enter")
    expect(page.get_by_text("The rule is off.")).to_be_visible()
    assert guests.member("mira").get("/desk/automation").status_code == 403


def put(program: httpx.Client, *rules: object) -> httpx.Response:
    """Put rules into the place of those that hold."""
    tag = program.get(RULES).headers["etag"]
    return program.put(RULES, json={"rules": rules}, headers={"if-match": tag})
