"""Who is there: saying so oneself, seeing colleagues, and for how long everybody was what."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from doorward import routing
from doorward.doors.web.callers import BY_ITSELF
from doorward.doors.web.desk.presence_words import standing_in_words
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.forms import local_path
from doorward.flow.colleagues import Colleague
from doorward.kit.tx import Tx
from doorward.routing import PresenceTime
from doorward.vocabulary.errors import Malformed

Day = Annotated[str, QueryParameter(max_length=10)]

_HERE: Final = "people"
_PART: Final = "desk/people/_here.html"
_AROUND: Final = timedelta(days=20 * 366)
"""Days further away than this are no days of a company's."""


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """A day's times: the kinds of presence that there were, and for each person the seconds of each."""

    day: date
    kinds: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]


@post("/desk/presence", status_code=200, include_in_schema=False)
async def presence(desk: ADeskCall) -> Response[Any]:
    """Say whether I take conversations, or why not; a reason that is gone by now is just being away."""
    scope = desk.require("conversations:write")
    fields = await desk.form()
    try:
        if fields.get("reason"):
            await desk.house.staffing.step_away(scope, fields["reason"][:60])
        else:
            await desk.house.desk.set_presence(scope, available=fields.get("available") == "yes")
    except Malformed:
        await desk.house.desk.set_presence(scope, available=False)
    if desk.by_script:
        part = await desk.part("layout/_presence.html")
        part.headers["hx-trigger"] = "desk"  # the inbox says whether its reader is away
        return part
    return Redirect(local_path(fields.get("back", ""), otherwise="/desk/"), status_code=303)


@get("/desk/people", include_in_schema=False)
async def show_people(desk: ADeskCall, day: Day = "") -> Response[str]:
    """Show who is there and since when; whoever may see figures sees a day's times as well."""
    places = await _here(desk)
    times = await _times(desk, day) if desk.may("measure:read") else None
    return await desk.page("desk/people/page.html", here=_HERE, times=times, in_hours=_in_hours, **places)


@get("/desk/people/here", include_in_schema=False, opt=BY_ITSELF)
async def show_people_here(desk: ADeskCall) -> Response[str]:
    """Show who is there alone, for the page's refresh."""
    return await desk.part(_PART, **await _here(desk))


PEOPLE_HANDLERS: Final = [presence, show_people, show_people_here]


async def _here(desk: DeskCall) -> dict[str, Any]:
    scope, colleagues = desk.require("queue:read"), desk.house.colleagues
    found = await desk.house.transactions.read_async(lambda tx: colleagues.everybody(tx, scope))
    return {"people": found}


async def _times(desk: DeskCall, wanted: str) -> Times:
    """Return the times of a day of the company's; of today for a day that is none."""
    scope, house = desk.scope, desk.house
    settings = await asyncio.to_thread(house.settings_book.settings_of, scope.tenant_id)
    zone = ZoneInfo(settings.time_zone)
    day = _day(wanted, today=house.clock.now().astimezone(zone).date())
    begins, ends = (datetime.combine(one, time(0), tzinfo=zone) for one in (day, day + timedelta(days=1)))

    def read(tx: Tx) -> tuple[tuple[PresenceTime, ...], tuple[Colleague, ...]]:
        times = routing.presence_times(tx, scope, since=begins, until=ends)
        return times, house.colleagues.everybody(tx, scope)

    times, people = await house.transactions.read_async(read)
    reasons = await desk.reasons()
    kinds = sorted({(one.state, one.reason) for one in times}, key=lambda one: (one[0] != "available", one[1]))
    return Times(
        day=day,
        kinds=tuple((f"{kind[0]}-{kind[1]}", standing_in_words(desk.say, *kind, reasons)) for kind in kinds),
        rows=tuple((one.name, _row(one, times, kinds)) for one in people),
    )


def _row(one: Colleague, times: Sequence[PresenceTime], kinds: Sequence[tuple[Any, str]]) -> tuple[int, ...]:
    mine = {(time.state, time.reason): time.seconds for time in times if time.staff_id == one.staff_id}
    return tuple(mine.get(kind, 0) for kind in kinds)


def _day(wanted: str, *, today: date) -> date:
    try:
        found = date.fromisoformat(wanted)
    except ValueError:
        return today
    return found if abs(found - today) <= _AROUND else today


def _in_hours(seconds: int) -> str:
    """Return a time as hours and minutes, such as `1:05`; a dash for none."""
    minutes = seconds // 60
    return f"{minutes // 60}:{minutes % 60:02}" if seconds else "–"
