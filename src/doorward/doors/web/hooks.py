"""The addresses of every channel below `/c/<id>/`: read, parse by the channel, call one verb, render."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any, Final

import msgspec
from litestar import HttpMethod, Response, route
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from doorward.admission import Channel
from doorward.doors.web.answering import (
    CodeConfirmed,
    CodeSent,
    Entries,
    MachineDescribed,
    MachineGreeted,
    MachineMessageAccepted,
    MaskedPlace,
    MessageAccepted,
    PersonAsked,
    ShownLine,
    ShownThing,
    SignedActStands,
    SignedEntries,
    SignedMessageAccepted,
    SignedPaired,
    SignTaken,
)
from doorward.doors.web.assets import SHORTLY
from doorward.doors.web.came import came
from doorward.doors.web.door import AnyRequest, Door, address_of
from doorward.doors.web.downloads import file_response
from doorward.doors.web.regions import region_of
from doorward.doors.web.security import own_origin
from doorward.doors.web.skills import alexa_response
from doorward.doors.web.streams import KEEP_ALIVE, event, stream_response
from doorward.flow.attachments import AttachmentKept
from doorward.flow.machine_acts import Acted
from doorward.flow.machine_contact import Came
from doorward.flow.settle import conversation_topic
from doorward.flow.typing_signs import typing_topic
from doorward.flow.views.told import HOP
from doorward.flow.views.transcript import ShownEntry, Transcript
from doorward.kit.logging import get_logger
from doorward.kit.signatures import ACCEPTED, ACCEPTED_OF_DEVICES
from doorward.vocabulary.channel import (
    AttachmentRequest,
    CallbackRequest,
    CalledRequest,
    ChannelInput,
    ChannelRequest,
    ChannelRoute,
    ConfirmRequest,
    DeletionRequest,
    DescriptionRequest,
    EffortMadeRequest,
    EffortRequest,
    EnrolmentRequest,
    EntriesRequest,
    FeedbackRequest,
    FileRequest,
    GreetingRequest,
    MessageRequest,
    PersonRequest,
    SignedActRequest,
    SignedEntriesRequest,
    SignedLookRequest,
    SignedMessageRequest,
    SignedPairingRequest,
    SkillRequest,
    SourceRequest,
    TranscriptRequest,
    TypingRequest,
    VerificationRequest,
    VisitRequest,
    WhyRequest,
)
from doorward.vocabulary.errors import (
    DoorwardError,
    Malformed,
    NotAllowed,
    NotFound,
    SignatureInvalid,
    TooLarge,
    UnsupportedType,
)
from doorward.vocabulary.text import Span

log = get_logger("web.hooks")

_PREFLIGHT_SECONDS: Final = "600"
LAST_LINE: Final = 2**31 - 1
SIGNED: Final[Mapping[str, str]] = {
    "signature": ACCEPTED,
    "device_secret": ACCEPTED_OF_DEVICES,
    "skill_certificate": "",
}
"""The credentials of doors where all are signed, with what has to be signed there."""
_OF_MACHINES: Final = (
    SignedMessageRequest,
    SignedEntriesRequest,
    SignedActRequest,
    SignedPairingRequest,
    SignedLookRequest,
    GreetingRequest,
    DescriptionRequest,
    CalledRequest,
    EnrolmentRequest,
    SkillRequest,
)
_UNSIGNED: Final = (SignatureInvalid, Malformed, NotFound, TooLarge, UnsupportedType)
"""What is refused at a door where all are signed before anybody is recognised, or for a mistake of theirs."""


def channel_handlers(door: Door) -> list[HTTPRouteHandler]:
    """Return a handler for every address of every channel; browsers' preflight requests are answered by the same."""
    handlers = []
    for channel in door.house.plugins.channels:
        handlers += [_handler(door, channel, one) for one in channel.routes() if one.render is None]
        if channel.capabilities.credential == "visitor_token":
            handlers.append(_strings(door, channel))
    return handlers


