"""Going on without a message: when a proof comes by the widget's field or by signing in, or an act is tried again."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from doorward import record
from doorward.answering.procedures import KeptRun, keeping
from doorward.flow.joined import goes_on_in
from doorward.flow.procedures.checking import RESUME, is_checked
from doorward.flow.procedures.here import Here
from doorward.flow.procedures.journey import Advanced
from doorward.flow.procedures.speaking import Speaking
from doorward.flow.procedures.work import ProcedureWork, day_of
from doorward.kit.jobs import ClaimedJob
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions, Tx
from doorward.record import Card
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId, PartyId, TenantId
from doorward.vocabulary.outcome import Job, Outcome
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
        kept = self._transactions.read(lambda tx: _beside(tx, scope, job.payload))
        if kept is None:
            self._resume(scope, job)
        else:
            self._try_again(scope, job, kept)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _resume(self, scope: Scope, job: ClaimedJob) -> None:
        conversation_id, acting = ConversationId(job.payload["conversation_id"]), PartyId(job.payload["acting"])
        standing = self._work.standing_of(scope, conversation_id, acting=acting)
        card = self._card(scope, conversation_id)
        if standing is None or standing.run is None or card is None:
            return
        if "checks" in job.payload and not is_checked(job.payload, standing.run):
            return  # somebody asked meanwhile, and knows by now or waits for a later try
        if card.state in {"waiting", "human"} and "checks" not in job.payload:
            return  # what may have been done is found out for whoever has it
        here = self._here(scope, job, card, now=standing.now)
        self._speak(here, self._work.proven(standing, here), key=job.key)

    def _try_again(self, scope: Scope, job: ClaimedJob, kept: KeptRun) -> None:
        """Try again what a second person agreed to, beside the conversation."""
        card = self._card(scope, kept.conversation_id)
        if card is None or not is_checked(job.payload, kept.run):
            return
        here = self._here(scope, job, card, now=self._transactions.read(lambda tx: tx.now))
        here = msgspec.structs.replace(here, party_id=kept.party_id)
        self._speak(here, self._work.tried_again(here, kept), key=job.key, beside=True)

    def _card(self, scope: Scope, conversation_id: ConversationId) -> Card | None:
        return self._transactions.read(lambda tx: record.card_of(tx, scope, conversation_id))

    def _here(self, scope: Scope, job: ClaimedJob, card: Card, *, now: datetime) -> Here:
        settings = self._settings_of(scope.tenant_id)
        return Here(
            scope=scope,
            conversation_id=card.conversation_id,
            party_id=card.party_id,
            acting=PartyId(job.payload["acting"]),
            moment=job.key,
            language=card.language or settings.languages[0],
            today=day_of(now, settings),
        )

    def _speak(self, here: Here, advanced: Advanced | None, *, key: str, beside: bool = False) -> None:
        if advanced is None:
            return
        if advanced.checks:
            # The customer was told already that it is being checked.
            advanced = msgspec.structs.replace(advanced, text="", spans=())

        def speak(tx: Tx) -> Outcome[bool]:
            goes_on = goes_on_in(tx, here.scope, here.conversation_id) if beside else here.conversation_id
            told = msgspec.structs.replace(here, conversation_id=goes_on)
            return self._speaking.speak(tx, told, advanced, key=f"procedure:{key}", beside=beside)

        self._transactions.write(here.scope, speak)


def _beside(tx: Tx, scope: Scope, payload: Mapping[str, str]) -> KeptRun | None:
    """Return the run that a job is about if it goes on beside the conversation, where no message finds it."""
    try:
        kept = keeping.find(tx, scope, payload.get("run_id", ""))
    except NotFound:
        return None
    return kept if kept.state == "waiting" else None
