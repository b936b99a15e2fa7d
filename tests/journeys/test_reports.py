"""Reports: by the keyboard, as tables, by program, and told of by mail."""

import csv
import io

import pytest
from playwright.sync_api import expect

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import LOADED, OpenContext, follow, on_sqlite, sign_in, tab_to, violations_in_both_schemes
from tests.support.server import Guests

KINDS = (
    "volume",
    "times",
    "levels",
    "agents",
    "presence",
    "labels",
    "channels",
    "languages",
    "satisfaction",
    "reviews",
    "machines",
)


@pytest.mark.browser
@on_sqlite
def test_a_report_is_read_by_the_keyboard(open_context: OpenContext, guests: Guests, halden: Tenant) -> None:
    """`g n` goes there; the chart has its table; other days and weeks are chosen; the table is downloaded."""
    guests.visitor(halden).ask_for_person()
    guests.visitor(halden).say("Where is my card?")
    page = sign_in(open_context(accept_downloads=True).new_page(), username="nadia")
    page.evaluate(LOADED)
    page.keyboard.press("g")
    with page.expect_navigation():
        page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Reports", level=1)).to_be_visible()
    chart = page.locator("#chart-count")
    expect(chart.locator("canvas")).to_be_visible()
    chart.locator("summary").press("Enter")
    expect(chart.get_by_role("columnheader", name="Arrived")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    follow(page, page.get_by_role("link", name="Channels"))
    expect(page.get_by_role("rowheader", name="webchat").last).to_be_visible()
    tab_to(page, page.get_by_role("link", name="Download CSV"), most=60)
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.startswith("channels-")


def test_reports_by_program(guests: Guests, halden: Tenant) -> None:
    """Each has columns and rows, in pages; an agent has none; a formula in a cell is words; odd periods are refused."""
    guests.visitor(halden).say("Where is my card?")
    nadia, jonas = guests.member("nadia"), guests.member("jonas")
    for kind in KINDS:
        assert nadia.get(f"/api/v1/reports/{kind}").status_code == 200, kind
        assert nadia.get(f"/desk/reports/{kind}").status_code == 200, kind
        assert jonas.get(f"/api/v1/reports/{kind}").status_code == 403
    first = nadia.get("/api/v1/reports/volume", params={"limit": 20}).json()
    second = nadia.get("/api/v1/reports/volume", params={"limit": 20, "cursor": first["next_cursor"]}).json()
    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (20, 8, None)
    assert second["items"][-1]["values"][0] == 1
    table = nadia.get("/api/v1/reports/volume/table")
    assert table.headers["content-type"].startswith("text/csv")
    assert next(csv.reader(io.StringIO(table.text)))[:3] == ["key", "name", "arrived"]
    odd = {"since": "2026-02-30"}, {"since": "2026-03-02", "until": "2026-03-01"}, {"until": "0001-01-01"}
    assert [nadia.get("/api/v1/reports/volume", params=one).status_code for one in odd] == [400, 400, 400]
    assert nadia.get("/desk/reports/volume", params=odd[1]).status_code == 400
    assert nadia.get("/api/v1/reports/unknown").status_code in {400, 404}
    label = {"type": "label", "name": "=HYPERLINK(1)"}
    nadia.put("/api/v1/workspace/labels/odd", json={"piece": label}).raise_for_status()
    visitor = guests.visitor(halden)
    visitor.say("hello")
    marks = f"/api/v1/conversations/{visitor.conversation_id}/marks"
    nadia.patch(marks, json={"add_labels": ["odd"]}).raise_for_status()
    assert "odd,'=HYPERLINK(1),1" in nadia.get("/desk/reports/labels/download").text


def test_levels_and_presence_are_shown_by_weeks(guests: Guests, halden: Tenant) -> None:
    """Twelve weeks without being asked; of a team or a priority; reasons by their names; no team is said."""
    nadia = guests.member("nadia")
    plan = {"teams": [{"name": "branch", "queues": ["default"]}]}
    admin = guests.member("admin")
    revision = {"if-match": admin.get("/api/v1/routing/plan").headers["etag"]}
    admin.put("/api/v1/routing/plan", json=plan, headers=revision).raise_for_status()
    page = nadia.get("/desk/reports/levels", params={"team": "branch", "priority": "2"})
    assert page.status_code == 200
    assert '<option value="branch" selected>' in page.text
    table = nadia.get("/desk/reports/levels/download", params={"team": "branch"})
    rows = list(csv.reader(io.StringIO(table.text)))
    assert (rows[0][:3], len(rows)) == (["week", "name", "first_kept"], 13)
    wrong = nadia.get("/desk/reports/levels", params={"team": "nobody"})
    assert (wrong.status_code, 'href="#team"' in wrong.text) == (400, True)
    named = "/api/v1/reports/levels"
    assert [nadia.get(named, params={"team": one}).status_code for one in ("branch", "nobody")] == [200, 400]
    assert [nadia.get(named, params={"priority": one}).status_code for one in (-3, 4)] == [200, 400]
    nadia.put("/api/v1/presence", json={"available": False, "reason": "lunch"}).raise_for_status()
    nadia.put("/api/v1/presence", json={"available": True}).raise_for_status()
    assert '<th scope="col" class="figure">Lunch' in nadia.get("/desk/reports/presence").text


def test_a_report_is_told_of_by_mail(guests: Guests, halden: Tenant, house: House) -> None:
    """Set up without a script; what is wrong is said; the mail's link asks to sign in and leads to the report."""
    nadia = guests.member("nadia")
    page = nadia.get("/desk/reports/schedules/new").text
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    fields = {"csrf": csrf, "name": "Monday", "report": "volume", "every": "week", "weekday": "0", "day": "1"}
    fields |= {"at": "08:00", "mail_to": "boss@example.org", "language": "en"}
    wrong = nadia.post("/desk/reports/schedules/new", data=fields | {"mail_to": "nobody", "at": "8"})
    assert wrong.status_code == 400
    assert {'href="#mail_to"', 'href="#at"'} <= set(wrong.text.replace(">", " ").split())
    assert nadia.post("/desk/reports/schedules/new", data=fields).status_code == 303
    assert "Every week" in nadia.get("/desk/reports/schedules").text
    assert house.scheduled_reports.send_due(system_scope(halden.id, "test")) == 0
    sent = "/desk/reports/sent/monday/2026-03-09"
    report = nadia.get(sent)
    assert report.headers["location"] == "/desk/reports/volume?since=2026-03-02&until=2026-03-08&step=day"
    stranger = guests.client().get(sent)
    assert (stranger.status_code, stranger.headers["location"]) == (
        303,
        f"/desk/sign-in?next={sent.replace('/', '%2F')}",
    )
    assert guests.member("jonas").get(sent).status_code == 403
    monthly = fields | {"name": "Levels", "report": "levels", "every": "month"}
    assert nadia.post("/desk/reports/schedules/new", data=monthly).status_code == 303
    weeks = nadia.get("/desk/reports/sent/levels/2026-04-01").headers["location"]
    assert weeks == "/desk/reports/levels?since=2026-03-01&until=2026-03-31&step=week"
