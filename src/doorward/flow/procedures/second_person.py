"""What needs a second person, and what they said: asked for each act anew, in the transaction that grants it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from doorward import record
from doorward.answering.procedures import Run
from doorward.answering.procedures.agreements import (
    Agreement,
    Asks,
    agreement_about,
    ask_second_person,
    digest_of,
    use_agreement,
)
from doorward.answering.procedures.run import Act, Disagreed, Event
from doorward.flow.procedures.here import Here
from doorward.identity import Grant
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import NotAllowed
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.scope import Scope

AgreementKind = Literal["agreement.asked", "agreement.given", "agreement.refused", "agreement.expired"]

DECIDED: Final[Mapping[str, AgreementKind]] = {
    "agreed": "agreement.given",
    "refused": "agreement.refused",
    "expired": "agreement.expired",
}
"""How the ledger and the audit call what was decided."""


class Word(NamedTuple):
    """What a second person said to an act: whether it needs one, whether they agreed, and when they were asked.

    `instead` is what comes of it where they refused, or nobody agreed in time.
    """

    needed: bool
    agreed: bool = False
    asked_at: datetime | None = None
    instead: Event | None = None


class SecondPerson:
    """Knows which acts need one, and takes nobody's word but what is kept for exactly this act."""

    def __init__(self, settings_of: Callable[[TenantId], TenantSettings]) -> None:
        """A company may want a second person where its core system wants none."""
        self._settings_of = settings_of

    def word(self, tx: Tx, here: Here, run: Run, want: Act) -> Word:
        """Return what a second person said to an act. Their word is used by this, once.

        Raises `NotAllowed` where what they were asked is another call.
        """
        settings = self._settings_of(here.scope.tenant_id)
        if not want.two_persons and want.call.operation not in settings.second_person_for:
            return Word(needed=False)
        kept = agreement_about(tx, here.scope, want)
        if kept is None:
            return Word(needed=True)
        if kept.digest != digest_of(here.scope, run, want) or kept.acting != here.acting:
            raise NotAllowed("a second person was asked about another call")
        match kept.state:
            case "refused":
                return Word(needed=True, instead=Disagreed(why="refused"))
            case "expired":
                return Word(needed=True, instead=Disagreed(why="expired"))
            case "agreed" if kept.expires_at <= tx.now:
                return Word(needed=True, instead=Disagreed(why="expired"))
            case "agreed" | "used" if use_agreement(tx, here.scope, kept):
                return Word(needed=True, agreed=True, asked_at=kept.asked_at)
            case _:
                return Word(needed=True)

    def ask(self, tx: Tx, here: Here, run: Run, want: Act, *, grant: Grant) -> tuple[Entry, ...]:
        """Keep that a second person is asked about an act that identity granted; return the ledger's line of it."""
        hours = self._settings_of(here.scope.tenant_id).agreement_hours
        asks = Asks(
            conversation_id=here.conversation_id,
            party_id=grant.party_id,
            acting=grant.acting,
            level=int(grant.level),
            lasts=timedelta(hours=hours),
        )
        agreement = ask_second_person(tx, here.scope, run, want, asks=asks)
        record.lock_conversation(tx, here.scope, here.conversation_id)
        return (agreement_line(tx, here.scope, agreement, kind="agreement.asked"),)


def agreement_audit(agreement: Agreement) -> AuditEvent:
    """Return the audit's line of what was decided about an agreement."""
    return AuditEvent(
        action=DECIDED[agreement.state],
        object_kind="agreement",
        object_id=agreement.id,
        fields=(agreement.operation,),
        reason=f"run {agreement.run_id}",
    )


def agreement_line(tx: Tx, scope: Scope, agreement: Agreement, *, kind: AgreementKind) -> Entry:
    """Return the ledger's line of what became of an agreement: names and ids, no value of a customer's."""
    return Entry(
        kind=kind,
        conversation_id=agreement.conversation_id,
        party_id=agreement.party_id,
        key=f"{kind}:{agreement.id}",
        at=tx.now,
        actor=scope.actor,
        data={
            "agreement": agreement.id,
            "operation": agreement.operation,
            "procedure": agreement.procedure,
            "run": agreement.run_id,
        },
    )
