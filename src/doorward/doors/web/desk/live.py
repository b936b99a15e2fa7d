"""The desk's one live stream: it says that something changed, never what; the page asks for what it shows."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing
from typing import Annotated, Any, Final

from litestar import Response, get
from litestar.params import QueryParameter

from doorward.doors.web.callers import BY_ITSELF, Callers, Connection
from doorward.doors.web.desk.shared import ADeskCall
from doorward.doors.web.door import AtDoor
from doorward.doors.web.streams import KEEP_ALIVE_SECONDS, Streams, event, stream_response
from doorward.flow.looking_signs import looking_topic, signs_among
from doorward.flow.settle import conversation_topic, desk_topic
from doorward.flow.typing_signs import typing_topic
from doorward.kit.logging import get_logger
from doorward.vocabulary.errors import DoorwardError, Malformed
from doorward.vocabulary.ids import ConversationId

log = get_logger("web.desk")

GATHER_SECONDS: Final = 0.25
"""A burst of changes of the desk becomes one refresh: four a second is live enough for people."""

CONVERSATION_SECONDS: Final = 0.03
"""Of an open conversation everything is told almost at once; lines written together become one refresh."""

CHECK_SECONDS: Final = KEEP_ALIVE_SECONDS
"""How often a stream asks whether the session behind it still stands, however much happens meanwhile. Asking is no use
of the session, and neither is what a page asks for when it hears of something (`BY_ITSELF`)."""

FOLLOWED: Final = 24
"""Conversations that one browser may have open at a time: more tabs than people read."""

Followed = Annotated[str, QueryParameter(max_length=27 * FOLLOWED)]


@get("/desk/stream", include_in_schema=False, opt=BY_ITSELF)
async def desk_stream(desk: ADeskCall, door: AtDoor, conversation: Followed = "") -> Response[Any]:
    """Tell live that the desk or one of the conversations changed; several ids stand with commas between them."""
    scope = desk.require("conversations:read")
    wanted = _wanted(conversation)
    place = door.streams.take_place(scope.actor.id)
    everything = desk_topic(scope.tenant_id)
    followed = {conversation_topic(scope.tenant_id, one): one for one in wanted}
    typing = {typing_topic(scope.tenant_id, one, side="customer"): one for one in wanted}
    looking = {looking_topic(scope.tenant_id, one): one for one in wanted}

    async def live() -> AsyncIterator[bytes]:
        try:
            async with _news(door.streams, everything, (*followed, *typing, *looking)) as news:
                asked = time.monotonic()
                while (woken := await news.get()) is not None:
                    if not woken or time.monotonic() - asked >= CHECK_SECONDS:
                        asked = time.monotonic()
                        if not await _still_signed_in(door.callers, desk.request):
                            return
                    if not woken:
                        yield event("alive", {})  # an event: the page cannot hear comments, and misses it when it fails
                    for told in _told(woken, followed, typing):
                        yield told
                    for seen in _seen(woken, looking, reader=scope.actor.id):
                        yield seen
                    if everything in woken:
                        yield event("desk", {})
        finally:
            place.release()

    return stream_response(live())


def _wanted(conversation: str) -> tuple[ConversationId, ...]:
    wanted = dict.fromkeys(ConversationId(part) for part in conversation.split(",") if part)
    if len(wanted) > FOLLOWED:
        raise Malformed(f"conversation: at most {FOLLOWED}")
    return tuple(wanted)


def _told(woken: frozenset[str], followed: Mapping[str, str], typing: Mapping[str, str]) -> Iterator[bytes]:
    """Yield what is told of conversations that are followed: that one changed, or that its customer is writing."""
    for topic, one in followed.items():
        if topic in woken:
            yield event("conversation", {"id": one})
    # A stream that looks by itself names all topics; a sign comes alone, and nothing is lost with it.
    if not woken & followed.keys():
        for topic in woken & typing.keys():
            yield event("typing", {"id": typing[topic]})


def _seen(woken: frozenset[str], looking: Mapping[str, ConversationId], *, reader: str) -> Iterator[bytes]:
    """Yield who else looks at a conversation that is followed, or has left it."""
    for sign in signs_among(woken, looking):
        if sign.staff_id != reader:
            along = {"along": True} if sign.along else {}
            yield event("looking", {"id": sign.conversation_id, "who": sign.staff_id, "gone": sign.gone} | along)


@contextlib.asynccontextmanager
async def _news(
    streams: Streams, everything: str, followed: tuple[str, ...]
) -> AsyncIterator[asyncio.Queue[frozenset[str] | None]]:
    """Gather what happens to the desk and to the conversations, each in its own rhythm; None when the server stops."""
    news: asyncio.Queue[frozenset[str] | None] = asyncio.Queue(8)

    async def tell(topics: tuple[str, ...], gather: float, *, also_silence: bool) -> None:
        async with aclosing(streams.wakes(*topics, keep_alive=CHECK_SECONDS, gather=gather)) as wakes:
            async for woken in wakes:
                if woken or also_silence:
                    await news.put(woken)
        await news.put(None)

    # The conversations first: somebody looks at them while they hear of the desk in passing.
    tellers = [asyncio.ensure_future(tell(followed, CONVERSATION_SECONDS, also_silence=False))] if followed else []
    tellers.append(asyncio.ensure_future(tell((everything,), GATHER_SECONDS, also_silence=True)))
    try:
        yield news
    finally:
        for teller in tellers:
            teller.cancel()
        await asyncio.gather(*tellers, return_exceptions=True)


async def _still_signed_in(callers: Callers, connection: Connection) -> bool:
    try:
        await callers.find_member(connection)
    except DoorwardError:
        return False
    except Exception:
        log.warning("web.stream.failed", exc_info=True)
        return False
    return True
