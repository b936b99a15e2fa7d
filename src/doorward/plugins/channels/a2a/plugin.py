"""The channel of agents that speak the Agent2Agent protocol (A2A 1.0), by its JSON-RPC binding.

There are no streams and no callbacks: an agent asks how its tasks stand. What a customer has to agree to, they are
asked; an agent that answers in their place changes nothing.
"""

from collections.abc import Sequence
from typing import Protocol

from doorward.admission.json_rpc import read_call
from doorward.admission.parsing import access_token, company_of, require_same_origin
from doorward.admission.ports import Channel
from doorward.admission.protected_resource import metadata_path, write_metadata
from doorward.kit.settings import Settings
from doorward.plugins.channels.a2a.calls import VERSION_NOT_SUPPORTED, Envelope, Read, read
from doorward.plugins.channels.a2a.card import VERSION, card_of
from doorward.plugins.channels.a2a.telling import RESOURCE, tell, tell_card, tell_keys
from doorward.vocabulary.channel import (
    CARD_KEYS,
    CalledRequest,
    ChannelCapabilities,
    ChannelInput,
    ChannelRequest,
    ChannelRoute,
    DescriptionRequest,
    GreetingRequest,
)
from doorward.vocabulary.errors import Malformed


class A2aDoor:
    """Parses what agents call. Who they are stands in the token or the signature, which is checked behind this."""

    id = "a2a"

    def __init__(self, settings: Settings) -> None:
        """Take the limits of `settings`."""
        self._limit = settings.limits.request_bytes
        self.capabilities = ChannelCapabilities(
            credential="access_token", characters=settings.limits.message_characters
        )

    def routes(self) -> Sequence[ChannelRoute]:
        """See `Channel`."""
        card, keys = "/.well-known/agent-card.json", CARD_KEYS
        about = metadata_path(RESOURCE)
        return (
            ChannelRoute(method="POST", path="/rpc", operation="call", parse=self._call, render=tell),
            ChannelRoute(method="GET", path=card, operation="describe", parse=_card, render=tell_card),
            ChannelRoute(method="GET", path=keys, operation="describe", parse=_describe, render=tell_keys),
            ChannelRoute(method="GET", path=about, operation="describe", parse=_describe, render=write_metadata),
        )

    def _call(self, request: ChannelRequest) -> ChannelInput:
        # Without a token the request is signed, which is found out where keys are.
        token = access_token(request) if "authorization" in request.headers else ""
        require_same_origin(request)
        company = company_of(request)
        call = read_call(request, limit=self._limit)
        if call.id is None:
            raise Malformed("id: missing")
        # Without the field version 0.3 is meant, whose messages have another form (A2A 1.0, 3.6.2).
        if request.headers.get("a2a-version") != VERSION:
            said = Read(Envelope(call.id, call.method, unfit=(VERSION_NOT_SUPPORTED, f"A2A-Version: {VERSION} alone")))
        else:
            said = read(call, company=company)
        return CalledRequest(
            wanted=said.wanted or GreetingRequest(company=company),
            resource=RESOURCE,
            token=token,
            scope=said.scope,
            envelope=said.envelope,
        )


def _card(request: ChannelRequest) -> ChannelInput:
    return DescriptionRequest(resource=RESOURCE, company=company_of(request), card=card_of)


def _describe(request: ChannelRequest) -> ChannelInput:
    return DescriptionRequest(resource=RESOURCE, company=company_of(request))


class _Kit(Protocol):
    @property
    def settings(self) -> Settings: ...


def build(kit: _Kit) -> Channel:
    """Return the channel."""
    return A2aDoor(kit.settings)
