"""Carrying out what an owner allowed: once, as it was asked, as the owner who proved who they are."""

from typing import Final

from doorward.flow.machines.carrying import Ordering
from doorward.flow.machines.opening import machine_scope
from doorward.identity import Approval, Identity, Mandate, Use
from doorward.kit.jobs import ClaimedJob
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import PartyId, TenantId
from doorward.vocabulary.outcome import Job
from doorward.vocabulary.scope import Scope, system_scope

APPROVED: Final = "machines.approved"


def approved_job(use: Use, *, acting: PartyId) -> Job:
    """Return the job that carries out what an owner, who acts as `acting`, just allowed."""
    return Job(kind=APPROVED, key=use.id, payload={"use_id": use.id, "acting": acting})


class ApprovedActs:
    """The job. It may run twice: an act that ended is left as it is."""

    kind = APPROVED

    def __init__(self, transactions: Transactions, *, identity: Identity, ordering: Ordering) -> None:
        """Take who carries out."""
        self._transactions = transactions
        self._identity = identity
        self.ordering = ordering

    def __call__(self, job: ClaimedJob) -> None:
        """Carry it out, if it still can be: a mandate that was ended meanwhile has nothing done any more."""
        scope = system_scope(TenantId(job.tenant_id), "machines")
        found = self._transactions.read(lambda tx: self._find(tx, scope, job.payload["use_id"]))
        if found is None:
            return
        use, approval, mandate = found
        if mandate.state != "active":
            uses = self._identity.mandate_uses
            self._transactions.write(scope, lambda tx: uses.finish(tx, scope, use.id, state="failed"))
            return
        acting = PartyId(job.payload["acting"])
        here = machine_scope(scope, mandate)
        self.ordering.fulfil(here, mandate, use, acting=acting, parameters=approval.parameters)

    def _find(self, tx: Tx, scope: Scope, use_id: str) -> tuple[Use, Approval, Mandate] | None:
        try:
            use = self._identity.mandate_uses.find(tx, scope, use_id)
            if use.state != "begun" or use.approval_id is None:
                return None
            approval = self._identity.mandate_uses.approval(tx, scope, use.approval_id)
            return use, approval, self._identity.mandates.find(tx, scope, use.mandate_id)
        except NotFound:
            return None
