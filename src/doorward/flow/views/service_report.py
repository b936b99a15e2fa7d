"""What was promised and what became of it: kept and missed by queue, class, language and day, and how long it took."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from doorward import routing
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.measure import quantile
from doorward.vocabulary.scope import Scope

Side = Literal["all", "queue", "class", "language", "day"]
_CLOCKS: Final[tuple[routing.ClockKind, ...]] = ("first", "next", "resolution")


class ServiceCount(msgspec.Struct, frozen=True, kw_only=True):
    """Promises of one clock, counted by one side: of all, of a queue, of a class, of a language, or of a day.

    `missed` are those that were broken, answered since or not; `open` are neither kept nor missed yet. Median and p90
    (nearest rank) are the service seconds that those took which have ended; null where none has. A class is a whole
    number, 0 the usual one; a day is that on which the promise began, in the company's time zone.
    """

    by: Side
    value: str
    clock: routing.ClockKind
    kept: int
    missed: int
    open: int
    median_seconds: float | None
    p90_seconds: float | None


class ServiceReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was promised from `since` until before `until`; one of the kinds of clocks of which there was none is left
    out. Every promise is counted once for each side.
    """

    since: datetime
    until: datetime
    time_zone: str
    counts: tuple[ServiceCount, ...]


def service_report(
    tx: Tx, scope: Scope, *, since: datetime, until: datetime, settings: TenantSettings
) -> ServiceReport:
    """Return the report of a period, its counts by side, then by value, then by clock."""
    zone = ZoneInfo(settings.time_zone)
    found: dict[tuple[Side, str, routing.ClockKind], list[routing.Counted]] = defaultdict(list)
    for one in routing.promises_between(tx, scope, since, until):
        for side, value in _sides(one, zone):
            found[side, value, one.clock].append(one)
    ordered = sorted(found.items(), key=lambda item: _place(*item[0]))
    counts = tuple(_count(key, promises) for key, promises in ordered)
    return ServiceReport(since=since, until=until, time_zone=settings.time_zone, counts=counts)


def as_csv(report: ServiceReport) -> str:
    """Return the counts as a table of comma-separated values (RFC 4180), its first line the names of its columns.

    A value that a spreadsheet would take for a formula is led by an apostrophe (OWASP, CSV Injection).
    """
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(ServiceCount.__struct_fields__)
    for one in report.counts:
        table.writerow(map(_cell, msgspec.structs.astuple(one)))
    return out.getvalue()


def _sides(one: routing.Counted, zone: ZoneInfo) -> Iterator[tuple[Side, str]]:
    yield "all", ""
    yield "queue", one.queue
    yield "class", str(one.priority)
    yield "language", one.language
    yield "day", one.since.astimezone(zone).date().isoformat()


def _place(side: Side, value: str, clock: routing.ClockKind) -> tuple[int, float, str, int]:
    sides: tuple[Side, ...] = ("all", "queue", "class", "language", "day")
    return (sides.index(side), -float(value) if side == "class" else 0.0, value, _CLOCKS.index(clock))


def _count(key: tuple[Side, str, routing.ClockKind], promises: Sequence[routing.Counted]) -> ServiceCount:
    side, value, clock = key
    took = [float(one.used_seconds) for one in promises if one.ended_at is not None]
    return ServiceCount(
        by=side,
        value=value,
        clock=clock,
        kept=_number(promises, ("met",)),
        missed=_number(promises, ("breached",)),
        open=_number(promises, ("running", "warned", "paused")),
        median_seconds=quantile(took, 0.5),
        p90_seconds=quantile(took, 0.9),
    )


def _number(promises: Iterable[routing.Counted], states: tuple[routing.ClockState, ...]) -> int:
    return sum(1 for one in promises if one.state in states)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "@"} else str(value)
