"""Addresses of channels whose answers have a form of their own, such as JSON-RPC: for programs alone.

They are read and answered as all others are; the channel writes what the house says to them, refusals too. No page of
another site may read them, so they carry nothing that would let one, and answer no browser's question about it.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import HttpMethod, Response, route
from litestar.handlers import HTTPRouteHandler

from doorward.admission import Channel
from doorward.doors.web.came import came
from doorward.doors.web.door import AnyRequest, Door, address_of
from doorward.doors.web.hooks import ChannelCalls, channel_request
from doorward.doors.web.problems import EXPECTED, known_error, problem_of
from doorward.flow.machine_contact import Came
from doorward.flow.signing import Bearer
from doorward.kit.logging import get_logger
from doorward.kit.signatures import ACCEPTED
from doorward.vocabulary.channel import (
    CalledRequest,
    ChannelInput,
    ChannelRequest,
    ChannelRoute,
    ChannelTold,
    DescriptionRequest,
)
from doorward.vocabulary.errors import (
    AccessTokenInvalid,
    DoorwardError,
    Malformed,
    NotFound,
    SignatureInvalid,
    TooLarge,
    UnsupportedType,
)

log = get_logger("web.called")

_WELL_KNOWN: Final = "/.well-known/"
_UNKNOWN: Final = (AccessTokenInvalid, SignatureInvalid, Malformed, NotFound, TooLarge, UnsupportedType)
"""What is refused before anybody is recognised, or for a mistake of theirs: it counts against the address."""


def address_in(channel: Channel, one: ChannelRoute) -> str:
    """Return where an address of a channel is served."""
    return one.path if one.path.startswith(_WELL_KNOWN) else f"/c/{channel.id}{one.path}"


def called_handlers(door: Door) -> list[HTTPRouteHandler]:
    """Return a handler for every address whose channel writes the answers itself."""
    return [
        _handler(door, channel, one)
        for channel in door.house.plugins.channels
        for one in channel.routes()
        if one.render is not None
    ]


def _handler(door: Door, channel: Channel, one: ChannelRoute) -> HTTPRouteHandler:
    calls, admission = ChannelCalls(door, channel), door.house.admission

    async def serve(request: AnyRequest) -> Response[Any]:
        asked, parsed, address = ChannelRequest(method=request.method, path=one.path), None, address_of(request)
        try:
            # What describes is public, and counts like any other page.
            (admission.admit_request if one.operation == "describe" else admission.admit_signed_request)(address)
            asked = await channel_request(request, one)
            parsed = one.parse(asked)
            told = await _told(calls, parsed, await came(request))
        except EXPECTED as error:
            told = _refused(door, request, error, address=address)
        return _written(one, asked, parsed, told)

    return route(
        address_in(channel, one),
        http_method=[HttpMethod(one.method)],
        request_max_body_size=one.limit or door.house.settings.limits.request_bytes,
        name=f"channel.{channel.id}_{one.operation}_{one.path.strip('/').replace('/', '_')}",
        include_in_schema=False,
    )(serve)


async def _told(calls: ChannelCalls, parsed: ChannelInput, asked: Came) -> ChannelTold:
    if isinstance(parsed, CalledRequest):
        if parsed.token:
            bearer = Bearer(token=parsed.token, resource=parsed.resource, scope=parsed.scope)
            asked = msgspec.structs.replace(asked, bearer=bearer)
        parsed = parsed.wanted
    elif not isinstance(parsed, DescriptionRequest):
        raise NotFound("no such operation")
    answer, status = await calls.answer_machine(parsed, asked)
    return ChannelTold(status=status, body=msgspec.to_builtins(answer))


def _refused(door: Door, request: AnyRequest, error: Exception, *, address: str) -> ChannelTold:
    """Return what a refusal says, or that it was one too many of this address. Raises what nobody foresaw."""
    known = known_error(error)
    if known is None:
        raise error
    if isinstance(known, _UNKNOWN):
        known = _counted(door, known, address)
    if known.status >= 500:
        log.warning("web.called.refused", code=known.code, exc_info=error)
    door.house.meters.refused(known)
    problem = problem_of(known, language=door.language_of(request), translator=door.house.translator)
    body: Mapping[str, Any] = msgspec.to_builtins(problem)
    headers = {"www-authenticate": "Signature", "accept-signature": ACCEPTED}
    return ChannelTold(
        status=known.status, body=body, refused=True, headers=headers if isinstance(known, SignatureInvalid) else {}
    )


def _counted(door: Door, known: DoorwardError, address: str) -> DoorwardError:
    try:
        door.house.admission.count_unsigned(address)
    except DoorwardError as too_many:
        return too_many
    return known


def _written(one: ChannelRoute, asked: ChannelRequest, parsed: ChannelInput | None, told: ChannelTold) -> Response[Any]:
    if one.render is None:
        raise NotFound("no such operation")
    answer = one.render(asked, parsed, told)
    return Response(
        answer.body, status_code=answer.status, media_type=answer.media_type, headers={**told.headers, **answer.headers}
    )
