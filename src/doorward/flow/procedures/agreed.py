"""Going on with an act when a second person decided about it: it is carried out, or the customer is told that not."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from doorward import record
from doorward.answering.procedures import KeptRun, keeping
from doorward.answering.procedures.agreements import Agreement, find_agreement
from doorward.flow.joined import goes_on_in
from doorward.flow.procedures.here import Here
from doorward.flow.procedures.speaking import Speaking
from doorward.flow.procedures.work import ProcedureWork, day_of
from doorward.kit.jobs import ClaimedJob
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions, Tx
from doorward.record import Card
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope, system_scope

AGREEMENT: Final = "procedure.agreement"


class GoingOn:
    """The job. It may run twice: a run that went on already is left as it is."""

    kind = AGREEMENT

    def __init__(
        self,
        transactions: Transactions,
        work: ProcedureWork,
        *,
        speaking: Speaking,
        settings_of: Callable[[TenantId], TenantSettings],
    ) -> None:
        """Take who goes on, and who says what came of it."""
        self._transactions = transactions
        self._work = work
        self._speaking = speaking
        self._settings_of = settings_of

    def __call__(self, job: ClaimedJob) -> None:
        """Go on, and say what came of it in the conversation."""
        scope = system_scope(TenantId(job.tenant_id), "procedures")
        found = self._transactions.read(lambda tx: _standing(tx, scope, job.payload["agreement_id"]))
        if found is None:
            return
        agreement, kept, card, now = found
        settings = self._settings_of(scope.tenant_id)
        here = Here(
            scope=scope,
            conversation_id=agreement.conversation_id,
            party_id=kept.party_id,
            acting=agreement.acting,
            moment=job.key,
            language=card.language or settings.languages[0],
            today=day_of(now, settings),
        )
        advanced = self._work.decided(here, kept, agreement)
        if advanced is None:
            return

        def speak(tx: Tx) -> Outcome[bool]:
            told = msgspec.structs.replace(here, conversation_id=goes_on_in(tx, scope, here.conversation_id))
            return self._speaking.speak(tx, told, advanced, key=f"procedure:{job.key}", beside=True)

        self._transactions.write(scope, speak)


def _standing(tx: Tx, scope: Scope, agreement_id: str) -> tuple[Agreement, KeptRun, Card, datetime] | None:
    """Return what was decided with the run that waits for it, None where nothing waits any more."""
    try:
        agreement = find_agreement(tx, scope, agreement_id)
        kept = keeping.find(tx, scope, agreement.run_id)
    except NotFound:
        return None
    card = record.card_of(tx, scope, agreement.conversation_id)
    if card is None or kept.state != "waiting" or agreement.state == "asked":
        return None
    return agreement, kept, card, tx.now
