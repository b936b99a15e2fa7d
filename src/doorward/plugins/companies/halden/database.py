"""The core system's own SQLite file: opened for every call, written in one transaction, carried over from older ones.

No statement is ever put together from what somebody said: values travel as parameters.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from doorward.plugins.companies.halden import filling
from doorward.plugins.companies.halden.holdings import Seed
from doorward.vocabulary.errors import Misconfigured, Unavailable

VERSION = 2
_WAIT_SECONDS = 5.0


class Database:
    """A file of its own, readable by its owner alone. Raises `Unavailable` from every call when it is not there."""

    def __init__(self, path: Path) -> None:
        """Make the file if it is not there yet."""
        self._path = path
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise Unavailable("the core system's database cannot be opened") from error

    def prepare(self, seed: Seed, *, today: date) -> None:
        """Fill an empty file from the seed, carry an older one over, each as a whole or not at all.

        Raises `Misconfigured` for a file that a newer Doorward wrote.
        """
        with self.writing() as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                raise Misconfigured("the core system's database is of a newer version of Doorward: start that one")
            if version < 1:
                _run(connection, "schema.sql")
            if version < VERSION:
                _run(connection, "schema-2.sql")
                if version < 1:
                    filling.fill(connection, seed, today=today)
                filling.bring_life(connection, seed, today=today)
                connection.execute("PRAGMA user_version = 2")

    def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        """Return the rows of one reading statement."""
        with self.reading() as connection:
            return [dict(row) for row in connection.execute(statement, values)]

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open a connection of one's own."""
        # mode=rw: a database that somebody removed is missed, never silently made anew and empty.
        address = f"{self._path.resolve().as_uri()}?mode=rw"
        try:
            with closing(sqlite3.connect(address, uri=True, timeout=_WAIT_SECONDS, isolation_level=None)) as connection:
                connection.row_factory = sqlite3.Row
                yield connection
        except sqlite3.Error as error:
            raise Unavailable("the core system's database does not answer") from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a connection within one transaction: what fails inside has never been."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


def _run(connection: sqlite3.Connection, schema: str) -> None:
    # Statement by statement: executescript would commit the transaction that makes the seed whole or absent.
    for statement in files(__package__).joinpath(schema).read_text("utf-8").split(";"):
        connection.execute(statement)
