"""The job that tells: one try to one endpoint, and what follows from how it went."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec

from doorward import __version__
from doorward.flow.webhooks.alarming import alarm_job
from doorward.flow.webhooks.payload import payload_of
from doorward.kit.http import Answer, ExitRefused
from doorward.kit.jobs import ClaimedJob
from doorward.kit.logging import get_logger
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.scope import Scope, system_scope
from doorward.webhooks import JOB, Deliveries, Delivery, Endpoints, PlainEndpoint, pause_before, signatures

log = get_logger("webhooks")

Work = Callable[[Tx], Outcome[None]]

LEAST_REST: Final = timedelta(seconds=5)
MOST_REST: Final = timedelta(hours=1)
_GONE: Final = 410


class Sender(Protocol):
    """The one exit, as this job sees it."""

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send `body` and return what came back. Raises `ExitRefused`."""


class _Ready(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be sent now, and to whom; without a body it cannot be sent any more."""

    delivery: Delivery
    endpoint: PlainEndpoint | None
    body: bytes | None
    now: datetime

    @property
    def is_over(self) -> bool:
        return self.endpoint is None or self.endpoint.endpoint.state != "on" or self.body is None


class Deliverer:
    """Handles `webhooks.deliver` jobs. May run twice: `webhook-id` is the same, and receivers know it by that."""

    kind = JOB

    def __init__(
        self,
        transactions: Transactions,
        *,
        endpoints: Endpoints,
        deliveries: Deliveries,
        sender: Sender,
        patience: timedelta,
    ) -> None:
        """Send by `sender`; switch off where nothing arrived for longer than `patience`."""
        self._transactions = transactions
        self._endpoints = endpoints
        self._deliveries = deliveries
        self._sender = sender
        self._patience = patience
        self._chance = random.SystemRandom()

    def __call__(self, job: ClaimedJob) -> None:
        """Make the try that the job names, unless it was made, or the endpoint is to be left alone."""
        scope = system_scope(TenantId(job.tenant_id), "webhooks")
        delivery_id, turn = job.payload["delivery_id"], job.payload["turn"]
        ready = self._transactions.read(lambda tx: self._prepare(tx, scope, delivery_id, turn))
        if ready is None:
            return
        endpoint = ready.endpoint
        if ready.is_over or endpoint is None:
            self._write(scope, turn, ready, lambda tx: self._drop(tx, scope, delivery_id))
        elif endpoint.resting_until is not None and endpoint.resting_until > ready.now:
            later = endpoint.resting_until + self._spread(LEAST_REST)
            self._write(
                scope, turn, ready, lambda tx: Outcome(None, jobs=self._postpone(tx, scope, delivery_id, later))
            )
        else:
            self._try(scope, turn, ready, endpoint)

    def _prepare(self, tx: Tx, scope: Scope, delivery_id: str, turn: str) -> _Ready | None:
        delivery = self._deliveries.waiting(tx, scope, delivery_id, turn=turn)
        if delivery is None:
            return None
        endpoint = self._endpoints.opened(tx, scope, delivery.endpoint_id)
        body = None if endpoint is None else payload_of(tx, scope, delivery, endpoint.endpoint)
        return _Ready(delivery=delivery, endpoint=endpoint, body=body, now=tx.now)

    def _try(self, scope: Scope, turn: str, ready: _Ready, endpoint: PlainEndpoint) -> None:
        timestamp, body = int(ready.now.timestamp()), ready.body or b""
        message_id = ready.delivery.message_id
        headers = {
            "content-type": "application/json",
            "user-agent": f"Doorward/{__version__}",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signatures(endpoint.secrets, message_id=message_id, timestamp=timestamp, body=body),
        }
        status, trouble, asked = None, None, None
        try:
            answer = self._sender.post(endpoint.endpoint.url, body, headers)
            status, asked = answer.status, answer.retry_after
        except ExitRefused as error:
            trouble = error.trouble
        log.info("webhooks.delivery.tried", delivery_id=ready.delivery.id, status=status, trouble=trouble)

        def settle(tx: Tx) -> Outcome[None]:
            self._deliveries.note(tx, scope, ready.delivery, status=status, trouble=trouble)
            if status is not None and 200 <= status < 300:
                return self._arrived(tx, scope, ready.delivery, endpoint)
            return self._failed(tx, scope, ready.delivery, gone=status == _GONE, asked=asked)

        self._write(scope, turn, ready, settle)

    def _write(self, scope: Scope, turn: str, ready: _Ready, work: Work) -> None:
        """Do `work` in a transaction, unless somebody else has had this turn meanwhile."""

        def settle(tx: Tx) -> Outcome[None]:
            if self._deliveries.waiting(tx, scope, ready.delivery.id, turn=turn) is None:
                return Outcome(None)
            return work(tx)

        self._transactions.write(scope, settle)

    def _drop(self, tx: Tx, scope: Scope, delivery_id: str) -> Outcome[None]:
        self._deliveries.end(tx, scope, delivery_id, state="dropped")
        return Outcome(None)

    def _arrived(self, tx: Tx, scope: Scope, delivery: Delivery, endpoint: PlainEndpoint) -> Outcome[None]:
        self._deliveries.end(tx, scope, delivery.id, state="delivered")
        if endpoint.endpoint.failing_since is not None:
            self._endpoints.arrived(tx, scope, delivery.endpoint_id)
        return Outcome(None)

    def _failed(self, tx: Tx, scope: Scope, delivery: Delivery, *, gone: bool, asked: int | None) -> Outcome[None]:
        if gone:
            self._deliveries.end(tx, scope, delivery.id, state="failed")
            off = self._endpoints.disable(tx, scope, delivery.endpoint_id, why="gone")
            return Outcome(None, off.entries, alarm_job(self._endpoints.find(tx, scope, delivery.endpoint_id)))
        endpoint = self._endpoints.find(tx, scope, delivery.endpoint_id)
        failing = tx.now - (endpoint.failing_since or tx.now)
        rest = self._spread(min(max(failing, LEAST_REST), MOST_REST))
        became = self._endpoints.failed(tx, scope, delivery.endpoint_id, rest=tx.now + rest, patience=self._patience)
        if became.value:
            log.warning("webhooks.endpoint.disabled", endpoint_id=delivery.endpoint_id, tenant_id=scope.tenant_id)
        pause = pause_before(delivery.attempts + 2, asked=asked, chance=self._chance)
        if became.value or pause is None:
            self._deliveries.end(tx, scope, delivery.id, state="failed")
            told = alarm_job(self._endpoints.find(tx, scope, delivery.endpoint_id)) if became.value else ()
            return Outcome(None, became.entries, told)
        return Outcome(None, became.entries, self._postpone(tx, scope, delivery.id, tx.now + pause))

    def _postpone(self, tx: Tx, scope: Scope, delivery_id: str, until: datetime) -> tuple[Job, ...]:
        return self._deliveries.postpone(tx, scope, delivery_id, until=until)

    def _spread(self, pause: timedelta) -> timedelta:
        return pause * (1 + 0.25 * self._chance.random())
