"""Machine customers at the door: they sign, are heard, told by whom they are answered, and shown as what they are."""

import json
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from doorward import record
from doorward.admission.blocks import NewBlock
from doorward.bootstrap import House
from doorward.flow.machines import MandateForm
from doorward.identity import Tenant, Terms, family_of
from doorward.kit.clock import SystemClock
from doorward.kit.signatures import HttpMessage
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.machines import MachineIdentity, Mandated, Signed
from doorward.vocabulary.scope import Scope, system_scope
from doorward.vocabulary.text import WildText
from tests.support.machines import TERMS, Owner, run
from tests.support.reading_house import house
from tests.support.receivers import receiver
from tests.support.server import Guests
from tests.support.signing import Machine, directory_body, directory_fields, public_bytes, url64

__all__ = ["house"]


class Assistant:
    """A machine of a platform on loopback, which speaks to one company over HTTP."""

    def __init__(self, client: httpx.Client, tenant: Tenant, *, machine: Machine, name: str) -> None:
        """Be called `name` by the platform."""
        self.client, self.tenant, self.machine, self.name = client, tenant, machine, name
        self.sent = 0

    def sign(self, method: str, target: str, body: bytes = b"", **changes: Any) -> httpx.Request:
        """Return a signed request."""
        base = self.client.base_url
        authority = f"{base.host}:{base.port}"
        message = HttpMessage(method=method, scheme=base.scheme, authority=authority, target=target, fields={})
        signed = self.machine.sign(message, now=_now(), body=body, **changes)
        headers = {name: lines[0] for name, lines in signed.fields.items()}
        if body:
            headers["content-type"] = "application/json"
        return self.client.build_request(method, target, content=body or None, headers=headers)

    def message(self, text: str, **fields: str) -> httpx.Request:
        """Return a signed message."""
        self.sent += 1
        body = {"id": f"m{self.sent}", "text": text, "agent": self.name, "company": self.tenant.widget_key, **fields}
        return self.sign("POST", "/c/machine/messages", json.dumps(body).encode())

    def say(self, text: str, **fields: str) -> dict[str, Any]:
        """Say something, and return how it was acknowledged."""
        answer = self.client.send(self.message(text, **fields))
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    def look(self, conversation_id: str) -> httpx.Response:
        """Ask what was said."""
        query = f"conversation={conversation_id}&agent={self.name}&company={self.tenant.widget_key}"
        return self.client.send(self.sign("GET", f"/c/machine/entries?{query}"))

    def wait_for_answer(self, conversation_id: str, *, seconds: float = 30) -> dict[str, Any]:
        """Return the conversation once what was said last is answered."""
        until = time.monotonic() + seconds
        while True:
            found = self.look(conversation_id)
            assert found.status_code == 200, found.text
            if found.json()["entries"][-1]["author"] != "customer":
                return dict(found.json())
            assert time.monotonic() < until, "no answer came"
            time.sleep(0.2)


def _now() -> datetime:
    return SystemClock().now()


@pytest.fixture
def assistants(guests: Guests, halden: Tenant) -> Iterator[Any]:
    """Makes assistants of a platform that shows the key of machine 1, and signs its directory anew for each."""
    with receiver() as heard:
        name = heard.url.removeprefix("http://").removesuffix("/hook")

        def make(seed: int = 1, *, called: str = "printer-7", tenant: Tenant = halden) -> Assistant:
            shown = Machine(1)
            heard.status, heard.shows = 200, directory_body(shown.key)
            heard.headers = directory_fields(shown.key, authority=name, now=_now())
            return Assistant(guests.client(), tenant, machine=Machine(seed, agent=f"https://{name}"), name=called)

        yield make


def _lines(house: House, tenant: Tenant, conversation_id: str) -> list[record.WrittenEntry]:
    scope, here = system_scope(tenant.id, "test"), ConversationId(conversation_id)
    return list(house.transactions.read(lambda tx: record.entries_after(tx, scope, here)))


