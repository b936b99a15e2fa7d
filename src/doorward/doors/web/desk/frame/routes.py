"""The parts of the frame that change while a page stands: what asks for the reader, and where they were lately."""

from base64 import b64encode
from typing import Any, Final

from litestar import MediaType, Response, get

from doorward import record
from doorward.doors.web.callers import BY_ITSELF
from doorward.doors.web.desk.shared import ADeskCall
from doorward.kit.tx import Tx
from doorward.record import Card, CardQuery

_RECENT: Final = 8


@get("/desk/demand", include_in_schema=False, opt=BY_ITSELF)
async def show_demand(desk: ADeskCall) -> Response[str]:
    """Show how many wait and how many of the reader's customers spoke last."""
    desk.require("conversations:read")
    return await desk.part("layout/_demand_now.html")


@get("/desk/recent", include_in_schema=False)
async def show_recent(desk: ADeskCall) -> Response[str]:
    """Show the latest conversations, the reader's own first, as options of the command palette."""
    scope = desk.require("conversations:read")

    def read(tx: Tx) -> tuple[Card, ...]:
        mine = record.list_cards(tx, scope, CardQuery(states=("human",), assignee=scope.actor.id, limit=_RECENT))
        return tuple({card.conversation_id: card for card in (*mine, *record.list_cards(tx, scope, _LATEST))}.values())

    cards = await desk.house.transactions.read_async(read)
    return await desk.part("layout/_recent.html", cards=cards[:_RECENT])


@get("/desk/session", include_in_schema=False, opt=BY_ITSELF)
async def show_session(desk: ADeskCall) -> Response[Any]:
    """Say whose session this is; whoever has none is told so by the status (401) when a script asks."""
    return Response({"member": desk.scope.actor.id}, media_type=MediaType.JSON)


@get("/desk/draft-key", include_in_schema=False, opt=BY_ITSELF)
async def show_draft_key(desk: ADeskCall) -> Response[Any]:
    """Give the page the key under which it seals what the reader is writing in their browser's own storage.

    It is the same on every visit and known to nobody else: a keyed hash of the reader under a secret of the tenant's.
    """
    scope = desk.require("conversations:write")
    key = desk.house.keys.mac(scope.tenant_id, "desk.draft", scope.actor.id.encode())
    return Response({"key": b64encode(key).decode()}, media_type=MediaType.JSON)


_LATEST: Final = CardQuery(states=("bot", "waiting", "human"), limit=_RECENT)
