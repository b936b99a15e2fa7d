"""Everything about webhooks that a house holds, put together."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from doorward.flow.webhooks.announcing import Announcer
from doorward.flow.webhooks.delivering import Deliverer
from doorward.flow.webhooks.service import Webhooks
from doorward.kit.http import Exit
from doorward.kit.keys import Keys
from doorward.kit.settings import Webhooks as WebhookSettings
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.webhooks import Deliveries, Endpoints, count_disabled, forget_deliveries


class WebhookWork:
    """The verbs of webhooks, who announces, and the job that delivers."""

    def __init__(self, transactions: Transactions, *, keys: Keys, settings: WebhookSettings) -> None:
        """Wire them over the one exit that the settings describe."""
        self._transactions = transactions
        endpoints, deliveries = Endpoints(keys), Deliveries()
        way_out = Exit(named=settings.allowed_hosts, seconds=settings.seconds)
        self.announcer = Announcer(endpoints, deliveries)
        self.verbs = Webhooks(endpoints, deliveries, way_out=way_out, announcer=self.announcer)
        self.deliverer = Deliverer(
            transactions,
            endpoints=endpoints,
            deliveries=deliveries,
            sender=way_out,
            patience=timedelta(days=settings.disable_days),
        )

    def ping(self, scopes: Callable[[str], Sequence[Scope]]) -> str | None:
        """Return what is wrong, as health asks: webhooks that were switched off because nothing arrived."""
        every = scopes("webhooks")
        off = self._transactions.read(lambda tx: sum(count_disabled(tx, scope) for scope in every))
        return f"{off} webhooks are switched off because nothing arrived there" if off else None

    def forget(self, scope: Scope) -> None:
        """Remove the old lines of a tenant's log."""

        def work(tx: Tx) -> Outcome[int]:
            return Outcome(forget_deliveries(tx, scope))

        self._transactions.write(scope, work)
