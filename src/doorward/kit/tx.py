"""Transactions: opened and committed here, at the edge, and nowhere else (house law 6).

On SQLite every write is a function handed to the one writer thread, which runs many of them, a SAVEPOINT each, in one
`BEGIN IMMEDIATE … COMMIT`; the caller goes on after the commit. On PostgreSQL the same function runs in an ordinary
transaction of the caller's thread. Reads use read-only snapshots on both.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from doorward.kit.clock import Clock
from doorward.kit.db.engine import READERS, WRITERS, Database
from doorward.kit.logging import get_logger

log = get_logger("kit.tx")

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_BATCH = 256


class CommitFailed(Exception):
    """The database could not keep the transaction; nothing of it was written. `full` tells a full disk."""

    def __init__(self, *, full: bool) -> None:
        """Say whether the disk is full."""
        super().__init__("the disk is full" if full else "the database could not commit")
        self.full = full


class Unreachable(Exception):
    """The database could not be asked; nothing was to be changed, so the same question may be asked again."""


class Closed(Exception):
    """The transactions were closed: the process is stopping."""


class Settled(Protocol[T_co]):
    """What a write must return: a value, and what has to be written down with it."""

    @property
    def value(self) -> T_co:
        """The caller's value."""

    @property
    def entries(self) -> Sequence[Any]:
        """Ledger and audit lines."""

    @property
    def jobs(self) -> Sequence[Any]:
        """Work for later."""


