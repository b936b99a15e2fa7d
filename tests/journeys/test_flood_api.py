"""Floods by program and on the command line: how things stand, what people say about it, and who is told."""

import json

import msgspec
import pytest

from doorward.bootstrap import House
from doorward.flow.views.flood import FloodState, flood_state
from doorward.flow.webhooks.payload import payload_of
from doorward.identity import Tenant
from doorward.record import AuditQuery, find_audit
from doorward.vocabulary.scope import system_scope
from doorward.webhooks import Delivery, EndpointWish
from tests.support.browsing import on_sqlite
from tests.support.server import Guests


def test_a_supervisor_says_what_holds_and_why(guests: Guests, house: House, halden: Tenant) -> None:
    """It is told back with who and why, masked, named by the audit, and taken back; an agent may not."""
    nadia, mira = guests.member("nadia"), guests.member("mira")
    assert mira.get("/api/v1/flood").status_code == 403
    wanted = {"level": "red", "minutes": 30, "note": "Calls from +49 30 1234567 flood us"}
    assert mira.post("/api/v1/flood/override", json=wanted).status_code == 403
    told = nadia.post("/api/v1/flood/override", json=wanted)
    assert told.status_code == 200
    state = told.json()
    assert (state["level"], state["measured"]) == ("red", "green")
    assert state["override"]["note"] == "Calls from [PHONE·67] flood us"
    assert [one["cause"] for one in state["changes"]] == ["override"]
    scope = system_scope(halden.id, "test")
    query = AuditQuery(object=state["changes"][0]["id"])
    lines = house.transactions.read(lambda tx: find_audit(tx, scope, query))
    assert [line.reason for line in lines] == ["override: green to red"]
    off = nadia.post("/api/v1/flood/switch", json={"off": True, "note": "A false alarm"}).json()
    assert (off["level"], off["off"]) == ("green", True)
    assert nadia.post("/api/v1/flood/switch", json={"off": False, "note": "It was none"}).json()["level"] == "red"
    assert nadia.post("/api/v1/flood/release").json()["level"] == "green"
    usual = nadia.post("/api/v1/flood/usual", json={"per_hour": 120}).json()
    assert usual["usual_per_hour"] == pytest.approx(120.0)
    assert nadia.get("/api/v1/flood").json()["override"] is None


def test_what_cannot_be_is_refused(guests: Guests) -> None:
    """No level of its own, no silence, no endless word, no usual rate of nothing."""
    nadia = guests.member("nadia")
    for path, body in (
        ("override", {"level": "blue", "minutes": 1, "note": "x"}),
        ("override", {"level": "red", "minutes": 0, "note": "x"}),
        ("override", {"level": "red", "minutes": 99_999, "note": "x"}),
        ("override", {"level": "red", "minutes": 1, "note": "   "}),
        ("switch", {"off": True, "note": ""}),
        ("usual", {"per_hour": 0}),
        ("usual", {"per_hour": 5e-324}),
    ):
        assert nadia.post(f"/api/v1/flood/{path}", json=body).status_code == 400, (path, body)


@on_sqlite
def test_an_appeal_is_seen_and_decided(guests: Guests, house: House, halden: Tenant) -> None:
    """In red nobody is at work: a stranger asks twice, a supervisor grants it, and the customer waits."""
    nadia = guests.member("nadia")
    nadia.post("/api/v1/flood/override", json={"level": "red", "minutes": 30, "note": "They flood us"})
    stranger = guests.visitor(halden)
    stranger.ask_for_person()
    assert nadia.get("/api/v1/flood/appeals").json()["items"] == []
    stranger.sent += 1
    stranger.ask_for_person()
    (appeal,) = nadia.get("/api/v1/flood/appeals").json()["items"]
    assert appeal["conversation_id"] == stranger.conversation_id
    assert nadia.get("/api/v1/flood").json()["appeals"] == 1
    where = f"/api/v1/flood/appeals/{stranger.conversation_id}/decision"
    assert nadia.post(where, json={"granted": True}).json()["granted"]
    assert nadia.post(where, json={"granted": True}).status_code == 409
    assert nadia.post(f"/api/v1/flood/appeals/{'0' * 26}/decision", json={"granted": True}).status_code == 404
    assert [one["granted"] for one in nadia.get("/api/v1/flood/appeals?decided=true").json()["items"]] == [True]
    waiting = nadia.get("/api/v1/queue").json()["waiting"]
    assert [one["conversation_id"] for one in waiting] == [stranger.conversation_id]


