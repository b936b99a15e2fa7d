"""The web chat: what the customer widget speaks."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from doorward.admission.parsing import (
    ClientId,
    EmailAddress,
    LanguageCode,
    MailedCode,
    TokenText,
    bearer,
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
    ConfirmRequest,
    EntriesRequest,
    MessageRequest,
    PersonRequest,
    VerificationRequest,
    VisitRequest,
)
from doorward.vocabulary.text import WildText


class _Visit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    widget_key: ClientId
    language: LanguageCode | None = None
    user_token: TokenText | None = None
    resume: TokenText | None = None


class _Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: ClientId
    text: WildText
    language: LanguageCode | None = None


class _Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: ClientId


class _Verification(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    email: EmailAddress


class _Confirmation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: MailedCode


class WebChat:
    """Parses the web chat's seven addresses."""

    id = "webchat"

    def __init__(self, settings: Settings) -> None:
        """Take the limits of `settings`."""
        self._limit = settings.limits.request_bytes
        self.capabilities = ChannelCapabilities(
            credential="visitor_token",
            characters=settings.limits.message_characters,
            streaming=True,
            choices=True,
        )

    def routes(self) -> Sequence[ChannelRoute]:
        """See `Channel`."""
        return (
            ChannelRoute(method="POST", path="/visits", operation="visit", parse=self._visit, body=_Visit),
            ChannelRoute(method="POST", path="/messages", operation="message", parse=self._message, body=_Message),
            ChannelRoute(method="GET", path="/entries", operation="entries", parse=self._entries),
            ChannelRoute(method="GET", path="/stream", operation="stream", parse=self._stream),
            ChannelRoute(method="POST", path="/person", operation="person", parse=self._person, body=_Person),
            ChannelRoute(
                method="POST", path="/verification", operation="verify", parse=self._verify, body=_Verification
            ),
            ChannelRoute(
                method="POST",
                path="/verification/confirm",
                operation="confirm",
                parse=self._confirm,
                body=_Confirmation,
            ),
        )

    def _visit(self, request: ChannelRequest) -> VisitRequest:
        body = read_body(request, _Visit, limit=self._limit)
        return VisitRequest(
            widget_key=body.widget_key, language=body.language, user_token=body.user_token, resume=body.resume
        )

    def _message(self, request: ChannelRequest) -> MessageRequest:
        credential = bearer(request)
        body = read_body(request, _Message, limit=self._limit)
        return MessageRequest(
            credential=credential,
            client_message_id=body.id,
            idempotency_key=body.id,
            text=require_text(body.text),
            language=body.language,
        )

    def _entries(self, request: ChannelRequest) -> EntriesRequest:
        refuse_other_parameters(request, "after")
        return EntriesRequest(credential=bearer(request), after=read_number(request, "after"))

    def _stream(self, request: ChannelRequest) -> EntriesRequest:
        refuse_other_parameters(request, "after")
        after = read_number(request, "after")
        last = request.headers.get("last-event-id", "")
        if last.isascii() and last.isdigit() and len(last) <= 15:
            # A reader that reconnects says what it saw last; the address it uses may be older than that.
            after = max(after, int(last))
        return EntriesRequest(credential=bearer(request), after=after, live=True)

    def _person(self, request: ChannelRequest) -> PersonRequest:
        credential = bearer(request)
        return PersonRequest(credential=credential, client_message_id=read_body(request, _Person, limit=self._limit).id)

    def _verify(self, request: ChannelRequest) -> VerificationRequest:
        credential = bearer(request)
        body = read_body(request, _Verification, limit=self._limit)
        return VerificationRequest(credential=credential, email=body.email)

    def _confirm(self, request: ChannelRequest) -> ConfirmRequest:
        credential = bearer(request)
        return ConfirmRequest(credential=credential, code=read_body(request, _Confirmation, limit=self._limit).code)


class _Kit(Protocol):
    @property
    def settings(self) -> Settings: ...


def build(kit: _Kit) -> Channel:
    """Return the channel."""
    return WebChat(kit.settings)
