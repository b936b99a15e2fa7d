"""Installations to measure on: Halden with all its articles, on SQLite and on PostgreSQL, in temporary folders."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from doorward.bootstrap import Engines, House, found_company, make_engines
from doorward.kit.clock import SystemClock
from doorward.kit.db import Database
from doorward.kit.db.migrate import migrate
from doorward.kit.keys import FileKeyStore
from doorward.kit.settings import Settings, load
from tests.support.databases import PostgresServer
from tests.support.house import Brief, shared_engines

KINDS = ("sqlite", "postgresql")


class Whole(Brief):
    """A company with all its articles, but without its past and with its first customers only."""

    def articles(self) -> Sequence[object]:  # type: ignore[override]  # because Brief leaves articles out
        """Return every article."""
        return tuple(self._company.articles())


def scratch() -> Path:
    """Return a fresh folder (0700) on the disk that temporary files lie on."""
    return Path(tempfile.mkdtemp(prefix="doorward-bench-"))


@contextlib.contextmanager
def founded(kind: str) -> Iterator[Settings]:
    """Give the settings of a founded, closed installation; everything of it is removed afterwards."""
    folder = scratch()
    server: PostgresServer | None = None
    try:
        address = f"sqlite:///{folder / 'data' / 'doorward.db'}"
        if kind == "postgresql":
            server = PostgresServer()
            address = server.make_database(f"bench_{os.getpid()}")
        settings = settings_of(folder / "data", address)
        _found(settings)
        yield settings
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def settings_of(folder: Path, address: str) -> Settings:
    """Return settings without limits that a single machine's clients would run into."""
    overrides = {"data": str(folder), "storage.database": address, "demo": True, "logging.level": "error"}
    rates = dict.fromkeys(("visits_per_address", "messages_per_party", "requests_per_address"), "10000000/minute")
    return load(environment={}, overrides=overrides | {f"limits.{name}": rate for name, rate in rates.items()})


def _found(settings: Settings) -> None:
    settings.folder.mkdir(parents=True, mode=0o700)
    keys = FileKeyStore.create(settings.key_folder)
    database = Database.open(settings.database_url)
    migrate(database)
    house = House(settings, database=database, keys=keys, engines=shared_engines())
    company = Whole(house.plugins.companies["halden"])
    found_company(house, company, password="bench-bench-bench", progress=lambda *_: None)  # type: ignore[arg-type]  # noqa: S106 - because it is a Company by delegation; nobody signs in
    house.close()


@contextlib.contextmanager
def opened(settings: Settings, engines: Engines) -> Iterator[House]:
    """Open and start a house with the real engines."""
    database, keys = Database.open(settings.database_url), FileKeyStore(settings.key_folder)
    house = House(settings, database=database, keys=keys, engines=engines)
    house.start()
    try:
        yield house
    finally:
        house.close()


def real_engines() -> Engines:
    """Return the engines as an installation has them: every message is embedded anew."""
    return make_engines(load(environment={}), clock=SystemClock())
