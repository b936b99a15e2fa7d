"""Everything that a database holds, whoever put it there: for searching it, never for working with it.

Tables are found by asking the database, so that none that comes later is forgotten: those of an index of its own, of a
worker, of a plugin.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from doorward.kit.db.engine import Database

_ROWS: Final = 200
_SYSTEM: Final = (
    ("pg_stats", "SELECT * FROM pg_stats"),
    ("pg_stat_activity", "SELECT * FROM pg_stat_activity"),
    ("pg_prepared_xacts", "SELECT * FROM pg_prepared_xacts"),
    ("pg_largeobject", "SELECT loid, data FROM pg_largeobject"),
)
"""Where PostgreSQL itself keeps values: the commonest ones of every column, running statements, large objects."""


def every_value(database: Database) -> Iterator[tuple[str, bytes]]:
    """Yield every value that is stored, with its place as `table.column`; values of one place come together.

    The hidden tables of a full-text index are among them, and on PostgreSQL what it keeps for itself, as far as this
    user may see it.
    """
    with database.reader.connect() as connection:
        for table in _tables(connection):
            yield from _values(connection, table, f"SELECT * FROM {table}")  # noqa: S608 - a name the database gave
        for name, query in _SYSTEM if connection.dialect.name == "postgresql" else ():
            try:
                with connection.begin_nested():
                    yield from _values(connection, name, query)
            except DBAPIError:
                continue  # this user may not look there


def _tables(connection: Connection) -> tuple[str, ...]:
    quoted = connection.dialect.identifier_preparer.quote
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        return tuple(quoted(str(name)) for (name,) in found)
    found = connection.execute(
        text(
            # Tables, partitioned ones, and views that keep their rows.
            "SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
            " WHERE relkind IN ('r', 'p', 'm') AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
            " ORDER BY 1, 2"
        )
    )
    return tuple(f"{quoted(str(schema))}.{quoted(str(name))}" for schema, name in found)


def _values(connection: Connection, table: str, query: str) -> Iterator[tuple[str, bytes]]:
    # Options of this statement alone: a savepoint cannot be streamed.
    result = connection.execute(text(query), execution_options={"stream_results": True, "yield_per": _ROWS})
    columns = list(result.keys())
    for rows in result.partitions():
        for number, column in enumerate(columns):
            place = f"{table}.{column}".replace('"', "")
            yield place, b"\n".join(_as_bytes(row[number]) for row in rows)


def _as_bytes(value: Any) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return str(value).encode("utf-8", "surrogatepass")


def plant(database: Database, where: str, note: str) -> None:
    """Leave a note where a mistake might, to prove that it is found. Only in a database made to be dropped.

    `table`: a row; `index`: a full-text index or a stored view; `deleted`: a row that is gone and in the files yet;
    `wal`: the write-ahead log alone; `object`: a large object (PostgreSQL).
    """
    statements = _PLANTS["sqlite" if database.is_sqlite else "postgresql"][where]
    with _by_themselves(database) as connection:
        for statement in statements:
            connection.execute(text(statement), {"note": note} if ":note" in statement else {})


_TABLE: Final = "CREATE TABLE IF NOT EXISTS planted (id INTEGER, note TEXT)"
_PLANTS: Final = {
    "sqlite": {
        "table": (_TABLE, "INSERT INTO planted VALUES (1, :note)"),
        "index": ("CREATE VIRTUAL TABLE sown USING fts5(words)", "INSERT INTO sown VALUES (:note)"),
        "deleted": (
            "PRAGMA secure_delete = OFF",
            _TABLE,
            "INSERT INTO planted VALUES (2, :note)",
            "DELETE FROM planted WHERE id = 2",
            "PRAGMA secure_delete = ON",
        ),
    },
    "postgresql": {
        "table": (_TABLE, "INSERT INTO planted VALUES (1, :note)"),
        "index": (
            "CREATE TABLE seed (words TEXT)",
            "INSERT INTO seed VALUES (:note)",
            "CREATE MATERIALIZED VIEW sown AS SELECT words FROM seed",
        ),
        "deleted": (_TABLE, "INSERT INTO planted VALUES (2, :note)", "DELETE FROM planted WHERE id = 2"),
        "wal": ("SELECT pg_logical_emit_message(false, 'planted', :note)",),
        "object": ("SELECT lo_from_bytea(0, convert_to(:note, 'UTF8'))",),
    },
}


@contextlib.contextmanager
def _by_themselves(database: Database) -> Iterator[Connection]:
    """Give a connection on which each statement is a transaction of its own; on SQLite all of them are one."""
    if database.is_sqlite:
        with database.writer.begin() as connection:
            yield connection
        return
    with database.writer.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        yield connection


def settle_files(database: Database) -> None:
    """Have the database write what it holds in memory, as far as this user may ask for it."""
    statements = ("ANALYZE",) if database.is_sqlite else ("ANALYZE", "CHECKPOINT")
    with _by_themselves(database) as connection:
        for statement in statements:
            try:
                connection.execute(text(statement))
            except DBAPIError:
                continue


def server_files(database: Database) -> dict[str, Path]:
    """Return the folders of a PostgreSQL server on this computer that hold this database, by what they hold.

    Nothing where the server is elsewhere, or this user may not know.
    """
    if database.is_sqlite:
        return {}
    with database.reader.connect() as connection:
        where = connection.execute(text("SELECT setting FROM pg_settings WHERE name = 'data_directory'")).scalar()
        number = connection.execute(text("SELECT oid FROM pg_database WHERE datname = current_database()")).scalar_one()
    folder = Path(str(where)) if where else None
    if folder is None or not folder.is_dir():
        return {}
    names = {"files": f"base/{number}", "log": "log", "wal": "pg_wal", "temporary": "base/pgsql_tmp"}
    names |= {"statistics": "pg_stat", "prepared": "pg_twophase"}
    return {name: folder / place for name, place in names.items() if (folder / place).is_dir()}


def make_database(address: str, name: str) -> str:
    """Make a database of its own on the server of `address` and return its address. `name` is letters, digits, _."""
    _on_server(address, f'CREATE DATABASE "{name}"')
    return make_url(address).set(database=name).render_as_string(hide_password=False)


def drop_database(address: str, name: str) -> None:
    """Remove a database from the server of `address`, with whoever is connected to it."""
    _on_server(address, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _on_server(address: str, statement: str) -> None:
    engine = create_engine(make_url(address).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
