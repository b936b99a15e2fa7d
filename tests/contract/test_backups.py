"""A backup brings back every row of every table, from either kind of database into either, or nothing at all."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorward.kit.backups import (
    BackupUnusable,
    Origin,
    check_backup,
    new_backup_key,
    restore_database,
    write_database,
)
from doorward.kit.db import Database
from doorward.kit.db.migrate import migrate, schema_state
from doorward.kit.db.snapshot import Loader, rows_of
from tests.support.databases import PostgresServer
from tests.support.rows import everything_in, fill_every_table, make_tables, say, table_names

KEY = new_backup_key()
HEAD = f"{'t' * 26}.head.json"
NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)
MakeDatabase = Callable[[], str]
_numbers = count()


def untold(done: int, total: int | None = None, *, doing: str | None = None) -> None:
    """Hear nothing."""


def addresses(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[MakeDatabase]:
    """A maker of places for databases of one kind, without any table."""
    made: list[str] = []
    server: PostgresServer | None = request.getfixturevalue("postgres") if kind == "postgresql" else None

    def make() -> str:
        name = f"backup_{os.getpid()}_{next(_numbers)}"
        made.append(name)
        return f"sqlite:///{folder / f'{name}.db'}" if server is None else server.make_database(name)

    yield make
    for name in made if server is not None else ():
        server.drop_database(name)  # type: ignore[union-attr]  # because only a server's are dropped


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeDatabase]:
    """Where backups are made from."""
    yield from addresses(request.param, request, tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeDatabase]:
    """Where backups are restored into."""
    yield from addresses(request.param, request, tmp_path)


def filled(address: str, audit: Path) -> Database:
    """A database of this version with rows in every table, and the signed end of an audit beside it."""
    database = Database.open(address)
    migrate(database)
    fill_every_table(database)
    audit.mkdir()
    (audit / HEAD).write_bytes(b"signed")
    return database


@pytest.fixture
def backup(place: MakeDatabase, tmp_path: Path) -> Iterator[tuple[Path, Database]]:
    """A backup, and the database that it was made from."""
    database = filled(place(), tmp_path / "audit")
    file = tmp_path / "file.backup"
    origin = Origin(database=database, audit=tmp_path / "audit", made_at=NOW)
    write_database(file, KEY.recipient, origin=origin, tell=untold)
    yield file, database
    database.close()


def test_every_row_of_every_table_comes_back(
    backup: tuple[Path, Database], target: MakeDatabase, tmp_path: Path
) -> None:
    """What was restored is what was backed up, also into the other kind of database; audit heads are there again."""
    file, database = backup
    address = target()
    restored = restore_database(file, KEY, address=address, audit=tmp_path / "new", tell=untold)
    there = Database.open(address)
    try:
        assert everything_in(there) == everything_in(database)
        assert schema_state(there).is_current
    finally:
        there.close()
    assert (tmp_path / "new" / HEAD).read_bytes() == b"signed"
    assert (restored.rows, restored.heads) == (3 * len(everything_in(database)), 1)
    assert (tmp_path / "file.backup").stat().st_mode & 0o777 == 0o600


def test_the_list_says_what_is_inside(backup: tuple[Path, Database]) -> None:
    """Each table and file with how much of it there is and a hash of its own."""
    checked = check_backup(backup[0], KEY, tell=untold)
    assert {part.name for part in checked.parts} == {HEAD, *everything_in(backup[1])}
    assert len({part.sha256 for part in checked.parts}) == len(checked.parts)
    assert checked.opening.made_at == NOW


def test_an_older_database_is_brought_up_to_date(place: MakeDatabase, target: MakeDatabase, tmp_path: Path) -> None:
    """A backup of older tables is restored as such and then takes the steps that it lacks."""
    old = Database.open(place())
    make_tables(old, "0009")
    fill_every_table(old)
    file, address = tmp_path / "old.backup", target()
    origin = Origin(database=old, audit=tmp_path / "none", made_at=NOW)
    write_database(file, KEY.recipient, origin=origin, tell=untold)
    assert restore_database(file, KEY, address=address, audit=tmp_path / "new", tell=untold).revision == "0009"
    there = Database.open(address)
    assert schema_state(there).is_current
    assert everything_in(there)["identity_party"] == everything_in(old)["identity_party"]
    there.close()
    old.close()


def test_nothing_is_restored_where_something_is(backup: tuple[Path, Database], tmp_path: Path) -> None:
    """A database that is there stays as it is, and so do the ends of other audits."""
    file, database = backup
    before = everything_in(database)
    address = database.url.render_as_string(hide_password=False)
    database.reader.dispose()
    with pytest.raises(BackupUnusable, match="not empty"):
        restore_database(file, KEY, address=address, audit=tmp_path / "new", tell=untold)
    assert everything_in(database) == before
    (tmp_path / "audit" / HEAD).write_bytes(b"another end")
    fresh = tmp_path / "fresh.db"
    with pytest.raises(BackupUnusable, match="evidence"):
        restore_database(file, KEY, address=f"sqlite:///{fresh}", audit=tmp_path / "audit", tell=untold)
    assert not fresh.exists()


def test_tables_that_are_not_ours_are_left_out_and_missing_ones_are_told(place: MakeDatabase, tmp_path: Path) -> None:
    """Somebody else's table beside ours is no business of the backup; one of ours that is not there is."""
    database = filled(place(), tmp_path / "audit")
    say(database, "CREATE TABLE somebody_elses (id INTEGER)")
    origin = Origin(database=database, audit=tmp_path / "audit", made_at=NOW)
    parts = write_database(tmp_path / "one", KEY.recipient, origin=origin, tell=untold)
    assert "somebody_elses" not in {part.name for part in parts}
    say(database, "DROP TABLE kit_job")
    with pytest.raises(BackupUnusable, match="kit_job"):
        write_database(tmp_path / "two", KEY.recipient, origin=origin, tell=untold)
    assert not list(tmp_path.glob("two*"))
    database.close()


