"""Shredding a customer: the key first, then the rows, and again whenever a restored database brings them back."""

from collections.abc import Sequence
from typing import Final

import msgspec

from doorward.admission.kept import forget_demotions
from doorward.answering.corrections import forget_recipients
from doorward.answering.nudges import forget_offers
from doorward.answering.procedures import forget_runs
from doorward.answering.questions import forget_dismissed
from doorward.flow.attachments import repository as attachments
from doorward.identity import Parties, family_of
from doorward.kit.keys import Keys
from doorward.kit.tx import Transactions, Tx
from doorward.protection import ProtectionService
from doorward.understanding.expecting import forget_expectations
from doorward.understanding.feelings import forget_hints
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

_AT_ONCE: Final = 200


class Shredded(msgspec.Struct, frozen=True, kw_only=True):
    """What was shredded: the customer with the visitors that it was, and how many rows this call deleted.

    A house that serves meanwhile may have deleted some, or all, of them first (`Destruction.replay`).
    """

    parties: tuple[PartyId, ...]
    rows: int


class Destruction:
    """Destroys what belongs to a party. Nothing here can be undone.

    The list of destroyed parties lies in the key store, which no database backup holds: whatever copy of the database
    comes back, `replay` makes it forget again before anybody is served.
    """

    def __init__(
        self, transactions: Transactions, *, keys: Keys, protection: ProtectionService, parties: Parties
    ) -> None:
        """Take what holds something of a party."""
        self._transactions = transactions
        self._keys = keys
        self._protection = protection
        self._parties = parties

    def family(self, scope: Scope, party_id: PartyId) -> tuple[PartyId, ...]:
        """Return whom shredding this party would shred. Raises `NotFound`."""

        def read(tx: Tx) -> tuple[PartyId, ...]:
            self._parties.find(tx, scope, party_id)
            return family_of(tx, scope, party_id)

        return self._transactions.read(read)

    def shred(self, scope: Scope, party_id: PartyId) -> Shredded:
        """Destroy the keys of a customer and of the visitors that it was, and delete what they sealed or are found by.

        What was masked in conversations stays masked, and nobody can open it any more. Shredding again is nothing new.
        Raises `NotFound` for a party that never was.
        """
        try:
            family = self.family(scope, party_id)
        except NotFound:
            if party_id not in self._keys.destroyed_parties(scope.tenant_id):
                raise
            family = (party_id,)
        # The keys first: from here on nothing can be read, whatever happens to this process or to the database.
        for one in family:
            self._keys.destroy_party(scope.tenant_id, one)
        return Shredded(parties=family, rows=self._delete(scope, family, action="party.shredded"))

    def replay(self, scope: Scope) -> int:
        """Delete again what a restored copy brought back of destroyed parties; return how many rows."""
        destroyed = tuple(PartyId(one) for one in self._keys.destroyed_parties(scope.tenant_id))
        some = (destroyed[at : at + _AT_ONCE] for at in range(0, len(destroyed), _AT_ONCE))
        return sum(self._delete(scope, parties, action="party.shredded_again") for parties in some)

    def _delete(self, scope: Scope, parties: Sequence[PartyId], *, action: str) -> int:
        def work(tx: Tx) -> Outcome[int]:
            rows, events = 0, []
            for party_id in parties:
                found = self._protection.forget(tx, scope, party_id)
                found += self._parties.forget(tx, scope, (party_id,))
                found += attachments.delete_attachments(tx, scope, (party_id,))
                found += forget_runs(tx, scope, party_id)
                found += forget_hints(tx, scope, party_id)
                found += forget_dismissed(tx, scope, party_id)
                found += forget_recipients(tx, scope, party_id)
                found += forget_offers(tx, scope, party_id)
                found += forget_expectations(tx, scope, party_id)
                found += forget_demotions(tx, scope, party_id)
                if found or action == "party.shredded":
                    events.append(AuditEvent(action=action, object_kind="party", object_id=party_id))
                rows += found
            return Outcome(rows, tuple(events))

        return self._transactions.write(scope, work)
