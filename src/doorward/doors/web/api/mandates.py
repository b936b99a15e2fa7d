"""What machines may do for the customer of a conversation: read, and ended for the customer. Only owners grant."""

from datetime import datetime
from typing import Final

import msgspec
from litestar import Response, get, post

from doorward.doors.web.api.common import ANY_OF, ACall, IdPath, problems
from doorward.doors.web.api.customers import NOT_KEPT
from doorward.identity import Mandate
from doorward.vocabulary.ids import ConversationId


class MandateBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a machine may do. `name` is what its owner calls it, masked; `platform` vouches for it, empty until paired.

    `state` is pending, active, suspended, revoked or expired. Amounts are in minor units of `currency`.
    """

    id: str
    name: str
    platform: str
    state: str
    capabilities: tuple[str, ...]
    kinds: tuple[str, ...]
    currency: str
    act_amount: int
    period: str
    period_amount: int
    period_count: int
    valid_until: datetime
    created_at: datetime
    ended_at: datetime | None


class MandateList(msgspec.Struct, frozen=True, kw_only=True):
    """The mandates that a customer granted, the newest first."""

    items: tuple[MandateBody, ...]


@get(
    "/conversations/{conversation_id:str}/mandates",
    responses=problems(404),
    security=ANY_OF,
    operation_id="list_mandates",
)
async def list_mandates(call: ACall, conversation_id: IdPath) -> Response[MandateList]:
    """List what machines may do for a conversation's customer. Wanted: `conversations:read` and `customers:read`."""
    scope = call.scope("conversations:read")
    call.scope("customers:read")
    found = await call.house.own_mandates.of_conversation(scope, ConversationId(conversation_id))
    return Response(MandateList(items=tuple(map(_body, found))), headers=NOT_KEPT)


@post(
    "/conversations/{conversation_id:str}/mandates/{mandate_id:str}/revocation",
    status_code=200,
    responses=problems(404, 409, 422),
    security=ANY_OF,
    operation_id="revoke_mandate",
)
async def revoke_mandate(call: ACall, conversation_id: IdPath, mandate_id: IdPath) -> Response[MandateBody]:
    """End at once what a machine may do for a conversation's customer. Only they can grant it anew."""
    scope = call.member_scope("conversations:write")
    call.scope("customers:read")
    wanted = ConversationId(conversation_id)

    async def act(_key: str) -> MandateBody:
        return _body(await call.house.own_mandates.revoke_for(scope, wanted, mandate_id=mandate_id))

    return await call.answer_once(scope, act)


HANDLERS: Final = [list_mandates, revoke_mandate]


def _body(mandate: Mandate) -> MandateBody:
    limits = mandate.terms.limits
    return MandateBody(
        id=mandate.id,
        name=mandate.name,
        platform="" if mandate.machine is None else mandate.machine.platform,
        state=mandate.state,
        capabilities=mandate.terms.capabilities,
        kinds=mandate.terms.kinds,
        currency=limits.currency,
        act_amount=limits.act_amount,
        period=limits.period,
        period_amount=limits.period_amount,
        period_count=limits.period_count,
        valid_until=mandate.valid_until,
        created_at=mandate.created_at,
        ended_at=mandate.ended_at,
    )
