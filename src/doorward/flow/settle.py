"""What every write transaction settles at its end: ledger and audit lines, jobs, and who is told after the commit."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from doorward import record
from doorward.kit import jobs as kit_jobs
from doorward.kit.bus import ProcessBus
from doorward.kit.tx import Tx
from doorward.record.search import SearchIndex
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.ids import ConversationId, TenantId
from doorward.vocabulary.outcome import Job
from doorward.vocabulary.scope import Scope

Written = Callable[[record.WrittenEntry], None]
Announce = Callable[[Tx, Scope, Sequence[record.WrittenEntry]], Sequence[Job]]
Follow = Callable[[Tx, Scope, Sequence[record.WrittenEntry]], None]


_TOLD: Final = ("presence.", "flood.", "admission.appeal")
"""What the audit's actions begin with of which desks are told though no conversation changed: who is there, how things
stand with a flood, and who wants people to look at what they got."""


def conversation_topic(tenant_id: TenantId, conversation_id: ConversationId) -> str:
    """Return the bus topic of one conversation."""
    return f"conversation/{tenant_id}/{conversation_id}"


def desk_topic(tenant_id: TenantId) -> str:
    """Return the bus topic of a tenant's desk."""
    return f"desk/{tenant_id}"


def _tell(hear: Written, written: Sequence[record.WrittenEntry]) -> None:
    for one in written:
        hear(one)


class Settlement:
    """The one place where outcomes are written down; `Transactions` calls it inside each write."""

    def __init__(
        self,
        bus: ProcessBus,
        *,
        ring: Callable[[], None],
        written: Written | None = None,
        index: SearchIndex | None = None,
    ) -> None:
        """Publish on `bus`; `ring` wakes the job worker; `written` hears of every new ledger line (for metrics).

        `index` makes new lines findable in the transaction that writes them; what is written without one is found
        once the ledger has been read again (`doorward db reindex`).
        """
        self.announce: Announce | None = None
        """Hears of new lines in their own transaction, and returns the jobs that tell others of them."""
        self.follow: Follow | None = None
        """Hears of new lines in their own transaction, and writes what goes by them."""
        self._bus = bus
        self._ring = ring
        self._written = written
        self._index = index

    def __call__(self, tx: Tx, scope: Any, entries: Sequence[Any], jobs: Sequence[Any]) -> None:
        """Write entries, audit rows and jobs of one outcome in the open transaction."""
        if not isinstance(scope, Scope):
            raise TypeError("an outcome with entries or jobs needs a scope")
        lines = [entry for entry in entries if isinstance(entry, Entry)]
        audit = [entry for entry in entries if isinstance(entry, AuditEvent)]
        record.write_audit(tx, scope, audit)
        written = record.append_entries(tx, scope, lines) if lines else ()
        if written and self._index is not None:
            self._index.add(tx, scope, written)
        if written:
            conversations = {one.entry.conversation_id for one in written}
            topics = (conversation_topic(scope.tenant_id, one) for one in conversations)
            self._bus.publish(tx, *topics, desk_topic(scope.tenant_id))
        elif any(one.action.startswith(_TOLD) for one in audit):
            self._bus.publish(tx, desk_topic(scope.tenant_id))
        if written and self.follow is not None:
            self.follow(tx, scope, written)
        if written and self._written is not None:
            tx.after_commit(partial(_tell, self._written, written))
        if written and self.announce is not None:
            jobs = [*jobs, *self.announce(tx, scope, written)]
        if jobs:
            kit_jobs.enqueue(tx, scope.tenant_id, jobs)
            tx.after_commit(self._ring)
