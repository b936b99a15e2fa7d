"""The web chat: what the customer widget speaks."""

from collections.abc import Sequence
from typing import Annotated, Final, Protocol

import msgspec
from msgspec import Meta

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
    LONGEST_CONTACT,
    AttachmentRequest,
    CallbackRequest,
    ChannelCapabilities,
    ChannelRequest,
    ChannelRoute,
    ConfirmRequest,
    DeletionRequest,
    EffortMadeRequest,
    EffortRequest,
    EntriesRequest,
    FeedbackRequest,
    FileRequest,
    MessageRequest,
    PersonRequest,
    SourceRequest,
    TranscriptRequest,
    TypingRequest,
    VerificationRequest,
    VisitRequest,
    WhyRequest,
)
from doorward.vocabulary.effort import EffortChallenge, EffortSolution
from doorward.vocabulary.errors import Malformed, TooLarge
from doorward.vocabulary.text import WildText

_AROUND: Final = 4096
"""Bytes of an attachment's request besides the file itself."""
_LONGEST_NAME: Final = 200

Slug = Annotated[str, Meta(pattern=r"\A[a-z0-9]+(-[a-z0-9]+){0,30}\Z", max_length=100)]
AttachmentId = Annotated[str, Meta(pattern=r"\A[0-9a-z]{26}\Z")]
MediaType = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9.+-]{0,40}/[a-z0-9][a-z0-9.+-]{0,80}\Z")]


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


class _Work(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    challenge: EffortChallenge
    solution: EffortSolution


class _Typing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing needs to be said."""


class _Attachment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: ClientId
    name: WildText
    type: MediaType
    data: bytes


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: AttachmentId


class _Feedback(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: ClientId
    helpful: bool
    comment: WildText | None = None


class _Callback(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: ClientId
    contact: WildText


class _Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    slug: Slug
    language: LanguageCode


class _Why(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    number: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,9}$")]
    language: LanguageCode


class WebChat:
    """Parses the web chat's addresses."""

    id = "webchat"

    def __init__(self, settings: Settings) -> None:
        """Take the limits of `settings`."""
        self._limit = settings.limits.request_bytes
        self._file = settings.limits.attachment_bytes
        # Base 64 writes three bytes as four characters.
        self._file_limit = self._file * 4 // 3 + _AROUND
        self.capabilities = ChannelCapabilities(
            credential="visitor_token",
            characters=settings.limits.message_characters,
            streaming=True,
            choices=True,
            attachments=True,
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
            ChannelRoute(method="GET", path="/effort", operation="effort", parse=self._effort),
            ChannelRoute(method="POST", path="/effort/work", operation="work", parse=self._work, body=_Work),
            ChannelRoute(method="POST", path="/typing", operation="typing", parse=self._typing, body=_Typing),
            ChannelRoute(
                method="POST",
                path="/attachments",
                operation="attach",
                parse=self._attach,
                body=_Attachment,
                limit=self._file_limit,
            ),
            ChannelRoute(method="GET", path="/file", operation="file", parse=self._file_wanted),
            ChannelRoute(method="GET", path="/source", operation="source", parse=self._source),
            ChannelRoute(method="GET", path="/why", operation="why", parse=self._why),
            ChannelRoute(method="POST", path="/feedback", operation="feedback", parse=self._feedback, body=_Feedback),
            ChannelRoute(method="POST", path="/callback", operation="callback", parse=self._callback, body=_Callback),
            ChannelRoute(
                method="POST", path="/transcript", operation="transcript", parse=self._transcript, body=_Person
            ),
            ChannelRoute(method="POST", path="/deletion", operation="delete", parse=self._delete, body=_Person),
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

    def _effort(self, request: ChannelRequest) -> EffortRequest:
        refuse_other_parameters(request)
        return EffortRequest(credential=bearer(request))

    def _work(self, request: ChannelRequest) -> EffortMadeRequest:
        credential = bearer(request)
        body = read_body(request, _Work, limit=self._limit)
        return EffortMadeRequest(credential=credential, challenge=body.challenge, solution=body.solution)

    def _typing(self, request: ChannelRequest) -> TypingRequest:
        credential = bearer(request)
        read_body(request, _Typing, limit=self._limit)
        return TypingRequest(credential=credential)

    def _attach(self, request: ChannelRequest) -> AttachmentRequest:
        credential = bearer(request)
        body = read_body(request, _Attachment, limit=self._file_limit)
        if len(body.data) > self._file:
            raise TooLarge(f"data: larger than {self._file} bytes", limit=self._file)
        if not body.data:
            raise Malformed("data: empty")
        return AttachmentRequest(
            credential=credential,
            client_message_id=body.id,
            name=_short(body.name, "name", _LONGEST_NAME),
            media_type=body.type,
            content=body.data,
        )

    def _file_wanted(self, request: ChannelRequest) -> FileRequest:
        refuse_other_parameters(request, "id")
        credential = bearer(request)
        try:
            wanted = msgspec.convert(dict(request.query), _File)
        except (msgspec.ValidationError, UnicodeEncodeError):
            raise Malformed("id: not as expected") from None
        return FileRequest(credential=credential, attachment_id=wanted.id)

    def _source(self, request: ChannelRequest) -> SourceRequest:
        refuse_other_parameters(request, "slug", "language")
        credential = bearer(request)
        try:
            wanted = msgspec.convert(dict(request.query), _Source)
        except (msgspec.ValidationError, UnicodeEncodeError):
            raise Malformed("slug, language: not as expected") from None
        return SourceRequest(credential=credential, slug=wanted.slug, language=wanted.language)

    def _why(self, request: ChannelRequest) -> WhyRequest:
        refuse_other_parameters(request, "number", "language")
        credential = bearer(request)
        try:
            wanted = msgspec.convert(dict(request.query), _Why)
        except (msgspec.ValidationError, UnicodeEncodeError):
            raise Malformed("number, language: not as expected") from None
        return WhyRequest(credential=credential, number=int(wanted.number), language=wanted.language)

    def _feedback(self, request: ChannelRequest) -> FeedbackRequest:
        credential = bearer(request)
        body = read_body(request, _Feedback, limit=self._limit)
        comment = None if body.comment is None or body.comment.is_blank else body.comment
        return FeedbackRequest(credential=credential, client_message_id=body.id, helpful=body.helpful, comment=comment)

    def _callback(self, request: ChannelRequest) -> CallbackRequest:
        credential = bearer(request)
        body = read_body(request, _Callback, limit=self._limit)
        contact = require_text(_short(body.contact, "contact", LONGEST_CONTACT))
        return CallbackRequest(credential=credential, client_message_id=body.id, contact=contact)

    def _transcript(self, request: ChannelRequest) -> TranscriptRequest:
        credential = bearer(request)
        asked = read_body(request, _Person, limit=self._limit)
        return TranscriptRequest(credential=credential, client_message_id=asked.id)

    def _delete(self, request: ChannelRequest) -> DeletionRequest:
        credential = bearer(request)
        asked = read_body(request, _Person, limit=self._limit)
        return DeletionRequest(credential=credential, client_message_id=asked.id)


def _short(text: WildText, field: str, longest: int) -> WildText:
    if len(text) > longest:
        raise TooLarge(f"{field}: longer than {longest} characters", limit=longest)
    return text


class _Kit(Protocol):
    @property
    def settings(self) -> Settings: ...


def build(kit: _Kit) -> Channel:
    """Return the channel."""
    return WebChat(kit.settings)
