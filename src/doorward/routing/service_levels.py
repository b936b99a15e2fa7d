"""Service levels: until when a customer has to be answered, and when somebody should be warned.

Pure functions over what was said when. Times are of service: only hours in which people answer count, if the level says
so, and the time to a solution stands still while the house waits for the customer. A status may keep all clocks still.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from doorward.kit.tenant_settings import TenantSettings
from doorward.routing.hours import after_open_seconds, open_seconds

ClockKind = Literal["first", "next", "resolution"]
ClockState = Literal["running", "warned", "paused", "met", "breached"]
_Minutes = Annotated[int, Meta(ge=0, le=525_600)]
_MINUTE: Final = 60.0


class ServiceLevel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is promised to contacts of these queues, channels and priorities (an empty list means any).

    Minutes to the first answer of a person, to each next one, and to the solution; 0 promises nothing. Somebody is
    warned when `warn_at` of the time has passed. With `in_hours` only the team's (or company's) hours count.
    """

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    queues: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    priorities: tuple[Annotated[int, Meta(ge=-3, le=3)], ...] = ()
    first_minutes: _Minutes = 0
    next_minutes: _Minutes = 0
    resolution_minutes: _Minutes = 0
    warn_at: Annotated[float, Meta(gt=0, lt=1)] = 0.8
    in_hours: bool = True

    def takes(self, queue: str, channel: str, priority: int) -> bool:
        """Return whether it is promised to a contact like this."""
        asked = ((self.queues, queue), (self.channels, channel), (self.priorities, priority))
        return all(not wanted or value in wanted for wanted, value in asked)


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a customer or a person at the desk said, and when."""

    at: datetime
    by: Literal["customer", "agent"]


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which all clocks stand still because of the conversation's status; without an end it still does."""

    begins: datetime
    ends: datetime | None = None


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """How a conversation went since somebody asked for a person: turns in their order, and its end if it has ended.

    `pauses` are apart from each other and in their order; only the last may have no end.
    """

    asked_at: datetime
    turns: tuple[Turn, ...] = ()
    resolved_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()


class ServiceClock(msgspec.Struct, frozen=True, kw_only=True):
    """How one promise stands: service seconds used of those promised, and when it would be warned of and broken.

    Both times are null where the clock does not run, or where no opening is known within a year. `since` is when the
    promise began, which tells one next answer from another; `ended_at` is when it was kept, or was broken for good.
    """

    kind: ClockKind
    state: ClockState
    used_seconds: int
    target_seconds: int
    since: datetime
    warn_at: datetime | None = None
    due_at: datetime | None = None
    ended_at: datetime | None = None


def level_for(levels: Iterable[ServiceLevel], *, queue: str, channel: str, priority: int) -> ServiceLevel | None:
    """Return the first level that takes a contact, None for none."""
    return next((one for one in levels if one.takes(queue, channel, priority)), None)


def clocks(level: ServiceLevel, course: Course, now: datetime, *, hours: TenantSettings) -> tuple[ServiceClock, ...]:
    """Return how each promise of a level stands at `now`; the next answer has a clock once there was a first."""
    found = []
    if level.first_minutes:
        found.append(_clock(level, "first", level.first_minutes, _first(course, now), hours))
    answered = _next(course, now)
    if level.next_minutes and answered is not None:
        found.append(_clock(level, "next", level.next_minutes, answered, hours))
    if level.resolution_minutes:
        found.append(_clock(level, "resolution", level.resolution_minutes, _resolution(course, now), hours))
    return tuple(found)


def is_paused(course: Course, now: datetime) -> bool:
    """Return whether the conversation's status keeps all clocks still at `now`."""
    return any(one.begins <= now and (one.ends is None or now < one.ends) for one in course.pauses)


_Span = tuple[datetime, datetime]


