"""What asks for care among a company's articles."""

from datetime import timedelta
from typing import NamedTuple

from doorward.answering import KnowledgeService, Stewards
from doorward.answering.care import Finding, findings, web_findings
from doorward.answering.links import Links
from doorward.identity import Tenants
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope


class CareView(NamedTuple):
    """Reads what asks for care."""

    knowledge: KnowledgeService
    stewards: Stewards
    tenants: Tenants
    links: Links

    def read(self, tx: Tx, scope: Scope, *, untouched: int) -> tuple[Finding, ...]:
        """Return what asks for care, by article and language; `untouched` is in days.

        Links to other sites are told as they were when somebody had them checked last.
        """
        standings = self.knowledge.standings(tx, scope)
        found = findings(
            standings,
            self.stewards.all(tx, scope),
            languages=self.tenants.settings_of(tx, scope).languages,
            now=tx.now,
            untouched=timedelta(days=untouched),
        )
        elsewhere = web_findings(standings, self.links.troubles(tx, scope))
        return tuple(sorted((*found, *elsewhere), key=lambda one: one.slug))
