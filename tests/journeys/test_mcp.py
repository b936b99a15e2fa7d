"""Assistants by the Model Context Protocol: its own client library comes to the door, and a hostile one."""

import asyncio
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.auth.extensions.client_credentials import ClientCredentialsOAuthProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthToken
from msgspec.structs import replace

from doorward import record
from doorward.bootstrap import House
from doorward.flow.machines import MandateForm
from doorward.identity import IssuerWish, Tenant
from doorward.kit.clock import SystemClock
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import system_scope
from doorward.vocabulary.text import WildText
from tests.support.authorization import CLIENT, SCOPES, SECRET, AuthorizationServer, authorization_server
from tests.support.machines import LIMITS, TERMS, Owner, run
from tests.support.reading_house import house
from tests.support.server import NOBODY, Guests

__all__ = ["house"]


@pytest.fixture
def issuer(house: House, halden: Tenant) -> Iterator[AuthorizationServer]:
    """An authorization server whose tokens Halden takes, and nobody else."""
    with authorization_server() as shown:
        scope = system_scope(halden.id, "test")
        wish = IssuerWish(issuer=shown.url, jwks_uri=f"{shown.url}/keys", algorithms=("ES256",))
        house.transactions.write(scope, lambda tx: house.identity.issuers.trust(tx, scope, "login", wish=wish))
        yield shown


class Kept:
    """Where a client keeps its token."""

    def __init__(self) -> None:
        """Have none."""
        self.tokens: OAuthToken | None = None

    async def get_tokens(self) -> OAuthToken | None:
        """Return the token."""
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        """Keep the token."""
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        """Return nothing: it is known."""
        return None

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        """Keep nothing."""


def resource(guests: Guests, tenant: Tenant) -> str:
    """Return the address of a company's server."""
    return f"{guests.url}/c/mcp/rpc?company={tenant.widget_key}"


