"""Machines that may act for the customer of a conversation: seen beside what is known of them, and ended for them."""

from typing import Any, Final, get_args

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.flow.machines import EndedFor
from doorward.flow.views.mandates import MyAct, MyMandate, customer_machines
from doorward.identity import Mandate
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Malformed, NotFound
from doorward.vocabulary.ids import ConversationId

_AT: Final = "/desk/conversations/{conversation_id:str}/mandates/{mandate_id:str}/revoke"
_REASONS: Final[tuple[EndedFor, ...]] = get_args(EndedFor)

Machines = tuple[tuple[MyMandate, tuple[MyAct, ...]], ...]


@get(_AT, include_in_schema=False)
async def ask_to_end_mandate(
    desk: ADeskCall, conversation_id: FromPath[str], mandate_id: FromPath[str]
) -> Response[str]:
    """Ask why, before a mandate is ended for its customer; it works without a script."""
    desk.require("conversations:write")
    desk.require("customers:read")
    return await _ask(desk, ConversationId(conversation_id), mandate_id)


@post(_AT, status_code=200, include_in_schema=False)
async def end_mandate(desk: ADeskCall, conversation_id: FromPath[str], mandate_id: FromPath[str]) -> Response[Any]:
    """End at once what a machine may do for a customer. The audit has who did and why."""
    scope = desk.require("conversations:write")
    desk.require("customers:read")
    why, wanted = (await desk.form()).get("reason", ""), ConversationId(conversation_id)
    if why not in _REASONS:
        return await _ask(desk, wanted, mandate_id, wrong=True)
    reason: EndedFor = why
    await desk.house.own_mandates.revoke_for(scope, wanted, mandate_id=mandate_id, why=reason)
    return Redirect(f"/desk/conversations/{wanted}/customer?done=mandate#machines", status_code=303)


HANDLERS: Final = [ask_to_end_mandate, end_mandate]


async def machines_of(desk: DeskCall, conversation_id: ConversationId) -> Machines:
    """Return the mandates of a conversation's customer with what was done by them. Raises `NotFound`."""
    house, scope = desk.house, desk.scope

    def read(tx: Tx) -> Machines:
        owner = house.own_mandates.owner_of(tx, scope, conversation_id)
        return customer_machines(tx, scope, owner, identity=house.identity)

    return await house.transactions.read_async(read)


async def _ask(
    desk: DeskCall, conversation_id: ConversationId, mandate_id: str, *, wrong: bool = False
) -> Response[str]:
    found = await desk.house.own_mandates.of_conversation(desk.scope, conversation_id)
    mandate: Mandate | None = next((one for one in found if one.id == mandate_id), None)
    if mandate is None:
        raise NotFound("no such mandate")
    response = await desk.page(
        "desk/joining/end_mandate.html",
        status=Malformed.status if wrong else 200,
        here="inbox",
        id=conversation_id,
        mandate=mandate,
        reasons=_REASONS,
        wrong=wrong,
    )
    response.headers["cache-control"] = "no-store"
    return response
