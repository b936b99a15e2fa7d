"""Reports: what the rows and columns of each are, from plain facts. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, get_args

import msgspec

from doorward.measure.figures import quantile, share_of
from doorward.measure.periods import Bucket, place_of
from doorward.vocabulary.report import ReportKind

KINDS: Final[tuple[ReportKind, ...]] = get_args(ReportKind)
BY_TIME: Final = frozenset({"volume", "times", "levels", "presence", "satisfaction"})
"""The reports whose rows are days or weeks."""

BY_WEEK: Final = frozenset({"levels", "presence"})
"""Those of them that are looked at by weeks unless somebody asks for days."""

Unit = Literal["count", "seconds", "share", "percent"]
Value = int | float | None


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """What a column holds: `share` is 0 to 1, `percent` 0 to 100."""

    name: str
    unit: Unit = "count"


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a row is about (a day, or the key of what it counts) and its figures, none where nothing can be said."""

    key: str
    values: tuple[Value, ...]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Columns and rows."""

    columns: tuple[Column, ...]
    rows: tuple[ReportRow, ...]


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted of a conversation that arrived in the period; `judgements`: whether it helped, each time."""

    opened_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    waited_seconds: float
    handovers: int
    channel: str
    language: str
    labels: tuple[str, ...]
    judgements: tuple[bool, ...] = ()


class Moments(msgspec.Struct, frozen=True, kw_only=True):
    """When conversations were ended, when those to which the customer came back later were, and each judgement."""

    resolved: Sequence[datetime]
    reopened: Sequence[datetime]
    judged: Sequence[tuple[datetime, bool]]


