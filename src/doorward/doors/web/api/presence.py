"""Presence over time, by program: for how long everybody was available, busy, at lunch, in a meeting."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import msgspec
from litestar import Response, get
from litestar.params import QueryParameter

from doorward import routing
from doorward.doors.web.api.common import ANY_OF, ACall, problems
from doorward.doors.web.api.conditions import SEEN
from doorward.doors.web.api.paging import PageLimit, page_by
from doorward.routing import PresenceTime
from doorward.vocabulary.errors import Malformed

LONGEST_PERIOD: Final = timedelta(days=93)
_FIRST: Final = datetime(1970, 1, 2, tzinfo=UTC)

Since = Annotated[datetime | None, QueryParameter(description="From this time on; a day before `until` if not given.")]
Until = Annotated[datetime | None, QueryParameter(description="Before this time; now if not given.")]
TimeCursor = Annotated[
    str | None,
    QueryParameter(
        pattern="^[0-9a-z]{26}[.][a-z]{1,20}[.][a-z0-9_-]{0,60}$", description="The `next_cursor` of the page before."
    ),
]


class PresenceTimeList(msgspec.Struct, frozen=True, kw_only=True):
    """For how long each agent was available or away from `since` until before `until`, by reason.

    `next_cursor` continues the list (name the same `since` and `until`), and is null at its end.
    """

    since: datetime
    until: datetime
    items: tuple[PresenceTime, ...]
    next_cursor: str | None = None


@get("/presence/times", responses=problems() | SEEN, security=ANY_OF, operation_id="list_presence_times")
async def list_presence_times(
    call: ACall, since: Since = None, until: Until = None, limit: PageLimit = None, cursor: TimeCursor = None
) -> Response[PresenceTimeList]:
    """Show for how long each agent was available, or away and why; who was signed in nowhere was neither."""
    scope = call.scope("measure:read")
    end = until or call.house.clock.now()
    if end.tzinfo is None or (since is not None and since.tzinfo is None):
        raise Malformed("since, until: say the time zone, such as Z")
    # Years are counted from the first, which has no day before it.
    begin = since or max(end, _FIRST) - timedelta(days=1)
    if not timedelta(0) < end - begin <= LONGEST_PERIOD:
        raise Malformed("since, until: a period of at most 93 days, its beginning first")
    found = await call.house.transactions.read_async(
        lambda tx: routing.presence_times(tx, scope, since=begin, until=end)
    )
    items, following = page_by(
        found, lambda one: f"{one.staff_id}.{one.state}.{one.reason}", limit=limit, cursor=cursor
    )
    return call.shown(PresenceTimeList(since=begin, until=end, items=items, next_cursor=following))


HANDLERS: Final = [list_presence_times]
