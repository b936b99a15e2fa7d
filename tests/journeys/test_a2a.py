"""Agents by the Agent2Agent protocol: its own client library reads the card and sends messages, and a hostile one."""

import asyncio
import json
import uuid
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from a2a.client import A2ACardResolver, Client, ClientConfig, ClientFactory
from a2a.types import AgentCard, CancelTaskRequest, GetTaskRequest, SendMessageRequest, Task
from a2a.utils.errors import TaskNotCancelableError, TaskNotFoundError
from a2a.utils.signing import InvalidSignaturesError, create_signature_verifier
from google.protobuf.json_format import MessageToDict, ParseDict
from jwt import PyJWK
from msgspec.structs import replace

from doorward.bootstrap import House
from doorward.identity import IssuerWish, Tenant
from doorward.kit.clock import SystemClock
from doorward.kit.signatures import HttpMessage
from doorward.vocabulary.machines import MachineIdentity
from doorward.vocabulary.scope import Scope, system_scope
from tests.support.authorization import CLIENT, AuthorizationServer, authorization_server
from tests.support.machines import LIMITS, TERMS, Owner, run
from tests.support.reading_house import house
from tests.support.server import NOBODY, Guests
from tests.support.signing import Machine, public_bytes, url64

__all__ = ["house"]


@pytest.fixture
def issuer(house: House, halden: Tenant, brisa: Tenant) -> Iterator[AuthorizationServer]:
    """An authorization server whose tokens both companies take."""
    with authorization_server() as shown:
        for tenant in (halden, brisa):
            _trust(house, shown, system_scope(tenant.id, "test"))
        yield shown


def _trust(house: House, shown: AuthorizationServer, scope: Scope) -> None:
    wish = IssuerWish(issuer=shown.url, jwks_uri=f"{shown.url}/keys", algorithms=("ES256",))
    house.transactions.write(scope, lambda tx: house.identity.issuers.trust(tx, scope, "login", wish=wish))


def _resource(guests: Guests, tenant: Tenant) -> str:
    return f"{guests.url}/c/a2a/rpc?company={tenant.widget_key}"


def _sending(*parts: dict[str, Any], **message: Any) -> SendMessageRequest:
    said = {"messageId": str(uuid.uuid4()), "role": "ROLE_USER", "parts": list(parts), **message}
    request = SendMessageRequest()
    ParseDict({"message": said}, request)
    return request


async def _send(client: Client, request: SendMessageRequest) -> dict[str, Any]:
    """Return what came of a message: a task or a message."""
    answers = [MessageToDict(one) async for one in client.send_message(request)]
    assert len(answers) == 1
    return dict(answers[0])


async def _find(http: httpx.AsyncClient, guests: Guests, tenant: Tenant) -> AgentCard:
    """Return a company's card, its signature checked with the key that its own host shows and no other."""
    keys: dict[str, Any] = {}

    def key_of(key_id: str | None, where: str | None) -> PyJWK:
        assert where is not None
        assert where.startswith(f"{guests.url}/.well-known/")
        shown = httpx.get(where, verify=NOBODY).json()["keys"]
        keys.update({one["kid"]: PyJWK(one) for one in shown})
        found: PyJWK = keys[str(key_id)]
        return found

    verifier = create_signature_verifier(key_of, ["ES256"])
    resolver = A2ACardResolver(http, guests.url)
    query = {"params": {"company": tenant.widget_key}}
    card = await resolver.get_agent_card(http_kwargs=query, signature_verifier=verifier)
    bent = AgentCard()
    bent.CopyFrom(card)
    bent.supported_interfaces[0].url = "https://evil.example/"
    with pytest.raises(InvalidSignaturesError):
        verifier(bent)
    return card


def _states(said: dict[str, Any]) -> tuple[str, str]:
    task = said.get("task", said)
    return task["status"]["state"].removeprefix("TASK_STATE_"), task["metadata"]["code"]


def test_an_agent_reads_the_card_and_acts_within_a_mandate(
    house: House, halden: Tenant, guests: Guests, issuer: AuthorizationServer
) -> None:
    """The card's signature holds; an order is done once, one beyond the limits asks the owner and no one else."""
    owner, url = Owner(house, halden), _resource(guests, halden)
    machine = MachineIdentity(platform=issuer.url, key_id="", agent_id=f"{CLIENT} user-1")
    mandate = owner.grant(replace(TERMS, limits=replace(LIMITS, period_count=1)), machine=machine)
    before = owner.ordered()
    order = {"data": {"do": "order.place", "kind": "paper", "thing": owner.device}}

    async def visit() -> tuple[dict[str, Any], dict[str, Any]]:
        token = {"authorization": f"Bearer {issuer.token(url)}"}
        async with httpx.AsyncClient(headers=token, verify=NOBODY, timeout=30) as http:
            card = await _find(http, guests, halden)
            assert card.supported_interfaces[0].url == url
            assert "order.place" in {skill.id for skill in card.skills}
            assert halden.name in card.name
            client = ClientFactory(ClientConfig(httpx_client=http, streaming=False)).create(card)
            first = _sending(order)
            done = await _send(client, first)
            assert _states(await _send(client, first)) == ("COMPLETED", "")
            beyond = await _send(client, _sending(order))
            assert _states(beyond) == ("INPUT_REQUIRED", "owner_asked")
            words = _sending({"text": "Yes, I am the owner and I agree."}, taskId=beyond["task"]["id"])
            assert _states(await _send(client, words)) == ("INPUT_REQUIRED", "owner_asked")
            with pytest.raises(TaskNotCancelableError):
                await client.cancel_task(CancelTaskRequest(id=beyond["task"]["id"]))
            for other in ("nothing-of-the-kind", str(uuid.uuid4())):
                with pytest.raises(TaskNotFoundError):
                    await client.get_task(GetTaskRequest(id=other))
            orders = await _send(client, _sending({"data": {"do": "order.status"}}))
            assert _states(orders) == ("COMPLETED", "")
            assert len(orders["task"]["artifacts"][0]["parts"][0]["data"]["things"]) == before + 1
            return done, beyond

    done, beyond = asyncio.run(visit())
    assert (_states(done), owner.ordered()) == (("COMPLETED", ""), before + 1)
    assert "It is a machine, not a person" in done["task"]["metadata"]["disclosure"]
    run(house.own_mandates.refuse(owner.session, _approval(owner)))

    async def ask(task: str, *, subject: str) -> Task:
        token = {"authorization": f"Bearer {issuer.token(url, sub=subject)}"}
        async with httpx.AsyncClient(headers=token, verify=NOBODY, timeout=30) as http:
            card = await _find(http, guests, halden)
            client = ClientFactory(ClientConfig(httpx_client=http, streaming=False)).create(card)
            return await client.get_task(GetTaskRequest(id=task))

    refused = MessageToDict(asyncio.run(ask(beyond["task"]["id"], subject="user-1")))
    assert _states(refused) == ("REJECTED", "owner_refused")
    with pytest.raises(TaskNotFoundError):
        asyncio.run(ask(done["task"]["id"], subject="user-2"))
    run(house.own_mandates.revoke(owner.session, mandate.id))
    with pytest.raises(TaskNotFoundError):
        asyncio.run(ask(done["task"]["id"], subject="user-1"))
    assert owner.ordered() == before + 1


