"""Machine customers at the desk: platforms let in or kept out, keys kept or taken no more, what came of late."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final, get_args

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.flow.views.machines import MachineOverview, machine_overview
from doorward.identity import PlatformState, RevocationReason
from doorward.kit.signatures import KEY_ID
from doorward.vocabulary.errors import Conflict, Malformed, NotFound

Done = Annotated[str, QueryParameter(max_length=20)]
Act = Callable[[DeskCall, Mapping[str, str]], Awaitable[str]]

_HERE: Final = "machines"
_AT: Final = "/desk/machines"
_DONE: Final = ("allowed", "refused", "forgotten", "pinned", "revoked")
_STATES: Final[tuple[PlatformState, ...]] = get_args(PlatformState)
_REASONS: Final[tuple[RevocationReason, ...]] = get_args(RevocationReason)
_LONGEST: Final = 300


@get(_AT, include_in_schema=False)
async def show_machines(desk: ADeskCall, done: Done = "") -> Response[str]:
    """Show platforms and keys, with the forms that change them, and what machines did of late."""
    desk.require("settings:read")
    return await _page(desk, {}, done=done)


@get(f"{_AT}/platforms/{{platform:str}}/forget", include_in_schema=False)
async def ask_to_forget(desk: ADeskCall, platform: FromPath[str]) -> Response[str]:
    """Ask before a platform is forgotten; it works without a script."""
    desk.require("settings:write")
    seen = await _overview(desk)
    found = next((one.platform for one in seen.platforms if one.platform.platform == platform), None)
    if found is None:
        raise NotFound("no such platform")
    return await desk.page("desk/machines/forget.html", here=_HERE, platform=found)


@get(f"{_AT}/keys/{{key_id:str}}/revoke", include_in_schema=False)
async def ask_to_revoke(desk: ADeskCall, key_id: FromPath[str]) -> Response[str]:
    """Ask why, before a key is taken no more; it works without a script."""
    desk.require("settings:write")
    return await _ask_why(desk, key_id)


@post(f"{_AT}/keys/{{key_id:str}}/revoke", status_code=200, include_in_schema=False)
async def revoke_key(desk: ADeskCall, key_id: FromPath[str]) -> Response[Any]:
    """Take a key no more, for a reason."""
    scope, machines = desk.require("settings:write"), desk.house.identity.machines
    reason = (await desk.form()).get("reason", "")
    if reason not in _REASONS:
        return await _ask_why(desk, key_id, wrong=True)
    why: RevocationReason = reason
    await desk.house.transactions.write_async(scope, lambda tx: machines.revoke_key(tx, scope, key_id, reason=why))
    return Redirect(f"{_AT}?done=revoked", status_code=303)


@post(f"{_AT}/keys/find", status_code=200, include_in_schema=False)
async def find_key(desk: ADeskCall) -> Response[Any]:
    """Go to the question about a key that only its platform's directory has shown so far."""
    desk.require("settings:write")
    fields = await desk.form()
    key_id = fields.get("key_id", "").strip()
    if not KEY_ID.match(key_id):
        return await _page(desk, fields, part="stolen", error=Malformed("key_id: not the thumbprint of a key"))
    return Redirect(f"{_AT}/keys/{key_id}/revoke", status_code=303)


async def _set_platform(desk: DeskCall, fields: Mapping[str, str]) -> str:
    state, host = fields.get("state", ""), fields.get("platform", "").strip()
    if state not in _STATES or len(host) > _LONGEST:
        raise Malformed("platform: a host, and whether its machines may speak")
    machines, scope = desk.house.identity.machines, desk.scope
    wanted: PlatformState = state
    await desk.house.transactions.write_async(
        scope, lambda tx: machines.set_platform(tx, scope, host.lower(), state=wanted)
    )
    return state


async def _forget_platform(desk: DeskCall, fields: Mapping[str, str]) -> str:
    machines, scope, host = desk.house.identity.machines, desk.scope, fields.get("platform", "")[:_LONGEST]
    await desk.house.transactions.write_async(scope, lambda tx: machines.forget_platform(tx, scope, host))
    return "forgotten"


async def _pin(desk: DeskCall, fields: Mapping[str, str]) -> str:
    host, x = fields.get("key_platform", "").strip().lower(), fields.get("x", "").strip()
    if len(host) > _LONGEST or len(x) > _LONGEST:
        raise Malformed("key: a host, and member x of its key")
    machines, scope = desk.house.identity.machines, desk.scope
    await desk.house.transactions.write_async(scope, lambda tx: machines.pin_key(tx, scope, host=host, x=x))
    return "pinned"


def _action(path: str, part: str, act: Act) -> Any:
    """Return the handler of a form; what is refused is said at the form it came from."""

    async def do(desk: ADeskCall) -> Response[Any]:
        desk.require("settings:write")
        fields = await desk.form()
        try:
            done = await act(desk, fields)
        except (Conflict, Malformed) as error:
            return await _page(desk, fields, part=part, error=error)
        return Redirect(f"{_AT}?done={done}", status_code=303)

    name = f"desk.machines.{act.__name__.strip('_')}"
    return post(f"{_AT}/{path}", status_code=200, include_in_schema=False, name=name)(do)


MACHINE_HANDLERS: Final = [
    show_machines,
    ask_to_forget,
    ask_to_revoke,
    revoke_key,
    find_key,
    _action("platforms", "platform", _set_platform),
    _action("platforms/forget", "platform", _forget_platform),
    _action("keys", "key", _pin),
]


async def _overview(desk: DeskCall) -> MachineOverview:
    house, scope = desk.house, desk.scope
    return await house.transactions.read_async(
        lambda tx: machine_overview(tx, scope, identity=house.identity, looked=house.directories.looked)
    )


async def _ask_why(desk: DeskCall, key_id: str, *, wrong: bool = False) -> Response[str]:
    """Ask about a key, whether the company knows it already or not. Raises `NotFound` for what is no thumbprint."""
    if not KEY_ID.match(key_id):
        raise NotFound("no such key")
    known = {one.key_id: one for one in (await _overview(desk)).keys}
    return await desk.page(
        "desk/machines/revoke.html",
        status=Malformed.status if wrong else 200,
        here=_HERE,
        key_id=key_id,
        key=known.get(key_id),
        reasons=_REASONS,
        wrong=wrong,
    )


async def _page(
    desk: DeskCall, fields: Mapping[str, str], *, part: str = "", error: Any = None, done: str = ""
) -> Response[str]:
    return await desk.page(
        "desk/machines/page.html",
        status=error.status if error else 200,
        here=_HERE,
        seen=await _overview(desk),
        fields=fields,
        part=part,
        trouble=_trouble(desk, part, error),
        done=done if done in _DONE else "",
    )


def _trouble(desk: DeskCall, part: str, error: Any) -> str:
    if error is None:
        return ""
    return desk.say("machines.conflict" if isinstance(error, Conflict) else f"machines.wrong.{part}")
