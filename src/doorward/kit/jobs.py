"""Work for later, in the same database as the work that asked for it (house law 7).

`once`: a row in `kit_job`, written in the caller's own transaction, run by a table worker, retried with growing pauses.
Kinds of jobs run in lanes beside each other, so that one that waits for somebody outside never holds up another.
`due`: sweeps, small idempotent functions that look for rows whose `due_at` has passed, called at a fixed interval.
(`durable`, for long flows with several steps, comes with the first such flow.)
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import msgspec
from sqlalchemy import Column, Index, Integer, Table, Text, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from doorward.kit.db.types import Json, UtcTime, metadata
from doorward.kit.ids import derive_id
from doorward.kit.logging import get_logger
from doorward.kit.tx import Closed, Transactions, Tx

log = get_logger("kit.jobs")

QUICK: Final = "quick"
LEASE = timedelta(minutes=2)
LAST_ATTEMPT = 12
_IN_A_ROW = 20
_PATIENCE: Final = 30.0

job_table = Table(
    "kit_job",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("payload", Json, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text),
)
Index("ix_kit_job_state_due_at", job_table.c.state, job_table.c.due_at)


class ClaimedJob(msgspec.Struct, frozen=True, kw_only=True):
    """A job that this worker has until its lease ends. `attempts` counts this try."""

    id: str
    tenant_id: str
    kind: str
    key: str
    payload: Mapping[str, str]
    attempts: int


class _Nothing(msgspec.Struct, frozen=True):
    """An outcome with a value and nothing to settle."""

    value: Any = None
    entries: tuple[Any, ...] = ()
    jobs: tuple[Any, ...] = ()


Handler = Callable[[ClaimedJob], None]
Sweep = Callable[[], None]


def enqueue(tx: Tx, tenant_id: str, jobs: Sequence[Any]) -> None:
    """Write jobs (see `vocabulary.outcome.Job`) in the open transaction; a key that is there already stays as it is."""
    insert = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    for job in jobs:
        values = {
            "id": derive_id("job", tenant_id, job.kind, job.key),
            "tenant_id": tenant_id,
            "kind": job.kind,
            "key": job.key,
            "payload": dict(job.payload),
            "state": "waiting",
            "due_at": job.due_at or tx.now,
            "attempts": 0,
        }
        # Another process may ask for the same job in the same moment.
        tx.execute(insert(job_table).values(values).on_conflict_do_nothing())


def waiting_keys(tx: Tx, tenant_id: str, kind: str) -> frozenset[str]:
    """Return the keys of a tenant's jobs of a kind that are still to be done, also those that wait for another try."""
    query = select(job_table.c.key).where(
        job_table.c.state == "waiting", job_table.c.tenant_id == tenant_id, job_table.c.kind == kind
    )
    return frozenset(tx.execute(query).scalars())


def pause_before(attempt: int) -> timedelta:
    """Return how long to wait before the given try (2 is the first repetition): 2 s doubling up to an hour."""
    return timedelta(seconds=min(3600, 2 ** (attempt - 1)))


class _Lane:
    """The kinds of jobs that run one after the other, and the bell that wakes their thread."""

    def __init__(self) -> None:
        """Begin without a kind."""
        self.handlers: dict[str, Handler] = {}
        self.bell = threading.Event()