def readable_by(origin: str | None) -> dict[str, str]:
    """Return the headers that let a page of another site read an answer.

    Never with credentials: the token is sent by the widget itself, not by the browser (Fetch, 3.2.5).
    """
    return {
        "access-control-allow-origin": origin or "*",
        "cross-origin-resource-policy": "cross-origin",
        "vary": "origin",
    }


def _strings(door: Door, channel: Channel) -> HTTPRouteHandler:
    """Serve the sentences of a channel's own front end in one language, to any site."""

    async def serve(file: FromPath[str]) -> Response[bytes]:
        language, _, kind = file.partition(".")
        if kind != "json" or language not in door.house.packs:
            raise NotFound("no such language")
        strings = door.house.translator.strings
        return Response(
            msgspec.json.encode(strings(language, "widget.") | strings(language, "hours.")),
            media_type=MediaType.JSON,
            headers=readable_by(None) | {"cache-control": SHORTLY},
        )

    return route(f"/c/{channel.id}/strings/{{file:str}}", http_method=[HttpMethod.GET], include_in_schema=False)(serve)


def _handler(door: Door, channel: Channel, one: ChannelRoute) -> HTTPRouteHandler:
    calls = ChannelCalls(door, channel)

    async def serve(request: AnyRequest) -> Response[Any]:
        if request.method == HttpMethod.OPTIONS:
            return _preflight(request, one)
        if channel.capabilities.credential in SIGNED:
            return await _signed(request)
        door.house.admission.admit_request(address_of(request))
        parsed = one.parse(await channel_request(request, one))
        origin = request.headers.get("origin")
        if origin is not None:
            await calls.check_origin(parsed, origin)
        user_agent, region = request.headers.get("user-agent", ""), region_of(request, door.house)
        response = await calls.answer(one, parsed, address=address_of(request), user_agent=user_agent, region=region)
        response.headers.update(readable_by(origin))
        return response

    async def _signed(request: AnyRequest) -> Response[Any]:
        admission, address = door.house.admission, address_of(request)
        admission.admit_signed_request(address)
        try:
            parsed = one.parse(await channel_request(request, one))
            return await calls.answer_signed(parsed, await came(request), address=address)
        except _UNSIGNED:
            admission.count_unsigned(address)
            raise

    name = f"{channel.id}_{one.path.strip('/').replace('/', '_')}"
    return route(
        f"/c/{channel.id}{one.path}",
        http_method=[HttpMethod(one.method), HttpMethod.OPTIONS],
        request_max_body_size=one.limit or door.house.settings.limits.request_bytes,
        name=f"channel.{name}",
        include_in_schema=False,
        # Errors are to be readable by the widget on another site as well (see `app`).
        opt={"channel": channel.id, "accepts": SIGNED.get(channel.capabilities.credential, "")},
    )(serve)


def _stands(acted: Acted) -> SignedActStands:
    answer = acted.answer
    return SignedActStands(
        state=answer.state,
        disclosure=acted.disclosure,
        code=answer.code,
        act_id=answer.use_id,
        approval_id=answer.approval_id,
        conversation_id=answer.conversation_id,
        text=answer.text,
        things=tuple(ShownThing(kind=one.kind, key=one.key, fields=one.fields) for one in answer.things),
    )


def _preflight(request: AnyRequest, one: ChannelRoute) -> Response[Any]:
    """Answer a browser that asks whether another site's page may call this address.

    Any site may ask: which tenant it is about is only known by the call itself, and that is checked there.
    """
    headers = readable_by(request.headers.get("origin")) | {
        "access-control-allow-methods": one.method,
        "access-control-allow-headers": "authorization, content-type, last-event-id",
        "access-control-max-age": _PREFLIGHT_SECONDS,
    }
    return Response(None, status_code=204, headers=headers)


async def channel_request(request: AnyRequest, one: ChannelRoute) -> ChannelRequest:
    """Return a request as channels read it."""
    return ChannelRequest(
        method=request.method,
        path=one.path,
        headers={name.lower(): value for name, value in request.headers.items()},
        query={name: values[-1] for name, values in request.query_params.dict().items()},
        body=await request.body(),
        address=address_of(request),
        origin=own_origin(request),
    )


