"""Keeping what was found: originals sealed under their party's key, what equals what, and by what parties are found."""

from collections.abc import Collection, Mapping, Sequence

from doorward.kit.keys import EpochKeys, Keys
from doorward.kit.tx import Tx
from doorward.protection.repository import index, likenesses, openings
from doorward.protection.repository import originals as repository
from doorward.protection.repository.likenesses import Sighting
from doorward.protection.repository.originals import SealedOriginal
from doorward.protection.screened import Original, Screened
from doorward.protection.unmasking import Unmasking, opening_context, original_context
from doorward.vocabulary.ids import MessageId, PartyId
from doorward.vocabulary.scope import Scope


class ProtectionService(Unmasking):
    """The verbs that need keys and a transaction. Whether somebody may ask is decided before (`identity.require`)."""

    def __init__(self, keys: Keys) -> None:
        """Seal with `keys`."""
        super().__init__(keys)

    def make_ready(self, scope: Scope, party_id: PartyId) -> None:
        """Make the party's key if there is none: before the transaction that seals, since it writes a file.

        Raises `KeyDestroyed` when the party was erased.
        """
        self._keys.make_party(scope.tenant_id, party_id)

    def seal(
        self, tx: Tx, scope: Scope, *, party_id: PartyId, message_id: MessageId, originals: Sequence[Original]
    ) -> None:
        """Store the originals of a message, sealed under the key of the party who wrote it.

        Tenant, span and kind are authenticated with each, so that a row that is moved or renamed cannot be opened.
        Raises `KeyDestroyed` when the party was erased.
        """
        sealed = [
            SealedOriginal(
                span_id=original.span_id,
                kind=original.kind,
                subkind=original.subkind,
                sealed=self._keys.seal(
                    scope.tenant_id,
                    party_id,
                    original.uncover(),
                    context=original_context(scope, original.span_id, original.kind),
                ),
            )
            for original in originals
        ]
        if sealed:
            repository.insert_originals(tx, scope, sealed, party_id=party_id, message_id=message_id)

    def keep(self, tx: Tx, scope: Scope, screened: Screened, *, party_id: PartyId, message_id: MessageId) -> None:
        """Keep what was found in a message that a party wrote: seal originals, note what equals what and finds whom.

        What others wrote about the party is only sealed: a colleague's number is not the customer's. Raises as `seal`.
        """
        if screened.originals:
            self.seal(tx, scope, party_id=party_id, message_id=message_id, originals=screened.originals)
        if screened.likenesses:
            likenesses.insert_likenesses(tx, scope, screened.likenesses, party_id=party_id, message_id=message_id)
        if screened.index:
            index.insert_entries(tx, scope, screened.index, party_id=party_id, from_profile=False)

    def move(self, tx: Tx, scope: Scope, *, origin: PartyId, target: PartyId) -> int:
        """Seal all originals of one party anew for another, when both turn out to be the same; return how many.

        Raises `KeyDestroyed` when either was erased.
        """
        originals = repository.find_originals_of_party(tx, scope, origin)
        for original in originals:
            context = original_context(scope, original.span_id, original.kind)
            raw = self._keys.open(scope.tenant_id, origin, original.sealed, context=context)
            sealed = self._keys.seal(scope.tenant_id, target, raw, context=context)
            repository.update_original(tx, scope, original.span_id, party_id=target, sealed=sealed)
        likenesses.move_likenesses(tx, scope, origin=origin, target=target)
        index.move_entries(tx, scope, origin=origin, target=target)
        for opening in openings.find_openings_of_party(tx, scope, origin):
            context = opening_context(scope, opening.id)
            words = self._keys.open(scope.tenant_id, origin, bytes(opening.sealed), context=context)
            sealed = self._keys.seal(scope.tenant_id, target, words, context=context)
            openings.update_opening(tx, scope, opening.id, party_id=target, sealed=sealed)
        return len(originals)

    def forget(self, tx: Tx, scope: Scope, party_id: PartyId) -> int:
        """Delete all that is kept of a party; return how many rows. Destroying the party's key is the caller's part."""
        deleted = repository.delete_originals_of_party(tx, scope, party_id)
        deleted += likenesses.delete_likenesses(tx, scope, party_id)
        deleted += openings.delete_openings(tx, scope, party_id)
        return deleted + index.delete_entries(tx, scope, party_id)

    def forget_expired(self, tx: Tx, scope: Scope, epochs: EpochKeys) -> int:
        """Delete the rows of the equality table whose keys are gone by now; return how many."""
        return likenesses.delete_expired(tx, scope, before=epochs.oldest)


def sightings(
    tx: Tx, scope: Scope, message_ids: Sequence[MessageId], *, family: Collection[PartyId]
) -> Mapping[MessageId, tuple[Sighting, ...]]:
    """Return what is known of the values in these messages; `family` are the parties that are one customer."""
    return likenesses.find_sightings(tx, scope, message_ids, family=family)
