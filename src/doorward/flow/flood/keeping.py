"""The watch over every tenant, kept: one process watches a tenant at a time, all of them see what came of it."""

import math
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from doorward import record, routing
from doorward.admission.flood import Alert, AlertChange, Level, Occupancy, expect_wait
from doorward.admission.kept import (
    Kept,
    Needed,
    NotedChange,
    add_arrivals,
    audit_of,
    forget_arrivals,
    hold_kept,
    note_changes,
    read_kept,
    save_kept,
    sweep_demotions,
    take_arrivals,
)
from doorward.flow.flood.control import FloodControl, tick_of
from doorward.flow.flood.watching import Seen, watch
from doorward.kit.ids import new_id
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.scope import Scope

WATCH_EVERY: Final = timedelta(seconds=10)
LEADS: Final = timedelta(seconds=45)
"""How long nobody else watches a tenant; whoever watches renews it, and one that died is replaced after it."""

IDLE: Final = timedelta(seconds=30)
"""Where nobody comes and all is green, what is kept is written so seldom."""

TALKS_BACK: Final = timedelta(hours=1)
"""After a longer pause what came of talks meanwhile is not looked at."""

Announces = Callable[[Tx, Scope, Sequence[NotedChange]], tuple[Job, ...]]
"""Writes down who is to be told of changes, and returns the jobs that do it."""

Watched = Callable[[TenantId, Level, Needed], None]
"""Hears how a tenant stands, and what it takes to cope, whenever it was looked at."""

SERVED_WITHIN: Final = 600.0
"""Seconds in which people would have to serve all who wait."""


class FloodWatch:
    """Watches every tenant. Any number of processes may; see `LEADS`."""

    def __init__(
        self,
        transactions: Transactions,
        control: FloodControl,
        *,
        settings_of: Callable[[TenantId], TenantSettings],
        announces: Announces = lambda *_: (),
        watched: Watched = lambda *_: None,
    ) -> None:
        """Watch what `control` counts; the company's own time is in its settings."""
        self._transactions = transactions
        self._control = control
        self._settings_of = settings_of
        self._announces = announces
        self._watched = watched
        self._name = new_id()

    def keep_time(self, scope: Scope) -> Alert:
        """Judge what came since the last time, or keep what came here for whoever judges; return how things stand."""
        control, tenant_id = self._control, scope.tenant_id
        zone = ZoneInfo(self._settings_of(tenant_id).time_zone)
        counts = control.take_counts(tenant_id)
        if not counts and (idle := self._transactions.read(lambda tx: self._idle(tx, scope))) is not None:
            return idle

        def work(tx: Tx) -> Outcome[Alert]:
            add_arrivals(tx, scope, counts)
            before = hold_kept(tx, scope)
            if before.led_by != self._name and before.led_until > tx.now:
                return Outcome(before.alert)
            return self._judge(tx, scope, before, zone=zone)

        kept = False
        try:
            alert = self._transactions.write(scope, work)
            kept = True
        finally:
            if not kept:
                control.give_back(tenant_id, counts)
        control.look_again(tenant_id)
        return alert

    def forget(self, scope: Scope) -> None:
        """Remove counts and demotions that nobody looks at any more."""
        self._transactions.write(scope, lambda tx: Outcome(forget_arrivals(tx, scope) + sweep_demotions(tx, scope)))

    def _idle(self, tx: Tx, scope: Scope) -> Alert | None:
        """Return how things stand where nothing would come of judging now, else None."""
        kept = read_kept(tx, scope)
        if kept is None or kept.alert.level != "green" or kept.alert.measured != "green" or kept.alert.override:
            return None
        measured = kept.measured
        is_quiet = not any(one.score for one in (measured.rate, measured.strangers, measured.mix, measured.talks))
        return kept.alert if is_quiet and tx.now - kept.seen_at < IDLE else None

    def _judge(self, tx: Tx, scope: Scope, before: Kept, *, zone: ZoneInfo) -> Outcome[Alert]:
        occupancy = self._control.occupancy(tx, scope)
        arrived = take_arrivals(tx, scope, before=tick_of(tx.now))
        wait = expect_wait("anonymous", occupancy, rules=self._control.rules) if occupancy.people else None
        watched = watch(before, Seen(arrived, wait, zone, _talks(tx, scope, before)), now=tx.now)
        after = msgspec.structs.replace(watched.kept, led_by=self._name, led_until=tx.now + LEADS)
        save_kept(tx, scope, after, before=before)
        free = routing.keep_free(tx, scope, reserve_for(after.alert, occupancy, control=self._control))
        audits, jobs = self.tell(tx, scope, watched.changes, occupancy)
        tx.after_commit(lambda: self._watched(scope.tenant_id, after.alert.level, needed_for(occupancy)))
        return Outcome(after.alert, (*audits, *free.entries), jobs)

    def tell(
        self, tx: Tx, scope: Scope, changes: Sequence[AlertChange], occupancy: Occupancy
    ) -> tuple[tuple[AuditEvent, ...], tuple[Job, ...]]:
        """Keep changes with their evidence; return the lines of the audit, and the jobs that tell others."""
        noted = note_changes(tx, scope, changes, needed=needed_for(occupancy))
        return audit_of(noted), self._announces(tx, scope, noted) if noted else ()


def _talks(tx: Tx, scope: Scope, before: Kept) -> tuple[bool, ...]:
    """Return of the talks with colleagues that ended since the tenant was last looked at whether anything came of them.

    What is being written while this is read is seen the next time.
    """
    until = tx.now - WATCH_EVERY
    since = max(before.seen_at - WATCH_EVERY, until - TALKS_BACK)
    return record.talks_between(tx, scope, since, until)


def needed_for(occupancy: Occupancy) -> Needed:
    """Return what it would take to cope now."""
    waiting = sum(occupancy.waiting.values())
    return Needed(people=occupancy.busy + math.ceil(waiting / SERVED_WITHIN), bot=occupancy.bot_busy)


def reserve_for(alert: Alert, occupancy: Occupancy, *, control: FloodControl) -> routing.Reserve:
    """Return how many places are kept free of each class now, in whole places, and whether the queue goes by class."""
    if alert.off:
        return routing.Reserve()
    kept = tuple(control.kept_free(occupancy).values())
    return routing.Reserve(by_rank=alert.level != "green", kept=kept)
