"""Devices of customers: registering them, new secrets, and taking them no more."""

from datetime import timedelta
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from doorward.doors.web.api.common import ANY_OF, ID_PATTERN, ACall, IdPath, Limit, problems
from doorward.doors.web.api.customers import NOT_KEPT
from doorward.identity import Device, NewDevice

Cursor = Annotated[
    str | None,
    QueryParameter(pattern=ID_PATTERN, description="The `next_cursor` of the page before: what comes after."),
]
_MOST_HOURS: Final = 720


class DeviceBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What staff call a device, such as its serial number."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]


class DeviceSecretBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how many hours the secret before the new one is good, too."""

    overlap_hours: Annotated[int, Meta(ge=0, le=_MOST_HOURS)] = 24


class DeviceList(msgspec.Struct, frozen=True, kw_only=True):
    """Devices in the order in which they came; `next_cursor` continues the list, and is null at its end."""

    items: tuple[Device, ...]
    next_cursor: str | None


@get("/devices", responses=problems(), security=ANY_OF, operation_id="list_devices")
async def list_devices(call: ACall, cursor: Cursor = None, limit: Limit = 50) -> DeviceList:
    """List the devices that share a secret with the company, revoked ones too. No secret is among it."""
    scope, devices = call.scope("settings:read"), call.house.identity.devices
    found = await call.house.transactions.read_async(
        lambda tx: devices.devices(tx, scope, after=cursor or "", limit=limit + 1)
    )
    page = found[:limit]
    return DeviceList(items=page, next_cursor=page[-1].id if len(found) > limit else None)


@post("/devices", status_code=201, responses=problems(409, 415, 422), security=ANY_OF, operation_id="register_device")
async def register_device(call: ACall, data: JSONBody[DeviceBody]) -> Response[NewDevice]:
    """Register a device. Its secret is in this answer and never again; whose it is, its pairing with a mandate says."""
    scope, devices = call.scope("settings:write"), call.house.identity.devices

    async def act(_key: str) -> NewDevice:
        return await call.house.transactions.write_async(
            scope, lambda tx: devices.register(tx, scope, name=data.name, origin="staff")
        )

    answer = await call.answer_once(scope, act, status=201)
    answer.headers.update(NOT_KEPT)
    return answer


@post(
    "/devices/{device_id:str}/secret",
    status_code=201,
    responses=problems(404, 409, 415, 422),
    security=ANY_OF,
    operation_id="make_device_secret",
)
async def make_device_secret(call: ACall, device_id: IdPath, data: JSONBody[DeviceSecretBody]) -> Response[NewDevice]:
    """Make a device a new secret, shown once. The one before stays good for a while, any older one does not."""
    scope, devices = call.scope("settings:write"), call.house.identity.devices
    overlap = timedelta(hours=data.overlap_hours)

    async def act(_key: str) -> NewDevice:
        return await call.house.transactions.write_async(
            scope, lambda tx: devices.rotate(tx, scope, device_id, overlap=overlap)
        )

    answer = await call.answer_once(scope, act, status=201)
    answer.headers.update(NOT_KEPT)
    return answer


@post(
    "/devices/{device_id:str}/revocation",
    status_code=200,
    responses=problems(404, 422),
    security=ANY_OF,
    operation_id="revoke_device",
)
async def revoke_device(call: ACall, device_id: IdPath) -> Response[Device]:
    """Take what a device signs no more, for good, from the next request on."""
    scope, devices = call.scope("settings:write"), call.house.identity.devices

    async def act(_key: str) -> Device:
        return await call.house.transactions.write_async(scope, lambda tx: devices.revoke(tx, scope, device_id))

    return await call.answer_once(scope, act, status=200)


HANDLERS: Final[list[Any]] = [list_devices, register_device, make_device_secret, revoke_device]
