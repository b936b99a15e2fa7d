"""Floods: how things stand, what supervisors and security say about it, and appeals of those who got no person."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from doorward.admission.flood import Level
from doorward.admission.kept import Demotion
from doorward.bootstrap import House
from doorward.doors.web.api.common import ANY_OF, ACall, IdPath, problems
from doorward.flow.flood import Levers
from doorward.flow.views.flood import AppealList, FloodState, flood_appeals, flood_state
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

Note = Annotated[str, Meta(min_length=1, max_length=500, description="Why; it is masked, and in the audit's evidence.")]


class FloodOverrideBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The level that holds for so many minutes, whatever is measured, and why."""

    level: Level
    minutes: Annotated[int, Meta(ge=1, le=10_080)]
    note: Note


class FloodSwitchBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether flood control is off, and why. While it is off it measures on, and admits everybody to people."""

    off: bool
    note: Note


class UsualContactsBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many contacts an hour are usual on the mean of a week."""

    per_hour: Annotated[float, Meta(ge=0.1, le=1_000_000)]


class FloodAppealBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether an appeal is granted: then the conversation waits for a person."""

    granted: bool


Decided = Annotated[bool, QueryParameter(description="Those that were decided, instead of those that wait.")]


async def _state(house: House, scope: Scope) -> FloodState:
    return await house.transactions.read_async(lambda tx: flood_state(tx, scope, control=house.flooding.control))


async def _pulled(call: ACall, pull: Callable[[Levers, Scope], object]) -> Response[FloodState]:
    """Pull a lever, once for the request's key, and answer with how things stand then."""
    scope, house = call.scope("flood:write"), call.house

    async def act(_key: str) -> FloodState:
        await asyncio.to_thread(pull, house.flooding.levers, scope)
        return await _state(house, scope)

    return await call.answer_once(scope, act)


@get("/flood", responses=problems(), security=ANY_OF, operation_id="get_flood")
async def get_flood(call: ACall) -> FloodState:
    """Show how things stand with floods: level and why, who came in the last quarter of an hour, and how full it is."""
    return await _state(call.house, call.scope("measure:read"))


@post(
    "/flood/override",
    status_code=200,
    responses=problems(413, 415, 422),
    security=ANY_OF,
    operation_id="override_flood",
)
async def override_flood(call: ACall, data: JSONBody[FloodOverrideBody]) -> Response[FloodState]:
    """Have a level hold for a while, whatever is measured."""
    note, until = WildText(data.note), call.house.clock.now() + timedelta(minutes=data.minutes)
    return await _pulled(call, lambda levers, scope: levers.override(scope, data.level, note=note, until=until))


@post(
    "/flood/release", status_code=200, responses=problems(422), security=ANY_OF, operation_id="release_flood_override"
)
async def release_flood_override(call: ACall) -> Response[FloodState]:
    """End what somebody said about the level; what is measured holds again."""
    return await _pulled(call, lambda levers, scope: levers.release(scope))


@post(
    "/flood/switch",
    status_code=200,
    responses=problems(413, 415, 422),
    security=ANY_OF,
    operation_id="switch_flood_control",
)
async def switch_flood_control(call: ACall, data: JSONBody[FloodSwitchBody]) -> Response[FloodState]:
    """Switch all of flood control off, or on again."""
    return await _pulled(call, lambda levers, scope: levers.switch(scope, off=data.off, note=WildText(data.note)))


@post(
    "/flood/usual",
    status_code=200,
    responses=problems(413, 415, 422),
    security=ANY_OF,
    operation_id="tell_usual_contacts",
)
async def tell_usual_contacts(call: ACall, data: JSONBody[UsualContactsBody]) -> Response[FloodState]:
    """Say how many contacts are usual: before a week was learned, or once the company has grown."""
    return await _pulled(call, lambda levers, scope: levers.tell_usual(scope, per_hour=data.per_hour))


@get("/flood/appeals", responses=problems(), security=ANY_OF, operation_id="list_flood_appeals")
async def list_flood_appeals(call: ACall, *, decided: Decided = False) -> AppealList:
    """List the appeals of those for whom there was no person: those that wait, or those that were decided."""
    scope = call.scope("flood:write")
    return await call.house.transactions.read_async(lambda tx: flood_appeals(tx, scope, waiting=not decided))


@post(
    "/flood/appeals/{conversation_id:str}/decision",
    status_code=200,
    responses=problems(404, 409, 413, 415, 422),
    security=ANY_OF,
    operation_id="decide_flood_appeal",
)
async def decide_flood_appeal(
    call: ACall, conversation_id: IdPath, data: JSONBody[FloodAppealBody]
) -> Response[Demotion]:
    """Decide an appeal. The customer hears it in the conversation, and waits for a person if it is granted."""
    scope, levers, wanted = call.scope("flood:write"), call.house.flooding.levers, ConversationId(conversation_id)

    async def act(_key: str) -> Demotion:
        return await asyncio.to_thread(levers.decide_appeal, scope, wanted, granted=data.granted)

    return await call.answer_once(scope, act)


HANDLERS: Final = [
    get_flood,
    override_flood,
    release_flood_override,
    switch_flood_control,
    tell_usual_contacts,
    list_flood_appeals,
    decide_flood_appeal,
]
