"""Revisions of the protocol, and what tells which one a request is in.

Since 2026-07-28 every request says so itself, twice: in its header fields, for whoever stands between, and in its body
(https://modelcontextprotocol.io/specification/2026-07-28). Before, one was agreed upon at the beginning; nothing that
is done here depends on which.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from doorward.admission.asking import Ask
from doorward.admission.json_rpc import INVALID_PARAMS, RpcCall
from doorward.vocabulary.channel import ChannelRequest

LATEST: Final = "2026-07-28"
AGREED: Final = ("2025-03-26", "2025-06-18", "2025-11-25")
"""Revisions that begin with `initialize`, the latest last. The first of them is meant where none is named."""
SUPPORTED: Final = (*AGREED, LATEST)
HEADER_MISMATCH: Final = -32020
UNSUPPORTED: Final = -32022
VERSION_KEY: Final = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES_KEY: Final = "io.modelcontextprotocol/clientCapabilities"
_ENCODED: Final = re.compile(r"\A=\?base64\?([A-Za-z0-9+/=]{0,400})\?=\Z")


class Revision(NamedTuple):
    """A revision, and the methods that it has here."""

    version: str
    is_stateful: bool
    methods: frozenset[str]


class Unfit(NamedTuple):
    """Why a call cannot be answered, as JSON-RPC tells it."""

    code: int
    message: str
    data: Mapping[str, Any] | None = None


class Envelope(NamedTuple):
    """What an answer has to know of its call: nothing of what was said.

    `tool` is what a tool was called for; `mistake` what is wrong with its arguments, which a model may mend; `unfit`
    why the call cannot be answered at all. `wished` is the revision that `initialize` asked for.
    """

    id: str | int | None
    method: str
    revision: Revision | None = None
    tool: Ask | None = None
    mistake: str = ""
    unfit: Unfit | None = None
    wished: str = ""


_BEFORE: Final = frozenset({"initialize", "ping", "tools/list", "tools/call"})
_NOW: Final = frozenset({"server/discover", "tools/list", "tools/call"})


def revision_of(request: ChannelRequest, call: RpcCall) -> Revision | Unfit:
    """Return the revision that a call is in, or why that cannot be."""
    version = request.headers.get("mcp-protocol-version")
    if version is None or version in AGREED:
        return Revision(version or AGREED[0], is_stateful=True, methods=_BEFORE)
    if call.id is not None:
        unfit = _mismatch(request, call, version)
        if unfit is not None:
            return unfit
    if version != LATEST:
        requested = version if re.fullmatch(r"[0-9A-Za-z.-]{1,40}", version) else ""
        return Unfit(UNSUPPORTED, "the revision is not known here", {"supported": SUPPORTED, "requested": requested})
    return Revision(LATEST, is_stateful=False, methods=_NOW)


def agreed(wished: str) -> str:
    """Return the revision to speak with who begins with `initialize` and wishes for one."""
    return wished if wished in AGREED else AGREED[-1]


def _mismatch(request: ChannelRequest, call: RpcCall, version: str) -> Unfit | None:
    """Return where a request's head says something else than its body: who stands between would be told lies."""
    meta = call.params.get("_meta")
    if not isinstance(meta, dict) or not {VERSION_KEY, CAPABILITIES_KEY} <= set(meta):
        return Unfit(INVALID_PARAMS, f"params._meta: {VERSION_KEY} and {CAPABILITIES_KEY} are missing")
    if meta[VERSION_KEY] != version:
        return Unfit(HEADER_MISMATCH, f"MCP-Protocol-Version: not {VERSION_KEY}")
    if request.headers.get("mcp-method") != call.method:
        return Unfit(HEADER_MISMATCH, "Mcp-Method: not the method")
    name = call.params.get("name")
    if call.method == "tools/call" and name is not None and _decoded(request.headers.get("mcp-name")) != name:
        return Unfit(HEADER_MISMATCH, "Mcp-Name: not the name")
    return None


def _decoded(value: str | None) -> str | None:
    """Return a field's value, which other letters than ASCII are written in base64 in."""
    found = None if value is None else _ENCODED.match(value)
    if found is None:
        return value
    try:
        plain = b64decode(found[1], validate=True)
        return plain.decode() if b64encode(plain).decode() == found[1] else None
    except (NotBase64, ValueError):
        return None