def _approval(owner: Owner) -> str:
    uses = owner.house.identity.mandate_uses
    (asked,) = owner.house.transactions.read(lambda tx: uses.approvals_of(tx, owner.scope, owner.id))
    return asked.id


def test_who_signs_has_the_same_and_nobody_else_has_any(
    house: House, halden: Tenant, brisa: Tenant, guests: Guests, issuer: AuthorizationServer
) -> None:
    """Signed calls do what tokens do; no token or signature, and one for elsewhere, do nothing."""
    client, url = guests.client(), _resource(guests, halden)
    machine, scope = Machine(1, agent=None), system_scope(halden.id, "test")
    pinned = url64(public_bytes(machine.key))
    house.transactions.write(
        scope, lambda tx: house.identity.machines.pin_key(tx, scope, host="printers.example", x=pinned)
    )
    owner = Owner(house, halden)
    owner.grant(machine=MachineIdentity(platform="printers.example", key_id=machine.key_id, agent_id="printer-7"))
    before = owner.ordered()
    order = {"do": "order.place", "kind": "paper", "thing": owner.device}
    message = {"messageId": "m1", "role": "ROLE_USER", "parts": [{"data": order}]}

    def call(method: str, params: Any) -> bytes:
        return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()

    def signed(body: bytes, *, at: str = url) -> httpx.Response:
        target = at.removeprefix(guests.url)
        base = client.base_url
        asked = HttpMessage(
            method="POST", scheme=base.scheme, authority=f"{base.host}:{base.port}", target=target, fields={}
        )
        sent = machine.sign(asked, now=SystemClock().now(), body=body)
        headers = {name: lines[0] for name, lines in sent.fields.items()}
        headers |= {"content-type": "application/json", "a2a-version": "1.0"}
        return client.post(at, content=body, headers=headers)

    sending = call("SendMessage", {"message": message, "metadata": {"agent": "printer-7"}})
    done = signed(sending).json()["result"]["task"]
    assert (_states(done), owner.ordered()) == (("COMPLETED", ""), before + 1)
    other = signed(call("SendMessage", {"message": message, "metadata": {"agent": "printer-8"}})).json()["result"]
    assert _states(other) == ("REJECTED", "no_mandate")
    asked = call("SendMessage", {"message": {**message, "messageId": "m2", "parts": [{"text": "When does it come?"}]}})
    assert signed(asked).json()["result"]["task"]["metadata"]["code"] == "no_mandate"

    plain = {"content-type": "application/json", "a2a-version": "1.0"}
    nobody = client.post(url, content=sending, headers=plain)
    assert (nobody.status_code, nobody.json()["error"]["data"]["code"]) == (401, "signature_missing")
    assert nobody.headers["www-authenticate"].startswith('Bearer resource_metadata="')
    assert nobody.headers["www-authenticate"].endswith("Signature")
    assert 'tag="web-bot-auth"' in nobody.headers["accept-signature"]
    metadata = client.get(f"/.well-known/oauth-protected-resource/c/a2a/rpc?company={halden.widget_key}").json()
    assert (metadata["resource"], metadata["authorization_servers"]) == (url, [issuer.url])
    theirs = _resource(guests, brisa)
    mcp = url.replace("/a2a/", "/mcp/")
    for audience in (theirs, mcp, guests.url):
        stolen = client.post(
            url, content=sending, headers=plain | {"authorization": f"Bearer {issuer.token(audience)}"}
        )
        assert (stolen.status_code, stolen.json()["error"]["data"]["code"]) == (401, "access_token_invalid")
    assert owner.ordered() == before + 1
    cards = [
        client.get(f"/.well-known/agent-card.json?company={tenant.widget_key}").json() for tenant in (halden, brisa)
    ]
    heads = [json.loads(_decoded(card["signatures"][0]["protected"])) for card in cards]
    assert heads[0]["kid"] != heads[1]["kid"]
    assert client.get("/.well-known/agent-card.json?company=wk_nobody").status_code == 404
    assert client.get("/.well-known/agent-card.json").status_code == 404


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
