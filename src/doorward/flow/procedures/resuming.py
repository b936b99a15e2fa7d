"""Going on at once when a proof comes that no message brought: by the widget's own field, or by signing in."""

from collections.abc import Callable

import msgspec

from doorward import record
from doorward.answering.procedures import keeping
from doorward.flow.procedures.checking import RESUME, is_checked
from doorward.flow.procedures.here import Here
from doorward.flow.procedures.speaking import Speaking
from doorward.flow.procedures.work import ProcedureWork, day_of
from doorward.kit.jobs import ClaimedJob
from doorward.kit.settings import TenantSettings
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.ids import ConversationId, PartyId, TenantId
from doorward.vocabulary.outcome import Job
from doorward.vocabulary.scope import Scope, system_scope


def resume_jobs(tx: Tx, scope: Scope, conversation_id: ConversationId, *, acting: PartyId) -> tuple[Job, ...]:
    """Return the job that goes on with what waits for a proof in a conversation, none where nothing does."""
    kept = keeping.active_run(tx, scope, conversation_id=conversation_id)
    if kept is None or kept.run.awaits != "verification":
        return ()
    payload = {"conversation_id": conversation_id, "acting": acting}
    return (Job(kind=RESUME, key=f"{kept.run.id}:{kept.run.events}:{tx.now.isoformat()}", payload=payload),)


class Resuming:
    """The job. It may run twice: where a run went on already there is nothing to do."""

    kind = RESUME

    def __init__(
        self,
        transactions: Transactions,
        work: ProcedureWork,
        *,
        speaking: Speaking,
        settings_of: Callable[[TenantId], TenantSettings],
    ) -> None:
        """Take who goes on, and who says what comes next."""
        self._transactions = transactions
        self._work = work
        self._speaking = speaking
        self._settings_of = settings_of

    def __call__(self, job: ClaimedJob) -> None:
        """Go on, and say what comes next in the conversation."""
        scope = system_scope(TenantId(job.tenant_id), "procedures")
        conversation_id, acting = ConversationId(job.payload["conversation_id"]), PartyId(job.payload["acting"])
        standing = self._work.standing_of(scope, conversation_id, acting=acting)
        card = self._transactions.read(lambda tx: record.card_of(tx, scope, conversation_id))
        if standing is None or standing.run is None or card is None:
            return
        if "checks" in job.payload and not is_checked(job.payload, standing.run):
            return  # somebody asked meanwhile, and knows by now or waits for a later try
        if card.state in {"waiting", "human"} and "checks" not in job.payload:
            return  # what may have been done is found out for whoever has it
        settings = self._settings_of(scope.tenant_id)
        here = Here(
            scope=scope,
            conversation_id=conversation_id,
            party_id=card.party_id,
            acting=acting,
            moment=job.key,
            language=card.language or settings.languages[0],
            today=day_of(standing.now, settings),
        )
        advanced = self._work.proven(standing, here)
        if advanced is not None and advanced.checks:
            # The customer was told already that it is being checked.
            advanced = msgspec.structs.replace(advanced, text="", spans=())
        if advanced is not None:
            self._transactions.write(
                scope, lambda tx: self._speaking.speak(tx, here, advanced, key=f"procedure:{job.key}")
            )
