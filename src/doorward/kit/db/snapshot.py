"""All rows of all tables as they were at one moment, and putting them back: for backups.

Which tables are ours is asked of the history: it is followed to the same step in a scratch database. What others keep
beside them, and what a database makes by itself (an index's hidden tables), is left alone.
"""

import contextlib
import functools
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    MetaData,
    Table,
    create_engine,
    func,
    inspect,
    select,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.pool import StaticPool

from doorward.kit.db.engine import Database
from doorward.kit.db.migrate import upgrade_within

_STEP_TABLE: Final = "alembic_version"
_ROWS: Final = 500
_WIDE_ROWS: Final = 8
"""Rows that are fetched at once from a table with binary columns: files lie in such, each up to some megabytes."""

Columns = Mapping[str, tuple[str, ...]]


@contextlib.contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """Give a connection on which nothing changes any more, whoever writes meanwhile.

    On SQLite it reads a copy that the online backup makes within one lock, beside the database and without a name as
    soon as it is complete: a long reader would keep the write-ahead log from starting anew. On PostgreSQL it is one
    transaction at REPEATABLE READ.
    """
    if database.path is None:
        with database.reader.connect() as connection:
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection
        return
    copy = _copy_of(database, database.path)
    engine = create_engine("sqlite://", creator=lambda: copy, poolclass=StaticPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
        copy.close()


def _copy_of(database: Database, path: Path) -> sqlite3.Connection:
    for left in path.parent.glob(f"{path.name}.copy-*"):
        left.unlink(missing_ok=True)  # a backup that was killed while it copied
    beside = path.with_name(f"{path.name}.copy-{os.getpid()}")
    os.close(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        copy = sqlite3.connect(beside, isolation_level=None, check_same_thread=False)
        copy.execute("PRAGMA locking_mode = EXCLUSIVE")
        copy.execute("PRAGMA journal_mode = OFF")
        copy.execute("PRAGMA temp_store = MEMORY")
        with database.reader.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.backup(copy)
        copy.execute("PRAGMA journal_mode = MEMORY")  # a file without a name can have no log beside it
        copy.execute("PRAGMA query_only = ON")
    finally:
        beside.unlink(missing_ok=True)
    return copy


def revision_of(connection: Connection) -> str | None:
    """Return the step of the tables, None for a database without any."""
    return MigrationContext.configure(connection).get_current_revision()


def columns_of(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Return the tables with their columns in order, without what the database itself made and the step's own table."""
    inspector = inspect(connection)
    names = set(inspector.get_table_names()) - {_STEP_TABLE}
    if connection.dialect.name == "sqlite":
        # Virtual tables and what lies behind them are indexes: they are made again, not copied.
        names &= {row[1] for row in connection.exec_driver_sql("PRAGMA table_list") if row[2] == "table"}
    return {name: tuple(column["name"] for column in inspector.get_columns(name)) for name in sorted(names)}


@functools.cache
def columns_at(revision: str) -> dict[str, tuple[str, ...]]:
    """Return the tables and columns that the history makes up to a step. Raises `DatabaseUnusable`."""
    with tempfile.TemporaryDirectory(prefix="doorward-tables-") as folder:
        database = Database.open(f"sqlite:///{Path(folder) / 'tables.db'}")
        try:
            with database.writer.connect() as connection, connection.begin():
                upgrade_within(connection, revision)
                return columns_of(connection)
        finally:
            database.close()


def count_rows(connection: Connection, table: str) -> int:
    """Return how many rows a table has."""
    counted: int = connection.execute(select(func.count()).select_from(Table(table, MetaData()))).scalar_one()
    return counted


def rows_of(connection: Connection, table: str, columns: Sequence[str]) -> Iterator[list[Any]]:
    """Yield every row of a table as the values of these columns; no more than a few rows are in memory.

    Words of a full-text index that PostgreSQL keeps in a type of its own are plain words, as SQLite has them.
    """
    found = _reflected(connection, table)
    wide = any(isinstance(column.type, LargeBinary) for column in found.columns)
    options = {"stream_results": True, "yield_per": _WIDE_ROWS if wide else _ROWS}
    query = select(*(_plain(found.c[name]) for name in columns))
    for row in connection.execute(query, execution_options=options):
        yield [bytes(value) if isinstance(value, memoryview) else value for value in row]


def _plain(column: Column[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, TSVECTOR):
        return func.array_to_string(func.tsvector_to_array(column), " ")
    return column


def _reflected(connection: Connection, table: str) -> Table:
    """Return a table as the database describes it, which need not be as the code has it."""
    return Table(table, MetaData(), autoload_with=connection)


class Loader:
    """Puts rows into the tables of an open write transaction."""

    def __init__(self, connection: Connection, columns: Columns) -> None:
        """Take the columns in whose order rows will come."""
        self._connection = connection
        self._columns = columns
        self._tables: dict[str, Table] = {}

    def put(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows."""
        if table not in self._tables:
            self._tables[table] = _reflected(self._connection, table)
        names = self._columns[table]
        values = [dict(zip(names, row, strict=True)) for row in rows]
        if values:
            self._connection.execute(self._tables[table].insert(), values)
