"""Drawing conversations to review: by agent, queue and period, the same ones again by the same seed."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from litestar import Response, get

from doorward import record, routing
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.flow.reviewing import SampleWish, sample
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import StaffId

_HERE: Final = "reviews"
_SIZES: Final = ("5", "10", "20", "50")
_LONGEST: Final = timedelta(days=92)
_SEED: Final = 8


@get("/desk/reviews/sample", include_in_schema=False)
async def show_sample(desk: ADeskCall) -> Response[str]:
    """Show the form, and what it draws once it is sent; the address draws the same ones again."""
    scope = desk.require("reviews:write")
    zone = ZoneInfo(desk.house.settings_book.settings_of(scope.tenant_id).time_zone)
    fields = _fields(desk, zone)
    wish = _wish(fields, zone)
    drawn = desk.request.query_params.get("seed") is not None and wish is not None

    def read(tx: Tx) -> tuple[tuple[record.Measured, ...], tuple[str, ...]]:
        plan = routing.read_plan(tx, scope).plan
        names = ("default", *(one.name for one in plan.queues if one.name != "default"))
        return (sample(tx, scope, wish) if drawn and wish is not None else ()), names

    found, queues = await desk.house.transactions.read_async(read)
    return await desk.page(
        "desk/reviews/sample.html",
        status=400 if wish is None else 200,
        here=_HERE,
        fields=fields,
        sizes=_SIZES,
        queues=queues,
        found=found,
        drawn=drawn,
        wrong=[("since", desk.say("review.trouble.period"))] if wish is None else [],
    )


def _fields(desk: DeskCall, zone: ZoneInfo) -> dict[str, str]:
    """Return what the form holds: what was asked for, else the last week and a seed nobody had yet."""
    asked: Any = desk.request.query_params
    today = desk.house.clock.now().astimezone(zone).date()
    first = {
        "agent": "",
        "queue": "",
        "since": (today - timedelta(days=7)).isoformat(),
        "until": today.isoformat(),
        "size": "10",
        "seed": new_id()[-_SEED:],
    }
    return {name: str(asked.get(name, value))[:60] for name, value in first.items()}


def _wish(fields: dict[str, str], zone: ZoneInfo) -> SampleWish | None:
    """Return what is to be drawn; None for a period that there is not."""
    try:
        since, until = date.fromisoformat(fields["since"]), date.fromisoformat(fields["until"])
        begin, end = _midnight(since, zone), _midnight(until + timedelta(days=1), zone)
    except (ValueError, OverflowError):
        return None
    if not timedelta() < end - begin <= _LONGEST:
        return None
    return SampleWish(
        since=begin,
        until=end,
        size=int(fields["size"]) if fields["size"] in _SIZES else 10,
        seed=fields["seed"],
        staff_id=StaffId(fields["agent"]) if fields["agent"] else None,
        queue=fields["queue"],
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
