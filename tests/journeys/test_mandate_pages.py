"""What owners do about their machines at the portal: granted in plain words, seen, limited, and ended at once."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from doorward.bootstrap import House
from doorward.identity import Limits, Tenant, Terms
from tests.journeys.test_portal import Client
from tests.support.browsing import OpenContext, agree, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.machines import PRINTER, TERMS, Owner
from tests.support.portal import Mailbox, PortalGuest
from tests.support.reader import faults_of_tree


@pytest.fixture
def owner(house: House, halden: Tenant) -> Owner:
    """A customer with a terminal."""
    return Owner(house, halden)


@pytest.fixture
def guest(house: House, url: str, owner: Owner) -> Iterator[PortalGuest]:
    """The owner, signed in at the portal."""
    made = PortalGuest(url, Mailbox(house))
    with made.client:
        yield made.sign_in(owner.seed.email)


def granted(guest: PortalGuest, **changes: str) -> str:
    """Fill in the form and confirm it; return the mandate's address below the portal's."""
    fields = {
        "name": "Shop printer",
        "may-order.place": "yes",
        "may-help": "yes",
        "kind-paper": "yes",
        "period": "month",
        "count": "2",
        "act_amount": "10,50",
        "period_amount": "20",
        "days": "30",
        "code": "",
    } | changes
    asked = guest.form("/mandates", page="/mandates/new", **fields)
    assert asked.status_code == 200, asked.text
    assert "Shop printer may then, without asking you" in asked.text
    assert "€10.50" in asked.text
    made = guest.form("/mandates", page="/mandates/new", **fields, sure="yes")
    assert made.status_code == 303, made.text
    return re.sub(r"^.*/my/halden|\?.*$", "", made.headers["location"])


def test_nothing_is_granted_before_it_was_read_and_confirmed(guest: PortalGuest, owner: Owner) -> None:
    """The page says what the machine may do; then a code pairs it, and it acts."""
    place = granted(guest)
    identity = owner.house.identity
    (mandate,) = owner.house.transactions.read(lambda tx: identity.mandates.of_owner(tx, owner.scope, owner.id))
    assert place == f"/mandates/{mandate.id}"
    assert mandate.terms == Terms(
        capabilities=("help", "order.place"),
        kinds=("paper",),
        limits=Limits(currency="EUR", act_amount=1050, period="month", period_amount=2000, period_count=2),
    )
    shown = guest.form(f"{place}/pair", page=place)
    assert shown.headers["cache-control"] == "no-store"
    code = re.search(r"[A-Z]{4}-[A-Z]{4}-[A-Z]{4}", shown.text)
    assert code is not None
    assert code[0] not in guest.get(place).text
    owner.house.machines.present_code(owner.scope, PRINTER, code=code[0])
    assert owner.order("first").state == "done"
    page = guest.get(place).text
    assert "Shop printer ordered for you: Paper rolls for a payment terminal" in page
    assert "1 / 2" in page


IMPOSSIBLE: tuple[dict[str, str], ...] = (
    {"name": ""},
    {"name": "x" * 61},
    {"may-order.place": ""},
    {"kind-paper": ""},
    {"count": "0"},
    {"count": "1001"},
    {"count": "-1"},
    {"count": "NaN"},
    {"act_amount": "-1"},
    {"act_amount": "NaN"},
    {"act_amount": "Infinity"},
    {"act_amount": "1e99"},
    {"act_amount": "0.001"},
    {"act_amount": "9" * 20},
    {"period": "century"},
    {"days": "0"},
    {"days": "366"},
    {"days": "9" * 19},
)


@on_sqlite
def test_what_cannot_be_granted_comes_back_with_what_was_typed(guest: PortalGuest, owner: Owner) -> None:
    """Neither confirmed nor granted, whatever the form says."""
    possible = {
        "name": "Shop printer",
        "may-order.place": "yes",
        "kind-paper": "yes",
        "period": "month",
        "count": "2",
        "act_amount": "10",
        "period_amount": "20",
        "days": "30",
    }
    for changes in IMPOSSIBLE:
        sent = possible | changes
        fields = {name: value for name, value in sent.items() if value or not name.startswith(("may-", "kind-"))}
        for sure in ({}, {"sure": "yes"}):
            refused = guest.form("/mandates", page="/mandates/new", **fields, **sure)
            assert refused.status_code == 400, changes
            assert "Please check the form" in refused.text
    identity = owner.house.identity
    assert owner.house.transactions.read(lambda tx: identity.mandates.of_owner(tx, owner.scope, owner.id)) == ()


def test_a_machines_code_is_typed_in_and_its_owner_decides(guest: PortalGuest, owner: Owner) -> None:
    """The page names the machine and who vouches for it; wrong and used codes are told so."""
    asked = owner.house.machines.ask_for_mandate(owner.scope, PRINTER, capabilities=("help", "order.place"))
    wrong = guest.form("/mandates/code", page="/mandates", code="BBBB-BBBB-BBBB")
    assert wrong.status_code == 400
    form = guest.form("/mandates/code", page="/mandates", code=asked.code.lower())
    assert form.status_code == 200
    assert "printers.example" in form.text
    place = granted(guest, code=asked.code)
    assert "in use" in guest.get(place).text
    assert owner.order("first").state == "done"
    again = guest.form("/mandates/code", page="/mandates", code=asked.code)
    assert again.status_code == 400


def test_owners_answer_what_their_machine_asks(guest: PortalGuest, owner: Owner) -> None:
    """What exactly is asked stands there; a yes has it done once, a no never, and neither is taken twice."""
    owner.grant(Terms(capabilities=("order.place",), kinds=("gold",), limits=TERMS.limits))
    before = owner.ordered()
    one, two = owner.order("one"), owner.order("two", thing="")
    page = guest.get("/mandates").text
    assert "Shop printer wants to order: Paper rolls for a payment terminal" in page
    assert owner.device in page
    refused = guest.form(f"/approvals/{two.approval_id}/refuse", page="/mandates")
    assert refused.status_code == 303
    allowed = guest.form(f"/approvals/{one.approval_id}/allow", page="/mandates")
    assert allowed.status_code == 303
    assert owner.ended("one").state == "done"
    assert owner.order("two", thing="").code == "owner_refused"
    assert owner.ordered() == before + 1
    for again in ("allow", "refuse"):
        assert guest.form(f"/approvals/{one.approval_id}/{again}", page="/mandates").status_code == 409
    assert guest.form(f"/approvals/{one.approval_id}/steal", page="/mandates").status_code == 400


def test_a_machine_is_paused_let_go_on_changed_and_ended(guest: PortalGuest, owner: Owner) -> None:
    """Each at once; ending asks first; who saw an older page changes nothing."""
    place = f"/mandates/{owner.grant().id}"
    revision = re.search(r'name="revision" value="(\d+)"', guest.get(place).text)
    assert revision is not None
    assert guest.form(f"{place}/suspend", page=place).status_code == 303
    assert owner.order("a").code == "suspended"
    assert guest.form(f"{place}/resume", page=place).status_code == 303
    fields = {"name": "Shop printer", "may-help": "yes", "days": "10", "revision": revision[1]}
    assert guest.form(place, page=place, **fields).status_code == 412
    current = re.search(r'name="revision" value="(\d+)"', guest.get(place).text)
    assert current is not None
    assert guest.form(place, page=place, **(fields | {"revision": current[1]})).status_code == 303
    assert owner.order("a").code == "not_granted"
    asked = guest.form(f"{place}/revoke", page=place)
    assert asked.status_code == 200
    assert owner.order("b").code == "not_granted"
    assert guest.form(f"{place}/revoke", page=place, sure="yes").status_code == 303
    assert owner.order("c").code == "revoked"
    assert guest.form(f"{place}/pair", page="/mandates").status_code == 409


def test_machines_of_others_are_not_there(guest: PortalGuest, house: House, url: str, owner: Owner) -> None:
    """Another customer finds no page, no question, and ends nothing."""
    mandate = owner.grant(Terms(capabilities=("order.place",), kinds=("gold",), limits=TERMS.limits))
    asked = owner.order("one")
    emails = [one.email for one in house.plugins.companies["halden"].customers()][:5]
    other = PortalGuest(url, Mailbox(house))
    with other.client:
        other.sign_in(next(one for one in emails if one != owner.seed.email))
        nothing_is_there(other, mandate.id, asked.approval_id)
    assert owner.order("two").state == "input-required"


def nothing_is_there(other: PortalGuest, mandate_id: str, approval_id: str) -> None:
    """Look for somebody else's machine."""
    assert other.get(f"/mandates/{mandate_id}").status_code == 404
    assert "Shop printer" not in other.get("/mandates").text
    for path in (f"/mandates/{mandate_id}/{verb}" for verb in ("revoke", "suspend", "resume", "pair")):
        assert other.form(path, page="/mandates", sure="yes").status_code == 404
    for answer in ("allow", "refuse"):
        assert other.form(f"/approvals/{approval_id}/{answer}", page="/mandates").status_code == 404