class ChannelCalls:
    """What a channel's parsed requests lead to."""

    def __init__(self, door: Door, channel: Channel) -> None:
        """Serve one channel."""
        self._house = door.house
        self._streams = door.streams
        self._channel = channel

    async def check_origin(self, parsed: ChannelInput, origin: str) -> None:
        """Raise `NotAllowed` when the tenant names the sites that may embed it, and this is none of them."""
        house, tenants = self._house, self._house.identity.tenants
        if isinstance(parsed, VisitRequest):
            key = parsed.widget_key
            tenant = await house.transactions.read_async(lambda tx: tenants.tenant_by_widget_key(tx, key))
        elif self._channel.capabilities.credential == "visitor_token" and not isinstance(parsed, _OF_MACHINES):
            scope = house.visitor_tokens.read(parsed.credential).scope
            tenant = await house.transactions.read_async(lambda tx: tenants.tenant(tx, scope))
        else:
            return
        if tenant is None:
            raise NotFound("no company has this widget key")
        allowed = tenant.settings.allowed_origins
        if allowed and origin.lower() not in {one.lower().rstrip("/") for one in allowed}:
            raise NotAllowed("this site may not embed this company's chat")

    async def answer(
        self, one: ChannelRoute, parsed: ChannelInput, *, address: str, user_agent: str = "", region: str = ""
    ) -> Response[Any]:
        """Do what was asked and return the answer."""
        match parsed:
            case VisitRequest():
                return _json(await self._house.contact.visit(parsed, address=address), 201)
            case MessageRequest():
                return await self._message(parsed, address, user_agent=user_agent, region=region)
            case EntriesRequest():
                # Numbers of lines are 32 bits wide in the database; nobody has read further than that.
                wanted = msgspec.structs.replace(parsed, after=min(parsed.after, LAST_LINE))
                if parsed.live:
                    return self._stream(wanted)
                return _json(_entries(await self._house.contact.entries(wanted)), 200)
            case PersonRequest():
                return _json(PersonAsked(state=await self._house.contact.ask_for_person(parsed, region=region)), 202)
            case VerificationRequest():
                await self._house.contact.ask_for_code(parsed, address=address)
                return _json(CodeSent(), 202)
            case ConfirmRequest():
                confirmed = await self._house.contact.confirm_code(parsed, address=address)
                return _json(CodeConfirmed(level=confirmed.level.name.lower()), 200)
            case _:
                return await self._further(parsed)

    async def answer_signed(self, parsed: ChannelInput, asked: Came, *, address: str) -> Response[Any]:
        """Do what was asked at a door where all are signed, and return the answer."""
        if isinstance(parsed, SkillRequest):
            return _json(alexa_response(await self._house.skills.answer(self._channel.id, parsed, came=asked)), 200)
        if isinstance(parsed, EnrolmentRequest):
            enrolled = _json(await self._house.enrolling.enrol(parsed, came=asked, address=address), 201)
            enrolled.headers["cache-control"] = "no-store"  # it holds the device's secret
            return enrolled
        return _json(*await self.answer_machine(parsed, asked))

    async def answer_machine(self, parsed: ChannelInput, asked: Came) -> tuple[msgspec.Struct, int]:
        """Do what a machine asked under its signature, secret or token, and return the answer and its status."""
        house, channel = self._house, self._channel
        machines, acts = house.contact.machines, house.machine_acts
        if channel.capabilities.credential == "device_secret":
            machines, acts = house.contact.devices, house.device_acts
        if isinstance(parsed, SignedActRequest):
            return _stands(await acts.act(channel.id, parsed, came=asked)), 200
        if isinstance(parsed, SignedLookRequest):
            return _stands(await acts.look(parsed, came=asked)), 200
        if isinstance(parsed, SignedPairingRequest):
            return SignedPaired(**(await acts.pair(parsed, came=asked))._asdict()), 200
        if isinstance(parsed, GreetingRequest):
            return MachineGreeted(**(await machines.greet(parsed, came=asked))._asdict()), 200
        if isinstance(parsed, DescriptionRequest):
            return MachineDescribed(**(await machines.describe(parsed, came=asked))._asdict()), 200
        if isinstance(parsed, SignedEntriesRequest):
            wanted = msgspec.structs.replace(parsed, after=min(parsed.after, LAST_LINE))
            read = await machines.entries(wanted, came=asked)
            shown = msgspec.structs.asdict(_entries(read.transcript))
            return SignedEntries(**shown, disclosure=read.disclosure), 200
        if not isinstance(parsed, SignedMessageRequest):
            raise NotFound("no such operation")
        heard = await machines.message(channel.id, parsed, came=asked)
        kept = heard.accepted
        accepted = SignedMessageAccepted(
            message_id=kept.message_id,
            number=kept.number,
            duplicate=kept.duplicate,
            text=kept.text.text,
            spans=_places(kept.text.spans),
            conversation_id=kept.conversation_id,
            disclosure=heard.disclosure,
            for_owner=heard.for_owner,
        )
        return accepted, 202

    async def _further(self, parsed: ChannelInput) -> Response[Any]:
        """Do what goes beyond talking."""
        contact = self._house.contact
        match parsed:
            case TypingRequest():
                visitor = await contact.present(parsed.credential)
                contact.signs.give(visitor.scope.tenant_id, visitor.conversation_id, side="customer")
                return _json(SignTaken(), 202)
            case AttachmentRequest():
                kept: AttachmentKept = await contact.attachments.take(parsed)
                return _json(kept, 202)
            case FileRequest():
                return file_response(await contact.file(parsed))
            case SourceRequest() | WhyRequest() | EffortRequest() | EffortMadeRequest():
                return _json(await self._given(parsed), 200)
            case FeedbackRequest():
                return _json(await contact.feedback.give(parsed), 202)
            case CallbackRequest():
                return _json(await contact.wishes.call_back(parsed), 202)
            case TranscriptRequest():
                await contact.wishes.mail_transcript(parsed)
                return _json(SignTaken(), 202)
            case DeletionRequest():
                return _json(await contact.wishes.be_forgotten(parsed), 202)
            case _:
                raise NotFound("no such operation")

    async def _given(self, parsed: SourceRequest | WhyRequest | EffortRequest | EffortMadeRequest) -> msgspec.Struct:
        """Return what is handed out to whoever asks."""
        contact = self._house.contact
        match parsed:
            case SourceRequest():
                return await contact.source(parsed)
            case WhyRequest():
                return await contact.why(parsed)
            case EffortRequest():
                return await contact.effort.ask(parsed)
            case EffortMadeRequest():
                return await contact.effort.take(parsed)

    async def _message(self, parsed: MessageRequest, address: str, *, user_agent: str, region: str) -> Response[Any]:
        contact, channel = self._house.contact, self._channel
        if channel.capabilities.credential == "api_token":
            kept = await contact.machine_message(channel.id, parsed)
            return _json(
                MachineMessageAccepted(
                    message_id=kept.message_id,
                    number=kept.number,
                    duplicate=kept.duplicate,
                    text=kept.text.text,
                    spans=_places(kept.text.spans),
                    conversation_id=kept.conversation_id,
                ),
                202,
            )
        kept = await contact.message(channel.id, parsed, address=address, user_agent=user_agent, region=region)
        return _json(
            MessageAccepted(
                message_id=kept.message_id,
                number=kept.number,
                duplicate=kept.duplicate,
                text=kept.text.text,
                spans=_places(kept.text.spans),
                effort=kept.effort,
            ),
            202,
        )

    def _stream(self, parsed: EntriesRequest) -> Response[Any]:
        visitor = self._house.visitor_tokens.read(parsed.credential)
        place = self._streams.take_place(visitor.party_id)

        async def live() -> AsyncIterator[bytes]:
            try:
                async with aclosing(self._live(parsed)) as events:
                    async for some in events:
                        yield some
            finally:
                place.release()

        return stream_response(live())

    async def _live(self, parsed: EntriesRequest) -> AsyncGenerator[bytes, None]:
        after, standing, stretch = parsed.after, None, None
        topics, typing = await self._topics(parsed.credential)
        async with aclosing(self._streams.wakes(*topics, typing)) as wakes:
            async for woken in wakes:
                try:
                    if not woken:
                        self._house.visitor_tokens.read(parsed.credential)  # its time may have run out
                        yield KEEP_ALIVE
                        continue
                    if typing in woken and topics.isdisjoint(woken):
                        yield event("typing", {"author": "agent"})
                        continue
                    wanted = msgspec.structs.replace(parsed, after=after, live=False)
                    now = await self._house.contact.entries(wanted)
                except DoorwardError as error:
                    yield event("end", {"code": error.code})
                    return
                except Exception as error:  # headers are sent: all that is left is to end and to log
                    log.warning("web.stream.failed", exc_info=error)
                    return
                for entry in now.entries:
                    yield event("entry", _line(entry), number=entry.seq)
                after = max(after, now.last)
                if standing != (now.state, now.waiting, now.people, now.closed):
                    standing = (now.state, now.waiting, now.people, now.closed)
                    yield event("state", _standing(now))
                if stretch is not None and stretch != now.last // HOP:
                    return  # it goes on in another conversation: whoever listens asks again, and then hears that one
                stretch = now.last // HOP

    async def _topics(self, credential: str) -> tuple[frozenset[str], str]:
        """Return by which topics news of a visitor's conversation come, wherever it goes on, and that of typing."""
        own = self._house.visitor_tokens.read(credential)
        tenant_id, here = own.scope.tenant_id, own.conversation_id
        there = (await self._house.contact.present(credential)).conversation_id
        topics = frozenset(conversation_topic(tenant_id, one) for one in (here, there))
        return topics, typing_topic(tenant_id, there, side="agent")


