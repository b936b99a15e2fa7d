"""Setting up the workspace by the keyboard alone: labels, fields and statuses are added, changed, found and removed."""

from functools import partial
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from doorward import workspace
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.kit.tx import Tx
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import system_scope
from doorward.workspace import Label, PieceName
from tests.support.browsing import OpenContext, follow, on_sqlite, sign_in, tab_to, violations
from tests.support.server import Guests

MANY = 1200


@pytest.fixture
def desk(open_context: OpenContext) -> Page:
    """The administrator's desk, with the inbox open."""
    return sign_in(open_context().new_page(), username="admin")


def put(house: House, halden: Tenant, key: str, label: Label) -> None:
    """Have somebody write a label."""
    scope = system_scope(halden.id, "test")
    house.transactions.write(scope, partial(workspace.put_piece, scope=scope, name=PieceName(key), piece=label))


def csrf_of(text: str) -> str:
    """Return the form token of a page."""
    return text.partition('name="csrf" value="')[2].partition('"')[0]


@pytest.mark.browser
@on_sqlite
def test_a_label_is_added_changed_and_removed(desk: Page) -> None:
    """`g w` goes there, `n` adds; the key comes from the name and stays; removing says what stays."""
    desk.keyboard.press("g")
    with desk.expect_navigation():
        desk.keyboard.press("w")
    expect(desk.get_by_role("heading", name="Workspace", level=1)).to_be_visible()
    expect(desk.get_by_text("There are no labels yet.")).to_be_visible()
    assert violations(desk) == []
    with desk.expect_navigation():
        desk.keyboard.press("n")
    tab_to(desk, desk.get_by_role("textbox", name="Name"), most=60)
    desk.keyboard.type("Ärger & Müh")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Tab")
    desk.keyboard.type("Red")
    with desk.expect_navigation():
        desk.get_by_role("textbox", name="Name").press("Enter")
    expect(desk.get_by_text("It is saved.")).to_be_visible()
    expect(desk.get_by_text("arger-muh")).to_be_visible()
    follow(desk, desk.get_by_role("link", name="Ärger & Müh", exact=True))
    assert violations(desk) == []
    desk.get_by_role("textbox", name="Name").press("Control+a")
    desk.keyboard.type("Trouble")
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    follow(desk, desk.get_by_role("link", name="Trouble", exact=True))
    expect(desk.get_by_text("arger-muh")).to_be_visible()
    with desk.expect_navigation():
        desk.get_by_role("button", name="Remove").press("Enter")
    expect(desk.get_by_text("It is removed.")).to_be_visible()
    expect(desk.get_by_text("There are no labels yet.")).to_be_visible()


@pytest.mark.browser
@on_sqlite
def test_a_field_says_what_is_wrong(desk: Page) -> None:
    """A choice without choices is refused beside its field, with everything that was written kept."""
    desk.goto("/desk/workspace/fields/new")
    desk.get_by_role("textbox", name="Name").press_sequentially("Branch")
    desk.get_by_label("Holds").focus()
    desk.keyboard.type("One of")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Save").press("Enter")
    expect(desk.get_by_role("alert")).to_contain_text("Write at least one choice")
    expect(desk.get_by_role("textbox", name="Name")).to_have_value("Branch")
    assert violations(desk) == []
    desk.get_by_label("Choices").press_sequentially("North\nSouth")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Save").press("Enter")
    expect(desk.get_by_role("cell", name="One of several choices")).to_be_visible()


@pytest.mark.browser
@on_sqlite
def test_a_status_is_added(desk: Page) -> None:
    """It may let the clocks of service levels stand still."""
    desk.goto("/desk/workspace/statuses")
    with desk.expect_navigation():
        desk.keyboard.press("n")
    desk.get_by_role("textbox", name="Name").press_sequentially("With the supplier")
    desk.get_by_label("Clocks of service levels stand still").press("Space")
    with desk.expect_navigation():
        desk.get_by_role("textbox", name="Name").press("Enter")
    expect(desk.get_by_role("cell", name="Yes")).to_be_visible()


@pytest.fixture
def admin(guests: Guests) -> httpx.Client:
    """The administrator without a script."""
    return guests.member("admin")


def test_thousands_of_labels_stay_usable(admin: httpx.Client, house: House, halden: Tenant) -> None:
    """A page shows some, the box finds one among all, and the conversation page suggests a bounded number."""
    scope = system_scope(halden.id, "test")

    def work(tx: Tx) -> Outcome[None]:
        lines: list[Any] = []
        for number in range(MANY):
            label = Label(name=f"Label {number:04}")
            lines += workspace.put_piece(tx, scope, PieceName(f"l{number}"), label).entries
        lines += workspace.put_piece(tx, scope, PieceName("needle"), Label(name="Needle")).entries
        return Outcome(None, tuple(lines))

    house.transactions.write(scope, work)
    page = admin.get("/desk/workspace/labels").text
    assert f"{MANY + 1} found" in page
    assert page.count('class="badge label-chip') == 50
    found = admin.get("/desk/workspace/labels", params={"q": "NEEDLE"}).text
    assert "1 found" in found
    assert "Needle" in found
    assert admin.get("/desk/").text.count('<option value="Label') == 300


def test_editors_who_meet_are_told(admin: httpx.Client, house: House, halden: Tenant) -> None:
    """The later one is refused, sees what stands there now, keeps their own words, and may save again."""
    put(house, halden, "vip", Label(name="VIP"))
    address = "/desk/workspace/labels/vip"
    form = admin.get(address).text
    fields = {"csrf": csrf_of(form), "revision": "1", "name": "Very important", "colour": "red"}
    put(house, halden, "vip", Label(name="Dear customers"))
    refused = admin.post(address, data=fields)
    assert refused.status_code == 412
    assert "Somebody changed this meanwhile." in refused.text
    assert "Dear customers" in refused.text
    assert 'value="Very important"' in refused.text
    assert 'name="revision" value="2"' in refused.text
    assert admin.post(address, data=fields | {"revision": "2"}).status_code == 303
    twice = {"csrf": csrf_of(form), "name": "Again", "key": "vip"}
    taken = admin.post("/desk/workspace/labels/new", data=twice)
    assert "There is one with this key already." in taken.text


def test_only_who_may_sets_up(guests: Guests) -> None:
    """An agent is neither offered the page nor let in."""
    mira = guests.member("mira")
    assert "/desk/workspace" not in mira.get("/desk/").text
    for path in ("/desk/workspace", "/desk/workspace/labels", "/desk/workspace/labels/new"):
        assert mira.get(path).status_code == 403