class Tx:
    """One open transaction. Rooms' repositories use it; nobody commits it but its maker."""

    __slots__ = ("_after", "_seen", "connection", "memory", "now")

    def __init__(self, connection: Connection, now: datetime) -> None:
        """Wrap an open connection; `now` is the transaction's one time."""
        self.connection = connection
        self.now = now
        self.memory: dict[tuple[str, ...], Any] = {}
        """What was read or written and cannot change any more before this transaction ends, as rooms name it."""
        self._after: list[Callable[[], None]] = []
        self._seen: set[str] = set()

    def first_time(self, name: str) -> bool:
        """Return whether this transaction asks with this name for the first time: a lock is taken once."""
        if name in self._seen:
            return False
        self._seen.add(name)
        return True

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run a statement; a list of parameter sets runs it once for each."""
        return cast("CursorResult[Any]", self.connection.execute(statement, parameters))

    def after_commit(self, call: Callable[[], None]) -> None:
        """Have `call` made once this transaction is durable; it must be quick and must not raise."""
        self._after.append(call)

    def committed(self) -> None:
        """Make the calls that wait for the commit. For the maker of the transaction alone."""
        for call in self._after:
            try:
                call()
            except Exception:  # the transaction is durable all the same, and its caller must not hear otherwise
                log.exception("kit.tx.after_commit_failed")


Settle = Callable[[Tx, Any, Sequence[Any], Sequence[Any]], None]
Work = Callable[[Tx], Settled[T]]


class _Task(Generic[T]):
    __slots__ = ("future", "scope", "work")

    def __init__(self, work: Work[T], scope: Any) -> None:
        self.work = work
        self.scope = scope
        self.future: Future[T] = Future()


def _is_full(error: BaseException) -> bool:
    original = error.orig if isinstance(error, DBAPIError) else error
    # 13 is SQLITE_FULL; 10 SQLITE_IOERR comes from quotas and some file systems. 53100 is PostgreSQL's disk_full.
    code = getattr(original, "sqlite_errorcode", None)
    return (code is not None and code & 0xFF in {10, 13}) or getattr(original, "sqlstate", None) == "53100"


def _is_out_of_reach(error: SQLAlchemyError) -> bool:
    """Return whether the database itself is in trouble, rather than the statement wrong."""
    original = getattr(error, "orig", None)
    if isinstance(original, sqlite3.Error):
        # 5 is SQLITE_BUSY, 6 LOCKED, 10 IOERR, 13 FULL, 14 CANTOPEN.
        return getattr(original, "sqlite_errorcode", 0) & 0xFF in {5, 6, 10, 13, 14}
    state = getattr(original, "sqlstate", None)
    # No SQLSTATE: the server never answered. 08 is a broken connection, 53 a lack of resources, 57 an operator.
    return state is None or state[:2] in {"08", "53", "57"}


class Transactions:
    """The way to the database for everybody at the edge.

    `settle(tx, scope, entries, jobs)` is called inside each write with what the work's outcome asks to be written down,
    so that nobody can forget it.
    """

    def __init__(self, database: Database, *, clock: Clock, settle: Settle) -> None:
        """Start serving; on SQLite this starts the writer thread."""
        self._database = database
        self._clock = clock
        self._settle = settle
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="tx-read")
        self._closed = False
        self._closing = threading.Lock()
        self._tasks: queue.SimpleQueue[_Task[Any] | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._writers: ThreadPoolExecutor | None = None
        if database.is_sqlite:
            self._writer = threading.Thread(target=self._serve_writes, name="tx-write", daemon=True)
            self._writer.start()
        else:
            self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="tx-write")

    @property
    def in_order(self) -> bool:
        """Return whether writes are done in the order in which they are handed in, as the one writer thread does."""
        return self._writers is None

    # -- for threads -------------------------------------------------------------------------------------------------

    def write(self, scope: Any, work: Work[T]) -> T:
        """Run `work` in a write transaction, settle its outcome, and return the value once all of it is durable.

        Raises what `work` raises (then nothing is written), `CommitFailed` when the database cannot keep it. `work` may
        run more than once on PostgreSQL when the server asks for a retry, so it must do nothing but write.
        """
        if self._writer is None:
            self._refuse_when_closed()
            return self._write_here(_Task(work, scope))
        return self._enqueue(work, scope).result()

    def write_later(self, scope: Any, work: Work[T]) -> "Future[T]":
        """Do as `write`, without waiting: the future tells how it ended."""
        if self._writers is None:
            return self._enqueue(work, scope)
        self._refuse_when_closed()
        return self._writers.submit(self._write_here, _Task(work, scope))

    def read(self, work: Callable[[Tx], T]) -> T:
        """Run `work` on a read-only snapshot and return its value.

        Raises what `work` raises, `Unreachable` when the database does not answer or has no connection left.
        """
        try:
            with self._database.reader.connect() as connection:
                if not self._database.is_sqlite:
                    connection = connection.execution_options(
                        isolation_level="REPEATABLE READ", postgresql_readonly=True
                    )
                with connection.begin():
                    return work(Tx(connection, self._clock.now()))
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            if not _is_out_of_reach(error):
                raise
            raise Unreachable("the database could not be read") from error

    # -- for the event loop ------------------------------------------------------------------------------------------

    async def write_async(self, scope: Any, work: Work[T]) -> T:
        """Do as `write`, without blocking the event loop."""
        if self._writer is not None:
            return await asyncio.wrap_future(self._enqueue(work, scope))
        self._refuse_when_closed()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writers, self._write_here, _Task(work, scope))

    async def read_async(self, work: Callable[[Tx], T]) -> T:
        """Do as `read`, without blocking the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read, work)

    def close(self) -> None:
        """Finish what was begun, then stop; later writes raise `Closed`."""
        with self._closing:
            self._closed = True
            self._tasks.put(None)
        if self._writer is not None:
            self._writer.join(timeout=30)
        if self._writers is not None:
            self._writers.shutdown(wait=True)
        self._readers.shutdown(wait=True)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise Closed("Doorward is stopping")

    def _enqueue(self, work: Work[T], scope: Any) -> Future[T]:
        task = _Task(work, scope)
        with self._closing:  # after the last task there must come none, for nobody would ever answer it
            self._refuse_when_closed()
            self._tasks.put(task)
        return task.future

    def _run(self, tx: Tx, task: _Task[T]) -> T:
        outcome = task.work(tx)
        if outcome.entries or outcome.jobs:
            self._settle(tx, task.scope, outcome.entries, outcome.jobs)
        return outcome.value

    def _write_here(self, task: _Task[T]) -> T:
        for attempt in range(5):
            try:
                with self._database.writer.begin() as connection:
                    tx = Tx(connection, self._clock.now())
                    value = self._run(tx, task)
            except (OperationalError, InterfaceError, PoolTimeout) as error:
                # 40001 and 40P01: the server undid the transaction and asks for another try.
                if getattr(error.__cause__, "sqlstate", None) in {"40001", "40P01"} and attempt < 4:
                    continue
                raise CommitFailed(full=_is_full(error)) from error
            tx.committed()
            return value
        raise CommitFailed(full=False)

    def _serve_writes(self) -> None:
        while True:
            task = self._tasks.get()
            if task is None:
                return
            batch = [task]
            stop = False
            while len(batch) < _BATCH:
                try:
                    following = self._tasks.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    stop = True
                    break
                batch.append(following)
            self._commit_batch(batch)
            self._database.tidy()
            if stop:
                return

    def _commit_batch(self, tasks: list[_Task[Any]]) -> None:
        # Whoever gave up waiting before now is left out; from here on nobody can.
        batch = [task for task in tasks if task.future.set_running_or_notify_cancel()]
        done: list[tuple[_Task[Any], Tx, Any]] = []
        now = self._clock.now()
        try:
            with self._database.writer.connect() as connection, connection.begin():
                for task in batch:
                    self._run_in_savepoint(connection, Tx(connection, now), task, done)
        except (SQLAlchemyError, sqlite3.Error) as error:
            # The COMMIT itself failed: nothing of the batch is durable, and everybody must hear it.
            failure = CommitFailed(full=_is_full(error))
            failure.__cause__ = error
            for task in batch:
                if not task.future.done():
                    task.future.set_exception(failure)
            return
        for task, tx, value in done:
            tx.committed()
            task.future.set_result(value)

    def _run_in_savepoint(
        self, connection: Connection, tx: Tx, task: _Task[Any], done: list[tuple[_Task[Any], Tx, Any]]
    ) -> None:
        # Straight to the driver: three of these for every write are worth saving.
        driver: Any = connection.connection.driver_connection
        driver.execute("SAVEPOINT task")
        try:
            value = self._run(tx, task)
        except BaseException as error:  # the caller gets it, whatever it is
            if isinstance(error, DBAPIError) and _is_full(error):
                # SQLite may have undone the whole transaction already: the batch cannot go on.
                raise
            driver.execute("ROLLBACK TO task")
            driver.execute("RELEASE task")
            task.future.set_exception(error)
            return
        driver.execute("RELEASE task")
        done.append((task, tx, value))
