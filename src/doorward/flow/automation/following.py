"""Following the ledger: a line that is an event for a rule leaves a job in its own transaction."""

import time
from collections.abc import Sequence
from functools import partial
from typing import Final

from doorward import automation
from doorward.automation import Event
from doorward.flow.happenings import events_of
from doorward.kit.tx import Tx
from doorward.record import WrittenEntry
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Job
from doorward.vocabulary.past import is_past
from doorward.vocabulary.scope import Scope

JOB: Final = "automation.act"
REMEMBERED: Final = 2.0
"""Seconds for which it is remembered to what a tenant's rules listen: every line that is written asks."""


class Follower:
    """Hears of every ledger line that is written. Thread-safe."""

    def __init__(self) -> None:
        """Begin without knowing anybody's rules."""
        self._heard: dict[TenantId, tuple[float, frozenset[Event]]] = {}

    def follow(self, tx: Tx, scope: Scope, written: Sequence[WrittenEntry]) -> tuple[Job, ...]:
        """Return a job for each of these lines to which a rule of the tenant listens; lines of the past are none."""
        lines = [(one, events) for one in written if (events := events_of(one.entry)) and not is_past(one.entry)]
        if not lines:
            return ()
        heard = self._events(tx, scope)
        return tuple(line_job(one) for one, events in lines if not heard.isdisjoint(events))

    def changed(self, tx: Tx, scope: Scope) -> None:
        """Look again when this transaction is durable: it has changed the tenant's rules."""
        tx.after_commit(partial(self._forget, scope.tenant_id))

    def _events(self, tx: Tx, scope: Scope) -> frozenset[Event]:
        until, events = self._heard.get(scope.tenant_id, (0.0, frozenset()))
        if until <= time.monotonic():
            rules = automation.read_rules(tx, scope).rules
            events = frozenset(rule.on for rule in rules if rule.enabled)
            self._heard[scope.tenant_id] = (time.monotonic() + REMEMBERED, events)
        return events

    def _forget(self, tenant_id: TenantId) -> None:
        self._heard.pop(tenant_id, None)


def line_job(written: WrittenEntry) -> Job:
    """Return the job that asks a tenant's rules about a line of the ledger."""
    conversation_id, seq = written.entry.conversation_id, str(written.seq)
    return Job(kind=JOB, key=f"{conversation_id}.{seq}", payload={"conversation_id": conversation_id, "seq": seq})