def test_a_machine_is_heard_and_told_what_answers_it(house: House, halden: Tenant, assistants: Any) -> None:
    """A stranger's assistant asks, is told that a machine answers, reads the answer, and is shown as a machine."""
    assistant = assistants()
    kept = assistant.say("When does my card arrive?")
    assert (kept["duplicate"], kept["for_owner"]) == (False, False)
    assert "It is a machine, not a person" in kept["disclosure"]
    assert halden.name in kept["disclosure"]
    told = assistant.wait_for_answer(kept["conversation_id"])
    assert told["disclosure"] == kept["disclosure"]
    assert [entry["author"] for entry in told["entries"]][:2] == ["customer", "bot"]
    goes_on = assistant.say("And the PIN?", conversation=kept["conversation_id"])
    assert (goes_on["conversation_id"], goes_on["number"]) == (kept["conversation_id"], 2)
    for line in _lines(house, halden, kept["conversation_id"]):
        if line.entry.kind in {"conversation.opened", "message.customer"}:
            shown = line.entry.data["by_machine"]
            assert shown["platform"].startswith("127.0.0.1:")
            assert (shown["known"], shown["mandate"]) == (False, None)
            assert "printer-7" not in json.dumps(line.entry.data)


def test_staff_see_that_a_machine_spoke(guests: Guests, assistants: Any) -> None:
    """On the conversation's page and in the interface each line of a machine is told from a person's."""
    assistant, mira = assistants(), guests.member("mira")
    kept = assistant.say("When does my card arrive?")
    assistant.wait_for_answer(kept["conversation_id"])
    platform = str(assistant.machine.agent).removeprefix("https://")
    entries = mira.get(f"/api/v1/conversations/{kept['conversation_id']}/entries").json()["entries"]
    assert [one.get("by_machine") for one in entries if one["author"] == "customer"] == [platform]
    assert not any(one.get("by_machine") for one in entries if one["author"] != "customer")
    page = mira.get(f"/desk/conversations/{kept['conversation_id']}").text
    assert f"by a machine of {platform}" in page


def test_a_request_is_good_once_and_only_for_this_company(
    house: House, brisa: Tenant, assistants: Any, halden: Tenant
) -> None:
    """A captured request is refused when it comes again, changed or not; the refusal says how to sign."""
    assistant = assistants()
    request = assistant.message("When does my card arrive?")
    assert assistant.client.send(request).status_code == 202
    again = assistant.client.send(request)
    assert (again.status_code, again.json()["code"]) == (401, "signature_replayed")
    assert again.headers["content-type"] == "application/problem+json"
    assert 'tag="web-bot-auth"' in again.headers["accept-signature"]
    assert again.headers["www-authenticate"] == "Signature"
    moved = assistant.message("When does my card arrive?")
    changed = moved.content.replace(halden.widget_key.encode(), brisa.widget_key.encode())
    headers = {name: value for name, value in moved.headers.items() if name != "content-length"}
    stolen = assistant.client.post("/c/machine/messages", content=changed, headers=headers)
    assert (stolen.status_code, stolen.json()["code"]) == (401, "signature_invalid")


def test_who_does_not_sign_is_told_how(guests: Guests, halden: Tenant) -> None:
    """An unsigned request, and one with a token in its place, is refused with what has to be signed."""
    body = {"id": "m1", "text": "hi", "company": halden.widget_key}
    for headers in ({}, {"authorization": "Bearer abc"}, {"signature": "a", "signature-input": "b"}):
        answer = guests.client().post("/c/machine/messages", json=body, headers=headers)
        code = "signature_invalid" if "signature" in headers else "signature_missing"
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert "Signature-Input" in answer.json()["reason"]
    nobody = guests.client().post("/c/machine/messages", json=body | {"company": "wk_nobody"})
    assert (nobody.status_code, nobody.json()["code"]) == (404, "not_found")


