"""What the wallboard shows: queues, agents, today's figures. A fixed number of questions, however many there are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from doorward import record, routing
from doorward.flow.views.service import COURSE_KINDS, MOST_LOOKED_AT, course_from
from doorward.identity import Sessions, Staff, permits
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.measure import quantile, share_of
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.scope import Scope

_HOURS: Final = 24
_MOST_LINES: Final = 50_000


class WallQueue(msgspec.Struct, frozen=True, kw_only=True):
    """A queue: who waits, the longest wait, the wait that one more may expect (none: nobody is there who may have it),
    of how many conversations a promise is warned of or broken, and how many agents have. Times are seconds.
    """

    name: str
    waiting: int
    longest_wait_seconds: float | None
    expected_seconds: float | None
    at_risk: int
    served: int


class WallAgent(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may have conversations: whether they take some (`available`, `away`, or `out` who is signed in
    nowhere), since when and why not, what they have by channel, which takes `units` of `capacity`, and when they did
    something last.
    """

    staff_id: StaffId
    name: str
    state: str
    reason: str
    since: datetime | None
    load: Mapping[str, int]
    units: int
    capacity: int
    last_seen_at: datetime | None


class WallHour(msgspec.Struct, frozen=True, kw_only=True):
    """An hour of the company's day: how many contacts arrived in it and how many were ended."""

    begins_at: datetime
    arrived: int
    resolved: int


class WallDay(msgspec.Struct, frozen=True, kw_only=True):
    """Today's figures, since midnight where the company is; shares are 0 to 1, none where nothing can be said."""

    since: datetime
    arrived: int
    resolved: int
    first_response_seconds: float | None
    first_response_seconds_p90: float | None
    satisfaction: float | None
    judged: int
    hours: tuple[WallHour, ...]


class Wallboard(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, as it was at one moment."""

    at: datetime
    queues: tuple[WallQueue, ...]
    agents: tuple[WallAgent, ...]
    today: WallDay


class WallRooms(msgspec.Struct, frozen=True, kw_only=True):
    """Who works here and who is signed in."""

    staff: Staff
    sessions: Sessions


def wallboard(tx: Tx, scope: Scope, *, rooms: WallRooms, settings: TenantSettings) -> Wallboard:
    """Return the wallboard at the transaction's time."""
    now = routing.overview(tx, scope)
    risks = _risks(tx, scope, settings)
    return Wallboard(
        at=tx.now,
        queues=tuple(_queue(tx, one, risks) for one in now.queues),
        agents=_agents(tx, scope, rooms, now.agents),
        today=_today(tx, scope, ZoneInfo(settings.time_zone)),
    )


def _queue(tx: Tx, queue: routing.QueueState, risks: Mapping[str, int]) -> WallQueue:
    since = queue.waiting_since
    return WallQueue(
        name=queue.name,
        waiting=queue.waiting,
        longest_wait_seconds=None if since is None else max(0.0, (tx.now - since).total_seconds()),
        expected_seconds=queue.expected_seconds,
        at_risk=risks.get(queue.name, 0),
        served=queue.served,
    )


def _risks(tx: Tx, scope: Scope, settings: TenantSettings) -> Mapping[str, int]:
    """Return of how many conversations with people a promise is warned of or broken, by queue; of `MOST_LOOKED_AT`."""
    plan = routing.read_plan(tx, scope).plan
    standings = routing.standings(tx, scope, limit=MOST_LOOKED_AT) if plan.service_levels else {}
    lines: dict[ConversationId, list[record.WrittenEntry]] = {}
    for line in record.entries_of_kinds(tx, scope, tuple(standings), kinds=COURSE_KINDS, limit=_MOST_LINES):
        lines.setdefault(line.entry.conversation_id, []).append(line)
    found: Counter[str] = Counter()
    for one, standing in standings.items():
        level = routing.level_for(
            plan.service_levels, queue=standing.queue, channel=standing.channel, priority=standing.priority
        )
        course = course_from(lines.get(one, ()))
        if level is None or course is None:
            continue
        team = routing.team_of(plan, standing.queue)
        hours = settings if team is None else routing.hours_of(team, settings)
        clocks = routing.clocks(level, course, tx.now, hours=hours)
        found[standing.queue] += any(clock.state in {"warned", "breached"} for clock in clocks)
    return found


def _agents(tx: Tx, scope: Scope, rooms: WallRooms, states: Sequence[routing.AgentState]) -> tuple[WallAgent, ...]:
    """Return those who may have conversations: who takes some first, then who is away, who is out last."""
    known, seen = {one.staff_id: one for one in states}, rooms.sessions.last_seen(tx, scope)
    found = []
    for member in rooms.staff.everybody(tx, scope):
        state, is_here = known.get(member.id), member.id in seen
        if member.disabled or not permits(member.role, "conversations:write") or (state is None and not is_here):
            continue
        found.append(
            WallAgent(
                staff_id=member.id,
                name=member.display_name,
                state="out" if not is_here else "away" if state is None else state.state,
                reason="" if state is None else state.reason,
                since=None if state is None else state.since,
                load={} if state is None else state.load,
                units=0 if state is None else state.units,
                capacity=0 if state is None else state.capacity,
                last_seen_at=seen.get(member.id),
            )
        )
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.state), one.name)))


_ORDER: Final = ("available", "away", "out")


def _today(tx: Tx, scope: Scope, zone: ZoneInfo) -> WallDay:
    since = datetime.combine(tx.now.astimezone(zone).date(), time(), tzinfo=zone).astimezone(tx.now.tzinfo)
    until = tx.now + timedelta(microseconds=1)
    arrived = [one for one in record.measured_between(tx, scope, since, until) if one.customer_messages]
    happened = record.happened_between(tx, scope, ("conversation.resolved", "feedback.given"), since, until)
    resolved = [one.at for one in happened if one.kind == "conversation.resolved"]
    judged = [bool(one.data.get("helpful")) for one in happened if one.kind == "feedback.given"]
    waits = [
        (one.first_response_at - one.opened_at).total_seconds() for one in arrived if one.first_response_at is not None
    ]
    return WallDay(
        since=since,
        arrived=len(arrived),
        resolved=len(resolved),
        first_response_seconds=quantile(waits, 0.5),
        first_response_seconds_p90=quantile(waits, 0.9),
        satisfaction=share_of(judged),
        judged=len(judged),
        hours=_hours(since, tx.now, [one.opened_at for one in arrived], resolved),
    )


def _hours(
    since: datetime, now: datetime, arrived: Sequence[datetime], resolved: Sequence[datetime]
) -> tuple[WallHour, ...]:
    """Return the hours of a day up to now; a day on which clocks are turned has 23 or 25 of them."""
    counts = [Counter(int((at - since).total_seconds() // 3600) for at in moments) for moments in (arrived, resolved)]
    last = min(int((now - since).total_seconds() // 3600), _HOURS)
    return tuple(
        WallHour(begins_at=since + timedelta(hours=hour), arrived=counts[0][hour], resolved=counts[1][hour])
        for hour in range(last + 1)
    )
