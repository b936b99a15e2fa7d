"""Transactions: what is acknowledged is durable, what fails leaves nothing, nobody blocks anybody."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from doorward.flow.settle import Settlement
from doorward.kit.bus import ProcessBus
from doorward.kit.clock import SystemClock
from doorward.kit.db import Database, DatabaseUnusable, StoreLocked
from doorward.kit.jobs import job_table
from doorward.kit.tx import Closed, CommitFailed, Transactions, Tx, Unreachable
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.outcome import Job, Outcome
from tests.support.databases import PostgresServer
from tests.support.transactions import SCOPE

ROW = {
    "tenant_id": "t",
    "kind": "k",
    "payload": {},
    "state": "waiting",
    "attempts": 0,
}


def add(key: str, *, fail: bool = False) -> Callable[[Tx], Outcome[str]]:
    """Return work that adds one row, and fails after that if asked."""

    def work(tx: Tx) -> Outcome[str]:
        tx.execute(insert(job_table).values(id=key, key=key, due_at=tx.now, **ROW))
        if fail:
            raise LookupError(key)
        return Outcome(key)

    return work


def count(tx: Tx) -> int:
    """Count the rows."""
    return int(tx.execute(select(func.count()).select_from(job_table)).scalar_one())


def test_a_write_is_visible_to_the_next_read(transactions: Transactions) -> None:
    """What a write returned from can be read."""
    assert transactions.write(SCOPE, add("a")) == "a"
    assert transactions.read(count) == 1


def test_failed_work_leaves_nothing_and_raises_its_own_error(transactions: Transactions) -> None:
    """An error inside the work undoes that work alone."""
    with pytest.raises(LookupError):
        transactions.write(SCOPE, add("a", fail=True))
    transactions.write(SCOPE, add("b"))
    assert transactions.read(count) == 1


def test_one_failure_in_a_crowd_does_not_touch_the_others(transactions: Transactions) -> None:
    """Of many concurrent writes exactly the failing ones are missing afterwards."""
    failures: list[str] = []

    def write(number: int) -> None:
        try:
            transactions.write(SCOPE, add(str(number), fail=number % 7 == 0))
        except LookupError as error:
            failures.append(str(error))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(70)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failures) == 10
    assert transactions.read(count) == 60


def test_reads_cannot_write(transactions: Transactions) -> None:
    """A read transaction refuses a write, on both databases."""
    with pytest.raises(DBAPIError):
        transactions.read(add("a"))
    assert transactions.read(count) == 0


async def test_the_event_loop_goes_on_while_a_write_waits(transactions: Transactions) -> None:
    """Asynchronous writes run together and all return."""
    values = await asyncio.gather(*(transactions.write_async(SCOPE, add(str(number))) for number in range(25)))
    assert sorted(values) == sorted(str(number) for number in range(25))
    assert await transactions.read_async(count) == 25


def test_calls_after_the_commit_come_after_the_commit_and_never_for_a_failure(transactions: Transactions) -> None:
    """`after_commit` runs once the row can be read, and not at all when the work fails."""
    seen: list[int] = []

    def work(tx: Tx) -> Outcome[None]:
        tx.execute(insert(job_table).values(id="a", key="a", due_at=tx.now, **ROW))
        tx.after_commit(lambda: seen.append(transactions.read(count)))
        return Outcome(None)

    def failing(tx: Tx) -> Outcome[None]:
        tx.after_commit(lambda: seen.append(-1))
        raise LookupError

    transactions.write(SCOPE, work)
    with pytest.raises(LookupError):
        transactions.write(SCOPE, failing)
    assert seen == [1]


def test_a_raising_call_after_the_commit_does_not_stop_anybody(transactions: Transactions) -> None:
    """The write is durable and says so, the other calls are made, and the next write works."""
    heard: list[str] = []

    def work(tx: Tx) -> Outcome[str]:
        tx.after_commit(lambda: 1 / 0)  # type: ignore[arg-type]  # because it never returns
        tx.after_commit(lambda: heard.append("after"))
        return Outcome("done")

    assert transactions.write(SCOPE, work) == "done"
    assert heard == ["after"]
    transactions.write(SCOPE, add("a"))
    assert transactions.read(count) == 1


def test_outcomes_need_a_scope_to_be_written_down(transactions: Transactions) -> None:
    """An outcome with lines but without a tenant is refused, and its work undone."""
    event = AuditEvent(action="a", object_kind="b", object_id="c")
    with pytest.raises(TypeError):
        transactions.write(None, lambda _tx: Outcome(None, entries=(event,)))


def test_jobs_of_an_outcome_are_written_with_it_once(transactions: Transactions) -> None:
    """The same job key twice is one row."""
    job = Job(kind="mail.send", key="one")
    for _ in range(2):
        transactions.write(SCOPE, lambda _tx: Outcome(None, jobs=(job,)))
    assert transactions.read(count) == 1


def test_closed_transactions_refuse_writes(transactions: Transactions) -> None:
    """After closing, a write says so instead of hanging."""
    transactions.close()
    with pytest.raises(Closed):
        transactions.write(SCOPE, add("a"))


def test_a_write_handed_in_while_closing_is_answered(transactions: Transactions) -> None:
    """Writes that race with the end are done or refused; nobody waits for ever."""
    answers: list[str] = []

    def write(number: int) -> None:
        try:
            answers.append(transactions.write(SCOPE, add(str(number))))
        except Closed:
            answers.append("closed")

    threads = [threading.Thread(target=write, args=(number,), daemon=True) for number in range(50)]
    for number, thread in enumerate(threads):
        thread.start()
        if number == 25:
            threading.Thread(target=transactions.close).start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(answers) == 50


async def test_a_caller_who_gives_up_leaves_the_others_alone(transactions: Transactions) -> None:
    """Writes that nobody waits for any more neither stop the writer nor fail their neighbours."""
    gate = threading.Event()

    def wait(_tx: Tx) -> Outcome[None]:
        gate.wait(30)
        return Outcome(None)

    waiting = [asyncio.ensure_future(transactions.write_async(SCOPE, wait)) for _ in range(8)]
    given_up = [asyncio.ensure_future(transactions.write_async(SCOPE, add(str(number)))) for number in range(20)]
    await asyncio.sleep(0)
    for task in given_up:
        task.cancel()
    gate.set()
    await asyncio.gather(*waiting)
    assert all(
        isinstance(one, asyncio.CancelledError) for one in await asyncio.gather(*given_up, return_exceptions=True)
    )
    assert await transactions.write_async(SCOPE, add("last")) == "last"
    # Those that the writer had taken already are done, for all that nobody waits for them.
    assert 1 <= await transactions.read_async(count) <= len(given_up) + 1


def test_a_server_that_is_gone_is_told_as_unavailable(postgres: PostgresServer) -> None:
    """A connection that breaks means that nothing was kept; the next write gets a new one."""
    database = Database.open(postgres.make_database("connection_lost", template="doorward_template"))
    transactions = Transactions(database, clock=SystemClock(), settle=Settlement(ProcessBus(), ring=lambda: None))

    def lose(tx: Tx) -> Outcome[None]:
        mine = tx.execute(select(func.pg_backend_pid())).scalar_one()
        with database.reader.connect() as other:
            other.execute(select(func.pg_terminate_backend(mine)))
        tx.execute(select(1))
        return Outcome(None)

    with pytest.raises(CommitFailed) as caught:
        transactions.write(SCOPE, lose)
    assert not caught.value.full
    assert transactions.write(SCOPE, add("a")) == "a"
    transactions.close()
    database.close()


def test_a_read_of_a_server_that_is_gone_is_told_as_such(postgres: PostgresServer) -> None:
    """Reads say so too, with an error of their own, and the next read gets a new connection."""
    database = Database.open(postgres.make_database("read_lost", template="doorward_template"))
    transactions = Transactions(database, clock=SystemClock(), settle=Settlement(ProcessBus(), ring=lambda: None))

    def lose(tx: Tx) -> int:
        mine = tx.execute(select(func.pg_backend_pid())).scalar_one()
        with database.writer.connect() as other:
            other.execute(select(func.pg_terminate_backend(mine)))
        return count(tx)

    with pytest.raises(Unreachable):
        transactions.read(lose)
    assert transactions.read(count) == 0
    transactions.close()
    database.close()


def test_a_mistake_in_a_statement_is_not_taken_for_an_outage(transactions: Transactions) -> None:
    """A wrong statement raises as what it is, so that it is found and mended."""
    with pytest.raises(DBAPIError):
        transactions.read(lambda tx: tx.execute(text("SELECT nothing FROM nowhere")))


def test_the_log_is_begun_anew_although_somebody_always_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads that overlap without a gap do not make SQLite's write-ahead log grow for ever."""
    megabyte = 2**20
    monkeypatch.setattr("doorward.kit.db.engine.LOG_BYTES", megabyte)
    database = Database.open(f"sqlite:///{tmp_path}/log.db")
    job_table.create(database.writer)
    transactions = Transactions(database, clock=SystemClock(), settle=Settlement(ProcessBus(), ring=lambda: None))
    stopped = threading.Event()

    def linger(tx: Tx) -> None:
        count(tx)
        stopped.wait(0.02)

    def read_on() -> None:
        while not stopped.is_set():
            transactions.read(linger)

    readers = [threading.Thread(target=read_on) for _ in range(3)]
    for reader in readers:
        reader.start()
    longest = 0
    for number in range(40):
        transactions.write(SCOPE, add(f"{number}" + "k" * 125_000))
        longest = max(longest, database.log_bytes())
    stopped.set()
    for reader in readers:
        reader.join()
    assert megabyte / 2 < longest < 5 * megabyte, "40 rows with four copies of an eighth of a megabyte each are twenty"
    assert transactions.read(count) == 40
    transactions.close()
    database.close()


