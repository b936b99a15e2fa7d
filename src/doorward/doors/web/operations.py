"""For those who run the house: is it well, and what has it done so far."""

import asyncio

import msgspec
from litestar import Response, get, head
from litestar.enums import MediaType
from prometheus_client import CONTENT_TYPE_LATEST

from doorward import __version__
from doorward.doors.web.door import AnyRequest, AtDoor
from doorward.doors.web.server_address import is_loopback
from doorward.identity import require_permission
from doorward.kit.health import State


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the house and how it is."""

    name: str
    state: State


class HealthReport(msgspec.Struct, frozen=True, kw_only=True):
    """How the house is. What is wrong in detail is for the operator: `doorward doctor` tells."""

    state: State
    version: str
    checks: tuple[Part, ...]


@get("/health", include_in_schema=True, operation_id="get_health", security=[], tags=["operations"])
async def health(door: AtDoor) -> Response[HealthReport]:
    """Show how the house is; 503 when something vital has failed."""
    state, checks = await asyncio.to_thread(door.house.health.report)
    report = HealthReport(
        state=state, version=__version__, checks=tuple(Part(name=one.name, state=one.state) for one in checks)
    )
    return Response(report, status_code=503 if state == "failed" else 200, media_type=MediaType.JSON)


@head("/health", include_in_schema=False)
async def health_head(door: AtDoor) -> Response[None]:
    """Do as `health` for monitors that want no body."""
    state, _ = await asyncio.to_thread(door.house.health.report)
    return Response(None, status_code=503 if state == "failed" else 200)


@get("/metrics", include_in_schema=False)
async def metrics(request: AnyRequest, door: AtDoor) -> Response[bytes]:
    """Show counters for Prometheus: to this computer itself, or to whoever may read figures."""
    direct = not door.house.settings.server.behind_proxy
    local = direct and request.client is not None and is_loopback(request.client.host)
    if not local:
        caller = await door.callers.find_for_api(request)
        require_permission(caller.principal, "measure:read")
    return Response(door.house.meters.exposition(), media_type=CONTENT_TYPE_LATEST.partition("; charset")[0])
