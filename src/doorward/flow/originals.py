"""What stood in masked places: shown to people one at a time, handed to actions that a customer was granted."""

from doorward.admission import Admission
from doorward.identity import Grant, family_of
from doorward.kit.tx import Transactions, Tx
from doorward.protection import ForAction, Opened, OriginalOpening, ProtectionService, Purpose
from doorward.vocabulary.ids import SpanId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

SHOWN_SECONDS = 30
"""How long a page shows an original."""


class Originals:
    """The verbs of those who need a value itself. Whether people may ask is decided at the door (`originals:read`)."""

    def __init__(self, transactions: Transactions, *, admission: Admission, protection: ProtectionService) -> None:
        """Take the rooms that the verbs need."""
        self._transactions = transactions
        self._admission = admission
        self._protection = protection

    async def show(self, scope: Scope, span_id: SpanId, *, purpose: Purpose, reason: WildText) -> Opened:
        """Return one value to the acting member of staff or program, once the audit has it who, what for and why.

        Raises as `ProtectionService.show`, and `RateLimited`.
        """
        self._admission.admit_unmasking(scope)
        protection = self._protection
        return await self._transactions.write_async(
            scope, lambda tx: protection.show(tx, scope, span_id, purpose=purpose, reason=reason)
        )

    async def opening(self, scope: Scope, opening_id: str) -> OriginalOpening:
        """Return who had what opened and why. Raises `NotFound`."""
        protection = self._protection
        return await self._transactions.write_async(scope, lambda tx: protection.opening(tx, scope, opening_id))

    def resolve(self, tx: Tx, scope: Scope, span_id: SpanId, *, grant: Grant) -> Outcome[str]:
        """Return a value to an action that identity granted: only the granted party's own, for this action alone.

        The audit names the action. Raises `NotFound` for everybody else's masked places.
        """
        theirs = frozenset({grant.party_id, grant.acting, *family_of(tx, scope, grant.party_id)})
        return self._protection.unmask(tx, scope, span_id, purpose=ForAction(theirs), reason=grant.action)
