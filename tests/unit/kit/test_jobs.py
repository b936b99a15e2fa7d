"""Jobs: written with the work that asks for them, run at least once, never lost, given up on late."""

import contextlib
import threading
from datetime import timedelta

from sqlalchemy import select

from doorward.kit.clock import FixedClock
from doorward.kit.jobs import (
    LAST_ATTEMPT,
    LEASE,
    ClaimedJob,
    JobWorker,
    forget_done,
    job_table,
    pause_before,
    waiting_keys,
)
from doorward.kit.tx import Transactions
from doorward.vocabulary.outcome import Job, Outcome
from tests.support.transactions import NOON, SCOPE


def ask(transactions: Transactions, *jobs: Job) -> None:
    """Ask for jobs as a verb does."""
    transactions.write(SCOPE, lambda _tx: Outcome(None, jobs=jobs))


def states(transactions: Transactions) -> list[str]:
    """Return the states of all jobs."""
    return list(transactions.read(lambda tx: tx.execute(select(job_table.c.state)).scalars().all()))


def test_a_job_runs_once_with_its_payload(transactions: Transactions) -> None:
    """A handler gets what was asked for, and a second look finds nothing."""
    seen: list[ClaimedJob] = []
    worker = JobWorker(transactions)
    worker.register("greet", seen.append)
    ask(transactions, Job(kind="greet", key="a", payload={"message_id": "m"}))
    assert worker.run_due() == 1
    assert worker.run_due() == 0
    assert [(job.key, dict(job.payload), job.attempts) for job in seen] == [("a", {"message_id": "m"}, 1)]
    assert states(transactions) == ["done"]


def test_the_jobs_that_are_still_to_be_done_are_known(transactions: Transactions) -> None:
    """Keys of a tenant's own kind of job: what is done or of another kind is not among them."""

    def refuse(_job: ClaimedJob) -> None:
        raise ConnectionRefusedError

    worker = JobWorker(transactions)
    worker.register("greet", lambda _job: None)
    worker.register("scan", refuse)
    ask(transactions, Job(kind="greet", key="a"), Job(kind="scan", key="b"), Job(kind="scan", key="c"))
    worker.run_due()
    assert transactions.read(lambda tx: waiting_keys(tx, SCOPE.tenant_id, "scan")) == {"b", "c"}
    assert transactions.read(lambda tx: waiting_keys(tx, SCOPE.tenant_id, "greet")) == frozenset()
    assert transactions.read(lambda tx: waiting_keys(tx, "another", "scan")) == frozenset()


def test_a_job_for_later_waits_for_its_time(transactions: Transactions, clock: FixedClock) -> None:
    """A job with `due_at` runs when that time has come, not before."""
    worker = JobWorker(transactions)
    worker.register("greet", lambda _job: None)
    ask(transactions, Job(kind="greet", key="a", due_at=NOON + timedelta(hours=1)))
    assert worker.run_due() == 0
    clock.advance(timedelta(hours=1))
    assert worker.run_due() == 1


def test_a_failing_job_is_tried_again_with_growing_pauses_and_then_kept_as_failed(
    transactions: Transactions, clock: FixedClock
) -> None:
    """Every failure is a retry until the last attempt; then the row says which kind of error it was."""
    tries: list[int] = []

    def fail(job: ClaimedJob) -> None:
        tries.append(job.attempts)
        raise ConnectionRefusedError

    worker = JobWorker(transactions)
    worker.register("greet", fail)
    ask(transactions, Job(kind="greet", key="a"))
    for attempt in range(1, LAST_ATTEMPT + 1):
        assert worker.run_due() == 1
        assert worker.run_due() == 0, "it must not be tried again at once"
        clock.advance(pause_before(attempt + 1))
    assert tries == list(range(1, LAST_ATTEMPT + 1))
    assert states(transactions) == ["failed"]
    assert transactions.read(lambda tx: tx.execute(select(job_table.c.error)).scalar()) == "ConnectionRefusedError"


def test_a_worker_that_dies_gives_its_jobs_back_when_the_lease_ends(
    transactions: Transactions, clock: FixedClock
) -> None:
    """A job that was claimed and never finished runs again, elsewhere, after the lease."""

    def die(_job: ClaimedJob) -> None:
        raise SystemExit

    dying = JobWorker(transactions)
    dying.register("greet", die)
    ask(transactions, Job(kind="greet", key="a"))
    with contextlib.suppress(SystemExit):
        dying.run_due()
    seen: list[ClaimedJob] = []
    other = JobWorker(transactions)
    other.register("greet", seen.append)
    assert other.run_due() == 0
    clock.advance(LEASE)
    assert other.run_due() == 1
    assert seen[0].attempts == 2


