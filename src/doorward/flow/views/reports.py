"""Reports over a period, in the company's own days and weeks."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from doorward import measure, record, routing, workspace
from doorward.identity import Staff
from doorward.kit.tx import Tx
from doorward.measure import AgentDeeds, Bucket, Column, Counted, Moments, PresenceChange, Step, Table
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.report import ReportKind
from doorward.vocabulary.scope import Scope

_PRESENCE: Final = ("presence.set", "presence.lapsed")
_ENDED: Final = frozenset({"met", "breached"})
_LOOKED_BACK: Final = timedelta(days=1)
"""How long before a period it is looked whether somebody said that they are there."""


_KEYS_OF: Final[Mapping[ReportKind, Callable[[Counted], tuple[str, ...]]]] = {
    "labels": lambda one: one.labels,
    "channels": lambda one: (one.channel,),
    "languages": lambda one: (one.language,),
}
"""What conversations of a report have in common."""


class ReportWish(msgspec.Struct, frozen=True, kw_only=True):
    """Which report, from which day to which (both included), by days or by weeks.

    Service levels alone may be those of a `team`, which are its queues' (one that two teams serve counts for both),
    and of a `priority`.
    """

    kind: ReportKind
    since: date
    until: date
    step: Step = "day"
    team: str = ""
    priority: int | None = None


class NamedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row: what it is about by its key and, if that has a name, by its name, and its figures."""

    key: str
    name: str
    values: tuple[float | None, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A report; seconds, shares (0 to 1) and percents as the columns say."""

    kind: ReportKind
    since: date
    until: date
    step: Step
    columns: tuple[Column, ...]
    rows: tuple[NamedRow, ...]


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a report is made from: the wish, and the period as moments."""

    wish: ReportWish
    among: tuple[Bucket, ...]

    @property
    def begins(self) -> datetime:
        return self.among[0].begins

    @property
    def ends(self) -> datetime:
        return self.among[-1].ends


def report(tx: Tx, scope: Scope, wish: ReportWish, *, zone: ZoneInfo, staff: Staff) -> Report:
    """Return a report. Raises `Malformed` for a period that is none, or longer than a year, or no team."""
    days = (wish.until - wish.since).days + 1
    if not 0 < days <= measure.LONGEST:
        raise Malformed(f"since, until: a period of at most {measure.LONGEST} days, its first day first", why="period")
    asked = _Asked(wish=wish, among=measure.buckets(wish.since, wish.until, step=wish.step, zone=zone))
    table = _table(tx, scope, asked)
    names = _names(tx, scope, wish.kind, staff)
    return Report(
        kind=wish.kind,
        since=wish.since,
        until=wish.until,
        step=wish.step,
        columns=table.columns,
        rows=tuple(NamedRow(key=row.key, name=names.get(row.key, row.key), values=row.values) for row in table.rows),
    )


def _table(tx: Tx, scope: Scope, asked: _Asked) -> Table:
    match asked.wish.kind:
        case "volume":
            return measure.volume(asked.among, _counted(tx, scope, asked), _moments(tx, scope, asked))
        case "times":
            return measure.times(asked.among, _counted(tx, scope, asked))
        case "levels":
            return measure.levels(asked.among, _promises(tx, scope, asked))
        case "presence":
            spells = routing.presence_spells(tx, scope, since=asked.begins, until=asked.ends)
            return measure.attendance(asked.among, map(_spell, spells))
        case "satisfaction":
            return measure.satisfaction(asked.among, _moments(tx, scope, asked))
        case "labels" | "channels" | "languages" as kind:
            return measure.by_group(_counted(tx, scope, asked), _KEYS_OF[kind])
        case "agents" | "reviews" | "machines" as kind:
            return _of_whom(tx, scope, asked, kind)


def _of_whom(tx: Tx, scope: Scope, asked: _Asked, kind: Literal["agents", "reviews", "machines"]) -> Table:
    """Return a report about who it was rather than what."""
    match kind:
        case "agents":
            return measure.by_agent(_deeds(tx, scope, asked))
        case "reviews":
            found = record.reviews_between(tx, scope, asked.begins, asked.ends)
            judged = (measure.Judged(staff_id=one.staff_id, score=one.score, failed=one.failed) for one in found)
            return measure.by_review(judged)
        case "machines":
            return _machines(tx, scope, asked.wish)


def _machines(tx: Tx, scope: Scope, wish: ReportWish) -> Table:
    """Return which share of contacts was from machines, by the months of the period, and what is to be expected."""
    months = [f"{wish.since:%Y-%m}"]
    while months[-1] < f"{wish.until:%Y-%m}":
        months.append(measure.following(months[-1]))
    counts = measure.contacts_by_month(tx, scope, since=wish.since.isoformat(), until=wish.until.isoformat())
    begun = min((month for month, _ in counts), default=months[-1])
    return measure.by_month(counts, [month for month in months if month >= begun])


def _counted(tx: Tx, scope: Scope, asked: _Asked) -> tuple[Counted, ...]:
    """Return the conversations that arrived in the period and in which the customer spoke."""
    judged: dict[str, list[bool]] = defaultdict(list)
    for one in record.happened_between(tx, scope, ("feedback.given",), asked.begins, asked.ends):
        judged[one.conversation_id].append(bool(one.data.get("helpful")))
    return tuple(
        Counted(
            opened_at=one.opened_at,
            first_response_at=one.first_response_at,
            resolved_at=one.resolved_at,
            waited_seconds=one.waited_seconds,
            handovers=one.handovers,
            channel=one.channel,
            language=one.language,
            labels=one.labels,
            judgements=tuple(judged.get(one.conversation_id, ())),
        )
        for one in record.measured_between(tx, scope, asked.begins, asked.ends)
        if one.customer_messages
    )


def _promises(tx: Tx, scope: Scope, asked: _Asked) -> Iterator[measure.Ended]:
    """Yield what was promised in the period and has come out, of the team and priority that are asked for."""
    queues = _queues(tx, scope, asked.wish.team)
    for one in routing.promises_between(tx, scope, asked.begins, asked.ends):
        wanted = asked.wish.priority is None or one.priority == asked.wish.priority
        if wanted and one.state in _ENDED and (queues is None or one.queue in queues):
            yield measure.Ended(clock=one.clock, since=one.since, kept=one.state == "met")


def _queues(tx: Tx, scope: Scope, team: str) -> frozenset[str] | None:
    if not team:
        return None
    found = next((one for one in routing.read_plan(tx, scope).plan.teams if one.name == team), None)
    if found is None:
        raise Malformed("team: there is no team of this name", why="team")
    return frozenset(found.queues)


def _spell(one: routing.PresenceSpell) -> measure.Spell:
    return measure.Spell(since=one.since, until=one.until, state=one.state, reason=one.reason)


def _moments(tx: Tx, scope: Scope, asked: _Asked) -> Moments:
    begins, ends = asked.begins, asked.ends
    happened = record.happened_between(tx, scope, ("conversation.resolved", "feedback.given"), begins, ends)
    return Moments(
        resolved=[one.at for one in happened if one.kind == "conversation.resolved"],
        reopened=record.reopened_between(tx, scope, begins, ends),
        judged=[(one.at, bool(one.data.get("helpful"))) for one in happened if one.kind == "feedback.given"],
    )


def _deeds(tx: Tx, scope: Scope, asked: _Asked) -> dict[str, AgentDeeds]:
    happened = record.happened_between(
        tx, scope, ("conversation.resolved", "handoff.assigned"), asked.begins, asked.ends
    )
    given = Counter(str(one.data.get("staff_id")) for one in happened if one.kind == "handoff.assigned")
    resolved = Counter(
        one.actor_id for one in happened if one.kind == "conversation.resolved" and one.actor_kind == "staff"
    )
    spent = _presence(tx, scope, asked)
    return {
        staff_id: AgentDeeds(
            given=given[staff_id],
            resolved=resolved[staff_id],
            available_seconds=spent[staff_id]["available"] if staff_id in spent else None,
            away_seconds=spent[staff_id]["away"] if staff_id in spent else None,
        )
        for staff_id in {*given, *resolved, *spent}
    }


def _presence(tx: Tx, scope: Scope, asked: _Asked) -> dict[str, Counter[str]]:
    """Return how long everybody was available and away, as the audit tells; who dropped out is neither from then on."""
    ends = min(asked.ends, tx.now)
    lines = record.audited_between(tx, scope, _PRESENCE, asked.begins - _LOOKED_BACK, ends)
    changes = (
        PresenceChange(
            at=line.at,
            staff_id=line.object_id,
            state="out" if line.action == "presence.lapsed" or not line.fields else line.fields[0],
        )
        for line in lines
    )
    return measure.presence_seconds(changes, asked.begins, ends)


def _names(tx: Tx, scope: Scope, kind: ReportKind, staff: Staff) -> dict[str, str]:
    if kind in {"agents", "reviews"}:
        return {one.id: one.display_name for one in staff.everybody(tx, scope)}
    if kind == "labels":
        return {one.key: one.piece.name for one in workspace.list_pieces(tx, scope, "label")}
    return {}
