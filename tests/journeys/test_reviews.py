"""Reviews by the keyboard alone and by program: a scorecard, a conversation that is over, an answer."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from doorward.identity import Tenant
from tests.support.browsing import LOADED, OpenContext, follow, on_sqlite, sign_in, tab_to, violations
from tests.support.server import Guests

CARD = {
    "type": "scorecard",
    "name": "Service",
    "questions": [
        {"key": "kind", "asks": "Was it kind?"},
        {"key": "good", "asks": "How good was it?", "answer": "points", "most": 4, "weight": 3},
        {"key": "checked", "asks": "Was the identity checked?", "critical": True},
    ],
}


def ended(guests: Guests, halden: Tenant, jonas: httpx.Client) -> str:
    """Return a conversation that Jonas had and ended."""
    visitor = guests.visitor(halden)
    visitor.ask_for_person()
    address = f"/api/v1/conversations/{visitor.conversation_id}"
    jonas.post(f"{address}/take").raise_for_status()
    jonas.post(f"{address}/resolve").raise_for_status()
    return visitor.conversation_id


def set_up(guests: Guests) -> httpx.Client:
    """Return a supervisor who has set up a scorecard."""
    nadia = guests.member("nadia")
    nadia.put("/api/v1/workspace/scorecards/service", json={"piece": CARD}).raise_for_status()
    return nadia


def csrf_of(text: str) -> str:
    """Return the form token of a page."""
    return text.partition('name="csrf" value="')[2].partition('"')[0]


@pytest.mark.browser
@on_sqlite
def test_a_conversation_is_reviewed_by_the_keyboard(open_context: OpenContext, guests: Guests, halden: Tenant) -> None:
    """A scorecard is written, a conversation drawn and judged; whoever had it reads that and answers."""
    jonas = guests.member("jonas")
    ended(guests, halden, jonas)
    page = sign_in(open_context().new_page(), username="nadia")
    page.goto("/desk/scorecards/new")
    page.get_by_role("textbox", name="Name").press_sequentially("Service")
    page.get_by_role("textbox", name="Question", exact=True).first.press_sequentially("Was it kind?")
    assert violations(page) == []
    with page.expect_navigation():
        page.get_by_role("textbox", name="Name").press("Enter")
    expect(page.get_by_role("link", name="Service", exact=True)).to_be_visible()
    page.goto("/desk/reviews/sample")
    with page.expect_navigation():
        page.get_by_role("button", name="Draw", exact=True).press("Enter")
    expect(page.get_by_role("rowheader")).to_have_count(1)
    assert violations(page) == []
    follow(page, page.get_by_role("link", name="Review", exact=True))
    assert violations(page) == []
    tab_to(page, page.get_by_role("radio", name="Yes"), most=60)
    page.keyboard.press("Space")
    page.get_by_role("textbox", name="Comment").press_sequentially("Kind and quick.")
    with page.expect_navigation():
        page.get_by_role("button", name="Save the review").press("Enter")
    expect(page.get_by_text("Kind and quick.")).to_be_visible()
    assert violations(page) == []
    theirs = sign_in(open_context().new_page(), username="jonas")
    theirs.evaluate(LOADED)
    theirs.keyboard.press("g")
    with theirs.expect_navigation():
        theirs.keyboard.press("e")
    follow(theirs, theirs.get_by_role("row").last.get_by_role("link"))
    theirs.get_by_role("textbox", name="Your answer").press_sequentially("Thank you.")
    with theirs.expect_navigation():
        theirs.get_by_role("button", name="Send the answer").press("Enter")
    expect(theirs.get_by_text("Thank you.")).to_be_visible()
    expect(theirs.get_by_role("textbox", name="Your answer")).to_have_count(0)


def test_reviews_by_program(guests: Guests, halden: Tenant) -> None:
    """Written once, listed, answered once; only by and to whom they concern; words are masked."""
    jonas, mira, nadia = guests.member("jonas"), guests.member("mira"), set_up(guests)
    one = ended(guests, halden, jonas)
    (drawn,) = nadia.get("/api/v1/review-sample", params={"seed": "a"}).json()["items"]
    assert drawn["conversation_id"] == one
    body: dict[str, Any] = {
        "scorecard": "service",
        "answers": {"kind": 1, "good": 2, "checked": None},
        "comment": "ada@example.org was happy",
    }
    address = f"/api/v1/conversations/{one}/reviews"
    assert jonas.post(address, json=body).status_code == 403
    assert nadia.post(address, json=body | {"answers": {"kind": 1}}).status_code == 400
    first = nadia.post(address, json=body, headers={"idempotency-key": "one"})
    assert nadia.post(address, json=body, headers={"idempotency-key": "one"}).json() == first.json()
    review = first.json()
    assert (first.status_code, review["score"]) == (201, 62.5)
    assert "ada@example.org" not in first.text
    where = f"/api/v1/reviews/{review['review_id']}"
    assert [one.get(where).status_code for one in (jonas, nadia, mira)] == [200, 200, 404]
    assert len(jonas.get("/api/v1/reviews").json()["items"]) == 1
    assert mira.get("/api/v1/reviews").json()["items"] == []
    assert mira.post(f"{where}/answer", json={"text": "Hm"}).status_code == 404
    assert jonas.post(f"{where}/answer", json={"text": "Thanks"}).json()["answer"] == "Thanks"
    assert jonas.post(f"{where}/answer", json={"text": "More"}).status_code == 409
    assert "was happy" not in mira.get(f"/api/v1/conversations/{one}").text
    found = mira.post("/api/v1/search", json={"text": "happy"})
    assert "was happy" not in found.text
    report = nadia.get("/api/v1/reports/reviews").json()
    assert [(row["name"], row["values"]) for row in report["items"]] == [("Jonas Wiegand", [1, 62.5, 0])]


@on_sqlite
def test_the_form_says_what_is_missing(guests: Guests, halden: Tenant) -> None:
    """Without a script: a question without an answer is named, what was filled in stays, and one's own is refused."""
    jonas, nadia = guests.member("jonas"), set_up(guests)
    one = ended(guests, halden, jonas)
    address = f"/desk/conversations/{one}/review"
    form = nadia.get(address)
    fields = {"csrf": csrf_of(form.text), "scorecard": "service", "q-kind": "1", "q-good": "3", "comment": ""}
    missing = nadia.post(address, data=fields)
    assert missing.status_code == 400
    assert 'href="#q-checked"' in missing.text
    assert 'value="3" checked' in missing.text
    done = nadia.post(address, data=fields | {"q-checked": "0"})
    assert done.status_code == 303
    assert "Failed" in nadia.get(done.headers["location"]).text
    assert jonas.get("/desk/reviews/sample").status_code == 403
    assert jonas.get("/desk/scorecards").status_code == 403
    assert jonas.get(address).status_code == 403
