"""What doors do with webhooks: every change checks the address and is heard of by whoever announces."""

from functools import partial

from doorward.flow.webhooks.announcing import Announcer
from doorward.kit.http import Exit, ExitRefused
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, Malformed
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.webhooks import TEST, Deliveries, Delivery, Endpoint, Endpoints, EndpointWish, NewEndpoint, Told


class Webhooks:
    """The verbs of webhooks that need more than their room."""

    def __init__(self, endpoints: Endpoints, deliveries: Deliveries, *, way_out: Exit, announcer: Announcer) -> None:
        """Ask `way_out` which addresses are possible."""
        self.endpoints = endpoints
        self.deliveries = deliveries
        self._exit = way_out
        self._announcer = announcer

    def make(self, tx: Tx, scope: Scope, wish: EndpointWish) -> Outcome[NewEndpoint]:
        """Add an endpoint. Raises `Malformed`, also for an address that is never good, and `Conflict`."""
        self._check(wish.url)
        self._changed(tx, scope)
        return self.endpoints.make(tx, scope, wish)

    def change(self, tx: Tx, scope: Scope, endpoint_id: str, wish: EndpointWish, *, edition: int) -> Outcome[Endpoint]:
        """Change an endpoint. Raises `NotFound`, `Malformed`, `Outdated`."""
        self._check(wish.url)
        self._changed(tx, scope)
        return self.endpoints.change(tx, scope, endpoint_id, wish, edition=edition)

    def test(self, tx: Tx, scope: Scope, endpoint_id: str) -> Outcome[Delivery]:
        """Have an endpoint told that it is tested. Raises `NotFound`, `Conflict` when it is not switched on."""
        endpoint = self.endpoints.find(tx, scope, endpoint_id)
        if endpoint.state != "on":
            raise Conflict("the webhook is switched off")
        jobs = self.deliveries.enqueue(tx, scope, [(endpoint, Told(event=TEST, conversation_id="", seq=0))])
        return Outcome(self.deliveries.find(tx, scope, jobs[0].payload["delivery_id"]), jobs=jobs)

    def _changed(self, tx: Tx, scope: Scope) -> None:
        tx.after_commit(partial(self._announcer.forget, scope.tenant_id))

    def _check(self, url: str) -> None:
        try:
            self._exit.target(url)
        except ExitRefused:
            raise Malformed(
                "url: an https address of at most 2000 plain characters, without a user name, a password and a #"
            ) from None
