"""Something stands out for a customer: the bot asks whether it may show it, an agent sees it, and a page counts it."""

import re

import pytest
from playwright.sync_api import Page, expect

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.company import CustomerSeed, SignalSource
from tests.support.browsing import LOADED, OpenContext, on_sqlite, sign_in, violations
from tests.support.portal import Mailbox, customer
from tests.support.reader import faults_of_tree
from tests.support.server import Guests, WebVisitor


@pytest.fixture
def somebody(house: House, halden: Tenant) -> CustomerSeed:
    """One of Halden's customers for whom it stands out that a bill can be paid in parts, and nothing more pressing."""
    core = house.core_systems[halden.id]
    assert isinstance(core, SignalSource)
    for number in range(20):
        found = customer(house, number)
        if {signal.kind for signal in core.signals(found.reference)} <= {"plan_possible", "money_idle"} and any(
            signal.kind == "plan_possible" for signal in core.signals(found.reference)
        ):
            return found
    raise AssertionError("no customer has a bill that can be paid in parts")


@pytest.fixture
def visitor(house: House, guests: Guests, halden: Tenant, somebody: CustomerSeed) -> WebVisitor:
    """That customer in the web chat, proven by a mailed code."""
    mailbox = Mailbox(house)
    found = guests.visitor(halden)
    found.client.post("/c/webchat/verification", json={"email": somebody.email})
    code = mailbox.code(somebody.email)
    found.client.post("/c/webchat/verification/confirm", json={"code": code}).raise_for_status()
    return found


def test_it_is_offered_seen_and_counted(guests: Guests, visitor: WebVisitor) -> None:
    """The bot asks without a figure; a no is kept; the agent's card and the report tell of it, and nobody else."""
    visitor.say("Hello")
    visitor.wait_for_answer()
    last = visitor.entries()["entries"][-1]
    assert last["text"].endswith("May I show you how your bill could be paid in parts?")
    assert [one["says"] for one in last["choices"]] == ["Yes", "No"]
    visitor.say("No")
    visitor.wait_for_answer()
    mira, nadia = guests.member("mira"), guests.member("nadia")
    address = f"/api/v1/conversations/{visitor.conversation_id}/stands-out"
    found = mira.get(address).json()
    (card,) = [one for one in found["cards"] if one["key"] == "plan_possible"]
    assert (card["last"], card["advice"]) == ("declined", "resting")
    assert "€" in card["why"]
    report = nadia.get("/api/v1/reports/nudges", params={"language": "de"}).json()
    (row,) = [one for one in report["rows"] if one["key"] == "plan_possible"]
    assert (row["offered"], row["declined"], row["taken"], row["value"]) == (1, 1, 0, 0)
    assert (row["title"], report["currency"]) == ("Rechnung in Raten zahlbar", "EUR")
    page = nadia.get("/desk/nudges?days=7").text
    assert "Bill can be paid in parts" in page
    english = nadia.get("/api/v1/reports/nudges", params={"language": "en"}).json()["rows"]
    gains = {one["key"]: one["gain"] for one in english}
    assert gains["duplicate_charge"] in page  # counted in money
    assert gains["savings_pocket"] not in page  # not counted: what it is worth has no figure to stand beside
    assert nadia.get("/desk/nudges?days=8").status_code == 400
    assert mira.get("/desk/nudges").status_code == 403
    assert mira.get("/api/v1/reports/nudges").status_code == 403
    owner = guests.member("owner", company="brisa")
    assert owner.get(address).status_code == 404
    assert owner.get("/api/v1/reports/nudges").json()["rows"] == []
    assert guests.client().get(address).status_code == 401


def test_an_agent_keeps_what_the_customer_said(guests: Guests, visitor: WebVisitor) -> None:
    """By program and by page, each once; what is none of the answers, and no nudge, is refused."""
    visitor.say("How long does it take until a new card arrives by post?")
    visitor.wait_for_answer()
    visitor.ask_for_person()
    mira, own = guests.member("mira"), f"conversations/{visitor.conversation_id}"
    mira.post(f"/api/v1/{own}/take").raise_for_status()
    noted = mira.post(f"/api/v1/{own}/stands-out/plan_possible", json={"state": "offered"})
    assert noted.status_code == 204
    assert mira.post(f"/api/v1/{own}/stands-out/moon", json={"state": "taken"}).status_code == 404
    assert mira.post(f"/api/v1/{own}/stands-out/plan_possible", json={"state": "sold"}).status_code in {400, 422}
    form = {"nudge": "plan_possible", "state": "taken", "csrf": mira.headers["x-csrf-token"]}
    page = mira.post(f"/desk/{own}/stands-out", data=form)
    assert re.findall(r"<h([1-6])", page.text)[:3] == ["1", "2", "3"]
    assert "The customer said yes in this conversation." in page.text
    gone = mira.post(f"/desk/{own}/stands-out", data={**form, "nudge": "moon"})
    assert "This is not offered any more." in gone.text
    assert mira.get(f"/api/v1/{own}/stands-out").json()["cards"][0]["last"] == "taken"


@pytest.mark.browser
@on_sqlite
def test_what_stands_out_is_there_before_the_agent_writes(open_context: OpenContext, visitor: WebVisitor) -> None:
    """The card comes with the page; taken over, its question goes into the reply by keyboard, unsent."""
    visitor.say("How long does it take until a new card arrives by post?")
    visitor.wait_for_answer()
    visitor.ask_for_person()
    page = _opened(open_context, f"/desk/conversations/{visitor.conversation_id}", username="mira")
    panel = page.get_by_role("region", name="Stands out")
    expect(panel.get_by_role("heading", name="Bill can be paid in parts")).to_be_visible()
    expect(panel).to_contain_text("€")
    expect(panel.get_by_role("button")).to_have_count(0)
    page.keyboard.press("t")
    ask = panel.get_by_role("button", name="Put the question into my reply").first
    expect(ask).to_be_visible()
    ask.press("Enter")
    expect(page.get_by_label("Your reply")).to_have_value("May I show you how your bill could be paid in parts?")
    said = panel.get_by_role("button", name="The customer wants it").first
    said.press("Enter")
    expect(panel).to_contain_text("The customer said yes in this conversation.")
    assert violations(page) == []
    assert faults_of_tree(page) == []
    page.set_viewport_size({"width": 380, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 380


@pytest.mark.browser
@on_sqlite
def test_the_page_of_offers_is_read_on_any_screen(open_context: OpenContext, visitor: WebVisitor) -> None:
    """A table by roles, wide and narrow, and a period that is chosen by keyboard."""
    visitor.say("Hello")
    visitor.wait_for_answer()
    page = _opened(open_context, "/desk/nudges", username="nadia")
    row = page.get_by_role("row", name="Bill can be paid in parts")
    expect(row).to_contain_text("1")
    page.get_by_label("Period").select_option("7")
    page.get_by_role("button", name="Show", exact=True).press("Enter")
    expect(page.get_by_label("Period")).to_have_value("7")
    assert violations(page) == []
    page.set_viewport_size({"width": 380, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    assert violations(page) == []


def _opened(open_context: OpenContext, address: str, *, username: str) -> Page:
    page = sign_in(open_context().new_page(), username=username)
    page.goto(address)
    page.evaluate(LOADED)
    return page
