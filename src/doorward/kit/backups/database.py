"""The backup of a database, and of the signed ends of the audits that lie beside it; and its way back."""

import contextlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from doorward import __version__
from doorward.kit.backups.contents import VALUES, ContentsWriter, File, Frame, Opening, Part, Rows, Tell, read_contents
from doorward.kit.backups.files import new_file, sync_folder, write_durably
from doorward.kit.backups.locks import Sealer, Secret
from doorward.kit.backups.stream import SealedWriter
from doorward.kit.backups.unusable import BackupUnusable
from doorward.kit.db import Database, DatabaseUnusable
from doorward.kit.db.looking import embedded_file
from doorward.kit.db.migrate import upgrade_within
from doorward.kit.db.snapshot import Loader, columns_at, columns_of, count_rows, revision_of, rows_of, snapshot

_FRAME_ROWS: Final = 500
_FRAME_BYTES: Final = 2**20
_HEAD: Final = re.compile(r"[0-9a-z]{26}\.head\.json")
"""The names of signed ends (`record.audit`); a backup may name no other file, and so no other place."""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds, read to its end and found right."""

    opening: Opening
    parts: tuple[Part, ...]
    heads: dict[str, bytes]


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What was put back: when it was made, at which step its tables were, rows and signed ends of audits."""

    made_at: datetime
    revision: str
    rows: int
    heads: int


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """What is backed up, and when: a database, and the folder with the signed ends of its audits."""

    database: Database
    audit: Path
    made_at: datetime


def write_database(target: Path, sealer: Sealer, *, origin: Origin, tell: Tell) -> tuple[Part, ...]:
    """Write a sealed backup of one moment to a new file and return what is inside. Works while others write.

    The ends of the audits are read first: a chain may have gone on beyond a signed end, never the other way.
    Raises `BackupUnusable` for a target that exists, or tables that are not those of the step that they claim.
    """
    heads = _heads_in(origin.audit)
    with new_file(target) as file, snapshot(origin.database) as connection:
        opening = _opening_of(connection, made_at=origin.made_at)
        contents = ContentsWriter(SealedWriter(file, kind="database", sealer=sealer))
        contents.write(opening)
        for name, content in heads.items():
            contents.write(File(name, content))
        done, total = 0, sum(opening.rows.values())
        for table in opening.tables:
            for rows in _in_frames(rows_of(connection, table, opening.tables[table])):
                contents.write(Rows(table, rows))
                done += len(rows)
                tell(done, total, doing="sealing the rows")
        return contents.finish()


def _heads_in(audit: Path) -> dict[str, bytes]:
    files = sorted(audit.glob("*.head.json")) if audit.is_dir() else []
    return {file.name: file.read_bytes() for file in files if _HEAD.fullmatch(file.name)}


def _opening_of(connection: Connection, *, made_at: datetime) -> Opening:
    revision = revision_of(connection)
    if revision is None:
        raise BackupUnusable("the database has no tables yet: there is nothing to back up.")
    ours, there = columns_at(revision), columns_of(connection)
    if missing := [name for name, columns in ours.items() if set(there.get(name, ())) != set(columns)]:
        raise BackupUnusable(f"the tables are not those of step {revision}: look at {', '.join(missing)}.")
    return Opening(
        made_at=made_at,
        doorward=__version__,
        database=connection.dialect.name,
        revision=revision,
        tables=ours,
        rows={name: count_rows(connection, name) for name in ours},
    )