def test_a_machine_reads_what_it_began_and_nothing_else(assistants: Any) -> None:
    """Another machine of the same platform, with the same key even, cannot read or go on with a conversation."""
    one, two = assistants(), assistants(called="printer-8")
    kept = one.say("When does my card arrive?")
    assert one.look(kept["conversation_id"]).status_code == 200
    assert two.look(kept["conversation_id"]).status_code == 404
    taken_over = two.client.send(two.message("hi", conversation=kept["conversation_id"]))
    assert taken_over.status_code == 404


def test_a_revoked_key_is_out_at_once(house: House, halden: Tenant, assistants: Any) -> None:
    """Once the company revokes a key, nobody speaks or reads with it any more; others do."""
    assistant = assistants()
    kept = assistant.say("When does my card arrive?")
    scope, key_id = system_scope(halden.id, "test"), assistant.machine.key_id
    house.transactions.write(scope, lambda tx: house.identity.machines.revoke_key(tx, scope, key_id))
    for answer in (assistant.client.send(assistant.message("hi")), assistant.look(kept["conversation_id"])):
        assert (answer.status_code, answer.json()["code"]) == (401, "signing_key_unknown")
    unknown = assistants(2)
    other = unknown.client.send(unknown.message("hi"))
    assert (other.status_code, other.json()["code"], other.json()["detail"]) == (
        401,
        "signing_key_unknown",
        answer.json()["detail"],
    )


def test_a_machine_with_a_mandate_speaks_for_its_owner(house: House, halden: Tenant, assistants: Any) -> None:
    """With an owner's mandate a machine speaks as the mandate's party, marked as a machine, and proves nothing."""
    scope = system_scope(halden.id, "test")
    parties = house.identity.parties
    owner = house.transactions.write(scope, lambda tx: parties.known_customer(tx, scope, "HB-900001"))
    acting = house.transactions.write(scope, lambda tx: parties.new_visitor(tx, scope, language="en"))

    class Owned:
        """One owner for all machines."""

        async def owner_of(self, _scope: Scope, signed: Signed) -> Mandated:
            """Return the owner."""
            assert signed.machine.agent_id == "printer-7"
            return Mandated(owner_id=owner.id, acting_id=acting.id, mandate_id="m" * 26)

    house.contact.machines.mandating = Owned()
    assistant = assistants()
    kept = assistant.say("When does my card arrive?")
    assert kept["for_owner"]
    assistant.wait_for_answer(kept["conversation_id"])
    said = [one for one in _lines(house, halden, kept["conversation_id"]) if one.entry.kind == "message.customer"]
    assert [(one.entry.party_id, "acting" in one.entry.data) for one in said] == [(acting.id, False)]
    assert said[0].entry.data["by_machine"]["mandate"] == "m" * 26


def test_a_machine_speaks_for_an_owner_as_long_as_they_let_it(house: House, halden: Tenant, assistants: Any) -> None:
    """A granted mandate has a signed machine speak for its owner, who reads it; ended, it is a stranger again."""
    owner, assistant = Owner(house, halden), assistants()
    platform = assistant.machine.agent.removeprefix("https://")
    machine = MachineIdentity(platform=platform, key_id=assistant.machine.key_id, agent_id=assistant.name)
    mandate = owner.grant(Terms(capabilities=("help",)), machine=machine)
    kept = assistant.say("When does my card arrive?")
    assert kept["for_owner"]
    assistant.wait_for_answer(kept["conversation_id"])
    opened, *_ = _lines(house, halden, kept["conversation_id"])
    assert opened.entry.data["by_machine"]["mandate"] == mandate.id
    family = house.transactions.read(lambda tx: family_of(tx, owner.scope, owner.id))
    assert opened.entry.party_id in family
    run(house.own_mandates.revoke(owner.session, mandate.id))
    assert not assistant.say("When does my card arrive?")["for_owner"]
    assert assistant.look(kept["conversation_id"]).status_code == 404


def test_a_machine_that_may_only_order_says_nothing_for_its_owner(
    house: House, halden: Tenant, assistants: Any
) -> None:
    """Words in an owner's name are a capability of their own."""
    owner, assistant = Owner(house, halden), assistants()
    platform = assistant.machine.agent.removeprefix("https://")
    machine = MachineIdentity(platform=platform, key_id=assistant.machine.key_id, agent_id=assistant.name)
    owner.grant(replace(TERMS, capabilities=("order.place",)), machine=machine)
    assert not assistant.say("When does my card arrive?")["for_owner"]


