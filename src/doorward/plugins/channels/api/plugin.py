"""The plain API channel: a company's own programs hand messages in."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from doorward.admission.parsing import (
    ClientId,
    HouseId,
    LanguageCode,
    Reference,
    bearer,
    header_key,
    read_body,
    require_text,
)
from doorward.admission.ports import Channel
from doorward.kit.settings import Settings
from doorward.vocabulary.channel import ChannelCapabilities, ChannelRequest, ChannelRoute, MessageRequest
from doorward.vocabulary.text import WildText


class _Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: ClientId
    text: WildText
    customer: Reference | None = None
    conversation: HouseId | None = None
    language: LanguageCode | None = None


class PlainApi:
    """Parses messages that come with an API token."""

    id = "api"

    def __init__(self, settings: Settings) -> None:
        """Take the limits of `settings`."""
        self._limit = settings.limits.request_bytes
        self.capabilities = ChannelCapabilities(
            credential="api_token", characters=settings.limits.message_characters, choices=True
        )

    def routes(self) -> Sequence[ChannelRoute]:
        """See `Channel`."""
        return (ChannelRoute(method="POST", path="/messages", operation="message", parse=self._message, body=_Message),)

    def _message(self, request: ChannelRequest) -> MessageRequest:
        credential = bearer(request)
        body = read_body(request, _Message, limit=self._limit)
        return MessageRequest(
            credential=credential,
            client_message_id=body.id,
            idempotency_key=header_key(request.headers, otherwise=body.id),
            text=require_text(body.text),
            language=body.language,
            customer=body.customer,
            conversation=body.conversation,
        )


class _Kit(Protocol):
    @property
    def settings(self) -> Settings: ...


def build(kit: _Kit) -> Channel:
    """Return the channel."""
    return PlainApi(kit.settings)
