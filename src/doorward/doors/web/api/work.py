"""The day's work: who waits, who is there, who I am, and the figures."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, put
from litestar.params import JSONBody, QueryParameter

from doorward import routing
from doorward.doors.web.api.common import ANY_OF, ACall, Limit, problems
from doorward.doors.web.api.conditions import SEEN
from doorward.doors.web.api.paging import IdCursor, PageLimit, page_by, read_cursor, write_cursor
from doorward.doors.web.security import issue_csrf
from doorward.flow.colleagues import Colleague
from doorward.flow.reading import read_noted
from doorward.flow.views.figures import figures
from doorward.kit.tx import Tx
from doorward.measure import Figures
from doorward.record import Card, card_of
from doorward.routing import Presence
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.ids import StaffId

LONGEST_PERIOD: Final = timedelta(days=366)


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """Who waits for a person, next first; `next_cursor` continues the list, and is null at its end."""

    waiting: tuple[Card, ...]
    next_cursor: str | None = None


class ColleagueList(msgspec.Struct, frozen=True, kw_only=True):
    """To whom a conversation can be handed over now; `next_cursor` continues the list, and is null at its end."""

    items: tuple[Colleague, ...]
    next_cursor: str | None = None


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks. `csrf` is what a session sends along as `x-csrf-token` with everything that changes something."""

    name: str
    tenant_id: str
    role: str | None
    staff_id: str | None
    token_id: str | None
    permissions: tuple[str, ...]
    presence: Presence | None
    csrf: str | None


class PresenceBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the caller takes conversations, and why not: the reason counts for nothing where they do.

    `reason` is empty, one that every company has (`busy`, `break`, `lunch`, `meeting`, `training`, `paperwork`,
    `other`), or the key of one of the company's own.
    """

    available: bool
    reason: Annotated[str, msgspec.Meta(pattern="^([a-z0-9][a-z0-9_-]{0,59})?$")] = ""


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of the conversations opened from `since` until before `until`."""

    since: datetime
    until: datetime
    figures: Figures


QueueCursor = Annotated[
    str, QueryParameter(max_length=6000, description="The `next_cursor` of the page before; the first page without.")
]
Since = Annotated[datetime | None, QueryParameter(description="From this time on; a day ago if not given.")]
Until = Annotated[datetime | None, QueryParameter(description="Before this time; now if not given.")]


@get("/queue", responses=problems() | SEEN, security=ANY_OF, operation_id="get_queue")
async def get_queue(call: ACall, limit: Limit = 100, cursor: QueueCursor = "") -> Response[Queue]:
    """Show who waits for a person, next first.

    All pages behind the first are in the order of the moment at which that was asked for: nobody who waits all along is
    shown twice or left out, however claims grow meanwhile. The `ETag` counts who waits, not that moment.
    """
    scope = call.scope("queue:read")
    after = read_cursor(cursor, routing.QueuePlace) if cursor else None

    def read(tx: Tx) -> Queue:
        page, following = routing.queue_page(tx, scope, after=after, limit=limit)
        found = (card_of(tx, scope, one.conversation_id) for one in page)
        waiting = tuple(card for card in found if card is not None)
        return Queue(waiting=waiting, next_cursor=None if following is None else write_cursor(following))

    shown = await read_noted(
        call.house.transactions,
        scope,
        read,
        event=AuditEvent(action="queue.listed", object_kind="tenant", object_id=scope.tenant_id),
    )
    return call.shown(shown, tagged=(shown.waiting, shown.next_cursor is None))


@get("/colleagues", responses=problems() | SEEN, security=ANY_OF, operation_id="list_colleagues")
async def list_colleagues(call: ACall, limit: PageLimit = None, cursor: IdCursor = None) -> Response[ColleagueList]:
    """List those who are signed in and may have a conversation, without the caller.

    All come at once, those who are free first, and in pages by their ids: who is free changes while somebody walks.
    """
    scope = call.scope("conversations:write")
    here = call.house.colleagues.here
    found = await call.house.transactions.read_async(lambda tx: here(tx, scope))
    items, following = page_by(found, lambda one: one.staff_id, limit=limit, cursor=cursor)
    return call.shown(ColleagueList(items=items, next_cursor=following))


@put("/presence", status_code=200, responses=problems(413, 415), security=ANY_OF, operation_id="set_presence")
async def set_presence(
    call: ACall,
    data: JSONBody[PresenceBody],
) -> Presence:
    """Say whether the caller takes conversations; whoever waits is given out at once."""
    scope = call.member_scope("conversations:write")
    if data.reason and not data.available:
        return await call.house.staffing.step_away(scope, data.reason)
    return await call.house.desk.set_presence(scope, available=data.available)


@get("/me", responses=problems(), security=ANY_OF, operation_id="get_me")
async def get_me(
    call: ACall,
) -> Me:
    """Show who asks, and what they may do."""
    principal = call.principal
    scope = principal.scope
    staff_id = principal.staff_id
    presence = None
    if staff_id is not None:
        member = StaffId(staff_id)
        presence = await call.house.transactions.read_async(lambda tx: routing.presence_of(tx, scope, member))
    return Me(
        name=principal.name,
        tenant_id=scope.tenant_id,
        role=principal.role,
        staff_id=staff_id,
        token_id=principal.token_id,
        permissions=tuple(sorted(principal.permissions)),
        presence=presence,
        csrf=issue_csrf(call.caller.session_token) if call.caller.session_token is not None else None,
    )


@get("/figures", responses=problems(), security=ANY_OF, operation_id="get_figures")
async def get_figures(
    call: ACall,
    since: Since = None,
    until: Until = None,
) -> Period:
    """Show containment, first response, resolution and wait."""
    scope = call.scope("measure:read")
    end = until or call.house.clock.now()
    if end.tzinfo is None or (since is not None and since.tzinfo is None):
        raise Malformed("since, until: say the time zone, such as Z")
    begin = since or end - timedelta(days=1)
    if not timedelta(0) < end - begin <= LONGEST_PERIOD:
        raise Malformed("since, until: a period of at most 366 days, its beginning first")

    def read(tx: Any) -> Figures:
        minutes = call.house.identity.tenants.settings_of(tx, scope).service_minutes
        return figures(tx, scope, since=begin, until=end, service_seconds=60.0 * minutes)

    return Period(since=begin, until=end, figures=await call.house.transactions.read_async(read))