def _in_frames(rows: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    held: list[list[Any]] = []
    size = 0
    for row in rows:
        held.append(row)
        size += sum(len(value) if isinstance(value, str | bytes) else 8 for value in row)
        if len(held) >= _FRAME_ROWS or size >= _FRAME_BYTES:
            yield held
            held, size = [], 0
    if held:
        yield held


def check_backup(source: Path, secret: Secret, *, tell: Tell) -> Checked:
    """Read a backup to its end, compare all hashes, and return what it holds; nothing is written.

    Raises `BackupUnusable`, also for tables that this version's history does not make at that step.
    """
    parts: list[Part] = []
    opening, heads, done = None, {}, 0
    for frame in read_contents(source, secret, kind="database", closed=parts.extend):
        match frame:
            case Opening():
                opening = frame
                _refuse_foreign(opening)
            case File():
                if not _HEAD.fullmatch(frame.name):
                    raise BackupUnusable("the backup holds a file that no backup of Doorward holds.")
                heads[frame.name] = frame.content
            case Rows() if opening is not None and frame.table in opening.tables:
                _refuse_uneven(opening, frame)
                done += len(frame.rows)
                tell(done, sum(opening.rows.values()), doing="checking the backup")
            case _:
                raise BackupUnusable("the backup holds something that no backup of a database holds.")
    if opening is None or done != sum(opening.rows.values()):
        raise BackupUnusable("the backup does not hold as many rows as it says.")
    return Checked(opening=opening, parts=tuple(parts), heads=heads)


def _refuse_foreign(opening: Opening) -> None:
    try:
        ours = columns_at(opening.revision)
    except DatabaseUnusable as error:
        raise BackupUnusable(
            f"the backup was made by a newer Doorward ({opening.doorward}, step {opening.revision}); install that one."
        ) from error
    if {name: set(columns) for name, columns in opening.tables.items()} != {
        name: set(columns) for name, columns in ours.items()
    }:
        raise BackupUnusable(f"the backup's tables are not those of Doorward at step {opening.revision}.")


def _refuse_uneven(opening: Opening, frame: Rows) -> None:
    width = len(opening.tables[frame.table])
    if any(len(row) != width or not all(isinstance(value, VALUES) for value in row) for row in frame.rows):
        raise BackupUnusable(f"a row of {frame.table} in the backup is none: it has other values than columns.")


def refuse_occupied(address: str, audit: Path, *, heads: dict[str, bytes] | None = None) -> None:
    """Raise `BackupUnusable` where a database is already, or ends of audits other than `heads`."""
    file = embedded_file(address)
    if file is not None:
        taken = file.exists()
    else:
        database = Database.open(address)
        try:
            with database.reader.connect() as connection:
                taken = bool(columns_of(connection)) or revision_of(connection) is not None
        finally:
            database.close()
    if taken:
        where = file if file is not None else "the database"
        raise BackupUnusable(f"{where} is not empty; a backup is restored into an empty place only.")
    others = [name for name, content in _heads_in(audit).items() if (heads or {}).get(name, content) != content]
    if heads is not None and (others or set(_heads_in(audit)) - set(heads)):
        raise BackupUnusable(
            f"{audit} holds signed ends of audits that are not the backup's: they are evidence, move them elsewhere."
        )


def restore_database(source: Path, secret: Secret, *, address: str, audit: Path, tell: Tell) -> Restored:
    """Put a backup into an empty place and return what was put there; then its tables are this version's.

    Everything is verified before the first byte is written, and once more while it is. A process that dies meanwhile
    leaves no database: what it left is removed by the next try. Raises `BackupUnusable`, `StoreLocked`.
    """
    refuse_occupied(address, audit)
    checked = check_backup(source, secret, tell=tell)
    refuse_occupied(address, audit, heads=checked.heads)
    with _place(address) as connection:
        upgrade_within(connection, checked.opening.revision)
        _refuse_rows(connection)
        rows = _load(source, secret, connection, checked=checked, tell=tell)
        upgrade_within(connection)
        _put_heads(audit, checked.heads)
    return Restored(
        made_at=checked.opening.made_at, revision=checked.opening.revision, rows=rows, heads=len(checked.heads)
    )


def _refuse_rows(connection: Connection) -> None:
    """Refuse a database that somebody else filled since we looked."""
    for table in columns_of(connection):
        if count_rows(connection, table):
            raise BackupUnusable("the database was filled by somebody else meanwhile.")


def _load(source: Path, secret: Secret, connection: Connection, *, checked: Checked, tell: Tell) -> int:
    loader = Loader(connection, checked.opening.tables)
    parts: list[Part] = []
    done, total = 0, sum(checked.opening.rows.values())
    frames: Iterator[Frame] = read_contents(source, secret, kind="database", closed=parts.extend)
    for frame in frames:
        if isinstance(frame, Rows):
            loader.put(frame.table, frame.rows)
            done += len(frame.rows)
            tell(done, total, doing="putting the rows back")
    if tuple(parts) != checked.parts:
        raise BackupUnusable("the file was changed while it was read.")
    return done


def _put_heads(audit: Path, heads: dict[str, bytes]) -> None:
    audit.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, content in heads.items():
        write_durably(audit / name, content)


@contextlib.contextmanager
def _place(address: str) -> Iterator[Connection]:
    """Give an open write transaction on an empty database that is in its place at the end, and not before."""
    file = embedded_file(address)
    if file is None:
        database = Database.open(address)
        try:
            with database.writer.connect() as connection, connection.begin():
                yield connection
        finally:
            database.close()
        return
    beside = file.with_name(file.name + ".restoring")
    database = Database.open(f"sqlite:///{beside}")  # holds a lock: of two restores at once the second is refused
    try:
        with database.writer.connect() as connection:
            _empty(connection)
            with connection.begin():
                yield connection
        database.writer.dispose()  # the last connection to leave folds the write-ahead log into the file
        if file.exists():
            raise BackupUnusable(f"{file} has come to exist meanwhile; it was left as it is.")
        beside.replace(file)
        sync_folder(file.parent)
    finally:
        database.close()
        for left in file.parent.glob(f"{beside.name}*"):
            left.unlink(missing_ok=True)


def _empty(connection: Connection) -> None:
    """Remove what a process that was killed left."""
    driver: Any = connection.connection.driver_connection
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    for (name,) in driver.execute(tables).fetchall():
        driver.execute(f'DROP TABLE IF EXISTS "{name}"')
