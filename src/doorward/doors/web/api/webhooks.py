"""Webhooks: whom to tell of what, the secrets that sign, the log of what was told, and telling it again."""

from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from doorward.doors.web.api.common import ANY_OF, ID_PATTERN, ACall, IdPath, Limit, etag, problems
from doorward.doors.web.api.conditions import IfMatch, edition_of
from doorward.doors.web.api.customers import NOT_KEPT
from doorward.kit.tx import Tx
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.webhooks import EVENTS, Delivery, Endpoint, EndpointWish

Cursor = Annotated[
    str | None,
    QueryParameter(pattern=ID_PATTERN, description="The `next_cursor` of the page before: what comes after."),
]


class WebhookBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a webhook is to be. `events` empty means all of them; `with_text` sends masked texts along.

    `url` is an https address of the public network, or one of a host that the installation's settings name. `mail_to`
    is who hears by mail when the webhook is switched off because nothing arrived, empty for nobody.
    """

    url: Annotated[str, Meta(min_length=1, max_length=2000)]
    name: Annotated[str, Meta(max_length=80)] = ""
    events: Annotated[tuple[Annotated[str, Meta(max_length=60)], ...], Meta(max_length=100)] = ()
    with_text: bool = False
    state: Literal["on", "off"] = "on"
    mail_to: Annotated[str, Meta(max_length=254)] = ""

    def wish(self) -> EndpointWish:
        """Return it as the room takes it."""
        return EndpointWish(**{name: getattr(self, name) for name in self.__struct_fields__})


class WebhookList(msgspec.Struct, frozen=True, kw_only=True):
    """Webhooks, the oldest first; `next_cursor` continues the list, and is null at its end."""

    items: tuple[Endpoint, ...]
    next_cursor: str | None


class WebhookSecret(Discreet, frozen=True, kw_only=True):
    """A webhook with its new secret, which is shown now and never again. The one before signs for 24 more hours."""

    webhook: Endpoint
    secret: str


class DeliveryList(msgspec.Struct, frozen=True, kw_only=True):
    """What was told, the newest first, without any content; `next_cursor` continues the list, null at its end."""

    items: tuple[Delivery, ...]
    next_cursor: str | None


class WebhookEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of event: when it is told, which facts go with it, and whether it can have a masked text."""

    type: str
    when: str
    facts: tuple[str, ...]
    has_text: bool


