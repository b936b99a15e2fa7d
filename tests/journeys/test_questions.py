"""Questions that nobody could answer: gathered, written about, added, dismissed; gone with whoever asked them."""

import re
from typing import Any

import httpx
import pytest

from doorward import record
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.record import AuditQuery, find_audit
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.reader import faults_of_tree
from tests.support.server import Guests, WebVisitor

PAGE = "/desk/knowledge/questions"
LISTED = "/api/v1/knowledge/questions"
ASKED = ("do you rent umbrellas by the week", "can I rent an umbrella for a week", "umbrella rental for one week?")


def ask(guests: Guests, tenant: Tenant, text: str) -> WebVisitor:
    """Have a customer ask something."""
    visitor = guests.visitor(tenant)
    visitor.say(text)
    visitor.wait_for_answer()
    return visitor


def about(answer: httpx.Response, word: str) -> dict[str, Any]:
    """Return the one group whose first example has a word, none if there is no such group."""
    found = [one for one in answer.json()["items"] if word in str(one["examples"])]
    assert len(found) < 2, found
    return found[0] if found else {}


def test_what_means_alike_is_one_question(guests: Guests, house: House, halden: Tenant, brisa: Tenant) -> None:
    """Counted, with examples that are masked, the nearest section and the weeks; noted who looked; nobody else's."""
    for text in ASKED:
        ask(guests, halden, text)
    ask(guests, halden, "umbrella rental for card 4111 1111 1111 1111")
    nadia = guests.member("nadia")
    found = about(nadia.get(LISTED), "umbrella")
    assert (found["messages"], found["customers"], found["recent"], found["before"]) == (4, 4, 4, 0)
    assert found["language"] == "en"
    assert "1111 1111" not in str(found)
    assert found["near"] is None or 0 <= found["near"]["score"] < 0.6
    assert about(guests.member("owner", company="brisa").get(LISTED), "umbrella") == {}
    assert guests.member("mira").get(LISTED).status_code == 403
    wanted = AuditQuery(action="questions.read")
    assert house.transactions.read(lambda tx: find_audit(tx, system_scope(halden.id, "test"), wanted))


def test_a_dismissed_question_stays_away(guests: Guests, halden: Tenant) -> None:
    """It, and what means alike and is asked later; a line that nobody said cannot be dismissed."""
    for text in ASKED[:2]:
        ask(guests, halden, text)
    nadia = guests.member("nadia")
    lines = [
        {key: one[key] for key in ("conversation_id", "seq")} for one in about(nadia.get(LISTED), "umb")["examples"]
    ]
    body = {"lines": lines}
    assert nadia.post(f"{LISTED}/dismiss", json=body).json() == {"dismissed": 2}
    assert nadia.post(f"{LISTED}/dismiss", json=body).json() == {"dismissed": 0}
    ask(guests, halden, ASKED[2])
    assert about(nadia.get(LISTED), "umb") == {}
    page = nadia.get(PAGE).text
    assert "Messages whose questions are not ours: 2." in page
    restored = nadia.post(f"{PAGE}/restore", data={"csrf": nadia.headers["x-csrf-token"]}, follow_redirects=True)
    assert "Everything is listed again." in restored.text
    assert about(nadia.get(LISTED), "umb")["messages"] == 3
    nobody = {"lines": [{"conversation_id": "0" * 26, "seq": 1}]}
    assert nadia.post(f"{LISTED}/dismiss", json=nobody).status_code == 404
    theirs = guests.member("owner", company="brisa").post(f"{LISTED}/dismiss", json=body)
    assert theirs.status_code == 404


def test_a_question_becomes_part_of_an_article(guests: Guests, halden: Tenant) -> None:
    """A new article begins with it; a section gets it as a draft; what answers customers stays as it was until then."""
    ask(guests, halden, ASKED[0])
    nadia = guests.member("nadia")
    group = about(nadia.get(LISTED), "umb")
    line = "{conversation_id}:{seq}".format(**group["examples"][0])
    form = {"csrf": nadia.headers["x-csrf-token"], "line": line, "language": "en"}
    begun = nadia.post(PAGE, data=form | {"do": "write"}, follow_redirects=True)
    assert begun.text.count(ASKED[0]) >= 3, "title, heading and question"
    article = nadia.get("/api/v1/articles", params={"language": "en", "limit": 1}).json()["items"][0]
    added = nadia.post(PAGE, data=form | {"do": "add", "section": f"{article['id']}:0"})
    assert added.headers["location"] == f"/desk/knowledge/{article['slug']}/en?done=saved"
    draft = nadia.get(f"/api/v1/articles/{article['id']}/draft").json()
    assert ASKED[0] in draft["sections"][0]["questions"]
    assert ASKED[0] not in str(nadia.get(f"/api/v1/articles/{article['id']}").json())
    assert nadia.post(PAGE, data=form | {"do": "dismiss"}).headers["location"] == f"{PAGE}?done=dismissed"
    nothing = nadia.post(PAGE, data={"csrf": form["csrf"], "do": "dismiss"})
    assert (nothing.status_code, "Choose at least one" in nothing.text) == (400, True)
    assert nadia.post(PAGE, data=form | {"do": "add", "section": f"{'0' * 26}:0"}).status_code == 404


def test_a_shredded_customer_s_question_vanishes(guests: Guests, house: House, halden: Tenant) -> None:
    """From the list at once, and it begins no article any more."""
    visitor = ask(guests, halden, ASKED[0])
    nadia = guests.member("nadia")
    example = about(nadia.get(LISTED), "umb")["examples"][0]
    scope = system_scope(halden.id, "test")
    card = house.transactions.read(lambda tx: record.card_of(tx, scope, ConversationId(visitor.conversation_id)))
    assert card is not None
    house.destruction.shred(scope, PartyId(card.party_id))
    assert about(nadia.get(LISTED), "umb") == {}
    line = f"{example['conversation_id']}:{example['seq']}"
    assert nadia.get(f"/desk/knowledge/new?line={line}").status_code == 404


@pytest.mark.browser
@on_sqlite
@pytest.mark.parametrize("width", [1280, 380])
def test_the_page_is_a_table_and_forms(open_context: OpenContext, guests: Guests, halden: Tenant, width: int) -> None:
    """By keyboard from the table to the form, and an article begun; in both schemes, on wide and narrow windows."""
    for text in ASKED:
        ask(guests, halden, text)
    page = sign_in(open_context(viewport={"width": width, "height": 800}).new_page(), username="nadia")
    page.goto(PAGE)
    table = page.get_by_role("table", name=re.compile("Questions that nobody"))
    table.get_by_role("link", name=re.compile("umbrella")).press("Enter")
    assert violations_in_both_schemes(page) == []
    assert faults_of_tree(page) == []
    page.get_by_role("button", name="Write an article").first.press("Enter")
    page.wait_for_url("**/desk/knowledge/new?**")
    assert "umbrella" in page.get_by_label("Title").input_value()