def test_a_backup_is_of_one_moment(place: MakeDatabase, tmp_path: Path) -> None:
    """Rows that are written while the backup is made are not in it, and whoever writes them does not wait for it."""
    database = filled(place(), tmp_path / "audit")
    before = everything_in(database)
    written: list[int] = []

    def write_meanwhile(done: int, total: int | None = None, *, doing: str | None = None) -> None:
        if not written:
            written.append(done)
            say(database, "DELETE FROM record_entry")

    origin = Origin(database=database, audit=tmp_path / "audit", made_at=NOW)
    write_database(tmp_path / "file", KEY.recipient, origin=origin, tell=write_meanwhile)
    assert everything_in(database)["record_entry"] == set()
    address = f"sqlite:///{tmp_path / 'there.db'}"
    restore_database(tmp_path / "file", KEY, address=address, audit=tmp_path / "new", tell=untold)
    there = Database.open(address)
    assert everything_in(there) == before
    there.close()
    database.close()


def test_words_of_an_index_are_plain_words(postgres: PostgresServer) -> None:
    """PostgreSQL's own type for them is read as words and takes words again."""
    name = f"words_{os.getpid()}"
    database = Database.open(postgres.make_database(name))
    say(database, "CREATE TABLE line (id BIGINT, terms TSVECTOR)")
    with database.writer.connect() as connection, connection.begin():
        Loader(connection, {"line": ("id", "terms")}).put("line", [[1, "ödeme iade ödeme"]])
        assert list(rows_of(connection, "line", ("id", "terms"))) == [[1, "iade ödeme"]]
    database.close()
    postgres.drop_database(name)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup made once."""
    folder = tmp_path_factory.mktemp("small")
    database = filled(f"sqlite:///{folder / 'a.db'}", folder / "audit")
    origin = Origin(database=database, audit=folder / "audit", made_at=NOW)
    write_database(folder / "file", KEY.recipient, origin=origin, tell=untold)
    database.close()
    return folder / "file"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_or_cut_backup_writes_nothing(small: Path, tmp_path: Path, data: st.DataObject) -> None:
    """Whatever byte is changed, and wherever the end is missing: it is refused and the place stays empty."""
    content = bytearray(small.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[at] ^= data.draw(st.integers(1, 255))
    else:
        del content[at:]
    damaged = tmp_path / "damaged"
    damaged.write_bytes(content)
    with pytest.raises(BackupUnusable):
        restore_database(
            damaged, KEY, address=f"sqlite:///{tmp_path / 'there.db'}", audit=tmp_path / "new", tell=untold
        )
    assert [file.name for file in tmp_path.iterdir()] == ["damaged"]


DIE = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from doorward.kit.backups import BackupKey, Origin, restore_database, write_database
from doorward.kit.db import Database

what, file, address, audit, key, calls = sys.argv[1:]
left = int(calls)

def tell(done, total=None, *, doing=None):
    global left
    if doing in {"sealing the rows", "putting the rows back"}:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

if what == "restore":
    restore_database(Path(file), BackupKey.read(key), address=address, audit=Path(audit), tell=tell)
else:
    origin = Origin(database=Database.open(address, read_only=True), audit=Path(audit), made_at=datetime.now(UTC))
    write_database(Path(file), BackupKey.read(key).recipient, origin=origin, tell=tell)
"""


def die(what: str, file: Path, address: str, audit: Path) -> None:
    """Have a process of its own killed in the middle of it."""
    words = [sys.executable, "-c", DIE, what, str(file), address, str(audit), KEY.written(), "10"]
    assert subprocess.run(words, check=False, timeout=60).returncode == -signal.SIGKILL


def test_a_backup_that_is_killed_leaves_no_backup(place: MakeDatabase, tmp_path: Path) -> None:
    """What it left has another name, and the next backup writes over it."""
    database = filled(place(), tmp_path / "audit")
    file = tmp_path / "file"
    die("backup", file, database.url.render_as_string(hide_password=False), tmp_path / "audit")
    assert not file.exists()
    assert not list(tmp_path.glob("*.copy-*"))
    origin = Origin(database=database, audit=tmp_path / "audit", made_at=NOW)
    write_database(file, KEY.recipient, origin=origin, tell=untold)
    check_backup(file, KEY, tell=untold)
    assert not list(tmp_path.glob("*.partial"))
    database.close()


def test_a_restore_that_is_killed_leaves_no_database(
    backup: tuple[Path, Database], target: MakeDatabase, tmp_path: Path
) -> None:
    """There is no database, or one without any table, and the next try restores everything."""
    file, database = backup
    address = target()
    die("restore", file, address, tmp_path / "new")
    if address.startswith("sqlite"):
        assert not Path(address.removeprefix("sqlite:///")).exists()
    else:
        half = Database.open(address)
        assert table_names(half) == []
        half.close()
    restore_database(file, KEY, address=address, audit=tmp_path / "new", tell=untold)
    there = Database.open(address)
    assert everything_in(there) == everything_in(database)
    there.close()
    assert not list(tmp_path.glob("*.restoring*"))
