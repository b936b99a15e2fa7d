"""The channel of assistants that speak the Model Context Protocol (MCP), over HTTP and with access tokens of OAuth.

Every request stands for itself, as the revision of 2026-07-28 has it and those before allow: there are no sessions, no
streams, and nothing that the server asks of the client. What a person has to agree to, their owner is asked.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from doorward.admission.asking import ask_for
from doorward.admission.json_rpc import INVALID_PARAMS, METHOD_NOT_FOUND, read_call
from doorward.admission.parsing import access_token, company_of, require_same_origin
from doorward.admission.ports import Channel
from doorward.admission.protected_resource import metadata_path, write_metadata
from doorward.kit.settings import Settings
from doorward.plugins.channels.mcp.revisions import Envelope, Unfit, revision_of
from doorward.plugins.channels.mcp.telling import RESOURCE, tell
from doorward.plugins.channels.mcp.tools import TOOLS
from doorward.vocabulary.channel import (
    CalledRequest,
    ChannelCapabilities,
    ChannelInput,
    ChannelRequest,
    ChannelRoute,
    DescriptionRequest,
    GreetingRequest,
)
from doorward.vocabulary.errors import Malformed, NotFound
from doorward.vocabulary.machines import CAPABILITIES


class McpDoor:
    """Parses what assistants call. Who they are stands in the token, which is checked behind this."""

    id = "mcp"

    def __init__(self, settings: Settings) -> None:
        """Take the limits of `settings`."""
        self._limit = settings.limits.request_bytes
        self.capabilities = ChannelCapabilities(
            credential="access_token", characters=settings.limits.message_characters
        )

    def routes(self) -> Sequence[ChannelRoute]:
        """See `Channel`."""
        return (
            ChannelRoute(method="POST", path="/rpc", operation="call", parse=self._call, render=tell),
            ChannelRoute(
                method="GET",
                path=metadata_path(RESOURCE),
                operation="describe",
                parse=self._describe,
                render=write_metadata,
            ),
        )

    def _call(self, request: ChannelRequest) -> ChannelInput:
        token = access_token(request)
        require_same_origin(request)
        company = company_of(request)
        call = read_call(request, limit=self._limit)
        revision = revision_of(request, call)
        if isinstance(revision, Unfit):
            return _called(Envelope(call.id, call.method, unfit=revision), token, company)
        if revision.is_stateful and "mcp-session-id" in request.headers:
            raise NotFound("there are no sessions here")  # whoever has one starts anew without
        envelope = Envelope(call.id, call.method, revision)
        if call.id is None:
            return _called(envelope, token, company)
        if call.method not in revision.methods:
            unfit = Unfit(METHOD_NOT_FOUND, "method: not one that is known in this revision")
            return _called(envelope._replace(unfit=unfit), token, company)
        if call.method == "tools/call":
            return _tool(envelope, call.params, token, company)
        wished = call.params.get("protocolVersion")
        return _called(envelope._replace(wished=wished if isinstance(wished, str) else ""), token, company)

    def _describe(self, request: ChannelRequest) -> ChannelInput:
        return DescriptionRequest(resource=RESOURCE, company=company_of(request))


def _tool(envelope: Envelope, params: Mapping[str, Any], token: str, company: str | None) -> CalledRequest:
    """Return what a tool is called for. Mistakes in its arguments are the tool's to tell: a model mends them."""
    name = params.get("name")
    ask = TOOLS.get(name) if isinstance(name, str) else None
    if ask is None:
        return _called(envelope._replace(unfit=Unfit(INVALID_PARAMS, "name: no such tool")), token, company)
    try:
        wanted = ask_for(ask, params.get("arguments", {}), company=company)
    except Malformed as mistake:
        return _called(envelope._replace(tool=ask, mistake=mistake.detail), token, company)
    scope = ask if ask in CAPABILITIES else ""
    return CalledRequest(
        wanted=wanted, resource=RESOURCE, token=token, scope=scope, envelope=envelope._replace(tool=ask)
    )


def _called(envelope: Envelope, token: str, company: str | None) -> CalledRequest:
    """Return a call for which nothing is done: but nobody hears of it who shows no token."""
    return CalledRequest(wanted=GreetingRequest(company=company), resource=RESOURCE, token=token, envelope=envelope)


class _Kit(Protocol):
    @property
    def settings(self) -> Settings: ...


def build(kit: _Kit) -> Channel:
    """Return the channel."""
    return McpDoor(kit.settings)
