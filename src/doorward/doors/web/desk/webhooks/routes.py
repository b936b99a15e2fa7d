"""Webhooks at the desk: the list, one with its log, making, changing, testing, replaying; a secret is shown once."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward.doors.web.api.customers import NOT_KEPT
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.forms import read_form
from doorward.doors.web.security import check_csrf
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from doorward.vocabulary.outcome import Outcome
from doorward.webhooks import EVENTS, Delivery, Endpoint, EndpointWish, NewEndpoint

Done = Annotated[str, QueryParameter(max_length=20)]
Before = Annotated[str, QueryParameter(max_length=26)]
Act = Callable[[DeskCall, str, Mapping[str, str]], Awaitable[str]]

_HERE: Final = "webhooks"
_DONE: Final = ("changed", "removed", "tested", "replayed", "none")
_FIELDS: Final = 60
_PAGE: Final = 50


class _Seen(msgspec.Struct, frozen=True, kw_only=True):
    one: Endpoint
    log: tuple[Delivery, ...]


@get("/desk/webhooks", include_in_schema=False)
async def show_webhooks(desk: ADeskCall, done: Done = "") -> Response[str]:
    """List the webhooks, with the form for a new one."""
    desk.require("webhooks:read")
    return await _list(desk, {}, done=done)


@post("/desk/webhooks", status_code=200, include_in_schema=False)
async def make_webhook(desk: ADeskCall) -> Response[Any]:
    """Make a webhook and show its secret, this once."""
    scope, fields = desk.require("webhooks:write"), await _form(desk)
    wish = _wish(fields)
    try:
        made: NewEndpoint = await desk.house.transactions.write_async(
            scope, lambda tx: desk.house.webhooks.make(tx, scope, wish)
        )
    except (Conflict, Malformed) as error:
        return await _list(desk, fields, error)
    return await _webhook(desk, made.endpoint.id, secret=made.secret)


@get("/desk/webhooks/{webhook_id:str}", include_in_schema=False)
async def show_webhook(
    desk: ADeskCall, webhook_id: FromPath[str], done: Done = "", before: Before = ""
) -> Response[str]:
    """Show one webhook and its log."""
    desk.require("webhooks:read")
    return await _webhook(desk, webhook_id, done=done, before=before)


@get("/desk/webhooks/{webhook_id:str}/remove", include_in_schema=False)
async def ask_to_remove(desk: ADeskCall, webhook_id: FromPath[str]) -> Response[str]:
    """Ask before a webhook is removed; it works without a script."""
    scope, endpoints = desk.require("webhooks:write"), desk.house.webhooks.endpoints
    one = await desk.house.transactions.read_async(lambda tx: endpoints.find(tx, scope, webhook_id))
    return await desk.page("desk/webhooks/remove.html", here=_HERE, one=one, trouble="")


@post("/desk/webhooks/{webhook_id:str}/secret", status_code=200, include_in_schema=False)
async def rotate_secret(desk: ADeskCall, webhook_id: FromPath[str]) -> Response[Any]:
    """Give a webhook a new secret and show it, this once."""
    scope = desk.require("webhooks:write")
    await _form(desk)
    endpoints = desk.house.webhooks.endpoints
    made: NewEndpoint = await desk.house.transactions.write_async(
        scope, lambda tx: endpoints.rotate(tx, scope, webhook_id)
    )
    return await _webhook(desk, webhook_id, secret=made.secret)


async def _change(desk: DeskCall, webhook_id: str, fields: Mapping[str, str]) -> str:
    wish, edition = _wish(fields), _edition(fields)
    await desk.house.transactions.write_async(
        desk.scope, lambda tx: desk.house.webhooks.change(tx, desk.scope, webhook_id, wish, edition=edition)
    )
    return f"/{webhook_id}?done=changed"


async def _remove(desk: DeskCall, webhook_id: str, fields: Mapping[str, str]) -> str:
    endpoints, edition = desk.house.webhooks.endpoints, _edition(fields)
    await desk.house.transactions.write_async(
        desk.scope, lambda tx: endpoints.remove(tx, desk.scope, webhook_id, edition=edition)
    )
    return "?done=removed"


async def _test(desk: DeskCall, webhook_id: str, _fields: Mapping[str, str]) -> str:
    await desk.house.transactions.write_async(
        desk.scope, lambda tx: desk.house.webhooks.test(tx, desk.scope, webhook_id)
    )
    return f"/{webhook_id}?done=tested"


async def _replay(desk: DeskCall, webhook_id: str, _fields: Mapping[str, str]) -> str:
    webhooks, scope = desk.house.webhooks, desk.scope

    def work(tx: Tx) -> Outcome[int]:
        webhooks.endpoints.find(tx, scope, webhook_id)
        return webhooks.deliveries.replay_failed(tx, scope, webhook_id)

    count = await desk.house.transactions.write_async(scope, work)
    return f"/{webhook_id}?done={'replayed' if count else 'none'}"


@post("/desk/webhooks/{webhook_id:str}/deliveries/{delivery_id:str}/replay", status_code=200, include_in_schema=False)
async def replay_one(desk: ADeskCall, webhook_id: FromPath[str], delivery_id: FromPath[str]) -> Response[Any]:
    """Tell one delivery once more."""
    scope, webhooks = desk.require("webhooks:write"), desk.house.webhooks
    await _form(desk)

    def work(tx: Tx) -> Outcome[Delivery]:
        if webhooks.deliveries.find(tx, scope, delivery_id).endpoint_id != webhook_id:
            raise NotFound("no such delivery")
        return webhooks.deliveries.replay(tx, scope, delivery_id)

    try:
        await desk.house.transactions.write_async(scope, work)
    except Conflict as error:
        return await _webhook(desk, webhook_id, error=error)
    return Redirect(f"/desk/webhooks/{webhook_id}?done=replayed", status_code=303)


def _action(path: str, name: str, act: Act) -> Any:
    async def do(desk: ADeskCall, webhook_id: FromPath[str]) -> Response[Any]:
        desk.require("webhooks:write")
        fields = await _form(desk)
        try:
            onward = await act(desk, webhook_id, fields)
        except (Conflict, Malformed) as error:
            return await _webhook(desk, webhook_id, fields=fields, error=error)
        return Redirect(f"/desk/webhooks{onward}", status_code=303)

    address = f"/desk/webhooks/{{webhook_id:str}}{path}"
    return post(address, status_code=200, include_in_schema=False, name=f"desk.webhooks.{name}")(do)


WEBHOOK_HANDLERS: Final = [
    show_webhooks,
    make_webhook,
    show_webhook,
    ask_to_remove,
    rotate_secret,
    replay_one,
    _action("", "change", _change),
    _action("/remove", "remove", _remove),
    _action("/test", "test", _test),
    _action("/replay", "replay", _replay),
]


async def _form(desk: DeskCall) -> Mapping[str, str]:
    """Return the fields of a form that may have a box for every event. Raises as `read_member_form`."""
    fields = await read_form(desk.request, most=_FIELDS)
    check_csrf(desk.caller.session_token or "", fields.get("csrf", ""))
    return fields


def _wish(fields: Mapping[str, str]) -> EndpointWish:
    state: Literal["on", "off"] = "off" if fields.get("state") == "off" else "on"
    return EndpointWish(
        url=fields.get("url", "").strip(),
        name=fields.get("name", "").strip(),
        events=tuple(event for event in EVENTS if fields.get(f"event-{event}") == "yes"),
        with_text=fields.get("with_text") == "yes",
        mail_to=fields.get("mail_to", "").strip(),
        state=state,
    )


def _fields_of(one: Endpoint) -> dict[str, str]:
    chosen = {f"event-{event}": "yes" for event in one.events}
    text = {"with_text": "yes"} if one.with_text else {}
    return {
        "url": one.url,
        "name": one.name,
        "mail_to": one.mail_to,
        "state": "on" if one.state == "on" else "off",
        **chosen,
        **text,
    }


def _edition(fields: Mapping[str, str]) -> int:
    told = fields.get("edition", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0


async def _list(desk: DeskCall, fields: Mapping[str, str], error: Any = None, *, done: str = "") -> Response[str]:
    scope, endpoints = desk.scope, desk.house.webhooks.endpoints
    found = await desk.house.transactions.read_async(lambda tx: endpoints.list_all(tx, scope))
    return await desk.page(
        "desk/webhooks/page.html",
        status=error.status if error else 200,
        here=_HERE,
        webhooks=found,
        events=tuple(EVENTS),
        fields=fields,
        trouble=_trouble(desk, error),
        done=done if done in _DONE else "",
    )


async def _webhook(
    desk: DeskCall, webhook_id: str, *, fields: Any = None, error: Any = None, **told: str
) -> Response[str]:
    scope, webhooks, before = desk.scope, desk.house.webhooks, told.get("before") or None

    def read(tx: Tx) -> _Seen:
        one = webhooks.endpoints.find(tx, scope, webhook_id)
        log = webhooks.deliveries.of_endpoint(tx, scope, webhook_id, before=before, limit=_PAGE + 1)
        return _Seen(one=one, log=log)

    seen = await desk.house.transactions.read_async(read)
    done = told.get("done", "")
    response = await desk.page(
        "desk/webhooks/webhook.html",
        status=error.status if error else 200,
        here=_HERE,
        one=seen.one,
        log=seen.log[:_PAGE],
        more=len(seen.log) > _PAGE,
        events=tuple(EVENTS),
        fields=fields or _fields_of(seen.one),
        trouble=_trouble(desk, error),
        done=done if done in _DONE else "",
        secret=told.get("secret", ""),
    )
    if "secret" in told:
        response.headers.update(NOT_KEPT)
    return response


def _trouble(desk: DeskCall, error: Any) -> str:
    if error is None:
        return ""
    return desk.say("webhooks.wrong" if isinstance(error, Malformed) else "webhooks.conflict")
