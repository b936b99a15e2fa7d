"""Consents: for which purposes a customer agreed, when, and when no longer. The ledger only grows."""

from datetime import datetime
from typing import Final, Literal, get_args

import msgspec

from doorward.identity.repository import customers as repository
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

ConsentPurpose = Literal["improve_answers", "feedback", "outreach"]
"""improve_answers: masked conversations may be looked through to better the answers · feedback: may be asked how it
was · outreach: may be contacted first. None of them is needed for being served."""

PURPOSES: Final[tuple[ConsentPurpose, ...]] = get_args(ConsentPurpose)


class ConsentLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the ledger: granted or withdrawn, when, and in which language the question was read."""

    purpose: str
    granted: bool
    language: str
    at: datetime


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with one purpose; `since` is None where nothing was ever said."""

    purpose: str
    granted: bool
    since: datetime | None


class Consents:
    """Reads and writes the ledger of consents."""

    def history(self, tx: Tx, scope: Scope, customer_id: PartyId) -> tuple[ConsentLine, ...]:
        """Return all lines of a customer, the latest first."""
        return tuple(
            ConsentLine(purpose=row.purpose, granted=row.granted, language=row.language, at=row.at)
            for row in repository.list_consents(tx, scope, customer_id)
        )

    def standing(self, tx: Tx, scope: Scope, customer_id: PartyId) -> tuple[Consent, ...]:
        """Return how it stands with every purpose there is."""
        latest: dict[str, ConsentLine] = {}
        for line in self.history(tx, scope, customer_id):
            latest.setdefault(line.purpose, line)
        return tuple(_standing(purpose, latest.get(purpose)) for purpose in PURPOSES)

    def has(self, tx: Tx, scope: Scope, customer_id: PartyId, purpose: ConsentPurpose) -> bool:
        """Return whether the customer agrees to a purpose now: silence is no."""
        return any(one.granted for one in self.standing(tx, scope, customer_id) if one.purpose == purpose)

    def decide(
        self, tx: Tx, scope: Scope, customer_id: PartyId, *, purpose: str, answer: tuple[bool, str]
    ) -> Outcome[bool]:
        """Write down that a customer grants or withdraws, in the language of the question; return whether it is new.

        Saying again what stands already adds no line. Raises `Malformed` for a purpose that does not exist.
        """
        granted, language = answer
        if purpose not in PURPOSES:
            raise Malformed("purpose: there is none of that name")
        standing = next(one for one in self.standing(tx, scope, customer_id) if one.purpose == purpose)
        if standing.since is not None and standing.granted == granted:
            return Outcome(value=False)
        values = {
            "id": new_id(),
            "customer_id": customer_id,
            "purpose": purpose,
            "granted": granted,
            "language": language,
            "at": tx.now,
        }
        repository.insert_consent(tx, scope, values)
        action = "consent.granted" if granted else "consent.withdrawn"
        event = AuditEvent(action=action, object_kind="party", object_id=customer_id, fields=(purpose,))
        return Outcome(value=True, entries=(event,))


def _standing(purpose: str, line: ConsentLine | None) -> Consent:
    if line is None:
        return Consent(purpose=purpose, granted=False, since=None)
    return Consent(purpose=purpose, granted=line.granted, since=line.at)
