"""How answers are written: JSON-RPC, tools' results, and what OAuth has a resource say of itself."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from doorward.admission.json_rpc import (
    INTERNAL_ERROR,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    error_of,
    result_of,
)
from doorward.admission.parsing import NOT_JSON
from doorward.plugins.channels.mcp.revisions import LATEST, SUPPORTED, Envelope, agreed
from doorward.plugins.channels.mcp.tools import tool_list
from doorward.vocabulary.channel import CalledRequest, ChannelAnswer, ChannelInput, ChannelRequest, ChannelTold
from doorward.vocabulary.machines import CAPABILITIES

TTL_MILLISECONDS: Final = 300_000
"""For how long the list of tools may be kept."""
_SERVER: Final = "io.modelcontextprotocol/serverInfo"
_OF_TOKENS: Final = frozenset({"access_token_invalid", "access_token_missing", "scope_missing"})
_COMPANY: Final = re.compile(r"\A[A-Za-z0-9_-]{1,64}\Z")
RESOURCE: Final = "/c/mcp/rpc"
METADATA: Final = f"/.well-known/oauth-protected-resource{RESOURCE}"
"""Where RFC 9728 (3.1) has a resource with a path be described."""


def tell(request: ChannelRequest, parsed: ChannelInput | None, told: ChannelTold) -> ChannelAnswer:
    """Write what the house says to a call."""
    called = parsed if isinstance(parsed, CalledRequest) else None
    envelope = called.envelope if called is not None and isinstance(called.envelope, Envelope) else None
    call_id = None if envelope is None else envelope.id
    if told.refused and told.body["code"] in _OF_TOKENS:
        error = error_of(call_id, INVALID_REQUEST, _words(told), {"code": told.body["code"]})
        return _json(
            told.status, error, headers=_challenge(request, told, scope="" if called is None else called.scope)
        )
    if told.refused and (envelope is None or envelope.tool is None):
        code = INTERNAL_ERROR if told.status >= 500 else INVALID_REQUEST
        code = PARSE_ERROR if told.body.get("reason") == NOT_JSON else code
        return _json(
            told.status, error_of(call_id, code, _words(told), {"code": told.body["code"]}), headers=_wait(told)
        )
    return ChannelAnswer(status=500) if envelope is None else _answer(envelope, told)


def _answer(envelope: Envelope, told: ChannelTold) -> ChannelAnswer:
    if envelope.unfit is not None:
        unfit = envelope.unfit
        status = 404 if unfit.code == METHOD_NOT_FOUND else 400
        return _json(status, error_of(envelope.id, unfit.code, unfit.message, unfit.data))
    if envelope.id is None or envelope.revision is None:
        return ChannelAnswer(status=202)
    is_latest = envelope.revision.version == LATEST
    result = (
        _result(envelope, told.body, is_latest=is_latest) if envelope.tool is None else _tool_result(envelope, told)
    )
    return _json(200, result_of(envelope.id, {"resultType": "complete", **result} if is_latest else result))


def _result(envelope: Envelope, greeting: Mapping[str, Any], *, is_latest: bool) -> dict[str, Any]:
    server = {"name": "doorward", "title": greeting["company"], "version": "1"}
    can = {"capabilities": {"tools": {}}, "instructions": greeting["disclosure"]}
    kept = {"ttlMs": TTL_MILLISECONDS, "cacheScope": "private"} if is_latest else {}
    match envelope.method:
        case "initialize":
            return {"protocolVersion": agreed(envelope.wished), "serverInfo": server, **can}
        case "server/discover":
            return {"supportedVersions": SUPPORTED, **can, **kept, "_meta": {_SERVER: server}}
        case "tools/list":
            return {"tools": tool_list(), **kept}
        case _:
            return {}


def _tool_result(envelope: Envelope, told: ChannelTold) -> dict[str, Any]:
    """Write a tool's result twice, as the protocol advises: as data, and as a text for clients that know no data.

    What was refused is an error of the tool, which its model may mend; it is no failure of the protocol.
    """
    if told.refused or envelope.mistake:
        code = told.body["code"] if told.refused else "malformed"
        body = {"code": code, "reason": _words(told) if told.refused else envelope.mistake}
        wait = told.body.get("retry_after")
        return {"content": [_text(body if wait is None else body | {"retry_after": wait})], "isError": True}
    return {
        "content": [_text(told.body)],
        "structuredContent": told.body,
        "isError": told.body.get("state") in {"refused", "declined"},
    }


def _text(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "text", "text": msgspec.json.encode(body).decode(), "annotations": {"audience": ["assistant"]}}


def describe(_request: ChannelRequest, _parsed: ChannelInput | None, told: ChannelTold) -> ChannelAnswer:
    """Write what a client has to know to get a token (RFC 9728)."""
    if told.refused:
        return _json(told.status, told.body, headers=_wait(told))
    return _json(
        200,
        {
            "resource": told.body["resource"],
            "resource_name": told.body["company"],
            "authorization_servers": told.body["issuers"],
            "scopes_supported": CAPABILITIES,
            "bearer_methods_supported": ["header"],
        },
    )


def _challenge(request: ChannelRequest, told: ChannelTold, *, scope: str) -> dict[str, str]:
    """Say what is missing, and where it is described (RFC 6750, 3; RFC 9728, 5.1)."""
    company = request.query.get("company", "")
    query = f"?company={company}" if _COMPANY.match(company) else ""
    parts = [f'resource_metadata="{request.origin}{METADATA}{query}"']
    if told.body["code"] == "scope_missing":
        parts += ['error="insufficient_scope"', f'scope="{scope}"']
    elif told.body["code"] == "access_token_invalid":
        parts += ['error="invalid_token"']
    return {"www-authenticate": f"Bearer {', '.join(parts)}"}


def _words(told: ChannelTold) -> str:
    return str(told.body.get("reason") or told.body.get("detail") or told.body["code"])


def _wait(told: ChannelTold) -> dict[str, str]:
    return {} if told.body.get("retry_after") is None else {"retry-after": str(told.body["retry_after"])}


def _json(status: int, body: Mapping[str, Any], *, headers: Mapping[str, str] | None = None) -> ChannelAnswer:
    return ChannelAnswer(status=status, body=msgspec.json.encode(body), headers=headers or {})
