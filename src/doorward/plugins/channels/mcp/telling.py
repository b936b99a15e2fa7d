"""How answers are written: JSON-RPC, and tools' results."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from doorward.admission.json_rpc import METHOD_NOT_FOUND, error_of, refusal_of, result_of
from doorward.admission.protected_resource import challenge, is_about_tokens, wait_of, words_of, write_json
from doorward.plugins.channels.mcp.revisions import LATEST, SUPPORTED, Envelope, agreed
from doorward.plugins.channels.mcp.tools import tool_list
from doorward.vocabulary.channel import CalledRequest, ChannelAnswer, ChannelInput, ChannelRequest, ChannelTold

TTL_MILLISECONDS: Final = 300_000
"""For how long the list of tools may be kept."""
_SERVER: Final = "io.modelcontextprotocol/serverInfo"
RESOURCE: Final = "/c/mcp/rpc"


def tell(request: ChannelRequest, parsed: ChannelInput | None, told: ChannelTold) -> ChannelAnswer:
    """Write what the house says to a call."""
    called = parsed if isinstance(parsed, CalledRequest) else None
    envelope = called.envelope if called is not None and isinstance(called.envelope, Envelope) else None
    call_id = None if envelope is None else envelope.id
    if is_about_tokens(told):
        scope = "" if called is None else called.scope
        headers = challenge(request, told, resource=RESOURCE, scope=scope)
        return write_json(told.status, refusal_of(call_id, told), headers=headers)
    if told.refused and (envelope is None or envelope.tool is None):
        return write_json(told.status, refusal_of(call_id, told), headers=wait_of(told))
    return ChannelAnswer(status=500) if envelope is None else _answer(envelope, told)


def _answer(envelope: Envelope, told: ChannelTold) -> ChannelAnswer:
    if envelope.unfit is not None:
        unfit = envelope.unfit
        status = 404 if unfit.code == METHOD_NOT_FOUND else 400
        return write_json(status, error_of(envelope.id, unfit.code, unfit.message, unfit.data))
    if envelope.id is None or envelope.revision is None:
        return ChannelAnswer(status=202)
    is_latest = envelope.revision.version == LATEST
    result = (
        _result(envelope, told.body, is_latest=is_latest) if envelope.tool is None else _tool_result(envelope, told)
    )
    return write_json(200, result_of(envelope.id, {"resultType": "complete", **result} if is_latest else result))


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
        body = {"code": code, "reason": words_of(told) if told.refused else envelope.mistake}
        wait = told.body.get("retry_after")
        return {"content": [_text(body if wait is None else body | {"retry_after": wait})], "isError": True}
    return {
        "content": [_text(told.body)],
        "structuredContent": told.body,
        "isError": told.body.get("state") in {"refused", "declined"},
    }


def _text(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "text", "text": msgspec.json.encode(body).decode(), "annotations": {"audience": ["assistant"]}}