@on_sqlite
def test_figures_tell_who_came_and_what_it_takes(guests: Guests, house: House, halden: Tenant) -> None:
    """Arrivals by class and what they got, the level, and the places that it takes to cope."""
    visitor = guests.visitor(halden)
    visitor.say("Hello")
    house.flooding.watch.keep_time(system_scope(halden.id, "test"))
    exposed = house.meters.exposition().decode()
    assert 'doorward_arrivals_total{class="anonymous",way="full"} 1.0' in exposed
    assert f'doorward_flood_level{{tenant="{halden.id}"}} 0.0' in exposed
    assert f'doorward_places_needed{{of="people",tenant="{halden.id}"}}' in exposed
    state = guests.member("nadia").get("/api/v1/flood").json()
    assert state["arrivals"]["by_class"]["anonymous"] == 1
    assert state["arrivals"]["by_channel"] == {"webchat": 1}
    assert sum(state["arrivals"]["course"]) == 1


def test_regions_are_counted_where_a_trusted_proxy_names_them(
    guests: Guests, house: House, halden: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A country that there is, from the header that was named, behind a proxy alone; all else is not told."""
    settings = house.settings
    flood = msgspec.structs.replace(settings.flood, region_header="x-country")
    named = msgspec.structs.replace(settings, flood=flood)
    proxied = msgspec.structs.replace(named, server=msgspec.structs.replace(settings.server, behind_proxy=True))
    for told, held in (("DE", named), ("tr", proxied), ("ZZ", proxied), ("<b>", proxied), ("DEU", proxied)):
        monkeypatch.setattr(house, "settings", held)
        visitor = guests.visitor(halden)
        visitor.client.headers["x-country"] = told
        visitor.say("Hello")
    visitor = guests.visitor(halden)
    visitor.client.headers["x-country"] = "fr"
    visitor.ask_for_person()
    house.flooding.watch.keep_time(system_scope(halden.id, "test"))
    nadia = guests.member("nadia")
    assert nadia.get("/api/v1/flood").json()["arrivals"]["by_region"] == {"": 4, "FR": 1, "TR": 1}
    page = nadia.get("/desk/flood").text
    assert all(name in page for name in ("By country", "Türkiye", "France", "Not told"))


@on_sqlite
def test_webhooks_hear_of_a_change_with_what_is_needed(guests: Guests, house: House, halden: Tenant) -> None:
    """The same body each time, of codes and numbers alone."""
    scope = system_scope(halden.id, "test")
    wish = EndpointWish(url="https://hooks.example/flood", events=("flood.changed",))
    endpoint = house.transactions.write(scope, lambda tx: house.webhooks.endpoints.make(tx, scope, wish)).endpoint
    guests.member("nadia").post("/api/v1/flood/override", json={"level": "amber", "minutes": 5, "note": "x"})
    log = house.transactions.read(lambda tx: house.webhooks.deliveries.of_endpoint(tx, scope, endpoint.id))
    assert [one.event for one in log] == ["flood.changed"]
    delivery: Delivery = log[0]
    body = house.transactions.read(lambda tx: payload_of(tx, scope, delivery, endpoint))
    assert body is not None
    facts = json.loads(body)["data"]["facts"]
    assert (facts["before"], facts["after"], facts["cause"]) == ("green", "amber", "override")
    assert facts["needed_people"] == 0


def test_what_is_told_can_be_read_by_any_program(house: House, halden: Tenant) -> None:
    """No endless number is in it, which JSON does not have."""
    scope = system_scope(halden.id, "test")
    state = house.transactions.read(lambda tx: flood_state(tx, scope, control=house.flooding.control))
    assert msgspec.json.decode(msgspec.json.encode(state), type=FloodState) == state
