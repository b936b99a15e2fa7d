"""No address of the interface tells one company anything of another's: made from the interface's own description."""

import base64
import re
from typing import Any

import pytest

from doorward.bootstrap import House
from doorward.doors.web.customer.portal import actions, export, pages, sign_in
from doorward.identity import Tenant
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import system_scope
from tests.support.portal import Mailbox, PortalGuest, customer
from tests.support.server import Guests, WebVisitor

BODIES: dict[str, Any] = {
    "replies": {"text": "Hello"},
    "draft": {"title": "Hello"},
    "hand-over": {"note": "Hello"},
    "open": {"purpose": "legal_duty", "reason": "curious"},
    "steward": {"review_by": "2026-12-01"},
}
SEEN = {"if-match": '"1"'}
"""What is sent along by whoever changes what they have seen."""


@pytest.fixture
def foreign(guests: Guests, halden: Tenant) -> dict[str, str]:
    """Ids of Halden's: a conversation, a file in it, an article, and a review of another conversation."""
    visitor = guests.visitor(halden)
    visitor.say("A secret of Halden's customer, ada@example.com")
    content = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(40)).decode()
    file = {"id": "a-1", "name": "slip.png", "type": "image/png", "data": content}
    kept = visitor.client.post("/c/webchat/attachments", json=file).json()
    visitor.ask_for_person()
    article = guests.member("admin").get("/api/v1/articles").json()["items"][0]
    mira = guests.member("mira")
    shown = mira.get(f"/api/v1/conversations/{visitor.conversation_id}").json()
    span_id = str(shown["lines"][0]["spans"][0]["id"])
    opened = mira.post(f"/api/v1/originals/{span_id}/open", json={"purpose": "resolve_contact", "reason": "asked to"})
    return {
        "conversation_id": visitor.conversation_id,
        "attachment_id": str(kept["attachment_id"]),
        "article_id": str(article["id"]),
        "number": "1",
        "span_id": span_id,
        "opening_id": opened.json()["opening_id"],
        "review_id": reviewed(guests, guests.visitor(halden)),
    }


def reviewed(guests: Guests, visitor: WebVisitor) -> str:
    """Have a conversation of somebody's ended and reviewed, and return the review's id."""
    jonas, nadia, address = guests.member("jonas"), guests.member("nadia"), "/api/v1/conversations/"
    visitor.ask_for_person()
    for act in ("take", "resolve"):
        jonas.post(f"{address}{visitor.conversation_id}/{act}").raise_for_status()
    card = {"type": "scorecard", "name": "Service", "questions": [{"key": "kind", "asks": "Was it kind?"}]}
    nadia.put("/api/v1/workspace/scorecards/service", json={"piece": card}).raise_for_status()
    body = {"scorecard": "service", "answers": {"kind": 1}}
    return str(nadia.post(f"{address}{visitor.conversation_id}/reviews", json=body).json()["review_id"])


def test_every_address_with_an_id_finds_nothing_of_another_company(guests: Guests, foreign: dict[str, str]) -> None:
    """Each operation that takes an id answers 404 to another company's id, exactly as to one that nobody has."""
    owner, agent = guests.member("owner", company="brisa"), guests.member("lale", company="brisa")
    paths = owner.get("/api/v1/openapi.json").json()["paths"]
    asked = 0
    for path, methods in paths.items():
        named = re.findall(r"{(\w+)}", path)
        if not named or not set(named) <= set(foreign):
            continue
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            body = BODIES.get(path.rpartition("/")[2], content.get("example"))
            unknown = {name: "0" * 26 if len(value) == 26 else value for name, value in foreign.items()}
            # Who runs the house may not open what customers hid in it; an agent may.
            member = agent if path.endswith("/open") else owner
            theirs = member.request(method, path.format(**foreign), json=body, headers=SEEN)
            nobodys = member.request(method, path.format(**unknown), json=body, headers=SEEN)
            assert (theirs.status_code, theirs.json()) == (404, nobodys.json()), path
            asked += 1
    assert asked >= 15


