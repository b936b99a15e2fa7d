"""Service levels: until when a customer has to be answered, and when somebody should be warned.

Pure functions over what was said when. Times are of service: only hours in which people answer count, if the level says
so, and the time to a solution stands still while the house waits for the customer.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from doorward.kit.settings import TenantSettings
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


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """How a conversation went since somebody asked for a person: turns in their order, and its end if it has ended."""

    asked_at: datetime
    turns: tuple[Turn, ...] = ()
    resolved_at: datetime | None = None


class ServiceClock(msgspec.Struct, frozen=True, kw_only=True):
    """How one promise stands: service seconds used of those promised, and when it would be warned of and broken.

    Both times are null where the clock does not run, or where no opening is known within a year.
    """

    kind: ClockKind
    state: ClockState
    used_seconds: int
    target_seconds: int
    warn_at: datetime | None = None
    due_at: datetime | None = None


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


class _Measured(msgspec.Struct, frozen=True, kw_only=True):
    """The spans that count, in their order, and whether the last goes on at `now`, is over, or may go on later."""

    spans: Sequence[tuple[datetime, datetime]]
    now: datetime
    running: bool
    ended: bool


def _first(course: Course, now: datetime) -> _Measured:
    answer = next((turn.at for turn in course.turns if turn.by == "agent"), None)
    end = min((at for at in (answer, course.resolved_at) if at is not None), default=None)
    spans = [(course.asked_at, end or now)]
    return _Measured(spans=spans, now=now, running=end is None, ended=end is not None)


def _next(course: Course, now: datetime) -> _Measured | None:
    """Measure from the first thing that the customer said since the last answer; None before the first answer."""
    asked: datetime | None = None
    span: tuple[datetime, datetime] | None = None
    answered = False
    for turn in course.turns:
        if turn.by == "agent":
            span, asked, answered = (asked, turn.at) if asked else span, None, True
        elif answered:
            asked = asked or turn.at
    if asked is not None:
        end = course.resolved_at
        return _Measured(spans=[(asked, end or now)], now=now, running=end is None, ended=end is not None)
    return None if span is None else _Measured(spans=[span], now=now, running=False, ended=True)


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
    if ours:
        spans.append((began, course.resolved_at or now))
    ended = course.resolved_at is not None
    return _Measured(spans=spans, now=now, running=ours and not ended, ended=ended)


def _clock(
    level: ServiceLevel, kind: ClockKind, minutes: int, measured: _Measured, hours: TenantSettings
) -> ServiceClock:
    counted = hours if level.in_hours else TenantSettings()
    target = minutes * _MINUTE
    used = sum(open_seconds(counted, begins, ends) for begins, ends in measured.spans)
    warned_after = target * level.warn_at
    running = measured.running and used < target
    warning = warned_after - used if running and used < warned_after else None
    return ServiceClock(
        kind=kind,
        state=_state(used, target, warned_after, measured),
        used_seconds=round(used),
        target_seconds=round(target),
        warn_at=None if warning is None else after_open_seconds(counted, measured.now, warning),
        due_at=after_open_seconds(counted, measured.now, target - used) if running else None,
    )


def _state(used: float, target: float, warned_after: float, measured: _Measured) -> ClockState:
    if used > target or (measured.running and used >= target):
        return "breached"
    if measured.ended:
        return "met"
    if not measured.running:
        return "paused"
    return "warned" if used >= warned_after else "running"