def _json(value: Any, status: int) -> Response[bytes]:
    return Response(msgspec.json.encode(value), status_code=status, media_type=MediaType.JSON)


def _entries(now: Transcript) -> Entries:
    return Entries(
        entries=tuple(_line(entry) for entry in now.entries),
        state=now.state,
        waiting=_waiting(now),
        last=now.last,
        people=now.people,
        closed=now.closed,
        call_back=_is_offered(now),
    )


def _standing(now: Transcript) -> dict[str, Any]:
    standing: dict[str, Any] = {"state": now.state, "waiting": _waiting(now), "people": now.people}
    standing |= {"call_back": True} if _is_offered(now) else {}
    return standing if now.closed is None else standing | {"closed": now.closed}


def _is_offered(now: Transcript) -> bool:
    return now.call_back or (now.waiting is not None and now.waiting.call_back)


def _waiting(now: Transcript) -> dict[str, int] | None:
    if now.waiting is None:
        return None
    minutes = now.waiting.minutes
    return {"position": now.waiting.position} | ({} if minutes is None else {"minutes": minutes})


def _places(spans: tuple[Span, ...]) -> tuple[MaskedPlace, ...]:
    """Return where a text is masked, without what would find the originals."""
    return tuple(MaskedPlace(start=span.start, end=span.end, kind=span.kind) for span in spans)


def _line(entry: ShownEntry) -> ShownLine:
    return ShownLine(
        seq=entry.seq,
        kind=entry.kind,
        at=entry.at.isoformat(),
        author=entry.author,
        text=entry.text,
        language=entry.language,
        spans=_places(entry.spans),
        formatted=entry.formatted,
        sources=msgspec.to_builtins(entry.sources),
        choices=tuple({"label": one.label, "says": one.says} for one in entry.choices),
        attachment=None if entry.attachment is None else msgspec.to_builtins(entry.attachment),
        client_id=entry.client_id,
    )