def test_a_job_behind_a_slow_one_is_not_run_twice(transactions: Transactions, clock: FixedClock) -> None:
    """However long the first takes, nobody else runs the second while it waits in the same worker."""
    runs: list[str] = []
    other = JobWorker(transactions)
    other.register("greet", lambda job: runs.append(f"other {job.key}"))

    def be_slow(job: ClaimedJob) -> None:
        runs.append(job.key)
        if len(runs) == 1:
            clock.advance(LEASE - timedelta(seconds=1))
            other.run_jobs()
            clock.advance(timedelta(seconds=2))

    worker = JobWorker(transactions)
    worker.register("greet", be_slow)
    ask(transactions, Job(kind="greet", key="a"), Job(kind="greet", key="b", due_at=NOON + timedelta(microseconds=1)))
    clock.advance(timedelta(seconds=1))
    worker.run_jobs()
    other.run_jobs()
    assert runs == ["a", "other b"]
    assert states(transactions) == ["done", "done"]


def test_whoever_lost_the_lease_cannot_open_a_job_again(transactions: Transactions, clock: FixedClock) -> None:
    """A worker that fails after another one finished its job leaves it finished."""
    other = JobWorker(transactions)
    other.register("greet", lambda _job: None)

    def fail_late(_job: ClaimedJob) -> None:
        clock.advance(LEASE)
        assert other.run_jobs() == 1
        raise TimeoutError

    worker = JobWorker(transactions)
    worker.register("greet", fail_late)
    ask(transactions, Job(kind="greet", key="a"))
    worker.run_jobs()
    assert states(transactions) == ["done"]


def test_a_worker_leaves_kinds_that_it_does_not_know(transactions: Transactions) -> None:
    """Jobs of unregistered kinds wait for a worker that knows them."""
    worker = JobWorker(transactions)
    ask(transactions, Job(kind="unknown", key="a"))
    assert worker.run_due() == 0
    assert states(transactions) == ["waiting"]


def test_sweeps_run_at_their_interval_and_survive_each_other(transactions: Transactions, clock: FixedClock) -> None:
    """A failing sweep does not keep the next from running, and none runs before its time."""
    runs: list[str] = []
    worker = JobWorker(transactions)

    def broken() -> None:
        runs.append("broken")
        raise ZeroDivisionError

    worker.register_sweep("broken", every=timedelta(seconds=10), sweep=broken)
    worker.register_sweep("whole", every=timedelta(seconds=10), sweep=lambda: runs.append("whole"))
    worker.run_due()
    worker.run_due()
    assert runs == ["broken", "whole"]
    clock.advance(timedelta(seconds=10))
    worker.run_due()
    assert runs == ["broken", "whole"] * 2


def test_finished_jobs_are_forgotten_in_time_and_waiting_ones_never(
    transactions: Transactions, clock: FixedClock
) -> None:
    """Only finished rows older than asked are removed."""
    worker = JobWorker(transactions)
    worker.register("greet", lambda _job: None)
    ask(transactions, Job(kind="greet", key="a"), Job(kind="unknown", key="b"))
    worker.run_due()
    clock.advance(timedelta(days=8))
    removed = transactions.write(SCOPE, lambda tx: Outcome(forget_done(tx, older_than=timedelta(days=7))))
    assert removed == 1
    assert states(transactions) == ["waiting"]


def test_the_background_thread_works_and_stops(transactions: Transactions) -> None:
    """A started worker runs what it is rung for, and stops when told to."""
    done = threading.Event()
    worker = JobWorker(transactions)
    worker.register("greet", lambda _job: done.set())
    worker.start()
    ask(transactions, Job(kind="greet", key="a"))
    worker.ring()
    assert done.wait(10)
    worker.stop()


def test_a_lane_that_hangs_holds_up_no_other(transactions: Transactions) -> None:
    """What waits for somebody outside keeps only its own lane; the others go on meanwhile."""
    hanging, let_go, done = threading.Event(), threading.Event(), threading.Event()

    def hang(_job: ClaimedJob) -> None:
        hanging.set()
        let_go.wait(30)

    worker = JobWorker(transactions)
    worker.register("scan", hang, lane="scanning")
    worker.register("greet", lambda _job: done.set())
    worker.start()
    ask(transactions, Job(kind="scan", key="a"))
    worker.ring()
    assert hanging.wait(10)
    ask(transactions, Job(kind="greet", key="b"))
    worker.ring()
    assert done.wait(10)
    assert not let_go.is_set()
    let_go.set()
    worker.stop()
    assert states(transactions) == ["done", "done"]
