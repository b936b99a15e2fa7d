"""How things stand with floods at a moment: the level and why, who comes and what they get, and what people can do."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from doorward.admission.flood import (
    CLASSES,
    LEVELS,
    Alert,
    Cause,
    Level,
    Measured,
    Occupancy,
    Override,
    Signal,
    expect_wait,
    read_signals,
)
from doorward.admission.kept import (
    ArrivalKind,
    Demotion,
    Kept,
    NotedChange,
    count_appeals,
    count_arrivals,
    count_promised,
    list_appeals,
    list_changes,
    read_kept,
)
from doorward.flow.flood import FloodControl
from doorward.flow.flood.control import tick_of
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope

LOOKS_BACK: Final = timedelta(minutes=15)
"""Arrivals are counted over so long."""

MINUTE: Final = timedelta(minutes=1)


class ArrivalCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many contacts began in the last `minutes`, by what is known of them, and what they got.

    `refused_by_quota` began more than their owner may. `course` counts them minute by minute, the earliest first, and
    `course_by_class` does so for each class. `by_region` is by country (two letters, empty where nobody told).
    """

    minutes: int
    total: int
    by_class: Mapping[str, int]
    by_channel: Mapping[str, int]
    by_language: Mapping[str, int]
    by_way: Mapping[str, int]
    refused_by_quota: int
    course: tuple[int, ...]
    course_by_class: Mapping[str, tuple[int, ...]] = {}
    by_region: Mapping[str, int] = {}


class FloodRoom(msgspec.Struct, frozen=True, kw_only=True):
    """How full it is: places of people and how many are taken, conversations that wait by class, promised call-backs,
    places of the bot and how many are taken. `kept_free` is how many places are kept free of a class.
    """

    people: int
    busy: int
    waiting: Mapping[str, int]
    promised: int
    bot_places: int
    bot_busy: int
    kept_free: Mapping[str, int]


