"""Devices at the door: they come by a secret and an owner, report, ask and order within a mandate, and end at once."""

from typing import Any

import httpx
import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import select

from doorward import record
from doorward.bootstrap import House
from doorward.flow.machines import MandateForm
from doorward.identity import Device, Tenant
from doorward.kit.db import metadata
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.text import WildText
from tests.support.devices import DeviceAtTheDoor
from tests.support.house import tenant_of
from tests.support.machines import TERMS, Owner, run
from tests.support.server import Guests
from tests.support.signing import Machine


@pytest.fixture
def halden(house: House) -> Tenant:
    """Halden's tenant."""
    return tenant_of(house, "halden")


def _code(owner: Owner, terms: Any = TERMS) -> str:
    """Return the code of a mandate that its owner granted at the portal."""
    verbs = owner.house.own_mandates
    mandate = run(verbs.grant(owner.session, MandateForm(name=WildText("Terminal"), terms=terms, days=90)))
    return run(verbs.pair(owner.session, mandate.id)).code


def _enrol(client: httpx.Client, tenant: Tenant, code: str) -> httpx.Response:
    return client.post("/c/device/enrolment", json={"code": code, "company": tenant.widget_key})


def _enrolled(guests: Guests, owner: Owner, terms: Any = TERMS) -> tuple[DeviceAtTheDoor, dict[str, Any]]:
    client = guests.client()
    answer = _enrol(client, owner.tenant, _code(owner, terms))
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    made = answer.json()
    device = DeviceAtTheDoor(client, owner.tenant, device_id=made["device_id"], secret=made["secret"])
    return device, made


def test_a_device_comes_by_a_code_and_serves_its_owner(house: House, guests: Guests, halden: Tenant) -> None:
    """Typed in once, a code gives a secret; the device reports, asks and orders, its owner reads it, and ends it."""
    owner = Owner(house, halden)
    device, made = _enrolled(guests, owner)
    assert "It is a machine, not a person" in made["disclosure"]
    before = owner.ordered()
    order: dict[str, Any] = {"kind": "paper", "thing": owner.device}
    done = device.event("e1", "order.place", **order)
    assert (done["state"], owner.ordered()) == ("done", before + 1)
    assert device.event("e1", "order.place", **order)["act_id"] == done["act_id"]
    assert owner.ordered() == before + 1
    assert device.event("e2", "order.status")["things"]
    told = device.event("e3", "problem.report", text="Error 27: the paper is stuck", language="en")
    assert told["state"] in {"done", "working"}
    assert told["disclosure"] == made["disclosure"]
    lines = house.transactions.read(
        lambda tx: record.entries_after(tx, owner.scope, ConversationId(told["conversation_id"]))
    )
    [said] = [line.entry for line in lines if line.entry.kind == "message.customer"]
    assert said.data["by_machine"]["platform"] == Device.identity_of("").platform
    run(house.own_mandates.revoke(owner.session, made["mandate_id"]))
    late = device.event("e4", "order.place", **order)
    assert (late["state"], late["code"], owner.ordered()) == ("refused", "revoked", before + 1)


def test_a_device_has_no_more_rights_than_its_mandate(house: House, guests: Guests, halden: Tenant) -> None:
    """What the mandate does not name is refused; a code is good once; a device without an owner does nothing."""
    owner = Owner(house, halden)
    code = _code(owner, replace(TERMS, capabilities=("problem.report",), kinds=()))
    client = guests.client()
    made = _enrol(client, halden, code).json()
    assert _enrol(client, halden, code).status_code == 403
    device = DeviceAtTheDoor(client, halden, device_id=made["device_id"], secret=made["secret"])
    before = owner.ordered()
    refused = device.event("e1", "order.place", kind="paper", thing=owner.device)
    assert (refused["state"], refused["code"], owner.ordered()) == ("refused", "not_granted", before)
    listed = house.transactions.read(lambda tx: house.identity.devices.devices(tx, owner.scope))
    assert [one.id for one in listed] == [made["device_id"]]