def test_machines_are_in_what_an_owner_takes_along(guest: PortalGuest, owner: Owner) -> None:
    """For people and for programs: what is allowed, what was done, what was asked."""
    owner.grant(Terms(capabilities=("help", "order.place"), kinds=("gold",), limits=TERMS.limits))
    owner.order("asked")
    owner.act("order.status", "not allowed")
    taken = guest.form("/data/export", page="/data", format="json").json()
    assert [one["name"] for one in taken["mandates"]] == ["Shop printer"]
    assert [one["why"] for one in taken["machine_questions"]] == ["kind_not_granted"]
    assert taken["machine_acts"] == []
    assert "Shop printer" in guest.form("/data/export", page="/data", format="html").text


@pytest.mark.browser
@on_sqlite
def test_staff_see_the_machine_and_end_its_right(open_context: OpenContext, house: House, owner: Owner) -> None:
    """On the conversation's page, after they were asked, for the customer of that conversation."""
    mandate = owner.grant()
    done = owner.order("first")
    page = open_context().new_page()
    sign_in(page, username="mira")
    page.goto(f"/desk/conversations/{done.conversation_id}")
    expect(page.get_by_text("A machine spoke for the customer: Shop printer (printers.example)")).to_be_visible()
    expect(page.get_by_text("Shop printer ordered for you")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    page.get_by_role("button", name="End what it may do").press("Enter")
    agree(page, "End what it may do")
    expect(page.locator("#machine").get_by_text("ended")).to_be_visible()
    assert owner.order("second").code == "revoked"
    identity = house.identity
    ended = house.transactions.read(lambda tx: identity.mandates.find(tx, owner.scope, mandate.id))
    assert ended.state == "revoked"


@pytest.mark.browser
@on_sqlite
def test_from_granting_to_refusing_in_a_browser(
    open_context: OpenContext, house: House, url: str, owner: Owner
) -> None:
    """Grant, act, see it, revoke, refused: by keyboard and reader, in both schemes, wide and narrow."""
    client = Client(open_context(), house, origin=url.replace("127.0.0.1", "localhost"))
    client.email = owner.seed.email
    page = client.sign_in()
    page.get_by_role("link", name="My machines", exact=True).click()
    page.get_by_role("link", name="Let a machine act for me").click()
    page.get_by_label("What do you call it?").fill("Shop printer")
    page.get_by_label("order, or order again").check()
    page.get_by_label("Paper rolls for a payment terminal").check()
    looked_at(page)
    page.get_by_role("button", name="Continue").press("Enter")
    expect(page.get_by_role("heading", name="Please check", level=1)).to_be_visible()
    looked_at(page)
    page.get_by_role("button", name="Allow this").press("Enter")
    page.get_by_role("button", name="Make a code").press("Enter")
    code = page.locator("strong.portal-code").inner_text()
    owner.house.machines.present_code(owner.scope, PRINTER, code=code)
    assert owner.order("first").state == "done"
    page.get_by_role("link", name="My machines", exact=True).click()
    page.get_by_role("link", name="Shop printer", exact=True).click()
    expect(page.get_by_text("Shop printer ordered for you: Paper rolls for a payment terminal")).to_be_visible()
    looked_at(page)
    page.get_by_role("link", name="See the conversation").click()
    expect(page.get_by_text("ordered for you")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="End it for good").press("Enter")
    looked_at(page)
    page.get_by_role("button", name="End it for good").press("Enter")
    expect(page.get_by_text("Ended. It may do nothing any more.")).to_be_visible()
    assert owner.order("second").code == "revoked"
    page.get_by_role("link", name="My machines", exact=True).click()
    looked_at(page)


def looked_at(page: Page) -> None:
    """Look at a page as a reader, in both schemes, and on a phone."""
    assert violations_in_both_schemes(page) == []
    assert faults_of_tree(page) == []
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": 380, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.set_viewport_size(size)
