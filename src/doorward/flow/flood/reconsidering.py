"""Admission's second look, once the content is known: one of a campaign, or somebody in need?"""

import msgspec

from doorward.flow.flood.admitted import EVERYTHING, Admitted
from doorward.flow.flood.control import FloodControl, Standing
from doorward.flow.flood.knocking import is_in_need
from doorward.flow.flood.likeness import FindsLikeness, Likeness
from doorward.flow.flood.members import Members
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.arrival import Message
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.understanding import Understanding


class Reconsideration(msgspec.Struct, frozen=True, kw_only=True):
    """What a contact may have now that its content is known, and what its message was found to be like."""

    admitted: Admitted = EVERYTHING
    likeness: Likeness = Likeness()


class SecondLook:
    """Takes it. A contact is never refused by it, and somebody verified, or in need, never loses anything."""

    def __init__(self, transactions: Transactions, control: FloodControl, likeness: FindsLikeness) -> None:
        """Ask `likeness` what a message is like, and `control` again where that changes something."""
        self.members = Members()
        self._transactions = transactions
        self._control = control
        self._likeness = likeness

    def take(
        self, scope: Scope, message: Message, admitted: Admitted, *, reading: Reading, understood: Understanding
    ) -> Reconsideration:
        """Return what a contact may have that was admitted like this at the door."""
        likeness = self._likeness.look(scope.tenant_id, reading, message_id=message.id, at=message.received_at)
        self.members.note(scope.tenant_id, message.id, message.conversation_id, campaign=likeness.campaign)
        helps = understood.in_need and admitted.demoted
        if not helps and not likeness.flagged:
            return Reconsideration(admitted=admitted, likeness=likeness)

        def read(tx: Tx) -> tuple[Standing, bool]:
            standing = self._control.standing(tx, scope)
            return standing, understood.in_need or is_in_need(tx, scope, message.conversation_id)

        standing, in_need = self._transactions.read(read)
        again = self._control.admit_again(scope, admitted, standing, flagged=likeness.flagged, vulnerable=in_need)
        return Reconsideration(admitted=again, likeness=likeness)

    def note_handed(self, scope: Scope, admitted: Admitted) -> None:
        """Count one more who waits for a person now."""
        self._control.note_handed(scope, admitted.caller_class)
