"""Routing by program: a plan, what agents can, and who gets whom by it."""

import httpx
import pytest

from doorward.bootstrap import House
from doorward.identity import Tenant
from tests.journeys.test_api import token_of
from tests.support.server import Guests

PLAN = "/api/v1/routing/plan"
AGENTS = "/api/v1/routing/agents"
RISK = "/api/v1/routing/at-risk"
REPORT = "/api/v1/routing/service-report"


@pytest.fixture
def program(guests: Guests, house: House, halden: Tenant) -> httpx.Client:
    """A program that may do everything."""
    return guests.client(headers={"authorization": f"Bearer {token_of(house, halden, 'admin')}"})


def test_a_plan_is_put_by_who_saw_the_latest(program: httpx.Client) -> None:
    """It has number 0 before the first; what names what there is not is refused, and changes nothing."""
    before = program.get(PLAN)
    assert (before.status_code, before.headers["etag"], before.json()["plan"]["queues"]) == (200, '"0"', [])
    agents = program.get(AGENTS).json()["items"]
    wanted = {
        "queues": [{"name": "cards", "overflow_to": "default", "overflow_seconds": 60}],
        "skills": ["fraud"],
        "teams": [
            {"name": "night", "queues": ["cards"], "members": [agents[0]["staff_id"]], "time_zone": "Asia/Jakarta"}
        ],
        "lanes": [
            {"intents": ["card_stolen"], "queue": "cards", "priority": 2, "needs": [{"skill": "fraud", "level": 2}]}
        ],
        "weights": {"webchat": 2},
    }
    put = program.put(PLAN, json=wanted, headers={"if-match": '"0"'})
    assert (put.status_code, put.headers["etag"]) == (200, '"1"'), put.text
    assert program.get(PLAN).json() == put.json()
    assert program.put(PLAN, json=wanted, headers={"if-match": '"0"'}).status_code == 412
    odd = wanted | {"teams": [{"name": "night", "members": ["0" * 26]}]}
    refused = program.put(PLAN, json=odd, headers={"if-match": '"1"'})
    assert (refused.status_code, refused.json()["reason"]) == (400, "teams[0].members: somebody does not work here")
    assert program.get(PLAN).headers["etag"] == '"1"'


def test_what_an_agent_can_is_said_in_levels(program: httpx.Client) -> None:
    """A level beyond three, and a skill that the plan does not have, are refused."""
    program.put(PLAN, json={"skills": ["fraud"]}, headers={"if-match": program.get(PLAN).headers["etag"]})
    where = f"{AGENTS}/{program.get(AGENTS).json()['items'][0]['staff_id']}"
    can = {"languages": {"de": 3, "tr": 1}, "skills": {"fraud": 2}, "most": {"webchat": 2}}
    put = program.put(where, json=can)
    assert (put.status_code, put.json()["profile"]) == (200, can), put.text
    assert program.get(AGENTS).json()["items"][0]["profile"] == can
    assert program.put(where, json={"languages": {"de": 4}}).status_code == 400
    assert program.put(where, json={"skills": {"juggling": 1}}).status_code == 400
    assert program.put(f"{AGENTS}/{'0' * 26}", json=can).status_code == 404


def test_who_waits_is_promised_something_and_knows_what_to_expect(
    program: httpx.Client, guests: Guests, halden: Tenant
) -> None:
    """Nobody is there, so no wait can be told and a call-back is offered; the promise runs from the wish on."""
    wanted = {"service_levels": [{"name": "all", "first_minutes": 10}], "callback_minutes": 5}
    program.put(PLAN, json=wanted, headers={"if-match": program.get(PLAN).headers["etag"]})
    visitor = guests.visitor(halden)
    visitor.ask_for_person()
    found = program.get(f"/api/v1/conversations/{visitor.conversation_id}/service")
    assert found.status_code == 200, found.text
    service = found.json()
    assert (service["level"], service["expected"]["seconds"], service["expected"]["call_back"]) == ("all", None, True)
    assert [(one["kind"], one["state"]) for one in service["clocks"]] == [("first", "running")]
    assert visitor.conversation_id not in [
        one["conversation_id"] for one in program.get("/api/v1/routing/at-risk").json()["items"]
    ]
    assert program.get(f"/api/v1/conversations/{'0' * 26}/service").status_code == 404


def test_all_that_is_at_risk_can_be_walked_through(
    program: httpx.Client, guests: Guests, halden: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each once, by ids, whoever comes meanwhile, also where less is looked at a time than a page may hold."""
    wanted = {"service_levels": [{"name": "all", "first_minutes": 1, "warn_at": 1e-9}]}
    program.put(PLAN, json=wanted, headers={"if-match": program.get(PLAN).headers["etag"]}).raise_for_status()
    visitors = [guests.visitor(halden) for _ in range(6)]
    for visitor in visitors[:5]:
        visitor.ask_for_person()
    stood = {visitor.conversation_id for visitor in visitors[:5]}
    urgent = program.get(RISK).json()
    assert ({one["conversation_id"] for one in urgent["items"]}, urgent["next_cursor"]) == (stood, None)
    for most, limit in ((1_000, 2), (2, 200)):
        monkeypatch.setattr("doorward.flow.views.service.MOST_LOOKED_AT", most)
        page = program.get(RISK, params={"limit": limit, "cursor": ""}).json()
        visitors[5].ask_for_person()
        found = [one["conversation_id"] for one in page["items"]]
        while page["next_cursor"] is not None:
            assert len(page["items"]) <= min(most, limit)
            page = program.get(RISK, params={"limit": limit, "cursor": page["next_cursor"]}).json()
            found += [one["conversation_id"] for one in page["items"]]
        assert found == sorted(set(found))
        assert stood <= set(found)
    assert program.get(RISK, params={"cursor": "odd"}).status_code == 400


def test_what_was_promised_is_reported_as_data_and_as_a_table(
    program: httpx.Client, guests: Guests, house: House, halden: Tenant
) -> None:
    """What waits is open; both forms say the same; an agent may not read it, nor may a period be endless."""
    wanted = {"service_levels": [{"name": "all", "first_minutes": 10}]}
    program.put(PLAN, json=wanted, headers={"if-match": program.get(PLAN).headers["etag"]})
    guests.visitor(halden).ask_for_person()
    found = program.get(REPORT)
    assert found.status_code == 200, found.text
    counts = [(one["by"], one["value"], one["clock"], one["kept"], one["open"]) for one in found.json()["counts"]]
    assert counts[:2] == [("all", "", "first", 0, 1), ("queue", "default", "first", 0, 1)]
    table = program.get(f"{REPORT}/csv")
    assert table.headers["content-type"].startswith("text/csv")
    lines = table.text.splitlines()
    assert (lines[1], len(lines)) == ("all,,first,0,0,1,,", len(counts) + 1)
    assert program.get(REPORT, params={"since": "2020-01-01T00:00:00Z"}).status_code == 400
    agent = guests.client(headers={"authorization": f"Bearer {token_of(house, halden, 'queue:read')}"})
    assert agent.get(REPORT).status_code == 403
    assert guests.member("owner", company="brisa").get(REPORT).json()["counts"] == []
