"""Presence with reasons: said at the desk by keyboard, seen by colleagues, counted over time."""

import re

import pytest
from playwright.sync_api import expect

from doorward import workspace
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from doorward.workspace import PieceName, PresenceReason
from tests.support.browsing import LOADED, OpenContext, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.reader import faults_of_tree
from tests.support.server import Guests


@pytest.fixture
def choir(house: House, halden: Tenant) -> None:
    """A company whose people may be away for a reason of its own."""
    scope, piece = system_scope(halden.id, "test"), PresenceReason(name="Choir practice")
    house.transactions.write(scope, lambda tx: workspace.put_piece(tx, scope, PieceName("choir"), piece))


@pytest.mark.browser
@on_sqlite
@pytest.mark.usefixtures("choir")
def test_why_one_is_away_is_said_by_keyboard(open_context: OpenContext) -> None:
    """`A` opens the menu, Tab chooses, Enter says it; the focus comes back, and a supervisor sees it live."""
    watching = sign_in(open_context().new_page(), username="nadia")
    watching.goto("/desk/people")
    row = watching.get_by_role("row").filter(has=watching.get_by_role("rowheader", name="Mira Castellan"))
    page = sign_in(open_context(viewport={"width": 390, "height": 800}).new_page(), username="mira")
    page.evaluate(LOADED)
    page.keyboard.press("A")
    expect(page.get_by_role("button", name="Busy")).to_be_focused()
    assert violations_in_both_schemes(page) == []
    page.get_by_role("button", name="Choir practice").press("Enter")
    summary = page.locator("#presence-menu > summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Choir practice")
    expect(page.get_by_role("switch", name="Available")).to_have_attribute("aria-checked", "false")
    expect(row).to_contain_text("Choir practice")
    assert violations_in_both_schemes(watching) == []
    assert faults_of_tree(watching) == []
    page.keyboard.press("a")
    expect(row).to_contain_text("Available")
    expect(summary).to_contain_text("Away…")


@pytest.mark.usefixtures("choir")
def test_programs_and_pages_tell_the_same(guests: Guests) -> None:
    """A reason is one of every company's or its own; colleagues read it; signing out ends it; times are added up."""
    mira, nadia = guests.member("mira"), guests.member("nadia")
    assert mira.put("/api/v1/presence", json={"available": False, "reason": "lunch"}).json()["reason"] == "lunch"
    assert mira.put("/api/v1/presence", json={"available": False, "reason": "choir"}).status_code == 200
    assert mira.put("/api/v1/presence", json={"available": False, "reason": "golf"}).status_code == 400
    assert mira.put("/api/v1/presence", json={"available": False, "reason": "gone"}).status_code == 400
    (told,) = [one for one in nadia.get("/api/v1/colleagues").json()["items"] if one["name"] == "Mira Castellan"]
    assert (told["reason"], told["since"] is not None) == ("choir", True)
    assert "Choir practice" in nadia.get("/desk/people").text
    assert "Times of a day" in nadia.get("/desk/people", params={"day": "2026-02-30"}).text
    assert "Times of a day" not in mira.get("/desk/people").text
    times = nadia.get("/api/v1/presence/times")
    assert times.status_code == 200
    assert {one["reason"] for one in times.json()["items"]} <= {"lunch", "choir"}
    assert mira.get("/api/v1/presence/times").status_code == 403
    assert nadia.get("/api/v1/presence/times", params={"since": "2020-01-01T00:00:00Z"}).status_code == 400
    csrf = mira.headers["x-csrf-token"]
    said = mira.post("/desk/presence", data={"csrf": csrf, "reason": "meeting", "back": "/desk/macros"})
    assert (said.status_code, said.headers["location"]) == (303, "/desk/macros")
    assert mira.get("/api/v1/me").json()["presence"]["reason"] == "meeting"
    elsewhere = mira.post("/desk/presence", data={"csrf": csrf, "available": "yes", "back": "//evil.example"})
    assert elsewhere.headers["location"] == "/desk/"
    assert mira.post("/desk/sign-out", data={"csrf": csrf}).status_code == 303
    row = re.search(r"Mira Castellan.*?</tr>", nadia.get("/desk/people").text, flags=re.DOTALL)
    assert row is not None
    assert "Not signed in" in row[0]
    again = guests.member("mira").get("/desk/").text
    assert "Not signed in" not in again
    (told,) = [one for one in nadia.get("/api/v1/colleagues").json()["items"] if one["name"] == "Mira Castellan"]
    assert (told["state"], told["reason"], told["since"]) == ("away", "", None)
    other = guests.member("lale", company="brisa")
    assert "Mira" not in other.get("/desk/people").text
    assert other.put("/api/v1/presence", json={"available": False, "reason": "choir"}).status_code == 400


def test_a_reason_is_set_up_in_the_workspace(guests: Guests) -> None:
    """A name makes its key; one that every company has is taken already."""
    nadia = guests.member("nadia")
    csrf = nadia.headers["x-csrf-token"]
    for name, status in (("School run", 303), ("Lunch", 400)):
        answer = nadia.post("/desk/workspace/reasons/new", data={"csrf": csrf, "name": name})
        assert answer.status_code == status, answer.text
    assert "School run" in nadia.get("/desk/workspace/reasons").text
    assert nadia.get("/api/v1/workspace/reasons/school-run").json()["piece"]["name"] == "School run"
    lunch = {"piece": {"type": "reason", "name": "Lunch"}}
    assert nadia.put("/api/v1/workspace/reasons/lunch", json=lunch).status_code == 400