class WebhookEventList(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be told."""

    items: tuple[WebhookEvent, ...]


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """How many deliveries are told once more; there may be more when it is 500."""

    count: int


@get("/webhook-events", responses=problems(), security=ANY_OF, operation_id="list_webhook_events")
async def list_webhook_events(call: ACall) -> WebhookEventList:
    """List the events that a webhook can be told of."""
    call.scope("webhooks:read")
    return WebhookEventList(
        items=tuple(
            WebhookEvent(type=name, when=event.when, facts=event.facts, has_text=event.has_text)
            for name, event in EVENTS.items()
        )
    )


@get("/webhooks", responses=problems(), security=ANY_OF, operation_id="list_webhooks")
async def list_webhooks(call: ACall, limit: Limit = 100, cursor: Cursor = None) -> WebhookList:
    """List the webhooks, without their secrets."""
    scope, endpoints = call.scope("webhooks:read"), call.house.webhooks.endpoints
    found = await call.house.transactions.read_async(
        lambda tx: endpoints.list_all(tx, scope, after=cursor or "", limit=limit + 1)
    )
    return WebhookList(items=found[:limit], next_cursor=found[limit - 1].id if len(found) > limit else None)


@post(
    "/webhooks", status_code=201, responses=problems(409, 413, 415, 422), security=ANY_OF, operation_id="make_webhook"
)
async def make_webhook(call: ACall, data: JSONBody[WebhookBody]) -> Response[WebhookSecret]:
    """Make a webhook. Its secret is in this answer (and its repetition under an `Idempotency-Key`), nowhere else."""
    scope, wish = call.scope("webhooks:write"), data.wish()

    async def act(_key: str) -> WebhookSecret:
        made = await call.house.transactions.write_async(scope, lambda tx: call.house.webhooks.make(tx, scope, wish))
        return WebhookSecret(webhook=made.endpoint, secret=made.secret)

    return _unkept(await call.answer_once(scope, act, status=201))


@get("/webhooks/{webhook_id:str}", responses=problems(404), security=ANY_OF, operation_id="get_webhook")
async def get_webhook(call: ACall, webhook_id: IdPath) -> Response[Endpoint]:
    """Show a webhook, each time as it stands: how its deliveries go changes more often than its edition.

    Its `ETag` is its edition: send it as `If-Match` with what changes it.
    """
    scope, endpoints = call.scope("webhooks:read"), call.house.webhooks.endpoints
    found = await call.house.transactions.read_async(lambda tx: endpoints.find(tx, scope, webhook_id))
    return Response(found, headers={"etag": etag(found.edition)})


@put(
    "/webhooks/{webhook_id:str}",
    status_code=200,
    responses=problems(404, 412, 413, 415),
    security=ANY_OF,
    operation_id="change_webhook",
)
async def change_webhook(
    call: ACall, webhook_id: IdPath, data: JSONBody[WebhookBody], if_match: IfMatch
) -> Response[Endpoint]:
    """Change a webhook; switched on again, it is as new. What it missed meanwhile can be replayed."""
    scope, wish, edition = call.scope("webhooks:write"), data.wish(), edition_of(if_match)
    changed = await call.house.transactions.write_async(
        scope, lambda tx: call.house.webhooks.change(tx, scope, webhook_id, wish, edition=edition)
    )
    return Response(changed, headers={"etag": etag(changed.edition)})


@delete(
    "/webhooks/{webhook_id:str}",
    status_code=204,
    responses=problems(404, 412),
    security=ANY_OF,
    operation_id="remove_webhook",
)
async def remove_webhook(call: ACall, webhook_id: IdPath, if_match: IfMatch) -> None:
    """Remove a webhook, its secret and its log."""
    scope, edition = call.scope("webhooks:write"), edition_of(if_match)
    endpoints = call.house.webhooks.endpoints
    await call.house.transactions.write_async(
        scope, lambda tx: endpoints.remove(tx, scope, webhook_id, edition=edition)
    )


@post(
    "/webhooks/{webhook_id:str}/secret",
    status_code=200,
    responses=problems(404, 422),
    security=ANY_OF,
    operation_id="rotate_webhook_secret",
)
async def rotate_webhook_secret(call: ACall, webhook_id: IdPath) -> Response[WebhookSecret]:
    """Give a webhook a new secret, shown once. For 24 hours both sign: tell the receiver within them."""
    scope, endpoints = call.scope("webhooks:write"), call.house.webhooks.endpoints

    async def act(_key: str) -> WebhookSecret:
        made = await call.house.transactions.write_async(scope, lambda tx: endpoints.rotate(tx, scope, webhook_id))
        return WebhookSecret(webhook=made.endpoint, secret=made.secret)

    return _unkept(await call.answer_once(scope, act))


@post(
    "/webhooks/{webhook_id:str}/test",
    status_code=202,
    responses=problems(404, 409, 422),
    security=ANY_OF,
    operation_id="test_webhook",
)
async def test_webhook(call: ACall, webhook_id: IdPath) -> Response[Delivery]:
    """Tell a webhook that it is tested; the log says how it went."""
    scope = call.scope("webhooks:write")

    async def act(_key: str) -> Delivery:
        return await call.house.transactions.write_async(
            scope, lambda tx: call.house.webhooks.test(tx, scope, webhook_id)
        )

    return await call.answer_once(scope, act, status=202)


@get("/webhooks/{webhook_id:str}/deliveries", responses=problems(404), security=ANY_OF, operation_id="list_deliveries")
async def list_deliveries(call: ACall, webhook_id: IdPath, limit: Limit = 50, cursor: Cursor = None) -> DeliveryList:
    """List what was told to a webhook and what it answered, of the last 30 days."""
    scope, webhooks = call.scope("webhooks:read"), call.house.webhooks

    def read(tx: Tx) -> tuple[Delivery, ...]:
        webhooks.endpoints.find(tx, scope, webhook_id)
        return webhooks.deliveries.of_endpoint(tx, scope, webhook_id, before=cursor, limit=limit + 1)

    found = await call.house.transactions.read_async(read)
    return DeliveryList(items=found[:limit], next_cursor=found[limit - 1].id if len(found) > limit else None)


@post(
    "/webhooks/{webhook_id:str}/deliveries/{delivery_id:str}/replay",
    status_code=202,
    responses=problems(404, 409, 422),
    security=ANY_OF,
    operation_id="replay_delivery",
)
async def replay_delivery(call: ACall, webhook_id: IdPath, delivery_id: IdPath) -> Response[Delivery]:
    """Tell something once more. `webhook-id` is the same as before, so a receiver that has it knows it."""
    scope, webhooks = call.scope("webhooks:write"), call.house.webhooks

    def work(tx: Tx) -> Outcome[Delivery]:
        if webhooks.deliveries.find(tx, scope, delivery_id).endpoint_id != webhook_id:
            raise NotFound("no such delivery")
        return webhooks.deliveries.replay(tx, scope, delivery_id)

    async def act(_key: str) -> Delivery:
        return await call.house.transactions.write_async(scope, work)

    return await call.answer_once(scope, act, status=202)


@post(
    "/webhooks/{webhook_id:str}/replay",
    status_code=202,
    responses=problems(404, 422),
    security=ANY_OF,
    operation_id="replay_failed_deliveries",
)
async def replay_failed_deliveries(call: ACall, webhook_id: IdPath) -> Response[Replayed]:
    """Tell everything once more that did not arrive, the oldest first, 500 at a time."""
    scope = call.scope("webhooks:write")

    async def act(_key: str) -> Replayed:
        count = await call.house.transactions.write_async(scope, lambda tx: _replay(call, tx, scope, webhook_id))
        return Replayed(count=count)

    return await call.answer_once(scope, act, status=202)


def _replay(call: ACall, tx: Tx, scope: Scope, webhook_id: str) -> Outcome[int]:
    call.house.webhooks.endpoints.find(tx, scope, webhook_id)
    return call.house.webhooks.deliveries.replay_failed(tx, scope, webhook_id)


def _unkept(response: Response[Any]) -> Response[Any]:
    """Say that nobody may keep an answer with a secret in it."""
    response.headers.update(NOT_KEPT)
    return response


HANDLERS: Final = [
    list_webhook_events,
    list_webhooks,
    make_webhook,
    get_webhook,
    change_webhook,
    remove_webhook,
    rotate_webhook_secret,
    test_webhook,
    list_deliveries,
    replay_delivery,
    replay_failed_deliveries,
]
