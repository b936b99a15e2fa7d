"""Green, amber, red: how things stand, and why. A pure function of what is measured and what people decided."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

import msgspec

Level = Literal["green", "amber", "red"]
"""As usual; a flood is likely; a flood."""

Cause = Literal["signals", "calm", "override", "override_ended", "switched_off", "switched_on"]

LEVELS: Final[tuple[Level, ...]] = get_args(Level)


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is measured, and what it takes: `calm` or less is quiet, from `amber` on it is amber, `red` red.

    `calm < amber <= red`; what lies between changes nothing. `value` None (or no number) is a detector that cannot
    tell: it raises nothing, and nothing counts as quiet meanwhile.
    """

    name: str
    value: float | None
    calm: float
    amber: float
    red: float

    def __post_init__(self) -> None:
        """Raise `ValueError` for thresholds in another order."""
        if not self.calm < self.amber <= self.red:
            raise ValueError("a signal has calm below amber, and red no lower than amber")

    @property
    def wants(self) -> Level:
        """Return the level that this signal alone would raise."""
        if self.value is None or not self.value >= self.amber:
            return "green"
        return "red" if self.value >= self.red else "amber"

    def is_quiet(self, level: Level) -> bool:
        """Return whether this signal lets `level` end: for red half-way down to amber is enough."""
        below = (self.amber + self.red) / 2 if level == "red" else self.calm
        return self.value is not None and self.value <= below and self.wants != level


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """What a person decided: this level, until then (None: until somebody ends it). `note` is masked."""

    level: Level
    by: str
    note: str
    until: datetime | None = None


class AlertRules(msgspec.Struct, frozen=True, kw_only=True):
    """How slowly it moves. Down, one level at a time, only after `quiet` without a pause and `hold` in the level.

    Up at once, but not within `rest` of having come down.
    """

    quiet: timedelta = timedelta(minutes=10)
    hold: timedelta = timedelta(minutes=15)
    rest: timedelta = timedelta(minutes=1)


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """How things stand: what the signals gave (`measured`, since when, and which way it came), and what people say.

    `off` is the kill switch: flood control decides nothing, measures on, and admits everybody.
    """

    measured: Level = "green"
    since: datetime
    came_down: bool = False
    quiet_since: datetime | None = None
    override: Override | None = None
    off: bool = False

    @property
    def level(self) -> Level:
        """Return the level that holds: green while switched off, else what a person decided, else what is measured."""
        if self.off:
            return "green"
        return self.measured if self.override is None else self.override.level


class AlertChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change with its evidence, for the audit: before and after of the level that holds, and of the measured one.

    `by` is who did it, empty where the house did; `signals` are all that were measured then.
    """

    at: datetime
    cause: Cause
    before: Level
    after: Level
    measured_before: Level
    measured_after: Level
    by: str = ""
    note: str = ""
    signals: tuple[Signal, ...] = ()


def watch_signals(
    alert: Alert, signals: Iterable[Signal], *, now: datetime, rules: AlertRules
) -> tuple[Alert, tuple[AlertChange, ...]]:
    """Return how things stand with these signals, and what changed by it: nothing, one thing, or two.

    Of the measured level: each way down is at least `rules.hold` from the change before it, and each way up at least
    `rules.rest` from a way down, so it never goes to and fro faster. An override whose time has passed ends here.
    """
    seen = tuple(signals)
    changes: list[AlertChange] = []
    standing = alert.override
    if standing is not None and standing.until is not None and now >= standing.until:
        ended = msgspec.structs.replace(alert, override=None)
        changes.append(_change(alert, ended, at=now, cause="override_ended"))
        alert = ended
    moved = _moved(alert, seen, now=now, rules=rules)
    if moved.measured != alert.measured:
        rose = LEVELS.index(moved.measured) > LEVELS.index(alert.measured)
        change = _change(alert, moved, at=now, cause="signals" if rose else "calm")
        changes.append(msgspec.structs.replace(change, signals=seen))
    return moved, tuple(changes)


def _moved(alert: Alert, signals: tuple[Signal, ...], *, now: datetime, rules: AlertRules) -> Alert:
    wanted = max((signal.wants for signal in signals), key=LEVELS.index, default="green")
    in_level = now - alert.since
    if LEVELS.index(wanted) > LEVELS.index(alert.measured):
        if alert.came_down and in_level < rules.rest:
            return msgspec.structs.replace(alert, quiet_since=None)
        return msgspec.structs.replace(alert, measured=wanted, since=now, came_down=False, quiet_since=None)
    # Without any signal nothing is known to be quiet.
    if alert.measured == "green" or not signals or not all(signal.is_quiet(alert.measured) for signal in signals):
        return msgspec.structs.replace(alert, quiet_since=None)
    quiet_since = alert.quiet_since or now
    if now - quiet_since < rules.quiet or in_level < rules.hold:
        return msgspec.structs.replace(alert, quiet_since=quiet_since)
    lower = LEVELS[LEVELS.index(alert.measured) - 1]
    return msgspec.structs.replace(alert, measured=lower, since=now, came_down=True, quiet_since=None)


def override_level(alert: Alert, wanted: Override, *, now: datetime) -> tuple[Alert, AlertChange]:
    """Have a person's word hold over what is measured, in place of any before it."""
    after = msgspec.structs.replace(alert, override=wanted)
    return after, _change(alert, after, at=now, cause="override", by=wanted.by, note=wanted.note)


def release_override(alert: Alert, *, by: str, now: datetime) -> tuple[Alert, AlertChange | None]:
    """End an override before its time; None changes where there is none."""
    if alert.override is None:
        return alert, None
    after = msgspec.structs.replace(alert, override=None)
    return after, _change(alert, after, at=now, cause="override_ended", by=by)


def switch_control(alert: Alert, *, off: bool, by: str, note: str, now: datetime) -> tuple[Alert, AlertChange | None]:
    """Switch all of flood control off or on again; None changes where it is so already."""
    if alert.off == off:
        return alert, None
    after = msgspec.structs.replace(alert, off=off)
    return after, _change(alert, after, at=now, cause="switched_off" if off else "switched_on", by=by, note=note)


def _change(before: Alert, after: Alert, *, at: datetime, cause: Cause, **who: str) -> AlertChange:
    return AlertChange(
        at=at,
        cause=cause,
        before=before.level,
        after=after.level,
        measured_before=before.measured,
        measured_after=after.measured,
        **who,  # type: ignore[arg-type]
    )
