"""The log of deliveries: what is to be told to whom, what became of it, and telling it again."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.scope import Scope
from doorward.webhooks import repository
from doorward.webhooks.endpoints import Endpoint

DeliveryState = Literal["waiting", "delivered", "failed", "dropped"]
"""`failed`: every try failed; `dropped`: the endpoint was switched off, or what was to be told is gone."""

JOB: Final = "webhooks.deliver"
KEPT: Final = timedelta(days=30)
_AT_ONCE: Final = 500


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log. `status` is what the receiver answered last, `trouble` why there was no answer."""

    id: str
    endpoint_id: str
    event: str
    conversation_id: str
    seq: int
    created_at: datetime
    state: DeliveryState
    attempts: int
    status: int | None
    trouble: str | None
    tried_at: datetime | None
    next_at: datetime | None
    delivered_at: datetime | None

    @property
    def message_id(self) -> str:
        """Return the value of `webhook-id`: the same for every try and every replay."""
        return f"msg_{self.id}"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the ledger that is to be told."""

    event: str
    conversation_id: str
    seq: int


class Deliveries:
    """Writes and reads the log. Each delivery has rounds: the first one, and one for each replay."""

    def enqueue(self, tx: Tx, scope: Scope, told: Iterable[tuple[Endpoint, Told]]) -> tuple[Job, ...]:
        """Write lines for what is to be told and return the jobs that tell it."""
        rows = [
            {
                "id": new_id(),
                "endpoint_id": endpoint.id,
                "event": line.event,
                "conversation_id": line.conversation_id,
                "seq": line.seq,
                "created_at": tx.now,
                "state": "waiting",
                "attempts": 0,
                "round": 1,
                "next_at": tx.now,
            }
            for endpoint, line in told
        ]
        if rows:
            repository.insert_deliveries(tx, scope, rows)
        return tuple(_job(str(row["id"]), 1, 1) for row in rows)

    def find(self, tx: Tx, scope: Scope, delivery_id: str) -> Delivery:
        """Return a line of the log. Raises `NotFound`."""
        row = repository.find_delivery(tx, scope, delivery_id)
        if row is None:
            raise NotFound("no such delivery")
        return _delivery(row)

    def waiting(self, tx: Tx, scope: Scope, delivery_id: str, *, turn: str) -> Delivery | None:
        """Return a delivery if it waits for this very turn (`round.attempt`); None when that is over."""
        row = repository.find_delivery(tx, scope, delivery_id)
        if row is None or row.state != "waiting" or f"{row.round}.{row.attempts + 1}" != turn:
            return None
        return _delivery(row)

    def of_endpoint(
        self, tx: Tx, scope: Scope, endpoint_id: str, *, before: str | None = None, limit: int = 50
    ) -> tuple[Delivery, ...]:
        """Return the newest lines of an endpoint's log, those older than `before`."""
        rows = repository.newest_deliveries(tx, scope, endpoint_id, before=before, limit=limit)
        return tuple(_delivery(row) for row in rows)

    def note(self, tx: Tx, scope: Scope, delivery: Delivery, *, status: int | None, trouble: str | None) -> None:
        """Write down that a try is over, and what was answered; whether it will be tried again is said after it."""
        values = {"attempts": delivery.attempts + 1, "status": status, "trouble": trouble, "tried_at": tx.now}
        repository.update_delivery(tx, scope, delivery.id, values)

    def end(self, tx: Tx, scope: Scope, delivery_id: str, *, state: DeliveryState) -> None:
        """Write down how a delivery ended."""
        at = {"delivered_at": tx.now} if state == "delivered" else {}
        repository.update_delivery(tx, scope, delivery_id, {"state": state, "next_at": None, **at})

    def postpone(self, tx: Tx, scope: Scope, delivery_id: str, *, until: datetime) -> tuple[Job, ...]:
        """Have a delivery tried at `until`; return the job."""
        row = repository.find_delivery(tx, scope, delivery_id)
        if row is None:
            return ()
        repository.update_delivery(tx, scope, delivery_id, {"next_at": until})
        return (_job(delivery_id, row.round, row.attempts + 1, due_at=until),)

    def replay(self, tx: Tx, scope: Scope, delivery_id: str) -> Outcome[Delivery]:
        """Have something told once more, from the first try on. Raises `NotFound`, `Conflict` while it waits."""
        row = repository.find_delivery(tx, scope, delivery_id, held=True)
        if row is None:
            raise NotFound("no such delivery")
        if row.state == "waiting":
            raise Conflict("it waits for its next try already")
        return Outcome(*self._again(tx, scope, [row]))

    def replay_failed(self, tx: Tx, scope: Scope, endpoint_id: str) -> Outcome[int]:
        """Have everything told once more that did not arrive at an endpoint, 500 at a time; return how many."""
        rows = repository.lost_deliveries(tx, scope, endpoint_id, limit=_AT_ONCE)
        if not rows:
            return Outcome(0)
        _, entries, jobs = self._again(tx, scope, rows)
        return Outcome(len(jobs), entries, jobs)

    def _again(
        self, tx: Tx, scope: Scope, rows: Sequence[Any]
    ) -> tuple[Delivery, tuple[AuditEvent, ...], tuple[Job, ...]]:
        for row in rows:
            values = {"state": "waiting", "attempts": 0, "round": row.round + 1, "next_at": tx.now}
            repository.update_delivery(tx, scope, row.id, values)
        jobs = tuple(_job(row.id, row.round + 1, 1) for row in rows)
        events = tuple(
            AuditEvent(action="webhook.replayed", object_kind="webhook", object_id=endpoint_id)
            for endpoint_id in dict.fromkeys(row.endpoint_id for row in rows)
        )
        return self.find(tx, scope, rows[0].id), events, jobs


def forget_deliveries(tx: Tx, scope: Scope, *, older_than: timedelta = KEPT) -> int:
    """Remove what was told, or given up, longer ago; return how many lines."""
    return repository.delete_deliveries(tx, scope, before=tx.now - older_than)


def count_disabled(tx: Tx, scope: Scope) -> int:
    """Return how many endpoints were switched off because nothing arrived there."""
    return repository.count_disabled(tx, scope)


def _job(delivery_id: str, turn: int, attempt: int, *, due_at: datetime | None = None) -> Job:
    # A postponed try has another key than the one that found the endpoint resting: that job is done.
    mark = f".{int(due_at.timestamp() * 1000)}" if due_at is not None else ""
    payload = {"delivery_id": delivery_id, "turn": f"{turn}.{attempt}"}
    return Job(kind=JOB, key=f"{delivery_id}.{turn}.{attempt}{mark}", payload=payload, due_at=due_at)


def _delivery(row: Any) -> Delivery:
    values: dict[str, Any] = {name: getattr(row, name) for name in Delivery.__struct_fields__}
    return Delivery(**values)
