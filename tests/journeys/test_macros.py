"""Macros, by keyboard alone: chosen with their steps in sight, run, and told in words what became of each."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from doorward import workspace
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from doorward.workspace import Label, Macro, MacroStep, Piece, PieceName
from tests.support.browsing import OpenContext, on_sqlite, sign_in, tab_to, violations
from tests.support.reader import faults_of_tree
from tests.support.server import Guests, WebVisitor

pytestmark = pytest.mark.browser


@pytest.fixture
def customer(guests: Guests, halden: Tenant) -> WebVisitor:
    """Somebody who waits for a person."""
    visitor = guests.visitor(halden)
    visitor.say("Hello, I need help with my card")
    visitor.ask_for_person()
    return visitor


@pytest.fixture
def macros(house: House, halden: Tenant) -> None:
    """A company with a label and two macros: one that can be run, one that asks for a label there is not."""
    put(house, halden, "card", Label(name="Card trouble"))
    put(
        house,
        halden,
        "welcome",
        macro("Welcome", ("assign", "me"), ("label", "card"), ("reply", "Hello, {agent} here.")),
    )
    put(house, halden, "zap", macro("Zap", ("priority", 2), ("label", "gone"), ("resolve", None)))


def put(house: House, halden: Tenant, key: str, piece: Piece) -> None:
    """Have the company set up a piece."""
    scope = system_scope(halden.id, "test")
    house.transactions.write(scope, lambda tx: workspace.put_piece(tx, scope, PieceName(key), piece))


def macro(name: str, *steps: tuple[str, Any]) -> Macro:
    """Return a macro of these steps."""
    return Macro(name=name, steps=tuple(MacroStep(verb=verb, value=value) for verb, value in steps))  # type: ignore[arg-type]


def open_macros(open_context: OpenContext, customer: WebVisitor, *, scheme: str = "light", **context: Any) -> Page:
    """Open the customer's conversation, and there what can be run."""
    page = sign_in(open_context(color_scheme=scheme, **context).new_page(), username="mira")
    page.goto(f"/desk/conversations/{customer.conversation_id}")
    page.keyboard.press(".")
    return page


@pytest.mark.usefixtures("macros")
def test_programs_run_a_macro(guests: Guests, customer: WebVisitor) -> None:
    """What became of each step is the answer; the same key runs it once; what there is not is not found."""
    mira, address = guests.member("mira"), f"/api/v1/conversations/{customer.conversation_id}/macros"
    headers = {"idempotency-key": "welcome-1"}
    run, again = [mira.post(f"{address}/welcome", headers=headers) for _ in range(2)]
    assert (run.status_code, run.json()["complete"]) == (200, True)
    assert [one["state"] for one in run.json()["steps"]] == ["done", "done", "done"]
    assert again.json() == run.json()
    said = [line["text"] for line in customer.entries()["entries"] if line["author"] == "agent"]
    assert said == ["Hello, Mira Castellan here."]
    stopped = mira.post(f"{address}/zap").json()
    assert [(one["state"], one["why"]) for one in stopped["steps"]] == [
        ("done", ""),
        ("refused", "not_found"),
        ("left", ""),
    ]
    assert mira.post(f"{address}/nothing").status_code == 404


@on_sqlite
@pytest.mark.usefixtures("macros")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_macro_is_chosen_and_run(open_context: OpenContext, customer: WebVisitor, scheme: str) -> None:
    """A key opens the list; each says its steps; after the run each step says what became of it."""
    page = open_macros(open_context, customer, scheme=scheme)
    dialog = page.get_by_role("dialog", name="Run a macro")
    expect(dialog.get_by_role("radio", name="Welcome")).to_be_focused()
    expect(dialog.get_by_role("radio", name="Welcome")).to_have_accessible_description(
        "Take it yourself Put the label “Card trouble” on it Reply to the customer: Hello, {agent} here."
    )
    assert violations(page) == []
    page.keyboard.press("Enter")
    steps = dialog.get_by_role("list", name="Steps of Welcome")
    expect(steps).to_be_focused()
    expect(steps.get_by_text("Done.")).to_have_count(3)
    expect(dialog).to_contain_text("All steps of “Welcome” are done.")
    assert violations(page) == []
    tab_to(page, dialog.get_by_role("link", name="Back to the conversation"))
    page.keyboard.press("Enter")
    expect(page.locator("#standing")).to_be_focused()
    expect(page.locator("#lines")).to_contain_text("Hello, Mira Castellan here.")
    assert faults_of_tree(page) == []


@on_sqlite
@pytest.mark.usefixtures("macros")
def test_a_macro_that_stops_says_where_and_why(open_context: OpenContext, customer: WebVisitor) -> None:
    """Arrows choose another one; what was done stays, what could not be done says why, what is left says so."""
    page = open_macros(open_context, customer)
    dialog = page.get_by_role("dialog", name="Run a macro")
    expect(dialog.get_by_role("radio", name="Welcome")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("“Zap” stopped at a step that could not be done.")
    steps = dialog.get_by_role("list", name="Steps of Zap").get_by_role("listitem")
    expect(steps.nth(0)).to_contain_text("Set the priority: urgent")
    expect(steps.nth(0)).to_contain_text("Done.")
    expect(steps.nth(1)).to_contain_text("Could not be done. What it needs is not there any more")
    expect(steps.nth(2)).to_contain_text("Not tried.")
    assert violations(page) == []


@on_sqlite
@pytest.mark.usefixtures("macros")
def test_a_macro_is_run_without_a_script(open_context: OpenContext, customer: WebVisitor) -> None:
    """On a page of its own, on a phone's width."""
    context = open_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = sign_in(context.new_page(), username="mira")
    page.goto(f"/desk/conversations/{customer.conversation_id}/macros")
    page.locator("input[type=radio]").first.check()
    page.locator("[data-runs-macro] button").click()
    expect(page.get_by_text("All steps of “Welcome” are done.")).to_be_visible()
    page.locator(".macros a").click()
    expect(page.locator("#lines")).to_contain_text("Hello, Mira Castellan here.")