class ShownSignal(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is measured: `calm` or less is quiet, from `amber` on it is amber, and from `red` on red, which is
    null for what alone never is. `value` is null for a detector that cannot tell, and where `endless`.
    """

    name: str
    value: float | None
    calm: float
    amber: float
    red: float | None
    endless: bool = False


class FloodChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change with its evidence: by what, from which level to which, who did it (empty: the house) and why, what was
    measured then, and how many places of people and of the bot it would have taken to cope. The audit names its `id`.
    """

    id: str
    at: datetime
    cause: Cause
    before: Level
    after: Level
    measured: Level
    by: str
    note: str
    signals: tuple[ShownSignal, ...]
    needed_people: int
    needed_bot: int


class FloodState(msgspec.Struct, frozen=True, kw_only=True):
    """How things stand with floods.

    `level` holds; `measured` is what is measured, since `since`; they differ while somebody's word (`override`) stands
    or control is `off`. `why` are the signals of the latest change by measuring. `usual_per_hour` is how many contacts
    are usual now, null where nobody knows: then no rate is an alarm. `scores` say how near each test is to its alarm,
    which is 1. `signals` are what is measured now. `seen_at` is when it was last looked at.
    """

    level: Level
    measured: Level
    since: datetime
    off: bool
    override: Override | None
    why: tuple[ShownSignal, ...]
    scores: Mapping[str, float]
    usual_per_hour: float | None
    seen_at: datetime | None
    arrivals: ArrivalCounts
    room: FloodRoom
    appeals: int
    changes: tuple[FloodChange, ...]
    levels: tuple[Level, ...] = LEVELS
    signals: tuple[ShownSignal, ...] = ()


class AppealList(msgspec.Struct, frozen=True, kw_only=True):
    """Appeals of those for whom there was no person, the earliest first; of those decided the latest first."""

    items: tuple[Demotion, ...]


def flood_state(tx: Tx, scope: Scope, *, control: FloodControl) -> FloodState:
    """Return how things stand now."""
    kept, changes = read_kept(tx, scope), tuple(_change(one) for one in list_changes(tx, scope))
    alert = Alert(since=tx.now) if kept is None else kept.alert
    why = next((one.signals for one in changes if one.signals), ())
    occupancy = control.occupancy(tx, scope)
    return FloodState(
        level=alert.level,
        measured=alert.measured,
        since=alert.since,
        off=alert.off,
        override=alert.override,
        why=why,
        scores={} if kept is None else _scores(kept),
        usual_per_hour=_usual(kept, tx.now),
        seen_at=None if kept is None else kept.seen_at,
        arrivals=_arrivals(count_arrivals(tx, scope, since=tx.now - LOOKS_BACK), now=tx.now),
        room=_room(tx, scope, control, occupancy),
        appeals=count_appeals(tx, scope),
        changes=changes,
        signals=_signals_now(kept, occupancy, control),
    )


def flood_appeals(tx: Tx, scope: Scope, *, waiting: bool) -> AppealList:
    """Return the appeals that wait for somebody to decide, or those that were decided."""
    return AppealList(items=list_appeals(tx, scope, waiting=waiting))


def _change(noted: NotedChange) -> FloodChange:
    change = noted.change
    return FloodChange(
        id=noted.id,
        at=change.at,
        cause=change.cause,
        before=change.before,
        after=change.after,
        measured=change.measured_after,
        by=change.by,
        note=change.note,
        signals=tuple(_signal(one) for one in change.signals),
        needed_people=noted.needed.people,
        needed_bot=noted.needed.bot,
    )


def _signal(signal: Signal) -> ShownSignal:
    endless = signal.value == math.inf
    return ShownSignal(
        name=signal.name,
        value=None if endless else signal.value,
        calm=signal.calm,
        amber=signal.amber,
        red=None if signal.red == math.inf else signal.red,
        endless=endless,
    )


def _scores(kept: Kept) -> dict[str, float]:
    measured = kept.measured
    return {
        "rate": measured.rate.score,
        "strangers": measured.strangers.score,
        "mix": measured.mix.score,
        "escalations": measured.talks.score,
    }


def _signals_now(kept: Kept | None, occupancy: Occupancy, control: FloodControl) -> tuple[ShownSignal, ...]:
    """Return what the watch would judge now; what nothing is known of yet cannot be told."""
    wait = expect_wait("anonymous", occupancy, rules=control.rules) if occupancy.people else None
    if kept is None:
        found = Measured(rate=None, strangers=None, mix=None, escalations=None, wait=wait)
    else:
        measured, learned = kept.measured, kept.learned
        found = Measured(
            rate=None if learned.profile is None else measured.rate.score,
            strangers=None if learned.profile is None or learned.mix is None else measured.strangers.score,
            mix=None if learned.mix is None else measured.mix.score,
            escalations=None if learned.talks is None else measured.talks.score,
            wait=wait,
        )
    return tuple(_signal(one) for one in read_signals(found))


def _usual(kept: Kept | None, now: datetime) -> float | None:
    profile = None if kept is None else kept.learned.profile
    return None if profile is None else round(profile.expect(now, seconds=1.0) * 3600, 1)


def _arrivals(counts: Counter[ArrivalKind], *, now: datetime) -> ArrivalCounts:
    def by(name: str) -> dict[str, int]:
        found: Counter[str] = Counter()
        for kind, number in counts.items():
            found[str(getattr(kind, name))] += number
        return dict(sorted(found.items()))

    quota = sum(number for kind, number in counts.items() if kind.because == "quota")
    return ArrivalCounts(
        minutes=round(LOOKS_BACK / MINUTE),
        total=counts.total(),
        by_class={one: by("caller_class").get(one, 0) for one in CLASSES},
        by_channel=by("channel"),
        by_language=by("language"),
        by_way=by("way"),
        by_region=by("region"),
        refused_by_quota=quota,
        course=_course(counts.items(), now=now),
        course_by_class={
            one: _course([(kind, n) for kind, n in counts.items() if kind.caller_class == one], now=now)
            for one in CLASSES
        },
    )


def _course(counts: Iterable[tuple[ArrivalKind, int]], *, now: datetime) -> tuple[int, ...]:
    minutes = [0] * round(LOOKS_BACK / MINUTE)
    for kind, number in counts:
        ago = int((tick_of(now) - kind.tick_at) / MINUTE)
        if 0 <= ago < len(minutes):
            minutes[-1 - ago] += number
    return tuple(minutes)


def _room(tx: Tx, scope: Scope, control: FloodControl, occupancy: Occupancy) -> FloodRoom:
    return FloodRoom(
        people=occupancy.people,
        busy=occupancy.busy,
        waiting={one: round(occupancy.waiting.get(one, 0.0) / occupancy.handling) for one in CLASSES},
        promised=count_promised(tx, scope),
        bot_places=occupancy.bot_places,
        bot_busy=occupancy.bot_busy,
        kept_free={str(one): number for one, number in control.kept_free(occupancy).items()},
    )
