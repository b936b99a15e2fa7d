"""The channel of machine customers: assistants and devices that sign what they say."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from doorward.admission.asking import AgentName, Code, PairingCode, Wished, pairing_of
from doorward.admission.parsing import (
    ClientId,
    HouseId,
    LanguageCode,
    read_body,
    read_number,
    refuse_other_parameters,
    require_text,
)
from doorward.admission.ports import Channel
from doorward.kit.settings import Settings
from doorward.vocabulary.channel import (
    ChannelCapabilities,
    ChannelRequest,
    ChannelRoute,
    SignedActRequest,
    SignedEntriesRequest,
    SignedMessageRequest,
    SignedPairingRequest,
)
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.machines import Capability
from doorward.vocabulary.text import WildText


class _Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: ClientId
    text: WildText
    agent: AgentName | None = None
    conversation: HouseId | None = None
    language: LanguageCode | None = None
    company: ClientId | None = None


class _Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: ClientId
    do: Capability
    text: WildText | None = None
    kind: Code = ""
    thing: Code = ""
    off: bool = False
    agent: AgentName | None = None
    language: LanguageCode | None = None
    company: ClientId | None = None


class _Pairing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: PairingCode | None = None
    capabilities: Wished | None = None
    agent: AgentName | None = None
    company: ClientId | None = None


class _Entries(msgspec.Struct, frozen=True, kw_only=True):
    conversation: HouseId
    agent: AgentName | None = None
    company: ClientId | None = None


class MachineDoor:
    """Parses what machines say. Who they are stands in the signature, which is checked behind this."""

    id = "machine"

    def __init__(self, settings: Settings) -> None:
        """Take the limits of `settings`."""
        self._limit = settings.limits.request_bytes
        self.capabilities = ChannelCapabilities(
            credential="signature", characters=settings.limits.message_characters, choices=True
        )

    def routes(self) -> Sequence[ChannelRoute]:
        """See `Channel`."""
        return (
            ChannelRoute(method="POST", path="/messages", operation="message", parse=self._message, body=_Message),
            ChannelRoute(method="GET", path="/entries", operation="entries", parse=self._entries),
            ChannelRoute(method="POST", path="/acts", operation="act", parse=self._act, body=_Act),
            ChannelRoute(method="POST", path="/pairing", operation="pair", parse=self._pairing, body=_Pairing),
        )

    def _message(self, request: ChannelRequest) -> SignedMessageRequest:
        body = read_body(request, _Message, limit=self._limit)
        return SignedMessageRequest(
            client_message_id=body.id,
            text=require_text(body.text),
            language=body.language,
            conversation=body.conversation,
            agent=body.agent or "",
            company=body.company,
        )

    def _act(self, request: ChannelRequest) -> SignedActRequest:
        body = read_body(request, _Act, limit=self._limit)
        return SignedActRequest(
            capability=body.do,
            key=body.id,
            text=body.text,
            kind=body.kind,
            thing=body.thing,
            off=body.off,
            language=body.language,
            agent=body.agent or "",
            company=body.company,
        )

    def _pairing(self, request: ChannelRequest) -> SignedPairingRequest:
        body = read_body(request, _Pairing, limit=self._limit)
        return pairing_of(body, agent=body.agent or "", company=body.company)

    def _entries(self, request: ChannelRequest) -> SignedEntriesRequest:
        refuse_other_parameters(request, "conversation", "after", "agent", "company")
        after = read_number(request, "after")
        try:
            wanted = msgspec.convert({**request.query}, _Entries)
        except (msgspec.ValidationError, UnicodeEncodeError):
            raise Malformed("conversation, agent, company: not as expected") from None
        return SignedEntriesRequest(
            conversation=wanted.conversation, after=after, agent=wanted.agent or "", company=wanted.company
        )


class _Kit(Protocol):
    @property
    def settings(self) -> Settings: ...


def build(kit: _Kit) -> Channel:
    """Return the channel."""
    return MachineDoor(kit.settings)
