"""Putting conversations in order by program: marks, bulk, lists by filters and cursor, and the workspace's pieces."""

from typing import Any

import httpx
import pytest

from doorward import workspace
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from doorward.workspace import EVERYBODY, PieceName, SavedView
from tests.support.server import Guests, WebVisitor


@pytest.fixture
def admin(guests: Guests) -> httpx.Client:
    """Who sets up the workspace."""
    return guests.member("admin")


@pytest.fixture
def mira(guests: Guests, admin: httpx.Client) -> httpx.Client:
    """An agent of a company with a label, a status and fields."""
    put(admin, "labels/refund", {"type": "label", "name": "Refund", "colour": "green"})
    put(admin, "statuses/supplier", {"type": "status", "name": "With the supplier"})
    put(admin, "attributes/loss", {"type": "attribute", "name": "Loss", "holds": "number"})
    return guests.member("mira")


def put(client: httpx.Client, path: str, piece: dict[str, Any], **headers: str) -> httpx.Response:
    """Write a piece of the workspace."""
    return client.put(f"/api/v1/workspace/{path}", json={"piece": piece}, headers=headers)


def visitors(guests: Guests, halden: Tenant, number: int) -> list[WebVisitor]:
    """Return customers who said hello, each after the one before."""
    found = []
    for _ in range(number):
        visitor = guests.visitor(halden)
        visitor.say("hello")
        visitor.wait_for_answer()
        found.append(visitor)
    return found


def test_a_conversation_is_marked(guests: Guests, halden: Tenant, mira: httpx.Client) -> None:
    """All marks in one request; what is left out stays; what there is not is refused; null wakes."""
    (visitor,) = visitors(guests, halden, 1)
    address = f"/api/v1/conversations/{visitor.conversation_id}/marks"
    body = {
        "add_labels": ["refund"],
        "priority": 2,
        "status": "supplier",
        "attributes": {"loss": 12.5},
        "snoozed_until": "2999-01-01T00:00:00Z",
    }
    too_far = mira.patch(address, json=body)
    assert too_far.status_code == 400
    card = mira.patch(address, json=body | {"snoozed_until": None}).json()
    assert (card["labels"], card["priority"], card["status"]) == (["refund"], 2, "supplier")
    assert (card["attributes"], card["snoozed_until"]) == ({"loss": 12.5}, None)
    assert mira.patch(address, json={"priority": 0}).json()["labels"] == ["refund"]
    assert mira.patch(address, json={"add_labels": ["unknown"]}).status_code == 404
    assert mira.patch(address, json={"attributes": {"loss": "much"}}).status_code == 400
    assert mira.patch(address, json={"priority": 3}).status_code == 400


def test_many_are_changed_and_undone(guests: Guests, halden: Tenant, mira: httpx.Client) -> None:
    """The answer says what changed and how to take it back; asked again under one key it is one action."""
    ids = [one.conversation_id for one in visitors(guests, halden, 2)]
    body = {"conversation_ids": [*ids, "0" * 26], "act": {"verb": "label", "value": "refund"}}
    done = mira.post("/api/v1/conversations/bulk", json=body, headers={"idempotency-key": "k1"}).json()
    assert sorted(done["changed"]) == sorted(ids)
    assert done["refused"] == [{"conversation_id": "0" * 26, "why": "not_found"}]
    again = mira.post("/api/v1/conversations/bulk", json=body, headers={"idempotency-key": "k1"})
    assert again.json() == done
    undone = mira.post("/api/v1/conversations/bulk/undo", json={"steps": done["undo"]}).json()
    assert sorted(undone["changed"]) == sorted(ids)


def test_lists_are_narrowed_and_go_on_by_a_cursor(guests: Guests, halden: Tenant, mira: httpx.Client) -> None:
    """Pages hold each conversation once; filters, views and orders narrow and order them."""
    ids = [one.conversation_id for one in visitors(guests, halden, 3)]
    found: list[str] = []
    cursor = ""
    while True:
        page = mira.get("/api/v1/conversations", params={"limit": 2, "cursor": cursor, "order": "oldest"}).json()
        found += [card["conversation_id"] for card in page["items"]]
        cursor = page["next_cursor"] or ""
        if not cursor:
            break
    assert found == ids
    assert sorted(page["unseen"]) == [ids[-1]]
    mira.patch(f"/api/v1/conversations/{ids[0]}/marks", json={"priority": 2}).raise_for_status()
    first = mira.get("/api/v1/conversations", params={"q": "state:bot priority:urgent"}).json()
    assert [card["conversation_id"] for card in first["items"]] == [ids[0]]
    assert mira.get("/api/v1/conversations", params={"view": "mine"}).json()["items"] == []
    assert mira.get("/api/v1/conversations", params={"view": "resolved", "state": "bot"}).json()["items"] == []
    assert mira.get("/api/v1/conversations", params={"q": "colour:red"}).status_code == 400
    assert mira.get("/api/v1/conversations", params={"cursor": "nowhere"}).status_code == 400
    assert mira.get("/api/v1/conversations", params={"view": "unknown"}).status_code == 404


