"""Enormous conversations, thousands of labels: what pages show first has a bound, and all else can be reached."""

import re

import httpx
import pytest

from doorward import record, workspace
from doorward.bootstrap import House
from doorward.doors.web.desk.conversation.marking import LABELS
from doorward.doors.web.desk.conversation.view import LINES
from doorward.doors.web.desk.marks import MOST_SHOWN, MOST_SUGGESTED
from doorward.identity import Tenant
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor, system_scope
from doorward.workspace import Label, PieceName
from tests.journeys.test_desk_long import fill
from tests.support.browsing import on_sqlite
from tests.support.server import Guests, WebVisitor

pytestmark = on_sqlite

MESSAGES = 5_000
LABELLED = 300
COMPANY = 2_000
LARGEST = 600_000
"""Bytes of a page before it is compressed: some forty times as many are what there is."""


@pytest.fixture
def enormous(guests: Guests, house: House, halden: Tenant) -> WebVisitor:
    """A conversation of 5,000 messages with 300 labels, in a company that has 2,000."""
    customer = guests.visitor(halden)
    customer.say("This is where it began")
    fill(house, halden, customer.conversation_id, messages=MESSAGES)
    scope, wanted = system_scope(halden.id, "test"), ConversationId(customer.conversation_id)

    def work(tx: Tx) -> Outcome[None]:
        lines: list[Entry | AuditEvent] = []
        for number in range(COMPANY):
            label = Label(name=f"Label {number:04}")
            lines += workspace.put_piece(tx, scope, PieceName(f"l{number:04}"), label).entries
        card = record.card_of(tx, scope, wanted)
        assert card is not None
        labelled = Entry(
            kind="labels.changed",
            conversation_id=wanted,
            party_id=card.party_id,
            key="labels:many",
            at=card.last_at,
            actor=Actor(kind="system", id="test"),
            data={"added": [f"l{number:04}" for number in range(LABELLED)], "removed": []},
        )
        return Outcome(None, (*lines, labelled))

    house.transactions.write(scope, work)
    return customer


def test_pages_of_enormous_things_have_a_bound(guests: Guests, enormous: WebVisitor) -> None:
    """Whatever there is: rows and bytes of what is shown first are bounded, wherever the conversation is listed."""
    mira, admin = guests.member("mira"), guests.member("admin")
    page = mira.get(f"/desk/conversations/{enormous.conversation_id}").text
    assert page.count('<li class="line ') <= LINES
    assert page.count('name="remove"') == MOST_SHOWN
    assert page.count('<option value="Label') == MOST_SUGGESTED
    assert f"All {LABELLED} labels" in page
    assert "Label 0011, … +288" in page
    inbox = mira.get("/desk/?show=all").text
    csrf = {"csrf": mira.headers["x-csrf-token"]}
    found = mira.post("/desk/search", data=csrf | {"text": "message"}).text
    assert "and 294 more" in inbox
    assert "and 294 more" in found
    rules = admin.get("/desk/automation/new").text
    assert rules.count('<option value="Label') == MOST_SUGGESTED
    macro = admin.get("/desk/macros/new").text
    shelf = admin.get("/desk/workspace/labels").text
    sizes = [len(one.encode()) for one in (page, inbox, found, rules, macro, shelf)]
    assert max(sizes) < LARGEST, sizes


def test_what_is_not_shown_first_is_reached_by_links(guests: Guests, enormous: WebVisitor) -> None:
    """All labels page by page, each to be taken away there; all messages stretch by stretch, to the first one."""
    mira, address = guests.member("mira"), f"/desk/conversations/{enormous.conversation_id}"
    seen: list[str] = []
    following: str | None = f"{address}/labels"
    while following is not None:
        page = mira.get(following).text
        assert page.count('name="remove"') <= LABELS
        seen += re.findall('name="remove" value="(l[0-9]{4})"', page)
        following = _link(page, 'rel="next" href="([^"]+)"')
    assert seen == [f"l{number:04}" for number in range(LABELLED)]
    taken = {"csrf": mira.headers["x-csrf-token"], "from": "labels", "page": "3", "remove": "l0299"}
    answer = mira.post(f"{address}/labels", data=taken)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{address}/labels?page=3")
    assert "l0298" in mira.get(f"{address}/labels", params={"page": 4}).text  # behind the end is the last page
    assert "All 299 labels" in mira.get(address).text
    assert _walk_back(mira, address) == MESSAGES // LINES


def _walk_back(mira: httpx.Client, address: str) -> int:
    """Follow the links to earlier messages to the first one; return how many pages that took."""
    pages, following = 0, _link(mira.get(address).text, 'href="([^"]+/earlier[^"]+)"')
    page = ""
    while following is not None:
        page = mira.get(following).text
        pages, following = pages + 1, _link(page, 'href="([^"]+/earlier[^"]+)"')
        assert page.count('<li class="line ') <= LINES
    assert "This is where it began" in page
    return pages


def _link(page: str, pattern: str) -> str | None:
    found = re.search(pattern, page)
    return None if found is None else found[1].replace("&amp;", "&")