class _Measured(msgspec.Struct, frozen=True, kw_only=True):
    """The spans that count, in their order, and whether the last goes on at `now`, is over, or may go on later.

    `running` is whether it is the house's turn; a status may keep the clock still all the same (`paused`).
    """

    spans: Sequence[_Span]
    now: datetime
    running: bool
    since: datetime
    ended_at: datetime | None = None
    paused: bool = False


def _without_pauses(course: Course, measured: _Measured) -> _Measured:
    """Take out of the spans what a status paused."""
    counted = list(measured.spans)
    for pause in course.pauses:
        counted = [part for span in counted for part in _around(span, pause, measured.now)]
    return msgspec.structs.replace(measured, spans=counted, paused=is_paused(course, measured.now))


def _around(span: _Span, pause: Pause, now: datetime) -> Iterator[_Span]:
    """Yield what is left of a span before and behind a pause."""
    begins, ends = span
    again = pause.ends or max(now, ends)
    if pause.begins >= ends or again <= begins:
        yield span
        return
    if begins < pause.begins:
        yield begins, pause.begins
    if again < ends:
        yield again, ends


def _first(course: Course, now: datetime) -> _Measured:
    answer = next((turn.at for turn in course.turns if turn.by == "agent"), None)
    end = min((at for at in (answer, course.resolved_at) if at is not None), default=None)
    spans = [(course.asked_at, end or now)]
    measured = _Measured(spans=spans, now=now, running=end is None, since=course.asked_at, ended_at=end)
    return _without_pauses(course, measured)


def _next(course: Course, now: datetime) -> _Measured | None:
    """Measure from the first thing that the customer said since the last answer; None before the first answer."""
    asked: datetime | None = None
    span: _Span | None = None
    answered = False
    for turn in course.turns:
        if turn.by == "agent":
            span, asked, answered = (asked, turn.at) if asked else span, None, True
        elif answered:
            asked = asked or turn.at
    end = course.resolved_at
    if asked is not None:
        spans = [(asked, end or now)]
        measured = _Measured(spans=spans, now=now, running=end is None, since=asked, ended_at=end)
    elif span is not None:
        measured = _Measured(spans=[span], now=now, running=False, since=span[0], ended_at=span[1])
    else:
        return None
    return _without_pauses(course, measured)


def _resolution(course: Course, now: datetime) -> _Measured:
    """Measure while it is the house's turn: an answer stops the clock until the customer says something again."""
    spans, began = [], course.asked_at
    ours = True
    for turn in course.turns:
        if turn.by == "agent" and ours:
            spans.append((began, turn.at))
            ours = False
        elif turn.by == "customer" and not ours:
            began, ours = turn.at, True
    end = course.resolved_at
    if ours:
        spans.append((began, end or now))
    running = ours and end is None
    return _without_pauses(
        course, _Measured(spans=spans, now=now, running=running, since=course.asked_at, ended_at=end)
    )


def _clock(
    level: ServiceLevel, kind: ClockKind, minutes: int, measured: _Measured, hours: TenantSettings
) -> ServiceClock:
    counted = hours if level.in_hours else TenantSettings()
    target = minutes * _MINUTE
    used = sum(open_seconds(counted, begins, ends) for begins, ends in measured.spans)
    warned_after = target * level.warn_at
    running = measured.running and not measured.paused and used < target
    warning = warned_after - used if running and used < warned_after else None
    return ServiceClock(
        kind=kind,
        state=_state(used, target, warned_after, measured),
        used_seconds=round(used),
        target_seconds=round(target),
        warn_at=None if warning is None else after_open_seconds(counted, measured.now, warning),
        due_at=after_open_seconds(counted, measured.now, target - used) if running else None,
        since=measured.since,
        ended_at=measured.ended_at,
    )


def _state(used: float, target: float, warned_after: float, measured: _Measured) -> ClockState:
    if used > target or (measured.running and used >= target):
        return "breached"
    if measured.ended_at is not None:
        return "met"
    if not measured.running or measured.paused:
        return "paused"
    return "warned" if used >= warned_after else "running"