class JobWorker:
    """Runs jobs in one background thread per lane, and sweeps in another. Handlers may run twice and must be safe to.

    The threads are apart so that a slow job keeps neither a sweep nor a job of another lane waiting. Whatever calls
    somebody outside (a mail server, a scanner) has a lane of its own; within one, jobs run one after the other.
    """

    def __init__(self, transactions: Transactions, *, poll: timedelta = timedelta(seconds=1)) -> None:
        """Look for work every `poll`, and at once when `ring` is called."""
        self._transactions = transactions
        self._poll = poll
        self._lanes: dict[str, _Lane] = {}
        self._sweeps: list[tuple[str, timedelta, Sweep]] = []
        self._swept: dict[str, datetime] = {}
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def register(self, kind: str, handler: Handler, *, lane: str = QUICK) -> None:
        """Have jobs of `kind` run by `handler`, outside any transaction, in `lane`; to be called before `start`."""
        self._lanes.setdefault(lane, _Lane()).handlers[kind] = handler

    def register_sweep(self, name: str, *, every: timedelta, sweep: Sweep) -> None:
        """Have `sweep` called about every `every`; it must be idempotent."""
        self._sweeps.append((name, every, sweep))

    def ring(self) -> None:
        """Wake every lane: there is something to do."""
        for lane in self._lanes.values():
            lane.bell.set()

    def start(self) -> None:
        """Start the background threads."""
        work: dict[str, Callable[[], None]] = {
            f"jobs-{name}": partial(self._serve_jobs, lane) for name, lane in self._lanes.items()
        }
        work["sweeps"] = self._serve_sweeps
        for name, serve in work.items():
            thread = threading.Thread(target=serve, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Finish the jobs and the sweep in hand, then stop; what takes longer than 30 s is left to its lease."""
        self._stopping.set()
        self.ring()
        until = time.monotonic() + _PATIENCE
        for thread in self._threads:
            thread.join(timeout=max(0.0, until - time.monotonic()))

    def _serve_jobs(self, lane: _Lane) -> None:
        while not self._stopping.is_set():
            if not self._survive(partial(self._run_lane, lane)):
                lane.bell.wait(self._poll.total_seconds())
                lane.bell.clear()

    def _serve_sweeps(self) -> None:
        while not self._stopping.is_set():
            self._survive(self.run_sweeps)
            self._stopping.wait(self._poll.total_seconds())

    def _survive(self, work: Callable[[], int]) -> int:
        """Do `work`; the threads must outlive a database that is away for a while."""
        try:
            return work()
        except Closed:
            self._stopping.set()
        except Exception:
            log.warning("kit.jobs.unavailable", exc_info=True)
        return 0

    def run_due(self) -> int:
        """Run the sweeps that are due, then the jobs that are due; return how many jobs ran."""
        self.run_sweeps()
        return self.run_jobs()

    def run_sweeps(self) -> int:
        """Run the sweeps that are due; return how many ran."""
        ran = 0
        now = self._transactions.read(lambda tx: tx.now)
        for name, every, sweep in self._sweeps:
            if name not in self._swept or now - self._swept[name] >= every:
                self._swept[name] = now
                ran += 1
                try:
                    sweep()
                except Closed:
                    raise
                except Exception:  # one sweep's failure must not stop the others
                    log.exception("kit.jobs.sweep_failed", sweep=name)
        return ran

    def run_jobs(self) -> int:
        """Run the jobs that are due, lane by lane; return how many ran."""
        return sum(self._run_lane(lane) for lane in self._lanes.values())

    def _run_lane(self, lane: _Lane) -> int:
        # A cheap look first: an idle worker must not keep the one writer busy.
        kinds = tuple(lane.handlers)
        if not self._transactions.read(lambda tx: tx.execute(_due(tx.now, kinds).limit(1)).first()):
            return 0
        ran = 0
        # One at a time: the lease of a job that waits behind a slow one would end before its turn, and it would run
        # again elsewhere.
        while ran < _IN_A_ROW and (job := self._claim_one(kinds)) is not None:
            self._run(job, lane.handlers[job.kind])
            ran += 1
        return ran

    def _claim_one(self, kinds: tuple[str, ...]) -> ClaimedJob | None:
        job: ClaimedJob | None = self._transactions.write(None, lambda tx: _Nothing(_claim(tx, kinds)))
        return job

    def _run(self, job: ClaimedJob, handler: Handler) -> None:
        try:
            handler(job)
        except Closed:
            raise
        except Exception as error:  # every failure is a retry; what failed is kept with the job
            log.warning("kit.jobs.failed", job_id=job.id, kind=job.kind, attempts=job.attempts, exc_info=True)
            name = type(error).__name__
            self._transactions.write(None, lambda tx: _postpone(tx, job, name))
        else:
            self._transactions.write(None, lambda tx: _finish(tx, job))


def _due(now: datetime, kinds: tuple[str, ...]) -> Any:
    ours = job_table.c.kind.in_(kinds)
    return select(job_table.c.id).where(job_table.c.state == "waiting", job_table.c.due_at <= now, ours)


def _claim(tx: Tx, kinds: tuple[str, ...]) -> ClaimedJob | None:
    """Take a due job under a lease: `due_at` moves into the future, so a worker that dies gives it back by itself."""
    query = (
        select(job_table)
        .where(job_table.c.state == "waiting", job_table.c.due_at <= tx.now, job_table.c.kind.in_(kinds))
        .order_by(job_table.c.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = tx.execute(query).first()
    if row is None:
        return None
    attempts = row.attempts + 1
    tx.execute(update(job_table).where(job_table.c.id == row.id).values(attempts=attempts, due_at=tx.now + LEASE))
    return ClaimedJob(
        id=row.id, tenant_id=row.tenant_id, kind=row.kind, key=row.key, payload=row.payload, attempts=attempts
    )


def _finish(tx: Tx, job: ClaimedJob) -> _Nothing:
    # The row stays, so that the same key does not run again; a sweep removes old ones.
    tx.execute(update(job_table).where(job_table.c.id == job.id).values(state="done", error=None))
    return _Nothing()


def _postpone(tx: Tx, job: ClaimedJob, error: str) -> _Nothing:
    state = "failed" if job.attempts >= LAST_ATTEMPT else "waiting"
    due_at = tx.now + pause_before(job.attempts + 1)
    # Whoever lost the lease meanwhile has no say any more: the job may be done.
    mine = (job_table.c.id == job.id, job_table.c.state == "waiting", job_table.c.attempts == job.attempts)
    tx.execute(update(job_table).where(*mine).values(state=state, due_at=due_at, error=error))
    return _Nothing()


def forget_done(tx: Tx, *, older_than: timedelta) -> int:
    """Remove finished jobs whose lease ended longer ago than `older_than`; return how many."""
    before = tx.now - older_than
    return tx.execute(delete(job_table).where(job_table.c.state == "done", job_table.c.due_at < before)).rowcount
