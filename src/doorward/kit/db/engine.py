"""Opening a database: one writer and many readers on SQLite, an ordinary pool on PostgreSQL."""

import os
import sqlite3
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import QueuePool, StaticPool

try:
    import fcntl
except ImportError:  # Windows has no fcntl; there SQLite's own locks are the only guard.
    fcntl = None  # type: ignore[assignment]  # because the module is missing on that platform

READERS = 8
"""Threads that read for the event loop."""
WRITERS = 8
"""Threads that write for the event loop on PostgreSQL; SQLite has one."""
_BESIDES = 4
"""Connections for sweeps, jobs and health checks."""
_BUSY_MILLISECONDS = 15_000
_TIDY_MILLISECONDS = 250
_FRESH_SECONDS = 1.0

LOG_BYTES = 32 * 2**20
"""Size of SQLite's write-ahead log from which on the writer insists on starting it anew.

SQLite begins its log again by itself only in a moment without readers. Under steady traffic reads overlap and that
moment never comes: the log grows without end, and every read gets slower with it.
"""


class DatabaseUnusable(Exception):
    """The address is not one that Doorward can use; the sentence says what is wrong with it."""


class StoreLocked(Exception):
    """Another process has this SQLite database open for writing."""


@dataclass
class Database:
    """An open database: `writer` for the one writing place, `reader` for everything that only reads."""

    url: URL
    writer: Engine
    reader: Engine
    lock: IO[bytes] | None = None

    @property
    def is_sqlite(self) -> bool:
        """Return whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def path(self) -> Path | None:
        """Return the database file, or None on a server."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @classmethod
    def open(cls, address: str, *, read_only: bool = False, threads: int = 4) -> "Database":
        """Open `sqlite:///file` or `postgresql://...`.

        `threads` are those that will use it besides the transactions' own: each may hold a connection at once.

        Raises `StoreLocked` when another process writes to the same SQLite file, `DatabaseUnusable` for an address of
        another kind. A SQLite file is made when it is missing, readable by its owner alone.
        """
        try:
            url = make_url(address)
        except ArgumentError as error:
            raise DatabaseUnusable("the database address is not a URL such as sqlite:///doorward.db") from error
        match url.get_backend_name():
            case "sqlite":
                return _open_sqlite(url, read_only=read_only, threads=threads)
            case "postgresql":
                return _open_postgres(url, threads=threads)
            case other:
                raise DatabaseUnusable(f"'{other}' databases are not supported: use sqlite or postgresql")

    def close(self) -> None:
        """Close all connections and give the file back."""
        self.reader.dispose()
        self.writer.dispose()
        if self.lock is not None:
            self.lock.close()

    def tidy(self) -> None:
        """Begin SQLite's write-ahead log anew if it has grown long; between transactions, in the writing thread.

        Waits for readers that began before, a moment at most: should one of them linger, a later call does it.
        """
        if self.log_bytes() < LOG_BYTES:
            return
        with self.writer.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute(f"PRAGMA busy_timeout = {_TIDY_MILLISECONDS}")
            try:
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                driver.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")

    def log_bytes(self) -> int:
        """Return how long SQLite's write-ahead log is; 0 on a server or without one."""
        if self.path is None:
            return 0
        try:
            return self.path.with_name(self.path.name + "-wal").stat().st_size
        except FileNotFoundError:
            return 0

    def ping(self) -> None:
        """Raise if the database does not answer."""
        with self.reader.connect() as connection:
            connection.execute(text("SELECT 1"))


def _take_lock(path: Path) -> IO[bytes]:
    handle = open(path.with_name(path.name + ".lock"), "wb")  # noqa: SIM115 - held as long as the database is open
    Path(handle.name).chmod(0o600)
    if fcntl is not None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.close()
            raise StoreLocked(
                "another Doorward process is using this data folder; stop it first, or use PostgreSQL for several"
            ) from error
    return handle


def _open_sqlite(url: URL, *, read_only: bool, threads: int) -> Database:
    if not url.database or url.database == ":memory:":
        raise DatabaseUnusable("a SQLite database needs a file: sqlite:///path/to/doorward.db")
    path = Path(url.database).absolute()
    url = url.set(drivername="sqlite", database=str(path))
    lock = None
    if not read_only:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = _take_lock(path)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    reader = create_engine(
        "sqlite://",
        creator=lambda: _connect_sqlite(path, read_only=True),
        poolclass=QueuePool,
        pool_size=READERS,
        max_overflow=threads,
        pool_reset_on_return="rollback",
        hide_parameters=True,
    )
    event.listen(reader, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    if read_only:
        return Database(url, reader, reader)
    writer = create_engine(
        "sqlite://",
        creator=lambda: _connect_sqlite(path, read_only=False),
        poolclass=StaticPool,
        hide_parameters=True,  # an error must never print what was to be written
    )
    event.listen(writer, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return Database(url, writer, reader, lock)


def _connect_sqlite(path: Path, *, read_only: bool) -> sqlite3.Connection:
    # isolation_level None: the driver starts no transactions of its own, the "begin" events above do.
    mode = "ro" if read_only else "rw"
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=_BUSY_MILLISECONDS / 1000,
    )
    for pragma in ("foreign_keys = ON", "synchronous = FULL", "secure_delete = ON", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    if read_only:
        connection.execute("PRAGMA query_only = ON")
    else:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA cache_size = -32000")
    return connection


def _open_postgres(url: URL, *, threads: int) -> Database:
    own = READERS + WRITERS + _BESIDES
    options: dict[str, Any] = {"pool_size": own, "max_overflow": threads, "hide_parameters": True}
    engine = create_engine(url.set(drivername="postgresql+psycopg"), **options)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_require_alive, engine))
    return Database(url, engine, engine)


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _require_alive(engine: Engine, connection: Any, record: Any, _proxy: Any) -> None:
    """Have the pool connect anew where the server went away while the connection lay idle.

    The pool's own ping asks before every transaction, however short ago the last one was: a round trip each.
    """
    if time.monotonic() - record.info.get("used", 0.0) < _FRESH_SECONDS:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise DisconnectionError("the connection was lost while it lay idle") from error
