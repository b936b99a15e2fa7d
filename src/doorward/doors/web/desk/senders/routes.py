"""Blocked senders: the list, one block with its objection, blocking, lifting, deciding."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final, cast

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward import record
from doorward.admission import DURATIONS, REASONS, Block, BlockReason, Decision
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.flow.senders import BlockWish
from doorward.kit.tx import Tx
from doorward.record import Card
from doorward.vocabulary.errors import Conflict, Malformed, NotAllowed, NotFound, TooLarge
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.text import WildText

Show = Annotated[str, QueryParameter(max_length=20)]
Done = Annotated[str, QueryParameter(max_length=20)]
Id = Annotated[str, QueryParameter(max_length=40)]

_DONE: Final = ("blocked", "lifted", "decided")
_HERE: Final = "senders"
_SENTENCES: Final[Mapping[type[Exception], str]] = {
    Conflict: "senders.conflict",
    Malformed: "senders.choose",
    NotAllowed: "senders.decide_not_you",
    TooLarge: "senders.too_long",
}


@get("/desk/senders", include_in_schema=False)
async def show_senders(desk: ADeskCall, show: Show = "standing", done: Done = "") -> Response[str]:
    """List who is blocked now, those whose objection waits first; or the blocks that are over."""
    scope = desk.require("conversations:read")
    standing, blocks = show != "over", desk.house.blocks
    found = await desk.house.transactions.read_async(lambda tx: blocks.list_blocks(tx, scope, standing=standing))
    return await desk.page(
        "desk/senders/page.html",
        here=_HERE,
        blocks=found,
        show="standing" if standing else "over",
        done=done if done in _DONE else "",
    )


@get("/desk/senders/block", include_in_schema=False)
async def show_block_form(desk: ADeskCall, conversation: Id = "") -> Response[str]:
    """Show the form that blocks the sender of a conversation."""
    desk.require("conversations:write")
    return await _block_form(desk, conversation, {})


@post("/desk/senders/block", status_code=200, include_in_schema=False)
async def block_sender(desk: ADeskCall) -> Response[Any]:
    """Block the sender of a conversation."""
    scope = desk.require("conversations:write")
    fields = await desk.form()
    conversation = fields.get("conversation", "")[:40]
    wish = BlockWish(
        reason=cast("BlockReason", fields.get("reason", "")),
        hours=int(fields["hours"]) if fields.get("hours", "") in map(str, DURATIONS) else 0,
        note=WildText(fields.get("note", "").replace("\r\n", "\n")),
    )
    try:
        await desk.house.senders.block(scope, ConversationId(conversation), wish)
    except (Conflict, Malformed, TooLarge) as error:
        return await _block_form(desk, conversation, fields, error)
    return Redirect("/desk/senders?done=blocked", status_code=303)


@get("/desk/senders/{block_id:str}", include_in_schema=False)
async def show_sender(desk: ADeskCall, block_id: FromPath[str]) -> Response[str]:
    """Show one block and what became of it."""
    desk.require("conversations:read")
    return await _sender(desk, block_id)


async def _lift(desk: DeskCall, block_id: str, _fields: Mapping[str, str]) -> str:
    await desk.house.senders.lift(desk.scope, block_id)
    return "lifted"


async def _decide(desk: DeskCall, block_id: str, fields: Mapping[str, str]) -> str:
    decision = cast("Decision", fields.get("decision", ""))
    note = WildText(fields.get("decision_note", "").replace("\r\n", "\n"))
    await desk.house.senders.decide(desk.scope, block_id, decision=decision, note=note)
    return "decided"


def _action(name: str, act: Callable[[DeskCall, str, Mapping[str, str]], Awaitable[str]]) -> Any:
    async def do(desk: ADeskCall, block_id: FromPath[str]) -> Response[Any]:
        desk.require("conversations:write")
        fields = await desk.form()
        try:
            done = await act(desk, block_id, fields)
        except (Conflict, Malformed, NotAllowed, TooLarge) as error:
            return await _sender(desk, block_id, fields, error)
        return Redirect(f"/desk/senders?done={done}", status_code=303)

    return post(
        f"/desk/senders/{{block_id:str}}/{name}",
        status_code=200,
        include_in_schema=False,
        name=f"desk.senders.{name}",
    )(do)


SENDER_HANDLERS: Final = [
    show_senders,
    show_block_form,
    block_sender,
    show_sender,
    _action("lift", _lift),
    _action("decide", _decide),
]


class _Seen(msgspec.Struct, frozen=True, kw_only=True):
    card: Card
    standing: Block | None


async def _block_form(desk: DeskCall, conversation: str, fields: Mapping[str, str], error: Any = None) -> Response[str]:
    scope, house = desk.scope, desk.house

    def read(tx: Tx) -> _Seen:
        card = record.card_of(tx, scope, ConversationId(conversation))
        if card is None:
            raise NotFound("no such conversation")
        return _Seen(card=card, standing=house.blocks.standing(tx, scope, card.party_id))

    seen = await house.transactions.read_async(read)
    return await desk.page(
        "desk/senders/block.html",
        status=error.status if error else 200,
        here=_HERE,
        card=seen.card,
        standing=seen.standing,
        reasons=REASONS,
        durations=[(hours, desk.say(f"senders.hours.{hours}")) for hours in DURATIONS],
        fields=fields,
        trouble=_trouble(desk, error),
    )


async def _sender(
    desk: DeskCall, block_id: str, fields: Mapping[str, str] | None = None, error: Any = None
) -> Response[str]:
    scope, house = desk.scope, desk.house
    block = await house.transactions.read_async(lambda tx: house.blocks.find(tx, scope, block_id))
    return await desk.page(
        "desk/senders/sender.html",
        status=error.status if error else 200,
        here=_HERE,
        block=block,
        holds=block.lifted_at is None and block.ends_at > house.clock.now(),
        is_mine=block.blocked_by == scope.actor.id,
        fields=fields or {},
        trouble=_trouble(desk, error),
    )


def _trouble(desk: DeskCall, error: Any) -> str:
    return desk.say(_SENTENCES[type(error)], **error.facts) if error else ""
