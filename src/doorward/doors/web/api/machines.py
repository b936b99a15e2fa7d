"""Machine customers that sign: which platforms may speak, which keys the company keeps, and which it takes no more."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from doorward.doors.web.api.common import ANY_OF, ACall, problems
from doorward.identity import MachineKey, MachinePlatform, PlatformState

PlatformName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9.:\[\]-]{1,260}$")]
KeyName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$")]


class MachinePlatformBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a platform's machines may speak."""

    state: PlatformState


class MachineKeyBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key to be kept: member `x` of the JSON Web Key of an Ed25519 key, and the host of whose machines it is.

    For a machine without a platform, `platform` is what it shall be called, written like a host.
    """

    platform: PlatformName
    x: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$")]


class MachinePlatformList(msgspec.Struct, frozen=True, kw_only=True):
    """Platforms that are allowed or refused, in order. All others are strangers."""

    items: tuple[MachinePlatform, ...]


class MachineKeyList(msgspec.Struct, frozen=True, kw_only=True):
    """Keys that are kept or revoked, the newest first. Those that only directories show are not among them."""

    items: tuple[MachineKey, ...]


@get("/machine-platforms", responses=problems(), security=ANY_OF, operation_id="list_machine_platforms")
async def list_machine_platforms(call: ACall) -> MachinePlatformList:
    """List the platforms of machine customers that the company has decided about."""
    scope, machines = call.scope("settings:read"), call.house.identity.machines
    return MachinePlatformList(items=await call.house.transactions.read_async(lambda tx: machines.platforms(tx, scope)))


@put(
    "/machine-platforms/{platform:str}",
    responses=problems(409, 415),
    security=ANY_OF,
    operation_id="set_machine_platform",
)
async def set_machine_platform(
    call: ACall, platform: FromPath[PlatformName], data: JSONBody[MachinePlatformBody]
) -> MachinePlatform:
    """Let a platform's machines speak, or refuse them; it holds from the next request on."""
    scope, machines = call.scope("settings:write"), call.house.identity.machines
    return await call.house.transactions.write_async(
        scope, lambda tx: machines.set_platform(tx, scope, platform, state=data.state)
    )


@delete(
    "/machine-platforms/{platform:str}",
    status_code=204,
    responses=problems(404),
    security=ANY_OF,
    operation_id="forget_machine_platform",
)
async def forget_machine_platform(call: ACall, platform: FromPath[PlatformName]) -> None:
    """Decide nothing about a platform any more: its machines are strangers again."""
    scope, machines = call.scope("settings:write"), call.house.identity.machines
    await call.house.transactions.write_async(scope, lambda tx: machines.forget_platform(tx, scope, platform))


@get("/machine-keys", responses=problems(), security=ANY_OF, operation_id="list_machine_keys")
async def list_machine_keys(call: ACall) -> MachineKeyList:
    """List the keys of machine customers that the company keeps or has revoked."""
    scope, machines = call.scope("settings:read"), call.house.identity.machines
    return MachineKeyList(items=await call.house.transactions.read_async(lambda tx: machines.keys(tx, scope)))


@post(
    "/machine-keys", status_code=201, responses=problems(409, 415, 422), security=ANY_OF, operation_id="pin_machine_key"
)
async def pin_machine_key(call: ACall, data: JSONBody[MachineKeyBody]) -> Response[MachineKey]:
    """Keep a key, so that its machine is known without any directory."""
    scope, machines = call.scope("settings:write"), call.house.identity.machines

    async def act(_key: str) -> MachineKey:
        return await call.house.transactions.write_async(
            scope, lambda tx: machines.pin_key(tx, scope, host=data.platform, x=data.x)
        )

    return await call.answer_once(scope, act, status=201)


@post(
    "/machine-keys/{key_id:str}/revocation",
    status_code=200,
    responses=problems(422),
    security=ANY_OF,
    operation_id="revoke_machine_key",
)
async def revoke_machine_key(call: ACall, key_id: FromPath[KeyName]) -> Response[MachineKey]:
    """Take a key no more, for good, from the next request on; also one that only a directory has shown."""
    scope, machines = call.scope("settings:write"), call.house.identity.machines

    async def act(_key: str) -> MachineKey:
        return await call.house.transactions.write_async(scope, lambda tx: machines.revoke_key(tx, scope, key_id))

    return await call.answer_once(scope, act, status=200)


HANDLERS: Final[list[Any]] = [
    list_machine_platforms,
    set_machine_platform,
    forget_machine_platform,
    list_machine_keys,
    pin_machine_key,
    revoke_machine_key,
]
