"""The job that keeps the articles of an import as drafts, some at a time."""

from collections.abc import Callable
from time import monotonic
from typing import Final, cast

from doorward.answering.imports.service import TAKE, Imports, taking_job
from doorward.answering.imports.values import StagedImport
from doorward.kit.jobs import ClaimedJob
from doorward.kit.tx import Transactions
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor, ActorKind, Scope

SECONDS: Final = 20.0
"""How long one job works, a fraction of its lease; another follows until everything is taken."""


class Importer:
    """Handles `answering.import` jobs. Each step is a transaction of its own; doing one twice does it once."""

    kind = TAKE

    def __init__(
        self, transactions: Transactions, imports: Imports, *, seconds: Callable[[], float] = monotonic
    ) -> None:
        """Take what `imports` keeps; `seconds` is a clock for tests."""
        self._transactions = transactions
        self._imports = imports
        self._seconds = seconds

    def __call__(self, job: ClaimedJob) -> None:
        """Take for a while, and have a job follow if that was not all."""
        actor = Actor(kind=cast("ActorKind", job.payload["actor_kind"]), id=job.payload["actor_id"])
        scope = Scope(tenant_id=TenantId(job.tenant_id), actor=actor)
        import_id, until = job.payload["import_id"], self._seconds() + SECONDS
        while (now := self._step(scope, import_id)) is not None:
            if self._seconds() >= until:
                self._transactions.write(scope, lambda tx: Outcome(None, (), (taking_job(tx, scope, now),)))
                return

    def _step(self, scope: Scope, import_id: str) -> StagedImport | None:
        return self._transactions.write(scope, lambda tx: self._imports.step(tx, scope, import_id))
