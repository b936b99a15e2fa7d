"""Rules by program: put, refused where they would go on for ever, and tried on conversations of before."""

import threading
from typing import Any

import httpx
import pytest

from doorward.bootstrap import House
from doorward.identity import Tenant
from tests.journeys.test_api import token_of
from tests.support.server import Guests

RULES = "/api/v1/automation/rules"
RUNS = "/api/v1/automation/runs"
REHEARSALS = "/api/v1/automation/rehearsals"
VIP: dict[str, Any] = {
    "name": "vip",
    "on": "handoff.requested",
    "when": [{"fact": "channel", "operator": "is", "value": "webchat"}],
    "then": [{"do": "add_label", "value": "vip"}],
}
BACK: dict[str, Any] = {"name": "back", "on": "label.added", "then": [{"do": "remove_label", "value": "vip"}]}
FORTH: dict[str, Any] = {"name": "forth", "on": "label.removed", "then": [{"do": "add_label", "value": "vip"}]}


@pytest.fixture
def program(guests: Guests, house: House, halden: Tenant) -> httpx.Client:
    """A program that may do everything."""
    return guests.client(headers={"authorization": f"Bearer {token_of(house, halden, 'admin')}"})


def test_rules_are_put_and_such_as_never_end_are_refused(program: httpx.Client) -> None:
    """The refusal names the circle; what held before still holds."""
    tag = program.get(RULES).headers["etag"]
    put = program.put(RULES, json={"rules": [VIP]}, headers={"if-match": tag})
    assert put.status_code == 200, put.text
    assert program.put(RULES, json={"rules": []}, headers={"if-match": tag}).status_code == 412
    refused = program.put(RULES, json={"rules": [BACK, FORTH]}, headers={"if-match": put.headers["etag"]})
    assert (refused.status_code, "back > forth > back" in refused.json()["reason"]) == (400, True), refused.text
    assert [one["name"] for one in program.get(RULES).json()["rules"]] == ["vip"]


def test_what_rules_did_is_listed(program: httpx.Client, guests: Guests, halden: Tenant) -> None:
    """With the rule, the conversation and what came of it; page by page."""
    tag = program.get(RULES).headers["etag"]
    note = {"name": "note", "on": "message.customer", "then": [{"do": "write_note", "value": "A rule was here"}]}
    kept = program.put(RULES, json={"rules": [note]}, headers={"if-match": tag}).json()["rules"][0]
    visitor = guests.visitor(halden)
    visitor.say("one")
    visitor.say("two")
    for _ in range(200):
        found = program.get(RUNS, params={"rule_id": kept["id"]}).json()
        if [one["state"] for one in found["items"]] == ["done", "done"]:
            break
        threading.Event().wait(0.05)
    assert {one["conversation_id"] for one in found["items"]} == {visitor.conversation_id}, found
    first = program.get(RUNS, params={"limit": 1}).json()
    second = program.get(RUNS, params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert [first["items"], second["items"]] == [found["items"][:1], found["items"][1:]]
    assert second["next_cursor"] is None


def test_a_rehearsal_says_what_would_have_been_done(program: httpx.Client, guests: Guests, halden: Tenant) -> None:
    """The conversation of somebody who asked for a person is found, and nothing in it changes."""
    visitor = guests.visitor(halden)
    visitor.ask_for_person()
    where = f"/api/v1/conversations/{visitor.conversation_id}"
    before = program.get(where).json()
    tried = program.post(REHEARSALS, json={"rules": [VIP], "days": 1})
    assert tried.status_code == 200, tried.text
    (report,) = tried.json()["rules"]
    assert report["rule"] == "vip"
    assert visitor.conversation_id in report["examples"]
    assert program.get(where).json() == before
    assert program.post(REHEARSALS, json={"rules": [BACK, FORTH]}).status_code == 400
