"""What a call in the Model Context Protocol must say of itself, and how it is answered where it does not."""

import json
from typing import Any

from doorward.vocabulary.channel import CalledRequest, ChannelAnswer, ChannelRequest, ChannelTold
from tests.support.channels import a_channel, route_of

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}
ROUTE = route_of(a_channel("mcp"), "POST", "/rpc")
GREETED = ChannelTold(status=200, body={"company": "Halden Bank", "disclosure": "A machine.", "for_owner": False})


def _call(method: str = "ping", **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def _ask(body: Any, told: ChannelTold = GREETED, **headers: Any) -> ChannelAnswer:
    fields = {"content-type": "application/json", "authorization": "Bearer a.b.c"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    request = ChannelRequest(method="POST", path="/rpc", headers=fields, body=json.dumps(body).encode())
    parsed = ROUTE.parse(request)
    assert isinstance(parsed, CalledRequest)
    assert ROUTE.render is not None
    return ROUTE.render(request, parsed, told)


def _result(body: Any) -> dict[str, Any]:
    answer = _ask(body)
    assert answer.status == 200
    found: dict[str, Any] = json.loads(answer.body)["result"]
    return found


def _error(body: Any, **headers: Any) -> tuple[int, int]:
    answer = _ask(body, mcp_protocol_version=headers.pop("version", "2026-07-28"), **headers)
    return answer.status, json.loads(answer.body)["error"]["code"]


def test_head_and_body_of_a_call_say_the_same() -> None:
    """Who stands between reads the head alone: a call whose body says something else is not answered."""
    listed = _call("tools/list", _meta=META)
    assert _error(_call("tools/list"), mcp_method="tools/list") == (400, -32602)
    assert _error(listed) == (400, -32020)
    assert _error(listed, mcp_method="ping") == (400, -32020)
    tool = _call("tools/call", _meta=META, name="help", arguments={"id": "h", "text": "hi"})
    assert _error(tool, mcp_method="tools/call") == (400, -32020)
    assert _error(tool, mcp_method="tools/call", mcp_name="pair") == (400, -32020)
    encoded = _ask(tool, mcp_protocol_version="2026-07-28", mcp_method="tools/call", mcp_name="=?base64?aGVscA==?=")
    assert encoded.status == 200
    assert _error(tool, mcp_method="tools/call", mcp_name="=?base64?aGVscB==?=") == (400, -32020)


def test_what_is_not_there_is_told_by_its_code() -> None:
    """Methods of other revisions, tools that nobody has, and revisions of tomorrow."""
    assert _error(_call("ping", _meta=META), mcp_method="ping") == (404, -32601)
    nothing = _call("tools/call", _meta=META, name="rm", arguments={})
    assert _error(nothing, mcp_method="tools/call", mcp_name="rm") == (400, -32602)
    later = _call("tools/list", _meta={**META, "io.modelcontextprotocol/protocolVersion": "2030-01-01"})
    answer = _ask(later, mcp_protocol_version="2030-01-01", mcp_method="tools/list")
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["code"], error["data"]["requested"]) == (400, -32022, "2030-01-01")
    assert "2026-07-28" in error["data"]["supported"]
    assert json.loads(_ask(_call("resources/list")).body)["error"]["code"] == -32601


def test_who_begins_with_a_handshake_is_told_a_revision_and_no_session() -> None:
    """The wish is met where it can be, and answered with the latest of that kind where it cannot."""
    begun = _result(_call("initialize", protocolVersion="2025-06-18"))
    assert (begun["protocolVersion"], begun["serverInfo"]["title"]) == ("2025-06-18", "Halden Bank")
    assert begun["instructions"] == "A machine."
    for wish in ("1999-01-01", 7, None):
        assert _result(_call("initialize", protocolVersion=wish))["protocolVersion"] == "2025-11-25"
    assert "mcp-session-id" not in _ask(_call("initialize")).headers
    assert _result(_call("ping")) == {}
    notice = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert (_ask(notice).status, _ask(notice).body) == (202, b"")


def test_tools_are_what_machines_may_ask_for_at_every_door() -> None:
    """One list for all: each capability, with what its fields may be; what comes back is told to be data."""
    tools = {tool["name"]: tool for tool in _result(_call("tools/list"))["tools"]}
    assert list(tools) == [
        "help",
        "product_facts",
        "problem_report",
        "order_status",
        "order_place",
        "notices",
        "pair",
        "entries",
    ]
    assert tools["order_place"]["inputSchema"]["required"] == ["id", "kind"]
    assert tools["help"]["inputSchema"]["properties"]["id"]["pattern"] == "^[A-Za-z0-9_-]{1,64}$"
    assert all("data that others wrote" in tool["description"] for tool in tools.values())
    assert {name for name, tool in tools.items() if tool["annotations"]["readOnlyHint"]} == {"order_status", "entries"}


def test_what_a_tool_was_refused_is_the_tools_to_tell() -> None:
    """A refusal is an error that a model may read and mend; a wait is told; neither fails the protocol."""
    order = _call("tools/call", name="order_place", arguments={"id": "o", "kind": "paper"})
    limited = {"code": "rate_limited", "detail": "Too many.", "retry_after": 7}
    answer = _ask(order, ChannelTold(status=429, body=limited, refused=True))
    result = json.loads(answer.body)["result"]
    assert (answer.status, result["isError"]) == (200, True)
    assert json.loads(result["content"][0]["text"]) == {
        "code": "rate_limited",
        "reason": "Too many.",
        "retry_after": 7,
    }
    asked = {"state": "input-required", "code": "owner_asked", "disclosure": "A machine."}
    waits = json.loads(_ask(order, ChannelTold(status=200, body=asked)).body)["result"]
    assert (waits["isError"], waits["structuredContent"]) == (False, asked)
    for state in ("refused", "declined"):
        told = ChannelTold(status=200, body={"state": state, "disclosure": "A machine."})
        assert json.loads(_ask(order, told).body)["result"]["isError"]
    gone = ChannelTold(status=503, body={"code": "unavailable", "detail": "Later."}, refused=True)
    lost = _ask(_call("tools/list"), gone)
    assert (lost.status, json.loads(lost.body)["error"]["code"]) == (503, -32603)