def test_a_full_disk_is_told_to_everybody_and_loses_nothing_accepted(tmp_path: Path) -> None:
    """When SQLite cannot grow, the write fails with `full`, earlier rows stay, and later small writes work again."""
    database = Database.open(f"sqlite:///{tmp_path}/full.db")
    job_table.create(database.writer)
    transactions = Transactions(database, clock=SystemClock(), settle=Settlement(ProcessBus(), ring=lambda: None))
    transactions.write(SCOPE, add("before"))

    def limit(pages: int) -> None:
        with database.writer.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def big(tx: Tx) -> Outcome[None]:
        tx.execute(insert(job_table).values(id="x", key="k" * 500_000, due_at=tx.now, **ROW))
        return Outcome(None)

    limit(8)
    with pytest.raises(CommitFailed) as caught:
        transactions.write(SCOPE, big)
    assert caught.value.full
    assert transactions.read(count) == 1
    limit(1_000_000)
    transactions.write(SCOPE, big)
    assert transactions.read(count) == 2
    transactions.close()
    database.close()


def test_errors_of_the_database_do_not_quote_what_was_to_be_written(transactions: Transactions) -> None:
    """A failing statement's error holds no parameter values."""
    transactions.write(SCOPE, add("4242424242424242"))
    with pytest.raises(DBAPIError) as caught:
        transactions.write(SCOPE, add("4242424242424242"))
    assert "hidden due to hide_parameters" in str(caught.value)


def test_a_second_process_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """Opening the same SQLite file twice for writing is refused; reading it is not."""
    first = Database.open(f"sqlite:///{tmp_path}/one.db")
    job_table.create(first.writer)
    with pytest.raises(StoreLocked, match="another Doorward process"):
        Database.open(f"sqlite:///{tmp_path}/one.db")
    reading = Database.open(f"sqlite:///{tmp_path}/one.db", read_only=True)
    reading.ping()
    reading.close()
    first.close()
    Database.open(f"sqlite:///{tmp_path}/one.db").close()


@pytest.mark.parametrize("address", ["mysql://x/y", "sqlite://", "not an address", ""])
def test_other_addresses_are_refused_with_a_sentence(address: str) -> None:
    """What is not SQLite in a file or PostgreSQL is refused."""
    with pytest.raises(DatabaseUnusable):
        Database.open(address)
