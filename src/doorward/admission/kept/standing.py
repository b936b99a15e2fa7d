"""How a tenant stands with floods, as it is kept: it outlives the process, and all processes of a tenant share it."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from doorward.admission.flood import (
    Alert,
    AlertChange,
    ArrivalRate,
    CallerClass,
    ShareDrift,
    Signal,
    WeekProfile,
)
from doorward.admission.kept import repository
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.scope import Scope

SHOWN: Final = 50
"""Changes that are shown at once."""

KEPT: Final = timedelta(hours=1)
"""For how long counts of arrivals are kept: they are for looking at what happens now."""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What is being measured: the rate of all and of strangers, who comes, what came of talks with colleagues, and the
    last ten seconds that were observed (their beginning).
    """

    rate: ArrivalRate = ArrivalRate()
    strangers: ArrivalRate = ArrivalRate()
    mix: ShareDrift = ShareDrift()
    talks: ShareDrift = ShareDrift()
    tick_at: datetime | None = None


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """What was learned, and what is being counted for it.

    `profile` and `mix` are None until there was a week and a day to learn from, or a person told the rate. `day` counts
    today's contacts by class, `day_of` is its date at the company; `week` counts them by half hours, None where it was
    amber or red, and `week_from` is the date of its Monday. `whole_day` and `whole_week` tell whether they were counted
    from their beginning. `talks` are the usual shares of what came of talks with colleagues, None until a day had
    enough of them, and `day_talks` counts today's.
    """

    profile: WeekProfile | None = None
    mix: Mapping[str, float] | None = None
    talks: Mapping[str, float] | None = None
    day_talks: Mapping[str, int] = {}
    day: Mapping[str, int] = {}
    day_of: str = ""
    day_was_calm: bool = True
    whole_day: bool = False
    week: tuple[int | None, ...] = ()
    week_from: str = ""
    whole_week: bool = False


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """All that is kept, when it was last looked at, and which process watches until when."""

    alert: Alert
    measured: Measured = Measured()
    learned: Learned = Learned()
    seen_at: datetime
    led_by: str = ""
    led_until: datetime


class ArrivalKind(NamedTuple):
    """What is counted apart: in which ten seconds, who (class), by which channel and in which language, what they got
    for which reason, and from which country (two letters, empty where nobody says).
    """

    tick_at: datetime
    caller_class: CallerClass
    channel: str
    language: str
    way: str
    because: str
    region: str = ""


class Needed(msgspec.Struct, frozen=True, kw_only=True):
    """What it takes to cope, for whoever adds resources: places of people, so that all who wait now are served within
    ten minutes, and places of the bot.
    """

    people: int = 0
    bot: int = 0


class NotedChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change of the level with its evidence, under the id by which the audit names it, and what was needed then."""

    id: str
    change: AlertChange
    needed: Needed = Needed()


def read_kept(tx: Tx, scope: Scope) -> Kept | None:
    """Return what is kept, None before the first time."""
    row = repository.find_flood(tx, scope)
    return None if row is None else _kept(row)


def hold_kept(tx: Tx, scope: Scope) -> Kept:
    """Return what is kept and keep others from changing it until the transaction ends; it begins green."""
    row = repository.find_flood(tx, scope, held=True)
    if row is None:
        fresh = Kept(alert=Alert(since=tx.now), seen_at=tx.now, led_until=tx.now)
        repository.add_flood(tx, scope, _values(fresh))
        row = repository.find_flood(tx, scope, held=True)
    if row is None:  # it was just added
        raise LookupError("the tenant's row is gone")
    return _kept(row)


def save_kept(tx: Tx, scope: Scope, kept: Kept, *, before: Kept) -> None:
    """Write what has changed since `before`, which the transaction holds."""
    old = _values(before)
    changed = {name: value for name, value in _values(kept).items() if value != old[name]}
    if changed:
        repository.update_flood(tx, scope, changed)


def note_changes(tx: Tx, scope: Scope, changes: Iterable[AlertChange], *, needed: Needed) -> tuple[NotedChange, ...]:
    """Keep changes with their evidence; return them with their ids."""
    noted = tuple(NotedChange(id=new_id(), change=change, needed=needed) for change in changes)
    for one in noted:
        written = _written(one.change) | {"needed": msgspec.to_builtins(one.needed)}
        repository.insert_change(tx, scope, {"id": one.id, "at": one.change.at, "change": written})
    return noted


def audit_of(noted: Iterable[NotedChange]) -> tuple[AuditEvent, ...]:
    """Return the lines of the audit, each of which names the row with the evidence."""
    events = []
    for one in noted:
        change = one.change
        fields: tuple[str, ...] = ("level",) if change.before != change.after else ("measured",)
        if change.cause in {"override", "override_ended"}:
            fields = (*fields, "override")
        reason = f"{change.cause}: {change.before} to {change.after}"
        events.append(
            AuditEvent(
                action="flood.changed", object_kind="flood_change", object_id=one.id, fields=fields, reason=reason
            )
        )
    return tuple(events)


def list_changes(tx: Tx, scope: Scope, *, limit: int = SHOWN) -> tuple[NotedChange, ...]:
    """Return the newest changes, the newest first."""
    return tuple(_noted(row) for row in repository.changes(tx, scope, limit=limit))


def find_change(tx: Tx, scope: Scope, change_id: str) -> NotedChange | None:
    """Return a change, or None."""
    row = repository.find_change(tx, scope, change_id)
    return None if row is None else _noted(row)


def add_arrivals(tx: Tx, scope: Scope, counts: Mapping[ArrivalKind, int]) -> None:
    """Keep what a process has counted."""
    rows = [{"id": new_id(), **kind._asdict(), "number": number, "observed": False} for kind, number in counts.items()]
    repository.insert_arrivals(tx, scope, rows)


def take_arrivals(tx: Tx, scope: Scope, *, before: datetime) -> tuple[tuple[ArrivalKind, int], ...]:
    """Return what was counted in ticks before a moment and not observed yet; it is observed with that."""
    rows = repository.unobserved_arrivals(tx, scope, before=before)
    if rows:
        repository.note_observed(tx, scope, [row.id for row in rows])
    return tuple((_kind(row), row.number) for row in rows)


def count_arrivals(tx: Tx, scope: Scope, *, since: datetime) -> Counter[ArrivalKind]:
    """Return how many came from a moment on, which is at most an hour ago."""
    return Counter({_kind(row): int(row.number) for row in repository.count_arrivals(tx, scope, since=since)})


def forget_arrivals(tx: Tx, scope: Scope) -> int:
    """Remove the counts that are older than an hour; return how many rows."""
    return repository.delete_arrivals(tx, scope, before=tx.now - KEPT)


def _written(change: AlertChange) -> dict[str, Any]:
    """Return a change as JSON, which has no endless numbers: what is left out of a signal has no end."""
    written: dict[str, Any] = msgspec.to_builtins(change)
    return written | {"signals": [_finite(one) for one in change.signals]}


def _finite(signal: Signal) -> dict[str, Any]:
    plain = msgspec.structs.asdict(signal)
    return {name: value for name, value in plain.items() if value != math.inf}


def _noted(row: Any) -> NotedChange:
    needed = msgspec.convert(row.change.get("needed", {}), Needed)
    return NotedChange(id=row.id, change=_read(row.change), needed=needed)


def _read(written: dict[str, Any]) -> AlertChange:
    signals = [{"value": math.inf, "red": math.inf} | one for one in written["signals"]]
    return msgspec.convert(written | {"signals": signals}, AlertChange)


def _kind(row: Any) -> ArrivalKind:
    return ArrivalKind(row.tick_at, row.caller_class, row.channel, row.language, row.way, row.because, row.region)


_JSON: Final[Sequence[str]] = ("alert", "measured", "learned")


def _values(kept: Kept) -> dict[str, Any]:
    values = msgspec.structs.asdict(kept)
    return values | {name: msgspec.to_builtins(values[name]) for name in _JSON}


def _kept(row: Any) -> Kept:
    return Kept(
        alert=msgspec.convert(row.alert, Alert),
        measured=msgspec.convert(row.measured, Measured),
        learned=msgspec.convert(row.learned, Learned),
        seen_at=row.seen_at,
        led_by=row.led_by,
        led_until=row.led_until,
    )
