"""Merging a conversation into another one of the same customer, and taking it apart again."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from doorward import record
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.flow.desk import card_at
from doorward.identity import family_of
from doorward.kit.tx import Tx
from doorward.record import Card, CardQuery
from doorward.vocabulary.errors import Conflict, Malformed, Refusal
from doorward.vocabulary.ids import ConversationId

_OFFERED: Final = 50
"""Conversations of one customer that are offered, the latest ones."""


@get("/desk/conversations/{conversation_id:str}/merge", include_in_schema=False)
async def show_merge(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[str]:
    """Ask in which conversation of the same customer this one goes on."""
    desk.require("conversations:write")
    return await _ask(desk, ConversationId(conversation_id), {})


@post("/desk/conversations/{conversation_id:str}/merge", status_code=200, include_in_schema=False)
async def merge(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[Any]:
    """Merge it, and show where it goes on; or say why that cannot be."""
    scope = desk.require("conversations:write")
    fields, wanted = await desk.form(), ConversationId(conversation_id)
    try:
        if not fields.get("into"):
            raise Malformed("into: none was chosen", why="choose")
        await desk.house.desk.joining.merge(scope, wanted, into=ConversationId(fields["into"][:40]))
    except (Conflict, Malformed) as error:
        return await _ask(desk, wanted, fields, error)
    return Redirect(f"/desk/conversations/{fields['into'][:40]}", status_code=303)


@post("/desk/conversations/{conversation_id:str}/separate", status_code=200, include_in_schema=False)
async def separate(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[Any]:
    """Take a merged conversation apart again and show it; or say why that cannot be."""
    scope = desk.require("conversations:write")
    await desk.form()
    wanted = ConversationId(conversation_id)
    try:
        await desk.house.desk.joining.separate(scope, wanted)
    except Conflict as error:
        return await _ask(desk, wanted, {}, error)
    return Redirect(f"/desk/conversations/{wanted}", status_code=303)


HANDLERS: Final = [show_merge, merge, separate]


async def _ask(
    desk: DeskCall, conversation_id: ConversationId, fields: Mapping[str, str], error: Refusal | None = None
) -> Response[str]:
    scope = desk.scope

    def read(tx: Tx) -> tuple[Card, tuple[Card, ...]]:
        card = card_at(tx, scope, conversation_id)
        family = family_of(tx, scope, card.party_id)
        wanted = CardQuery(states=("bot", "waiting", "human"), party_ids=family, limit=_OFFERED)
        return card, tuple(
            one for one in record.list_cards(tx, scope, wanted) if one.conversation_id != conversation_id
        )

    card, others = await desk.house.transactions.read_async(read)
    return await desk.page(
        "desk/joining/page.html",
        status=200 if error is None else error.status,
        here="inbox",
        id=conversation_id,
        card=card,
        others=others,
        fields=fields,
        trouble="" if error is None else desk.say(f"join.trouble.{error.facts.get('why', 'choose')}"),
    )