def test_a_company_decides_about_platforms_and_keys(guests: Guests, assistants: Any, halden: Tenant) -> None:
    """An administrator allows, refuses and forgets platforms, and keeps and revokes keys; an agent may not."""
    boss, agent = guests.member("admin"), guests.member("mira")
    assistant = assistants()
    platform = assistant.machine.agent.removeprefix("https://")
    for path in ("/api/v1/machine-platforms", "/api/v1/machine-keys"):
        assert boss.get(path).json() == {"items": []}
        assert agent.get(path).status_code == 403
    allowed = boss.put(f"/api/v1/machine-platforms/{platform}", json={"state": "allowed"})
    assert (allowed.status_code, allowed.json()["state"]) == (200, "allowed")
    assistant.say("hi")
    assert boss.put(f"/api/v1/machine-platforms/{platform}", json={"state": "refused"}).status_code == 200
    assert assistant.client.send(assistant.message("hi")).json()["code"] == "signing_key_unknown"
    assert boss.delete(f"/api/v1/machine-platforms/{platform}").status_code == 204
    assert boss.delete(f"/api/v1/machine-platforms/{platform}").status_code == 404
    assistant.say("hi")
    device = assistants(3)
    device.machine.agent = None
    body = {"platform": "printers.halden.example", "x": url64(public_bytes(device.machine.key))}
    kept = boss.post("/api/v1/machine-keys", json=body)
    assert (kept.status_code, kept.json()["key_id"], kept.json()["state"]) == (201, device.machine.key_id, "pinned")
    device.say("hi")
    assert boss.post("/api/v1/machine-keys", json=body | {"x": "short"}).status_code == 400
    revoked = boss.post(f"/api/v1/machine-keys/{device.machine.key_id}/revocation")
    assert (revoked.status_code, revoked.json()["state"]) == (200, "revoked")
    assert device.client.send(device.message("hi")).status_code == 401
    assert boss.post("/api/v1/machine-keys", json=body).status_code == 409
    assert agent.post(f"/api/v1/machine-keys/{device.machine.key_id}/revocation").status_code == 403


