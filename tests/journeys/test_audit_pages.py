"""The audit pages: filters, pages, the state of the chain, a download that no spreadsheet runs."""

import csv
import io

import pytest
from playwright.sync_api import expect

from doorward.bootstrap import House
from doorward.doors.web.desk.audit.routes import as_table
from doorward.identity import Tenant
from doorward.record import FoundLine
from tests.support.browsing import OpenContext, follow, on_sqlite, sign_in, violations
from tests.support.server import Guests
from tests.support.transactions import NOON

BASE = "/desk/audit"


def test_filters_pages_and_the_access_log(guests: Guests, halden: Tenant) -> None:
    """Lines are narrowed by action, object, actor and day; reads have a log of their own."""
    visitor = guests.visitor(halden)
    visitor.say("Hello")
    agent, admin = guests.member("mira"), guests.member("admin")
    agent.get(f"/desk/conversations/{visitor.conversation_id}")
    me = agent.get("/api/v1/me").json()["staff_id"]
    of_object = admin.get(BASE, params={"object": visitor.conversation_id}).text
    assert '<code class="text-sm">conversation.read</code>' in of_object
    assert "party.registered</code>" not in of_object
    access = admin.get(f"{BASE}/access").text
    assert "Mira Castellan" in access
    assert "party.registered" not in access
    by_actor = admin.get(BASE, params={"actor": me, "action": "conversation.read"}).text
    assert by_actor.count('<tr role="row">') == 2
    assert admin.get(BASE, params={"since": "2031-01-01"}).text.count('<tr role="row">') == 0
    assert admin.get(BASE, params={"since": "yesterday"}).status_code == 400
    first = admin.get(BASE, params={"action": "party.registered"}).text
    assert "Doorward" in first
    lines = admin.get("/desk/audit/download", params={"action": "article.published"})
    table = list(csv.DictReader(io.StringIO(lines.text)))
    assert table
    assert {row["action"] for row in table} == {"article.published"}
    assert admin.get(BASE, params={"object": "x\x00y", "before": "\x00"}).status_code == 200


def test_pages_go_on_where_the_last_one_ended(guests: Guests, halden: Tenant) -> None:
    """Two pages show different lines, without a gap."""
    admin = guests.member("admin")
    whole = [row["id"] for row in csv.DictReader(io.StringIO(admin.get("/desk/audit/download").text))]
    assert len(whole) > 60
    page = admin.get(BASE, params={"before": whole[9]}).text
    assert page.count('data-column="When"') == 50
    assert f"before={whole[59]}" in page


def test_the_chain_tells_when_a_row_was_changed(guests: Guests, house: House, halden: Tenant) -> None:
    """The page says that all is well, and after a changed byte which row is not."""
    admin = guests.member("admin")
    house.seal_audit()
    assert "are as they were written" in admin.get("/desk/audit/chain").text
    with house.database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE record_audit SET action = 'nothing' WHERE seq = 3")
    assert "The chain is broken at row" in admin.get("/desk/audit/chain").text


def test_only_those_who_may_read_the_audit(guests: Guests, halden: Tenant) -> None:
    """Agents and supervisors are refused on every one of the pages."""
    for username in ("mira", "nadia"):
        member = guests.member(username)
        for address in (BASE, f"{BASE}/access", f"{BASE}/chain", f"{BASE}/download"):
            assert member.get(address).status_code == 403


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_spreadsheet_runs_nothing(value: str) -> None:
    """What would be a formula is text in the download."""
    line = FoundLine(
        id="1",
        at=NOON,
        actor_kind="staff",
        actor_id="a",
        action="x",
        object_kind="y",
        object_id="z",
        fields=(),
        reason=value,
        seq=None,
    )
    (row,) = csv.DictReader(io.StringIO(as_table([line])))
    assert row["reason"] == f"'{value}"


@pytest.mark.browser
@on_sqlite
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_audit_by_keyboard(open_context: OpenContext, halden: Tenant, scheme: str) -> None:
    """Somebody narrows the audit, sees the chain checked, and finds the access log; all accessible, on a phone too."""
    page = sign_in(open_context(color_scheme=scheme).new_page(), username="admin")
    page.goto(BASE)
    expect(page.get_by_text("are as they were written")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Action", exact=True).select_option("staff.signed_in")
    page.get_by_role("button", name="Show", exact=True).press("Enter")
    expect(page.get_by_role("cell", name="staff.signed_in").first).to_be_visible()
    follow(page, page.get_by_role("link", name="Access log"))
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(BASE)
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
