"""Keeping macros at the desk: by keyboard alone, without a script, and without overwriting a colleague."""

import httpx
import pytest
from playwright.sync_api import expect

from doorward import workspace
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from doorward.workspace import EVERYBODY, Label, Macro, MacroStep, Piece, PieceName
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.reader import faults_of_tree
from tests.support.server import Guests


def put(house: House, halden: Tenant, key: str, piece: Piece, *, owner: str = EVERYBODY) -> None:
    """Have somebody set up a piece."""
    scope = system_scope(halden.id, "test")
    house.transactions.write(scope, lambda tx: workspace.put_piece(tx, scope, PieceName(key, owner), piece))


def kept(house: House, halden: Tenant, key: str) -> Macro:
    """Return a macro as it is kept."""
    scope = system_scope(halden.id, "test")
    piece = house.transactions.read(lambda tx: workspace.find_piece(tx, scope, "macro", key).piece)
    assert isinstance(piece, Macro)
    return piece


def csrf_of(text: str) -> str:
    """Return the form token of a page."""
    return text.partition('name="csrf" value="')[2].partition('"')[0]


@pytest.mark.browser
@on_sqlite
def test_a_macro_is_written_by_keyboard(open_context: OpenContext, house: House, halden: Tenant) -> None:
    """At a phone's width: steps are added, moved and removed, what is wrong is said, and the list says all in words."""
    put(house, halden, "card", Label(name="Card trouble"))
    page = sign_in(open_context(viewport={"width": 390, "height": 800}).new_page(), username="mira")
    page.goto("/desk/macros/new")
    page.get_by_role("textbox", name="Name").fill("Stolen card")
    for kind in ("resolve", "note", "label"):
        page.get_by_label("What should be done next?").select_option(kind)
        with page.expect_navigation():
            page.get_by_role("button", name="Add the step").press("Enter")
    expect(page.get_by_label("Which label?")).to_be_focused()
    page.keyboard.type("Crd")
    with page.expect_navigation():
        page.get_by_role("button", name="Move up: step 3").press("Enter")
    expect(page.get_by_role("button", name="Move up: step 2")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move down: step 1")).to_be_focused()
    with page.expect_navigation():
        page.get_by_role("button", name="Remove: step 3").press("Enter")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("There is no such label.")
    assert violations_in_both_schemes(page) == []
    page.get_by_label("Which label?").fill("card trouble")
    with page.expect_navigation():
        page.get_by_role("textbox", name="Name").press("Enter")
    expect(page.get_by_text("It is saved.")).to_be_visible()
    steps = page.get_by_role("list", name="Steps of Stolen card").get_by_role("listitem")
    expect(steps).to_have_text(["Put the label “Card trouble” on it", "End the conversation"])
    assert violations_in_both_schemes(page) == []
    assert faults_of_tree(page) == []


def test_who_met_a_colleague_is_shown_both(guests: Guests, house: House, halden: Tenant) -> None:
    """The later one is refused, sees what stands there now in words, keeps what they wrote, and may save again."""
    put(house, halden, "end", Macro(name="End", steps=(MacroStep(verb="resolve"),)))
    nadia = guests.member("nadia")
    form = nadia.get("/desk/macros/end").text
    assert "Revision 1, written on" in form
    fields = {"csrf": csrf_of(form), "key": "end", "revision": "1", "whose": "everybody", "name": "The end"}
    fields |= {"step-0": "snooze", "value-0": "5"}
    put(
        house,
        halden,
        "end",
        Macro(name="Finish", steps=(MacroStep(verb="note", value="Done."), MacroStep(verb="resolve"))),
    )
    refused = nadia.post("/desk/macros", data=fields)
    assert refused.status_code == 412
    for shown in ("Finish", "Write a note: Done.", 'value="The end"', 'name="revision" value="2"', 'value="5"'):
        assert shown in refused.text
    assert nadia.post("/desk/macros", data=fields | {"revision": "2"}).status_code == 303
    assert kept(house, halden, "end").steps == (MacroStep(verb="snooze", value=5),)
    assert nadia.post("/desk/macros/end/remove", data={"csrf": fields["csrf"]}).status_code == 303
    gone = nadia.post("/desk/macros", data=fields | {"revision": "3"})
    assert gone.status_code == 412
    assert "Somebody removed this meanwhile." in gone.text


def test_everybodys_macros_are_kept_by_those_who_may(guests: Guests, house: House, halden: Tenant) -> None:
    """An agent reads them and keeps their own; a colleague's own is neither listed nor opened."""
    put(house, halden, "end", Macro(name="End", steps=(MacroStep(verb="resolve"),)))
    put(house, halden, "own", Macro(name="Hidden", steps=(MacroStep(verb="resolve"),)), owner="somebody")
    mira = guests.member("mira")
    page = mira.get("/desk/macros").text
    assert "End the conversation" in page
    assert "/desk/macros/end" not in page
    assert "Hidden" not in page
    assert [mira.get(f"/desk/macros/{key}").status_code for key in ("end", "own", "nothing")] == [403, 404, 404]
    form = mira.get("/desk/macros/new").text
    fields = {"csrf": csrf_of(form), "key": "mine", "revision": "0", "name": "Mine", "step-0": "resolve"}
    assert mira.post("/desk/macros", data=fields | {"whose": "everybody"}).status_code == 403
    assert mira.post("/desk/macros", data=fields).status_code == 303
    assert empty_is_refused(mira, fields)
    other = guests.member("lale", company="brisa")
    assert other.get("/desk/macros/end").status_code == other.get("/desk/macros/mine").status_code == 404


def empty_is_refused(mira: httpx.Client, fields: dict[str, str]) -> bool:
    """Return whether a macro without a step is said to need one."""
    answer = mira.post("/desk/macros", data={name: text for name, text in fields.items() if name != "step-0"})
    return answer.status_code == 400 and "Add at least one step." in answer.text
