"""Counting what contacts look like: machines that sign, and how much others look like assistants.

Counts are of nobody: a day, a channel, a look. They are kept in memory and written down every minute, beside what is
said and never before it; what a crash loses is a minute of a statistic.
"""

import threading
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Final

from doorward import measure
from doorward.kit.clock import Clock
from doorward.kit.tx import Transactions, Tx
from doorward.measure import Look
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope, system_scope
from doorward.vocabulary.text import MaskedText

KEEP_EVERY: Final = timedelta(minutes=1)

_Counts = Counter[tuple[str, str, Look]]


class ContactCount:
    """Counts contacts that begin. Thread-safe."""

    def __init__(self, transactions: Transactions, *, clock: Clock) -> None:
        """Write down by `transactions`."""
        self._transactions, self._clock = transactions, clock
        self._counted: dict[TenantId, _Counts] = {}
        self._lock = threading.Lock()

    def note_signed(self, scope: Scope, *, channel: str) -> None:
        """Count a contact that a machine began which signed it."""
        self._note(scope, channel, "signed")

    def note(self, scope: Scope, *, channel: str, text: MaskedText, user_agent: str = "") -> None:
        """Count a contact by what its first, masked message looks like."""
        self._note(scope, channel, measure.look_of(text.text, user_agent=user_agent))

    def keep(self) -> None:
        """Write down what was counted since; what could not be written is kept for the next time."""
        with self._lock:
            taken, self._counted = self._counted, {}
        while taken:
            tenant_id, counts = taken.popitem()
            scope = system_scope(tenant_id, "measure")
            try:
                self._transactions.write(scope, partial(_added, scope=scope, counts=counts))
            except BaseException:
                with self._lock:
                    for tenant, left in ((tenant_id, counts), *taken.items()):
                        self._counted.setdefault(tenant, Counter()).update(left)
                raise

    def _note(self, scope: Scope, channel: str, look: Look) -> None:
        day = self._clock.now().date().isoformat()
        with self._lock:
            self._counted.setdefault(scope.tenant_id, Counter())[day, channel, look] += 1


def _added(tx: Tx, *, scope: Scope, counts: _Counts) -> Outcome[None]:
    for like, count in sorted(counts.items()):  # in one order, so that two processes never wait for each other
        measure.add_contacts(tx, scope, like=like, count=count)
    return Outcome(None)
