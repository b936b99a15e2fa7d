"""For whom a machine that signs speaks: the owner whose mandate lets it say something."""

from typing import Final

from doorward.identity import Identity
from doorward.kit.tx import Transactions
from doorward.vocabulary.machines import Capability, Mandated, Signed
from doorward.vocabulary.scope import Scope

_SAYING: Final[frozenset[Capability]] = frozenset({"help", "product.facts", "problem.report"})
"""What is said in words; who may only order says nothing in its owner's name."""


class MandateSpeaking:
    """Answers from the mandates that owners gave: the `Mandating` of the house."""

    def __init__(self, transactions: Transactions, identity: Identity) -> None:
        """Take where mandates are kept."""
        self._transactions, self._mandates = transactions, identity.mandates

    async def owner_of(self, scope: Scope, signed: Signed) -> Mandated | None:
        """Return for whom a machine speaks now: None while no mandate is in force, or it lets it say nothing."""
        mandate = await self._transactions.read_async(lambda tx: self._mandates.of_machine(tx, scope, signed.machine))
        if mandate is None or mandate.state != "active" or _SAYING.isdisjoint(mandate.terms.capabilities):
            return None
        return Mandated(owner_id=mandate.owner_id, acting_id=mandate.acting_id, mandate_id=mandate.id)
