"""How well a company is prepared for floods: read, and played anew beside everything else."""

import asyncio
from typing import Final

from litestar import Response, get, post

from doorward.bootstrap import House
from doorward.doors.web.api.common import ANY_OF, ACall, problems
from doorward.flow.views.preparedness import PreparednessState, preparedness
from doorward.vocabulary.scope import Scope


async def _state(house: House, scope: Scope) -> PreparednessState:
    gathering = house.preparing.gathering
    return await house.transactions.read_async(lambda tx: preparedness(tx, scope, gathering=gathering))


@get("/preparedness", responses=problems(), security=ANY_OF, operation_id="get_preparedness")
async def get_preparedness(call: ACall) -> PreparednessState:
    """Show what the company has against a flood, how each scenario would go, and what to change."""
    return await _state(call.house, call.scope("measure:read"))


@post(
    "/preparedness/rehearsal",
    status_code=202,
    responses=problems(422),
    security=ANY_OF,
    operation_id="rehearse_floods",
)
async def rehearse_floods(call: ACall) -> Response[PreparednessState]:
    """Have every scenario played with what the company has now. It takes minutes; while it is played it is the one."""
    scope, house = call.scope("flood:write"), call.house

    async def act(_key: str) -> PreparednessState:
        await asyncio.to_thread(house.preparing.work.ask, scope)
        return await _state(house, scope)

    return await call.answer_once(scope, act, status=202)


HANDLERS: Final = [get_preparedness, rehearse_floods]
