"""What is to be told is written down in the transaction in which it happens."""

import time
from collections.abc import Sequence
from typing import Final

from doorward.kit.tx import Tx
from doorward.record import WrittenEntry
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Job
from doorward.vocabulary.past import is_past
from doorward.vocabulary.scope import Scope
from doorward.webhooks import EVENTS, Deliveries, Endpoints, Told

REMEMBERED: Final = 2.0
"""Seconds for which it is remembered that a tenant has no webhook: most have none, and every message asks."""


class Announcer:
    """Hears of every ledger line that is written. Thread-safe."""

    def __init__(self, endpoints: Endpoints, deliveries: Deliveries) -> None:
        """Look for endpoints, and write into the log."""
        self._endpoints = endpoints
        self._deliveries = deliveries
        self._none_until: dict[TenantId, float] = {}

    def announce(self, tx: Tx, scope: Scope, written: Sequence[WrittenEntry]) -> tuple[Job, ...]:
        """Write down who is to be told of these lines, in the open transaction, and return the jobs that do it."""
        lines = [one for one in written if one.entry.kind in EVENTS and not is_past(one.entry)]
        if not lines or self._none_until.get(scope.tenant_id, 0.0) > time.monotonic():
            return ()
        endpoints = [one for one in self._endpoints.list_all(tx, scope) if one.state == "on"]
        if not endpoints:
            self._none_until[scope.tenant_id] = time.monotonic() + REMEMBERED
            return ()
        told = [
            (endpoint, Told(event=one.entry.kind, conversation_id=one.entry.conversation_id, seq=one.seq))
            for one in lines
            for endpoint in endpoints
            if endpoint.wants(one.entry.kind)
        ]
        return self._deliveries.enqueue(tx, scope, told)

    def forget(self, tenant_id: TenantId) -> None:
        """Look again: a tenant's webhooks have changed."""
        self._none_until.pop(tenant_id, None)
