"""The job that looks at links to other sites, one after the other."""

from collections.abc import Callable
from time import monotonic
from typing import Final

from doorward.answering.links.asking import Asking
from doorward.answering.links.service import CHECK, Links, checking_job
from doorward.answering.links.values import LinkCheck
from doorward.kit.jobs import ClaimedJob
from doorward.kit.tx import Transactions
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope, system_scope

SECONDS: Final = 20.0
"""How long one job looks, a fraction of its lease; another follows until every link was looked at."""


class LinkChecker:
    """Handles `answering.check_links` jobs. Nobody is asked inside a transaction; looking twice does no harm."""

    kind = CHECK

    def __init__(
        self,
        transactions: Transactions,
        links: Links,
        *,
        asking: Callable[[], Asking],
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        """Keep what was seen in `links`; `asking` makes what asks, for each job anew; `seconds` is for tests."""
        self._transactions = transactions
        self._links = links
        self._asking = asking
        self._seconds = seconds

    def __call__(self, job: ClaimedJob) -> None:
        """Look for a while, and have a job follow if that was not all."""
        scope, until = system_scope(TenantId(job.tenant_id), "links"), self._seconds() + SECONDS
        asking, check_id = self._asking(), job.payload["check_id"]
        while (now := self._step(scope, check_id, asking)) is not None:
            if self._seconds() >= until:
                self._transactions.write(scope, lambda _tx: Outcome(None, (), (checking_job(now),)))
                return

    def _step(self, scope: Scope, check_id: str, asking: Asking) -> LinkCheck | None:
        links = self._links
        address = self._transactions.read(lambda tx: links.next_wanted(tx, scope, check_id))
        if address is None:
            self._transactions.write(scope, lambda tx: links.finish(tx, scope, check_id))
            return None
        verdict = asking.ask(address)
        return self._transactions.write(scope, lambda tx: links.note(tx, scope, check_id, address, verdict))