def test_staff_register_a_device_replace_its_secret_and_revoke_it(guests: Guests, halden: Tenant) -> None:
    """The secret is shown once; two are good while they change; a revoked device is refused like an unknown one."""
    boss, agent, client = guests.member("admin"), guests.member("mira"), guests.client()
    assert agent.get("/api/v1/devices").status_code == 403
    assert agent.post("/api/v1/devices", json={"name": "x"}).status_code == 403
    answer = boss.post("/api/v1/devices", json={"name": "Printer 7"})
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    made = answer.json()
    device_id, secret = made["device"]["id"], made["secret"]
    assert secret not in boss.get("/api/v1/devices").text
    old = DeviceAtTheDoor(client, halden, device_id=device_id, secret=secret)
    assert old.event("e1", "order.status")["code"] == "no_mandate"
    renewed = boss.post(f"/api/v1/devices/{device_id}/secret", json={"overlap_hours": 1}).json()
    new = DeviceAtTheDoor(client, halden, device_id=device_id, secret=renewed["secret"])
    assert [one.event(key, "order.status")["code"] for one, key in ((old, "e2"), (new, "e3"))] == ["no_mandate"] * 2
    boss.post(f"/api/v1/devices/{device_id}/secret", json={"overlap_hours": 0})
    codes = [one.send("events", id="e4", do="order.status").json()["code"] for one in (old, new)]
    assert codes == ["signature_invalid"] * 2
    assert boss.post(f"/api/v1/devices/{device_id}/revocation").json()["state"] == "revoked"
    gone = new.send("events", id="e5", do="order.status").json()
    nobody = DeviceAtTheDoor(client, halden, device_id="0" * 26, secret=secret)
    assert gone == nobody.send("events", id="e5", do="order.status").json()
    assert gone["code"] == "signing_key_unknown"
    assert boss.post(f"/api/v1/devices/{device_id}/secret", json={"overlap_hours": 0}).status_code == 409


def test_a_request_is_good_once_for_one_company(house: House, guests: Guests, halden: Tenant, brisa: Tenant) -> None:
    """Replayed, altered, unsigned, signed with a key pair or shown to another company, a request is refused."""
    device, made = _enrolled(guests, Owner(house, halden))
    request = device.request("events", id="e1", do="order.status")
    assert device.client.send(request).status_code == 200
    again = device.client.send(request)
    assert (again.status_code, again.json()["code"]) == (401, "signature_replayed")
    assert 'alg="hmac-sha256";tag="doorward-device"' in again.headers["accept-signature"]
    fresh = device.request("events", id="e2", do="order.status")
    changed = fresh.content.replace(b"order.status", b"order.placed")
    headers = {name: value for name, value in fresh.headers.items() if name != "content-length"}
    for path, content in (("/c/device/events", changed), ("/c/device/pairing", fresh.content)):
        other = device.client.post(path, content=content, headers=headers)
        assert other.status_code in {400, 401}
        assert other.json()["code"] in {"signature_invalid", "malformed"}
    body = {"id": "e3", "do": "order.status", "company": halden.widget_key}
    assert device.client.post("/c/device/events", json=body).json()["code"] == "signature_missing"
    elsewhere = DeviceAtTheDoor(device.client, brisa, device_id=made["device_id"], secret=made["secret"])
    assert elsewhere.send("events", id="e4", do="order.status").json()["code"] == "signing_key_unknown"
    device.signer = Machine(1, agent=None)
    assert device.send("events", id="e5", do="order.status").json()["code"] == "signature_missing"


def test_wrong_codes_end_with_being_told_to_wait(
    house: House, guests: Guests, halden: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody guesses an owner's code, and a wrong one makes no device."""
    few = msgspec.structs.replace(house.settings.limits, codes_per_party="3/minute")
    monkeypatch.setattr(house.admission, "_limits", few)
    client = guests.client()
    assert [_enrol(client, halden, "BCDF-BCDF-BCDF").status_code for _ in range(5)] == [403, 403, 403, 429, 429]
    scope = Owner(house, halden).scope
    assert house.transactions.read(lambda tx: house.identity.devices.devices(tx, scope)) == ()


def test_a_secret_is_nowhere_in_clear(house: House, guests: Guests, halden: Tenant) -> None:
    """No table has the secret of a device, nor the code by which it came."""
    owner = Owner(house, halden)
    code = _code(owner)
    secret = _enrol(guests.client(), halden, code).json()["secret"]

    def dump(tx: Any) -> str:
        return " ".join(str(row) for table in metadata.sorted_tables for row in tx.execute(select(table)))

    shown = house.transactions.read(dump)
    assert secret not in shown
    assert code not in shown
