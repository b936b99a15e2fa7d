"""How well a company is prepared: asked for by program and at the desk, played beside everything else, and read."""

import pytest
from playwright.sync_api import expect

from doorward.admission.kept import ask_preparation
from doorward.bootstrap import House
from doorward.flow.preparedness import PlayFailed
from doorward.identity import Tenant
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.preparing import ToldPlays, went
from tests.support.reader import faults_of_tree
from tests.support.server import Guests

WORST, BEST = went("outage", 0.62, survived=40.0), went("one-call", 0.99)


def play(house: House, tenant: Tenant, plays: ToldPlays) -> None:
    """Ask without a job and play here, so that no test waits for one."""
    scope = system_scope(tenant.id, "test")
    house.preparing.work.plays = plays
    asked = house.transactions.write(scope, lambda tx: Outcome(ask_preparation(tx, scope).value))
    house.preparing.work.play(scope, asked.id)


def test_what_was_played_is_told_with_what_the_company_has(
    guests: Guests, house: House, halden: Tenant, brisa: Tenant
) -> None:
    """The worst first, in money and minutes, with advice and what it was played with; another company has none."""
    plays = ToldPlays((BEST, WORST))
    play(house, halden, plays)
    nadia = guests.member("nadia")
    state = nadia.get("/api/v1/preparedness").json()
    found = state["prepared"]
    assert [(one["scenario"], one["standing"]) for one in found["scenarios"]] == [
        ("outage", "fails"),
        ("one-call", "holds"),
    ]
    assert found["scenarios"][0]["survived"] == 40.0
    assert [(one["lever"], one["helps_in"]) for one in found["levers"]] == [("people", 2)]
    assert found["stale"] == []
    assert found["ours"]["at_once"] == state["now"]["at_once"] == 4
    assert found["ours"]["sources"]["people"] in {"assumed", "present"}
    assert found["ours"] == state["prepared"]["ours"]
    assert plays.asked[0].ours.quota_count == house.settings.flood.contacts_per_hour
    assert state["playing"] is None
    assert guests.member("owner", company="brisa").get("/api/v1/preparedness").json()["prepared"] is None
    changed = guests.member("admin").patch("/api/v1/settings", json={"cost_person_minute": 2.5})
    assert changed.status_code == 200, changed.text
    assert nadia.get("/api/v1/preparedness").json()["prepared"]["stale"] == ["prices"]


def test_only_who_may_asks_and_asked_twice_it_is_played_once(guests: Guests, house: House, halden: Tenant) -> None:
    """An agent neither reads nor asks; pressed twice there is one; what failed leaves what was found before."""
    mira, nadia = guests.member("mira"), guests.member("nadia")
    assert mira.get("/api/v1/preparedness").status_code == 403
    assert mira.post("/api/v1/preparedness/rehearsal").status_code == 403
    assert mira.get("/desk/preparedness").status_code == 403
    plays = ToldPlays((BEST,))
    play(house, halden, plays)
    play(house, halden, ToldPlays((), fails=PlayFailed("time")))
    state = nadia.get("/api/v1/preparedness").json()
    assert (state["trouble"], state["prepared"]["scenarios"][0]["scenario"]) == ("time", "one-call")
    assert "took too long" in nadia.get("/desk/preparedness").text


@on_sqlite
def test_what_is_asked_is_under_way_or_told(guests: Guests, house: House) -> None:
    """Asked by a program it is a job of its own: the answer does not wait for it."""
    house.preparing.work.plays = ToldPlays((WORST,))
    answer = guests.member("nadia").post("/api/v1/preparedness/rehearsal")
    assert answer.status_code == 202
    assert answer.json()["playing"] or answer.json()["prepared"]


@pytest.mark.browser
@pytest.mark.slow
@on_sqlite
def test_a_supervisor_reads_it_by_keyboard_on_a_narrow_window(
    open_context: OpenContext, house: House, halden: Tenant
) -> None:
    """From an empty page to what to change; in both schemes, and as a table for whoever reads no picture."""
    page = sign_in(open_context(viewport={"width": 390, "height": 800}).new_page(), username="nadia")
    page.goto("/desk/preparedness")
    expect(page.get_by_text("Nothing was played yet")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    house.preparing.work.plays = ToldPlays((WORST, BEST))
    page.get_by_role("button", name="Play all scenarios").press("Enter")
    table = page.get_by_role("table", name="How each scenario goes")
    expect(table.get_by_role("row").nth(1)).to_contain_text("Cards stop working")
    expect(table.get_by_role("row").nth(1)).to_contain_text("Fails")
    expect(page.get_by_role("table", name="Changes that help")).to_contain_text("More people at work")
    assert violations_in_both_schemes(page) == []
    assert faults_of_tree(page) == []