def test_every_list_is_empty_of_another_company(guests: Guests, foreign: dict[str, str]) -> None:
    """No list and no sum of one company holds an id or a word of another's."""
    owner = guests.member("owner", company="brisa")
    paths = owner.get("/api/v1/openapi.json").json()["paths"]
    lists = [path for path, methods in paths.items() if "get" in methods and "{" not in path and "visitor" not in path]
    read = [owner.get(path) for path in lists if path.startswith("/api/")]
    assert len(read) >= 6
    for answer in read:
        # The latest of something is no list: there is none yet, or one.
        assert answer.status_code == (404 if answer.url.path.endswith("/latest") else 200), answer.url
        assert not any(value in answer.text for value in foreign.values() if len(value) == 26), answer.url
        assert "Halden" not in answer.text


def test_a_visitor_token_is_good_for_its_own_conversation_alone(guests: Guests, halden: Tenant, brisa: Tenant) -> None:
    """What a visitor of one company says and reads never shows in another's, and a foreign token renews nothing."""
    ours, theirs = guests.visitor(halden), guests.visitor(brisa)
    ours.say("A secret of Halden's customer")
    assert not any("secret" in entry["text"] for entry in theirs.entries()["entries"])
    begun = guests.client().post(
        "/c/webchat/visits", json={"widget_key": brisa.widget_key, "resume": ours.visit["token"]}
    )
    assert begun.status_code == 201
    assert begun.json()["conversation_id"] != ours.conversation_id


def portal_addresses() -> list[tuple[str, str]]:
    """Every address of the portal that takes an id of something, with its method."""
    handlers = (*sign_in.HANDLERS, *pages.HANDLERS, *actions.HANDLERS, *export.HANDLERS)
    found = [
        (next(iter(handler.http_methods - {"HEAD", "OPTIONS"})), path.removeprefix("/{slug:str}"))
        for handler in handlers
        for path in handler.paths
    ]
    return [(method, path) for method, path in found if "_id:" in path]


@pytest.fixture
def theirs(house: House, guests: Guests, halden: Tenant) -> dict[str, str]:
    """Ids of things of another customer of Halden's: a conversation, a session, a passkey's place."""
    mailbox, other = Mailbox(house), customer(house, 1)
    visitor = guests.visitor(halden)
    visitor.client.post("/c/webchat/verification", json={"email": other.email})
    visitor.client.post("/c/webchat/verification/confirm", json={"code": mailbox.code(other.email)})
    visitor.say("A secret of another customer")
    guest = PortalGuest(guests.url, mailbox).sign_in(other.email)
    guest.client.close()
    scope = system_scope(halden.id, "test")

    def session_of(tx: Tx) -> str:
        party = house.identity.parties.find_by_reference(tx, scope, other.reference)
        assert party is not None
        return house.identity.customer_sessions.sessions_of(tx, scope, party.id)[0].session_id

    session_id = house.transactions.read(session_of)
    named = dict.fromkeys(("session_id", "passkey_id", "attachment_id"), session_id)
    return {"conversation_id": visitor.conversation_id, **named}


@pytest.mark.parametrize("company", ["halden", "brisa"])
def test_no_address_of_the_portal_finds_anything_of_another_customer(
    house: House, guests: Guests, theirs: dict[str, str], company: str
) -> None:
    """Each address that takes an id answers another customer's exactly as one that nobody has, in both companies."""
    guest = PortalGuest(guests.url, Mailbox(house), company=company)
    guest.sign_in(customer(house, company=company).email)
    addresses = portal_addresses()
    assert len(addresses) >= 5
    for method, pattern in addresses:
        answers = []
        for ids in (theirs, dict.fromkeys(theirs, "0" * 26)):
            path = pattern.replace("{seq:int}", "3")
            for name, value in ids.items():
                path = path.replace(f"{{{name}:str}}", value)
            answers.append(guest.get(path) if method == "GET" else guest.form(path))
        assert [one.status_code for one in answers] == [404, 404], pattern
        assert not any("secret" in one.text for one in answers), pattern
    for path in ("/", "/decisions", "/choices", "/access", "/data", "/security"):
        page = guest.get(path)
        assert page.status_code == 200, path
        assert "A secret of another customer" not in page.text
        assert not any(value in page.text for value in theirs.values()), path
    for kind in ("json", "html"):
        taken = guest.form("/data/export", format=kind)
        assert taken.status_code == 200
        assert "A secret of another customer" not in taken.text
        assert not any(value in taken.text for value in theirs.values())
    guest.client.close()