class AgentDeeds(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent got and ended, and the seconds in which they took conversations and in which they were away."""

    given: int
    resolved: int
    available_seconds: float | None
    away_seconds: float | None


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A review: of whom, its score in percent, and whether a critical question failed it."""

    staff_id: str
    score: float
    failed: bool


def volume(among: Sequence[Bucket], counted: Iterable[Counted], moments: Moments) -> Table:
    """Return how many conversations arrived, of those went to people, were ended, and of those came back later."""
    arrived = list(counted)
    columns = ("arrived", "handed_over", "resolved", "reopened")
    counts = (
        _counts(among, (one.opened_at for one in arrived)),
        _counts(among, (one.opened_at for one in arrived if one.handovers)),
        _counts(among, moments.resolved),
        _counts(among, moments.reopened),
    )
    return _by_time(among, columns, lambda at: tuple(count[at] for count in counts))


def times(among: Sequence[Bucket], counted: Iterable[Counted]) -> Table:
    """Return median and 90th percentile of first response, resolution and wait, by when conversations arrived."""
    groups = _grouped(among, counted)
    names = ("first_response", "first_response_p90", "resolution", "resolution_p90", "wait", "wait_p90")
    columns = tuple(Column(name=name, unit="seconds") for name in names)

    def values(at: int) -> tuple[Value, ...]:
        lasting = (_responses(groups[at]), _resolutions(groups[at]), _waits(groups[at]))
        return tuple(quantile(one, share) for one in lasting for share in (0.5, 0.9))

    return Table(columns=columns, rows=rows_by_time(among, values))


def satisfaction(among: Sequence[Bucket], moments: Moments) -> Table:
    """Return how many customers said whether it helped, and which share of them that it did."""
    said: dict[int, list[bool]] = defaultdict(list)
    for at, helped in moments.judged:
        place = place_of(at, among)
        if place is not None:
            said[place].append(helped)
    columns = (Column(name="judged"), Column(name="satisfaction", unit="share"))
    return Table(columns=columns, rows=rows_by_time(among, lambda at: (len(said[at]), share_of(said[at]))))


def by_group(counted: Iterable[Counted], keys_of: Callable[[Counted], Iterable[str]]) -> Table:
    """Return the figures of what conversations have in common, that of most conversations first."""
    groups: dict[str, list[Counted]] = defaultdict(list)
    for one in counted:
        for key in keys_of(one):
            groups[key].append(one)
    columns = (
        Column(name="arrived"),
        Column(name="handed_over"),
        Column(name="resolved"),
        Column(name="first_response", unit="seconds"),
        Column(name="wait", unit="seconds"),
        Column(name="judged"),
        Column(name="satisfaction", unit="share"),
    )
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return Table(columns=columns, rows=tuple(_group_row(key, group) for key, group in ordered))


def _group_row(key: str, group: Sequence[Counted]) -> ReportRow:
    judged = [helped for one in group for helped in one.judgements]
    return ReportRow(
        key=key,
        values=(
            len(group),
            sum(1 for one in group if one.handovers),
            sum(1 for one in group if one.resolved_at is not None),
            quantile(_responses(group), 0.5),
            quantile(_waits(group), 0.5),
            len(judged),
            share_of(judged),
        ),
    )


def by_agent(deeds: Mapping[str, AgentDeeds]) -> Table:
    """Return what each agent did, who ended most first."""
    columns = (
        Column(name="given"),
        Column(name="resolved"),
        Column(name="available", unit="seconds"),
        Column(name="away", unit="seconds"),
    )
    ordered = sorted(deeds.items(), key=lambda item: (-item[1].resolved, -item[1].given, item[0]))
    rows = tuple(
        ReportRow(key=key, values=(one.given, one.resolved, one.available_seconds, one.away_seconds))
        for key, one in ordered
    )
    return Table(columns=columns, rows=rows)


def by_review(reviews: Iterable[Judged]) -> Table:
    """Return how many reviews each agent got, their mean score, and how many failed; the best first."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for one in reviews:
        groups[one.staff_id].append(one)
    columns = (Column(name="reviews"), Column(name="score", unit="percent"), Column(name="failed"))
    rows = [
        ReportRow(
            key=key,
            values=(
                len(group),
                round(sum(one.score for one in group) / len(group), 1),
                sum(1 for one in group if one.failed),
            ),
        )
        for key, group in groups.items()
    ]
    return Table(columns=columns, rows=tuple(sorted(rows, key=lambda row: (-(row.values[1] or 0), row.key))))


class PresenceChange(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody is `available`, `away`, or out (any other word) from a moment on."""

    at: datetime
    staff_id: str
    state: str


def presence_seconds(changes: Iterable[PresenceChange], since: datetime, until: datetime) -> dict[str, Counter[str]]:
    """Return how long each member was in each state between two moments; the changes are in order and may begin before.

    Time before somebody's first change is in no state: nobody knows.
    """
    found: dict[str, Counter[str]] = defaultdict(Counter)
    held: dict[str, PresenceChange] = {}
    for change in changes:
        _spend(found, held.get(change.staff_id), change.at, since, until)
        held[change.staff_id] = change
    for last in held.values():
        _spend(found, last, until, since, until)
    return dict(found)


def _spend(
    found: dict[str, Counter[str]], began: PresenceChange | None, ends: datetime, since: datetime, until: datetime
) -> None:
    if began is None:
        return
    seconds = (min(ends, until) - max(began.at, since)).total_seconds()
    if seconds > 0:
        found[began.staff_id][began.state] += round(seconds)


def _by_time(among: Sequence[Bucket], names: Sequence[str], values: Callable[[int], tuple[Value, ...]]) -> Table:
    return Table(columns=tuple(Column(name=name) for name in names), rows=rows_by_time(among, values))


def rows_by_time(among: Sequence[Bucket], values: Callable[[int], tuple[Value, ...]]) -> tuple[ReportRow, ...]:
    """Return a row for each day or week, its key its first day, with the values of its place among them."""
    return tuple(ReportRow(key=one.first.isoformat(), values=values(at)) for at, one in enumerate(among))


def _counts(among: Sequence[Bucket], moments: Iterable[datetime]) -> Counter[int]:
    places = (place_of(moment, among) for moment in moments)
    return Counter(place for place in places if place is not None)


def _grouped(among: Sequence[Bucket], counted: Iterable[Counted]) -> dict[int, list[Counted]]:
    groups: dict[int, list[Counted]] = defaultdict(list)
    for one in counted:
        place = place_of(one.opened_at, among)
        if place is not None:
            groups[place].append(one)
    return groups


def _responses(group: Sequence[Counted]) -> list[float]:
    return [(one.first_response_at - one.opened_at).total_seconds() for one in group if one.first_response_at]


def _resolutions(group: Sequence[Counted]) -> list[float]:
    return [(one.resolved_at - one.opened_at).total_seconds() for one in group if one.resolved_at]


def _waits(group: Sequence[Counted]) -> list[float]:
    return [one.waited_seconds for one in group if one.handovers]