@asynccontextmanager
async def peer(url: str, issuer: AuthorizationServer, *, mode: Any = "auto") -> AsyncIterator[Client]:
    """Give a client of the protocol's own library, which finds out by itself where to get a token."""
    auth = ClientCredentialsOAuthProvider(
        url, Kept(), client_id=CLIENT, client_secret=SECRET, scope=SCOPES, issuer=issuer.url
    )
    async with (
        httpx2.AsyncClient(auth=auth, timeout=30, verify=NOBODY) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        yield client


def told(result: Any) -> dict[str, Any]:
    """Return what a tool answered, which it says twice."""
    said: dict[str, Any] = json.loads(result.content[0].text)
    assert result.structured_content is None or result.structured_content == said
    return said


def test_an_assistant_finds_its_way_in_and_acts_within_a_mandate(
    house: House, halden: Tenant, guests: Guests, issuer: AuthorizationServer
) -> None:
    """From the address alone: metadata, token, tools, pairing, an order, a question for the owner, the end."""
    owner, url = Owner(house, halden), resource(guests, halden)
    form = MandateForm(
        name=WildText("Shop printer"), terms=replace(TERMS, limits=replace(LIMITS, period_count=1)), days=90
    )
    mandate = run(house.own_mandates.grant(owner.session, form))
    code = run(house.own_mandates.pair(owner.session, mandate.id)).code
    before, paper = owner.ordered(), {"id": "o1", "kind": "paper", "thing": owner.device}

    async def visit() -> tuple[dict[str, Any], dict[str, Any]]:
        async with peer(url, issuer) as client:
            discovered = client.session.discover_result
            assert discovered is not None
            assert "It is a machine, not a person" in (discovered.instructions or "")
            tools = (await client.list_tools()).tools
            assert {"help", "order_place", "pair"} <= {tool.name for tool in tools}
            stranger = await client.call_tool("order_place", paper)
            assert (stranger.is_error, told(stranger)["code"]) == (True, "no_mandate")
            wrong = await client.call_tool("pair", {"code": "BCDF-GHJK-LMNP"})
            assert (wrong.is_error, told(wrong)["code"]) == (True, "not_allowed")
            assert told(await client.call_tool("pair", {"code": code}))["mandate_id"] == mandate.id
            odd = await client.call_tool("order_place", {"id": "o 1", "kind": 7})
            assert (odd.is_error, told(odd)["code"]) == (True, "malformed")
            done = told(await client.call_tool("order_place", paper))
            beyond = told(await client.call_tool("order_place", {**paper, "id": "o2"}))
            return done, beyond

    done, beyond = asyncio.run(visit())
    assert (done["state"], owner.ordered()) == ("done", before + 1)
    assert "machine" in done["disclosure"]
    assert (beyond["state"], beyond["code"], owner.ordered()) == ("input-required", "owner_asked", before + 1)
    assert {one.split("?")[0] for one in issuer.asked} >= {"/.well-known/oauth-authorization-server", "/token", "/keys"}
    uses = house.transactions.read(lambda tx: house.identity.mandate_uses.uses_of(tx, owner.scope, owner.id))
    assert [use.capability for use in uses] == ["order.place"]

    async def return_by_handshake() -> tuple[dict[str, Any], dict[str, Any]]:
        async with peer(url, issuer, mode="legacy") as client:
            again = told(await client.call_tool("order_place", paper))
            read = told(await client.call_tool("entries", {"conversation": done["conversation_id"]}))
            run_in = asyncio.get_running_loop().run_in_executor
            await run_in(None, lambda: run(house.own_mandates.revoke(owner.session, mandate.id)))
            ended = told(await client.call_tool("order_place", {**paper, "id": "o3"}))
            assert ended["code"] == "revoked"
            return again, read

    again, read = asyncio.run(return_by_handshake())
    assert (again["state"], again["act_id"], owner.ordered()) == ("done", done["act_id"], before + 1)
    assert [line["author"] for line in read["entries"]][-1] == "bot"
    here = ConversationId(done["conversation_id"])
    opened = house.transactions.read(lambda tx: record.find_entry(tx, owner.scope, here, "opened"))
    assert opened is not None
    assert opened.entry.data["by_machine"]["platform"] == issuer.url


def _call(method: str = "ping", **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def _bent(issuer: AuthorizationServer, audience: str) -> dict[str, str]:
    """Return tokens each of which is good but for one thing."""
    now, stranger = int(SystemClock().now().timestamp()), AuthorizationServer(issuer.url)
    good = issuer.token(audience)
    head, claims, signature = good.split(".")
    none = urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt","kid":"k1"}').decode().rstrip("=")
    shared = urlsafe_b64encode(b'{"alg":"HS256","typ":"at+jwt","kid":"k1"}').decode().rstrip("=")
    digest = hmac.digest(issuer.key.as_pem(private=False), f"{shared}.{claims}".encode(), "sha256")
    own = {"jwk": stranger.key.as_dict(private=False)}
    foreign = {"jku": "https://evil.example/keys"}
    return {
        "no token at all": "abc",
        "nobody signed it": f"{none}.{claims}.",
        "signed by nobody under a name": f"{none}.{claims}.{signature}",
        "changed": f"{head}.{claims[:-2]}AA.{signature}",
        "the public key as a shared secret": f"{shared}.{claims}.{urlsafe_b64encode(digest).decode().rstrip('=')}",
        "another key of the same name": stranger.token(audience),
        "a key that is not shown": issuer.token(audience, header={"kid": "k2"}),
        "a key that it brings": stranger.token(audience, header=own),
        "keys from somewhere else": stranger.token(audience, header=foreign),
        "an identity token": issuer.token(audience, header={"typ": "JWT"}),
        "for somebody else": issuer.token("https://other.example/c/mcp/rpc"),
        "for the whole host": issuer.token(audience.partition("/c/")[0]),
        "by a stranger": issuer.token(audience, iss="https://evil.example"),
        "by almost the same": issuer.token(audience, iss=issuer.url + "/"),
        "expired": issuer.token(audience, exp=now - 60, iat=now - 120),
        "good for days": issuer.token(audience, exp=now + 9**7, iat=now - 90_000),
        "not yet": issuer.token(audience, nbf=now + 120),
        "made tomorrow": issuer.token(audience, iat=now + 120),
        "never over": issuer.token(audience, exp=None),
        "of nobody": issuer.token(audience, client_id=None),
    }


def test_no_token_that_is_bent_is_taken(
    house: House, halden: Tenant, brisa: Tenant, guests: Guests, issuer: AuthorizationServer
) -> None:
    """Each is refused with 401 and where to read on, nobody is told whose keys are known, and the good one is taken."""
    client, url = guests.client(), resource(guests, halden)
    audience = url
    good = issuer.token(audience)

    def ask(token: str | None, body: Any = None, *, to: str = url, **headers: str) -> Any:
        sent = {"authorization": f"Bearer {token}"} if token is not None else {}
        return client.post(to, json=body or _call(), headers=sent | headers)

    assert ask(good).json() == {"jsonrpc": "2.0", "id": 1, "result": {}}
    missing = ask(None)
    described = f'resource_metadata="{guests.url}/.well-known/oauth-protected-resource/c/mcp/rpc'
    assert (missing.status_code, missing.json()["error"]["data"]["code"]) == (401, "access_token_missing")
    assert missing.headers["www-authenticate"].startswith(f"Bearer {described}")
    assert "error=" not in missing.headers["www-authenticate"]
    reasons = set()
    for name, token in _bent(issuer, audience).items():
        answer = ask(token)
        assert (answer.status_code, answer.json()["error"]["data"]["code"]) == (401, "access_token_invalid"), name
        assert 'error="invalid_token"' in answer.headers["www-authenticate"], name
        if name in {"another key of the same name", "a key that is not shown", "by a stranger"}:
            reasons.add(answer.json()["error"]["message"])
    assert len(reasons) == 1
    # A token of Halden's issuer opens nothing at another company, even if it was issued for it.
    theirs = resource(guests, brisa)
    assert ask(issuer.token(theirs), to=theirs).status_code == 401
    # Where the company is not named, nobody's resource is asked.
    assert ask(good, to=url.partition("?")[0]).status_code == 404
    narrow = issuer.token(audience, scope="help")
    order = _call("tools/call", name="order_place", arguments={"id": "o1", "kind": "paper"})
    refused = ask(narrow, order)
    assert (refused.status_code, refused.json()["error"]["data"]["code"]) == (403, "scope_missing")
    assert 'error="insufficient_scope", scope="order.place"' in refused.headers["www-authenticate"]
    assert ask(good, origin="https://evil.example").status_code == 403
    assert "access-control-allow-origin" not in ask(good, origin="https://evil.example").headers
    assert client.get(url).status_code == 405
    batch = client.post(url, json=[_call(), _call()], headers={"authorization": f"Bearer {good}"})
    assert (batch.status_code, batch.json()["error"]["code"], batch.json()["id"]) == (400, -32600, None)
    boss, agent, login = guests.member("admin"), guests.member("mira"), "/api/v1/token-issuers/login"
    assert [one["issuer"] for one in boss.get("/api/v1/token-issuers").json()["items"]] == [issuer.url]
    known = {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/keys", "algorithms": ["Ed25519"]}
    assert [agent.get("/api/v1/token-issuers").status_code, agent.put(login, json=known).status_code] == [403, 403]
    assert boss.put(login, json=known | {"algorithms": ["HS256"]}).status_code == 400
    assert boss.put(login, json=known).json()["algorithms"] == ["Ed25519"]
    assert ask(good).status_code == 401
    assert boss.put(login, json=known | {"algorithms": ["ES256"]}).status_code == 200
    assert ask(good).status_code == 200
    assert [boss.delete(login).status_code, boss.delete(login).status_code] == [204, 404]
    assert ask(good).status_code == 401
