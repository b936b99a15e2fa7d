"""What asks for care among a company's articles."""

from datetime import timedelta
from typing import NamedTuple

from doorward.answering import KnowledgeService, Stewards
from doorward.answering.care import Finding, findings
from doorward.identity import Tenants
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope


class CareView(NamedTuple):
    """Reads what asks for care."""

    knowledge: KnowledgeService
    stewards: Stewards
    tenants: Tenants

    def read(self, tx: Tx, scope: Scope, *, untouched: int) -> tuple[Finding, ...]:
        """Return what asks for care, by article and language; `untouched` is in days."""
        return findings(
            self.knowledge.standings(tx, scope),
            self.stewards.all(tx, scope),
            languages=self.tenants.settings_of(tx, scope).languages,
            now=tx.now,
            untouched=timedelta(days=untouched),
        )
