"""Routing by program: the company's plan, and what its agents can."""

from typing import Annotated, Final

import msgspec
from litestar import Response, get, put
from litestar.params import JSONBody, QueryParameter

from doorward.doors.web.api.common import ANY_OF, ACall, IdPath, Limit, etag, problems
from doorward.doors.web.api.conditions import SEEN, edition_of, tag_header
from doorward.doors.web.api.paging import IdCursor, PageLimit, page_by
from doorward.flow.staffing import RoutedAgent
from doorward.flow.views.service import AtRisk, Service, at_risk, at_risk_behind, service
from doorward.kit.tx import Tx
from doorward.routing import AgentProfile, Numbered, RoutingPlan
from doorward.vocabulary.ids import ConversationId, StaffId

WalkCursor = Annotated[
    str | None,
    QueryParameter(
        pattern="^([0-9a-z]{26})?$",
        description="To walk through all: empty for the first page, then the `next_cursor` of the page before.",
    ),
]
IfMatch = Annotated[str, tag_header("The `ETag` of the plan that is to be replaced.")]


class AgentList(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody who may have conversations; `next_cursor` continues the list, and is null at its end."""

    items: tuple[RoutedAgent, ...]
    next_cursor: str | None = None


class AtRiskList(msgspec.Struct, frozen=True, kw_only=True):
    """Conversations of which somebody should be warned; `next_cursor` continues a walk through all of them."""

    items: tuple[AtRisk, ...]
    next_cursor: str | None = None


@get("/routing/plan", responses=problems() | SEEN, security=ANY_OF, operation_id="get_routing_plan")
async def get_routing_plan(call: ACall) -> Response[Numbered]:
    """Show queues, teams, skills, and where contacts go. Its `ETag` is its number, 0 before the first."""
    found = await call.house.staffing.plan(call.scope("queue:read"))
    return call.shown(found, tag=etag(found.number))


@put(
    "/routing/plan",
    status_code=200,
    responses=problems(412, 413, 415, 422),
    security=ANY_OF,
    operation_id="put_routing_plan",
)
async def put_routing_plan(call: ACall, data: JSONBody[RoutingPlan], if_match: IfMatch) -> Response[Numbered]:
    """Put a whole plan into the place of the one before; whoever waits is given out by it at once."""
    scope, expected = call.scope("settings:write"), edition_of(if_match)
    return await call.answer_once(
        scope, lambda _key: call.house.staffing.save_plan(scope, data, expected=expected), tagged=True
    )


@get("/routing/agents", responses=problems() | SEEN, security=ANY_OF, operation_id="list_routing_agents")
async def list_routing_agents(call: ACall, limit: PageLimit = None, cursor: IdCursor = None) -> Response[AgentList]:
    """List who may have conversations, what they can, whether they are there, and how much they have.

    All come at once by user name, and in pages by their ids.
    """
    found = await call.house.staffing.agents(call.scope("staff:read"))
    items, following = page_by(found, lambda one: one.staff_id, limit=limit, cursor=cursor)
    return call.shown(AgentList(items=items, next_cursor=following))


@put(
    "/routing/agents/{staff_id:str}",
    status_code=200,
    responses=problems(404, 413, 415),
    security=ANY_OF,
    operation_id="put_routing_agent",
)
async def put_routing_agent(call: ACall, staff_id: IdPath, data: JSONBody[AgentProfile]) -> RoutedAgent:
    """Say which languages and skills somebody has, in levels of 1 to 3; whoever waits is given out by it at once."""
    return await call.house.staffing.save_profile(call.scope("staff:write"), StaffId(staff_id), data)


@get(
    "/conversations/{conversation_id:str}/service",
    responses=problems(404),
    security=ANY_OF,
    operation_id="get_service",
)
async def get_service(call: ACall, conversation_id: IdPath) -> Service:
    """Show how a conversation stands to what is promised, and what somebody who waits may expect."""
    scope, wanted = call.scope("queue:read"), ConversationId(conversation_id)

    def read(tx: Tx) -> Service:
        settings = call.house.identity.tenants.settings_of(tx, scope)
        return service(tx, scope, wanted, settings=settings)

    return await call.house.transactions.read_async(read)


@get("/routing/at-risk", responses=problems() | SEEN, security=ANY_OF, operation_id="list_at_risk")
async def list_at_risk(call: ACall, limit: Limit = 100, cursor: WalkCursor = None) -> Response[AtRiskList]:
    """List conversations whose promises are about to be broken or are: the broken first, then the nearest.

    With a `cursor` it is a walk through all of them by their ids: what presses most changes while somebody walks. A
    page of it may hold less than `limit`, and is the last one where `next_cursor` is null.
    """
    scope = call.scope("queue:read")

    def read(tx: Tx) -> AtRiskList:
        settings = call.house.identity.tenants.settings_of(tx, scope)
        if cursor is None:
            return AtRiskList(items=at_risk(tx, scope, settings=settings, limit=limit))
        items, following = at_risk_behind(tx, scope, cursor, settings=settings, limit=limit)
        return AtRiskList(items=items, next_cursor=following)

    return call.shown(await call.house.transactions.read_async(read))


HANDLERS: Final = [
    get_routing_plan,
    put_routing_plan,
    list_routing_agents,
    put_routing_agent,
    list_at_risk,
    get_service,
]
