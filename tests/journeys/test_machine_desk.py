"""Machine customers at the desk: platforms and keys by administrators, mandates on the customer's page by staff."""

import httpx
import pytest
from playwright.sync_api import expect

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.record import AuditQuery, find_audit
from doorward.vocabulary.scope import Scope, system_scope
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.machines import Owner
from tests.support.reader import faults_of_tree
from tests.support.server import Guests
from tests.support.signing import Machine, public_bytes, url64


def send(member: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Send a form of the desk."""
    return member.post(f"/desk/{path}", data={**fields, "csrf": member.headers["x-csrf-token"]})


def reasons_of(house: House, scope: Scope, action: str) -> list[str | None]:
    """Return why something was done, as the audit has it."""
    query = AuditQuery(action=action)
    return [line.reason for line in house.transactions.read(lambda tx: find_audit(tx, scope, query))]


def test_platforms_are_let_in_refused_and_forgotten(
    guests: Guests, house: House, halden: Tenant, brisa: Tenant
) -> None:
    """By administrators alone, for their company alone; what is no host comes back with what was typed."""
    admin, nadia = guests.member("admin"), guests.member("nadia")
    wrong = send(admin, "machines/platforms", platform="not a host!", state="allowed")
    assert (wrong.status_code, 'value="not a host!"' in wrong.text) == (400, True)
    assert send(admin, "machines/platforms", platform="a.example", state="perhaps").status_code == 400
    assert send(admin, "machines/platforms", platform="Helpers.Example", state="allowed").status_code == 303
    assert send(nadia, "machines/platforms", platform="b.example", state="allowed").status_code == 403
    assert guests.member("mira").get("/desk/machines").status_code == 403
    seen = nadia.get("/desk/machines").text
    assert "helpers.example" in seen
    assert 'action="/desk/machines/platforms"' not in seen
    assert "helpers.example" not in guests.member("owner", company="brisa").get("/desk/machines").text
    assert send(admin, "machines/platforms", platform="helpers.example", state="refused").status_code == 303
    standing = house.identity.machines.standing
    scope = system_scope(halden.id, "test")
    known = house.transactions.read(lambda tx: standing(tx, scope, platform="helpers.example", key_id="k" * 43))
    assert known.refused
    assert "helpers.example" in admin.get("/desk/machines/platforms/helpers.example/forget").text
    assert send(admin, "machines/platforms/forget", platform="helpers.example").status_code == 303
    assert admin.get("/desk/machines/platforms/helpers.example/forget").status_code == 404
    assert send(admin, "machines/platforms/forget", platform="helpers.example").status_code == 404


def test_keys_are_kept_and_taken_no_more_for_a_reason(guests: Guests, house: House, halden: Tenant) -> None:
    """One of the company's and one that it never saw; without a reason nothing happens; the audit has the reason."""
    admin, machine, scope = guests.member("admin"), Machine(), system_scope(halden.id, "test")
    x = url64(public_bytes(machine.key))
    assert send(admin, "machines/keys", key_platform="till.example", x="short").status_code == 400
    assert send(admin, "machines/keys", key_platform="till.example", x=x).status_code == 303
    (key,) = house.transactions.read(lambda tx: house.identity.machines.keys(tx, scope))
    place = f"machines/keys/{key.key_id}/revoke"
    assert "till.example" in admin.get(f"/desk/{place}").text
    assert send(admin, place, reason="").status_code == 400
    assert send(admin, place, reason="stolen").status_code == 303
    assert send(admin, place, reason="lost").status_code == 303
    assert reasons_of(house, scope, "machine_key.revoked") == ["stolen"]
    assert send(admin, "machines/keys", key_platform="till.example", x=x).status_code == 409
    strange = "A" * 43
    assert send(admin, "machines/keys/find", key_id="nonsense").status_code == 400
    assert send(admin, "machines/keys/find", key_id=strange).headers["location"].endswith(f"{strange}/revoke")
    assert admin.get("/desk/machines/keys/nonsense/revoke").status_code == 404
    assert send(admin, f"machines/keys/{strange}/revoke", reason="misused").status_code == 303
    assert send(guests.member("nadia"), place, reason="stolen").status_code == 403


def test_staff_see_mandates_with_the_customer_and_end_them(guests: Guests, house: House, halden: Tenant) -> None:
    """With limits and acts, for that customer alone, at once, and for a reason that the audit has."""
    owner = Owner(house, halden)
    mandate, done = owner.grant(), owner.order("first")
    mira, scope = guests.member("mira"), system_scope(halden.id, "test")
    page = mira.get(f"/desk/conversations/{done.conversation_id}/customer").text
    assert "Shop printer" in page
    assert "Orders per month: 1 of 2" in page
    place = f"conversations/{done.conversation_id}/mandates/{mandate.id}/revoke"
    assert "Shop printer" in mira.get(f"/desk/{place}").text
    assert send(mira, place, reason="").status_code == 400
    stranger = guests.visitor(halden)
    stranger.say("Hello")
    elsewhere = f"conversations/{stranger.conversation_id}/mandates/{mandate.id}/revoke"
    assert mira.get(f"/desk/{elsewhere}").status_code == 404
    assert send(mira, elsewhere, reason="asked").status_code == 404
    assert guests.member("owner", company="brisa").get(f"/desk/{place}").status_code == 404
    assert send(mira, place, reason="misused").status_code == 303
    assert owner.order("second").code == "revoked"
    (told,) = reasons_of(house, scope, "mandate.revoked")
    assert told is not None
    assert told.endswith(f"conversation {done.conversation_id}: misused")


@pytest.mark.browser
@pytest.mark.slow
@on_sqlite
def test_an_administrator_decides_by_keyboard_on_a_narrow_window(
    open_context: OpenContext, house: House, halden: Tenant
) -> None:
    """From an empty page to a platform let in and a key taken no more, and a customer's mandate ended."""
    owner = Owner(house, halden)
    owner.grant()
    done = owner.order("first")
    page = sign_in(open_context(viewport={"width": 390, "height": 800}).new_page(), username="admin")
    page.goto("/desk/machines")
    expect(page.get_by_text("No platform is known yet")).to_be_visible()
    expect(page.get_by_role("table", name="Acts of machines")).to_contain_text("Order, or order again")
    page.get_by_label("Platform to decide about").fill("helpers.example")
    page.get_by_role("button", name="Decide so").press("Enter")
    expect(page.get_by_text("Its machines may speak from now on.")).to_be_visible()
    expect(page.get_by_role("table", name="Platforms you decided about")).to_contain_text("helpers.example")
    assert violations_in_both_schemes(page) == []
    assert faults_of_tree(page) == []
    page.get_by_text("Take a key of a platform no more").press("Enter")
    page.get_by_label("Thumbprint of the key").fill("A" * 43)
    page.get_by_role("button", name="Continue").press("Enter")
    page.get_by_label("Why").select_option("stolen")
    assert violations_in_both_schemes(page) == []
    page.get_by_role("button", name="Take this key no more").press("Enter")
    expect(page.get_by_text("The key is taken no more.")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    page.goto(f"/desk/conversations/{done.conversation_id}/customer")
    assert violations_in_both_schemes(page) == []
    page.get_by_role("link", name="End it for this customer").press("Enter")
    page.get_by_label("Why").select_option("asked")
    page.get_by_role("button", name="End it for this customer").press("Enter")
    expect(page.get_by_text("The mandate is ended.")).to_be_visible()
    assert faults_of_tree(page) == []