def test_what_was_seen_is_noted(guests: Guests, halden: Tenant, mira: httpx.Client) -> None:
    """A conversation is unseen until the caller notes it; nobody else's eyes count."""
    (visitor,) = visitors(guests, halden, 1)
    one = visitor.conversation_id
    assert mira.get("/api/v1/conversations").json()["unseen"] == [one]
    assert mira.put(f"/api/v1/conversations/{one}/seen", json={"seq": 10**6}).status_code == 204
    assert mira.get("/api/v1/conversations").json()["unseen"] == []
    assert guests.member("jonas").get("/api/v1/conversations").json()["unseen"] == [one]
    assert mira.get("/api/v1/conversations", params={"q": "unread:yes"}).json()["items"] == []


def test_pieces_are_written_by_those_who_may(guests: Guests, admin: httpx.Client, mira: httpx.Client) -> None:
    """Everybody reads them; editors who meet are told; a kind is of its path; a list goes on by a cursor."""
    assert put(mira, "labels/vip", {"type": "label", "name": "VIP"}).status_code == 403
    made = put(admin, "labels/vip", {"type": "label", "name": "VIP"}, **{"if-none-match": "*"})
    assert (made.status_code, made.headers["etag"]) == (200, '"1"')
    assert put(admin, "labels/vip", {"type": "label", "name": "V"}, **{"if-none-match": "*"}).status_code == 412
    assert put(admin, "labels/vip", {"type": "label", "name": "V"}, **{"if-match": '"7"'}).status_code == 412
    changed = put(admin, "labels/vip", {"type": "label", "name": "Very important"}, **{"if-match": '"1"'})
    assert changed.headers["etag"] == '"2"'
    assert put(admin, "labels/vip", {"type": "status", "name": "VIP"}).status_code == 400
    seen = mira.get("/api/v1/workspace/labels/vip")
    assert (seen.json()["piece"]["name"], seen.headers["etag"]) == ("Very important", '"2"')
    page = mira.get("/api/v1/workspace/labels", params={"limit": 1}).json()
    rest = mira.get("/api/v1/workspace/labels", params={"cursor": page["next_cursor"]}).json()
    assert [one["key"] for one in (*page["items"], *rest["items"])] == ["refund", "vip"]
    assert rest["next_cursor"] is None
    assert mira.delete("/api/v1/workspace/labels/vip").status_code == 403
    assert admin.delete("/api/v1/workspace/labels/vip").status_code == 204
    assert admin.get("/api/v1/workspace/labels/vip").status_code == 404


def test_a_view_of_one_s_own_is_nobody_else_s(guests: Guests, mira: httpx.Client) -> None:
    """It is written without further permission, and neither seen, changed nor removed by others."""
    jonas, view = guests.member("jonas"), {"type": "view", "name": "Mine", "query": "agent:me"}
    made = mira.put("/api/v1/workspace/views/own", params={"mine": True}, json={"piece": view})
    assert made.status_code == 200, made.text
    assert mira.get("/api/v1/conversations", params={"view": "own"}).status_code == 200
    assert jonas.get("/api/v1/workspace/views/own").status_code == 404
    assert jonas.get("/api/v1/workspace/views").json()["items"] == []
    assert jonas.get("/api/v1/conversations", params={"view": "own"}).status_code == 404
    assert jonas.put("/api/v1/workspace/views/own", params={"mine": True}, json={"piece": view}).status_code == 409
    assert jonas.delete("/api/v1/workspace/views/own").status_code == 404
    wrong = mira.put("/api/v1/workspace/views/own", params={"mine": True}, json={"piece": view | {"query": "x:y"}})
    assert wrong.status_code == 400
    assert mira.put("/api/v1/workspace/labels/own", params={"mine": True}, json={"piece": view}).status_code == 400
    assert mira.delete("/api/v1/workspace/views/own").status_code == 204


def test_a_view_from_before_keeps_filters_that_are_too_long_today(
    house: House, halden: Tenant, admin: httpx.Client
) -> None:
    """Its name can be changed; filters of that length cannot be written anew, in this view or another."""
    long = " ".join(f"label:one-of-many-labels-{number}" for number in range(40))
    scope, stored = system_scope(halden.id, "test"), PieceName("from-before", EVERYBODY)
    view = SavedView(name="Old", query=long)
    house.transactions.write(scope, lambda tx: workspace.put_piece(tx, scope, stored, view, revision=0))
    piece = {"type": "view", "name": "Renamed", "query": long}
    renamed = admin.put("/api/v1/workspace/views/from-before", json={"piece": piece})
    assert (renamed.status_code, renamed.json()["piece"]) == (200, piece | {"order": "latest"})
    for key, query in (("from-before", f"{long} state:human"), ("other", long)):
        assert admin.put(f"/api/v1/workspace/views/{key}", json={"piece": piece | {"query": query}}).status_code == 400


def test_no_company_reaches_another(guests: Guests, house: House, halden: Tenant, mira: httpx.Client) -> None:
    """Another company's agent changes nothing, and finds no label of this one."""
    (visitor,) = visitors(guests, halden, 1)
    other = guests.member("owner", company="brisa")
    body = {"conversation_ids": [visitor.conversation_id], "act": {"verb": "priority", "value": "2"}}
    done = other.post("/api/v1/conversations/bulk", json=body).json()
    assert (done["changed"], done["refused"][0]["why"]) == ([], "not_found")
    assert other.patch(f"/api/v1/conversations/{visitor.conversation_id}/marks", json={}).status_code == 404
    assert other.get("/api/v1/workspace/labels").json()["items"] == []
