"""The desk's one live stream: it says that something changed, never what; the page asks for what it shows."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import QueryParameter

from doorward.doors.web.callers import Callers, Connection
from doorward.doors.web.desk.shared import ADeskCall
from doorward.doors.web.door import AtDoor
from doorward.doors.web.streams import KEEP_ALIVE, event, stream_response
from doorward.flow.settle import conversation_topic, desk_topic
from doorward.kit.logging import get_logger
from doorward.vocabulary.errors import DoorwardError
from doorward.vocabulary.ids import ConversationId

log = get_logger("web.desk")

GATHER_SECONDS = 0.25
"""A burst of changes becomes one refresh: four a second is live enough for people."""

Followed = Annotated[str, QueryParameter(max_length=26)]


@get("/desk/stream", include_in_schema=False)
async def desk_stream(desk: ADeskCall, door: AtDoor, conversation: Followed = "") -> Response[Any]:
    """Tell live that the desk or one conversation changed."""
    scope = desk.require("conversations:read")
    place = door.streams.take_place(scope.actor.id)
    everything = desk_topic(scope.tenant_id)
    followed = conversation_topic(scope.tenant_id, ConversationId(conversation)) if conversation else ""

    async def live() -> AsyncIterator[bytes]:
        topics = (everything, followed) if followed else (everything,)
        try:
            async with aclosing(door.streams.wakes(*topics, gather=GATHER_SECONDS)) as wakes:
                async for woken in wakes:
                    if not woken:
                        if not await _still_signed_in(door.callers, desk.request):
                            return
                        yield KEEP_ALIVE
                    if followed in woken:
                        yield event("conversation", {"id": conversation})
                    if everything in woken:
                        yield event("desk", {})
        finally:
            place.release()

    return stream_response(live())


async def _still_signed_in(callers: Callers, connection: Connection) -> bool:
    try:
        await callers.find_member(connection)
    except DoorwardError:
        return False
    except Exception:
        log.warning("web.stream.failed", exc_info=True)
        return False
    return True