def test_a_platform_s_machines_do_not_count_for_its_address(
    house: House, guests: Guests, halden: Tenant, assistants: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any number of machines may come from one address; what comes unsigned from there is soon told to wait."""
    few = msgspec.structs.replace(house.settings.limits, requests_per_address="5/minute")
    monkeypatch.setattr(house.admission, "_limits", few)
    for number in range(8):
        assistants(called=f"printer-{number}").say("hi")
    body = {"id": "m1", "text": "hi", "company": halden.widget_key}
    codes = [guests.client().post("/c/machine/messages", json=body).json()["code"] for _ in range(7)]
    assert codes == ["signature_missing"] * 5 + ["rate_limited"] * 2


def post(assistant: Assistant, path: str, **body: Any) -> httpx.Response:
    """Send something signed."""
    whole = {"agent": assistant.name, "company": assistant.tenant.widget_key, **body}
    return assistant.client.send(assistant.sign("POST", f"/c/machine/{path}", json.dumps(whole).encode()))


def test_a_machine_is_paired_acts_and_is_ended_over_http(house: House, halden: Tenant, assistants: Any) -> None:
    """With the owner's code it orders once for its id and reads how that went; revoked, it is refused."""
    owner, printer = Owner(house, halden), assistants()
    asked = post(printer, "acts", id="a0", do="order.place", kind="paper", thing=owner.device)
    assert (asked.status_code, asked.json()["state"], asked.json()["code"]) == (200, "refused", "no_mandate")
    mandate = run(house.own_mandates.grant(owner.session, MandateForm(name=WildText("Printer"), terms=TERMS, days=90)))
    code = run(house.own_mandates.pair(owner.session, mandate.id)).code
    assert post(printer, "pairing", code="BCDF-BCDF-BCDF").status_code == 403
    paired = post(printer, "pairing", code=code).json()
    assert (paired["mandate_id"], "code" in paired) == (mandate.id, False)
    assert post(printer, "pairing", code=code).status_code == 403  # it was good once
    before = owner.ordered()
    order = {"id": "a1", "do": "order.place", "kind": "paper", "thing": owner.device}
    done = post(printer, "acts", **order).json()
    assert (done["state"], owner.ordered()) == ("done", before + 1)
    assert post(printer, "acts", **order).json()["act_id"] == done["act_id"]
    assert owner.ordered() == before + 1
    read = printer.look(done["conversation_id"])
    assert [line["author"] for line in read.json()["entries"]][-1] == "bot"
    status = post(printer, "acts", id="a2", do="order.status").json()
    assert status["things"]
    assert status["disclosure"] == read.json()["disclosure"]
    stranger = assistants(called="printer-8")
    assert stranger.look(done["conversation_id"]).status_code == 404
    assert post(stranger, "acts", **order).json()["code"] == "no_mandate"
    run(house.own_mandates.revoke(owner.session, mandate.id))
    late = post(printer, "acts", id="a3", do="order.place", kind="paper", thing=owner.device).json()
    assert (late["state"], late["code"], owner.ordered()) == ("refused", "revoked", before + 1)


def test_a_machine_of_a_blocked_owner_does_nothing(house: House, halden: Tenant, assistants: Any) -> None:
    """Whoever is turned away is not served by way of their machine, whatever its mandate says."""
    owner, printer = Owner(house, halden), assistants()
    platform = printer.machine.agent.removeprefix("https://")
    machine = MachineIdentity(platform=platform, key_id=printer.machine.key_id, agent_id=printer.name)
    owner.grant(replace(TERMS, capabilities=("order.place",)), machine=machine)
    before = owner.ordered()
    here = ConversationId("c" * 26)
    block = NewBlock(party_id=owner.id, conversation_id=here, reason="spam", hours=24)
    house.transactions.write(owner.scope, lambda tx: house.blocks.block(tx, owner.scope, block))
    refused = post(printer, "acts", id="a1", do="order.place", kind="paper", thing=owner.device)
    assert (refused.status_code, refused.json()["code"], owner.ordered()) == (403, "sender_blocked", before)


def test_a_machine_asks_for_a_code_that_an_owner_types_in(house: House, halden: Tenant, assistants: Any) -> None:
    """It gets a code; whoever types it in at the portal reads which machine asks, and for what."""
    owner, assistant = Owner(house, halden), assistants()
    made = post(assistant, "pairing", capabilities=["help", "order.status"]).json()
    assert "mandate_id" not in made
    found = house.transactions.read(lambda tx: house.identity.pairing.asking(tx, owner.scope, made["code"]))
    assert found is not None
    assert (found.machine.agent_id, found.capabilities) == ("printer-7", ("help", "order.status"))


def test_a_machine_tries_few_codes(house: House, assistants: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong codes end with being told to wait."""
    few = msgspec.structs.replace(house.settings.limits, codes_per_party="3/minute")
    monkeypatch.setattr(house.admission, "_limits", few)
    assistant = assistants()
    tried = [post(assistant, "pairing", code="BCDF-BCDF-BCDF").status_code for _ in range(5)]
    assert tried == [403, 403, 403, 429, 429]


def test_an_act_is_signed_as_a_whole(assistants: Any) -> None:
    """Another kind in the body than the one that was signed is refused."""
    assistant = assistants()
    body = {"id": "a1", "do": "order.place", "kind": "paper", "company": assistant.tenant.widget_key}
    request = assistant.sign("POST", "/c/machine/acts", json.dumps(body).encode())
    changed = request.content.replace(b"paper", b"goldx")
    other = assistant.client.build_request("POST", request.url.path, content=changed, headers=request.headers)
    assert assistant.client.send(other).json()["code"] == "signature_invalid"
