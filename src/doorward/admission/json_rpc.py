"""Reading calls of JSON-RPC 2.0 (https://www.jsonrpc.org/specification): one at a time, and strictly."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from doorward.admission.parsing import NOT_JSON, read_json
from doorward.vocabulary.channel import ChannelRequest, ChannelTold
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.errors import Malformed

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602
INTERNAL_ERROR: Final = -32603

_METHOD: Final = re.compile(r"\A[A-Za-z][A-Za-z0-9_./-]{0,99}\Z")
_LONGEST_ID: Final = 128
_LARGEST_ID: Final = 2**53
_KNOWN: Final = {"jsonrpc", "id", "method", "params"}


class RpcCall(Discreet, frozen=True, kw_only=True):
    """One call. `id` is None for a notification, which is not answered; `params` are as wild as any text."""

    id: str | int | None
    method: str
    params: Mapping[str, Any]


def read_call(request: ChannelRequest, *, limit: int) -> RpcCall:
    """Return the one call that a request holds, of at most `limit` bytes.

    Batches, answers, an `id` of null and parameters by position are refused. Raises as `read_json`.
    """
    raw = read_json(request, limit=limit)
    if isinstance(raw, list):
        raise Malformed("batches are not taken: send one call")
    if not isinstance(raw, dict) or raw.get("jsonrpc") != "2.0" or set(raw) - _KNOWN:
        raise Malformed("not a call of JSON-RPC 2.0")
    method, params = raw.get("method"), raw.get("params", {})
    if not isinstance(method, str) or not _METHOD.match(method):
        raise Malformed("method: not a name")
    if not isinstance(params, dict):
        raise Malformed("params: not an object")
    if "id" not in raw:
        return RpcCall(id=None, method=method, params=params)
    return RpcCall(id=_id(raw["id"]), method=method, params=params)


def _id(value: Any) -> str | int:
    if isinstance(value, str) and len(value) <= _LONGEST_ID and value.isprintable():
        return value
    if type(value) is int and abs(value) <= _LARGEST_ID:
        return value
    raise Malformed(f"id: a whole number, or at most {_LONGEST_ID} printable characters")


def result_of(call_id: str | int | None, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer to a call."""
    return {"jsonrpc": "2.0", "id": call_id, "result": result}


def refusal_of(call_id: str | int | None, told: ChannelTold) -> dict[str, Any]:
    """Return what a refusal says to a call, with the code that problem documents have."""
    code = INTERNAL_ERROR if told.status >= 500 else INVALID_REQUEST
    code = PARSE_ERROR if told.body.get("reason") == NOT_JSON else code
    words = str(told.body.get("reason") or told.body.get("detail") or told.body["code"])
    return error_of(call_id, code, words, {"code": told.body["code"]})


def error_of(
    call_id: str | int | None, code: int, message: str, data: Mapping[str, Any] | Sequence[Any] | None = None
) -> dict[str, Any]:
    """Return what went wrong with a call; `call_id` is None where the call could not be read."""
    told: dict[str, Any] = {"code": code, "message": message}
    return {"jsonrpc": "2.0", "id": call_id, "error": told if data is None else told | {"data": data}}
