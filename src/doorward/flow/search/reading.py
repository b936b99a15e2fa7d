"""Reading whole ledgers for search: what was there before there was an index, or before its terms changed."""

from collections.abc import Callable
from time import monotonic
from typing import Final

from doorward.kit.jobs import ClaimedJob
from doorward.kit.logging import get_logger
from doorward.kit.tx import Transactions, Tx
from doorward.record.search import Progress, SearchIndex
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.scope import Scope, system_scope

log = get_logger("search")

READ: Final = "search.read_ledger"
"""The kind of job that reads some of a tenant's ledger, and asks for the next one."""

SECONDS: Final = 20.0
"""How long one job reads, a fraction of its lease; another follows until everything is read."""

Heard = Callable[[Progress], None]


class LedgerReading:
    """Handles `search.read_ledger` jobs. Each step is a transaction of its own and may be done again."""

    kind = READ

    def __init__(
        self, transactions: Transactions, *, index: SearchIndex, seconds: Callable[[], float] = monotonic
    ) -> None:
        """Keep `index`; `seconds` is a clock for tests."""
        self._transactions = transactions
        self._index = index
        self._seconds = seconds

    def __call__(self, job: ClaimedJob) -> None:
        """Read on for a while, and have a job follow if that was not all."""
        scope, until = system_scope(TenantId(job.tenant_id), "search"), self._seconds() + SECONDS
        while not (progress := self._step(scope)).is_done:
            if self._seconds() >= until:
                self._transactions.write(scope, lambda _tx: Outcome(None, (), (_following(progress),)))
                return
        if progress.lines:  # a new company has nothing to read, and nobody wants to hear of it
            log.info("search.ledger.read", tenant_id=scope.tenant_id, lines=progress.lines)

    def ask(self, scope: Scope) -> None:
        """Have the tenant's ledger read if not everything in it can be found yet; asking again is asking once."""
        if not self._is_current(scope):
            self._transactions.write(scope, lambda tx: self._ask(tx, scope))

    def read_everything(self, scope: Scope, *, heard: Heard) -> Progress:
        """Read the tenant's ledger anew, here and now; what could be found stays so. `heard` hears of progress."""
        progress = self._transactions.write(scope, lambda tx: self._index.begin(tx, scope))
        while not progress.is_done:
            progress = self._step(scope)
            heard(progress)
        return progress

    def _step(self, scope: Scope) -> Progress:
        return self._transactions.write(scope, lambda tx: self._index.step(tx, scope))

    def _is_current(self, scope: Scope) -> bool:
        progress = self._transactions.read(lambda tx: self._index.progress(tx, scope))
        return progress is not None and progress.is_done and not self._index.is_outdated(progress)

    def _ask(self, tx: Tx, scope: Scope) -> Outcome[None]:
        progress = self._index.progress(tx, scope)
        if progress is None or self._index.is_outdated(progress):
            progress = self._index.begin(tx, scope).value
        return Outcome(None, (), (_following(progress),))


def _following(progress: Progress) -> Job:
    """Return the job that reads on from here: its key is where here is, so that two who ask get one."""
    return Job(kind=READ, key=f"{progress.begun_at.isoformat()}/{progress.lines}")
