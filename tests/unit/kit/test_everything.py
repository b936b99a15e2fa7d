"""Everything that a database holds is read, whoever put it there."""

import pytest

from doorward.kit.db import Database
from doorward.kit.db.everything import every_value, plant, server_files, settle_files


def held(database: Database) -> bytes:
    """Return all values at once."""
    return b"\n".join(value for _, value in every_value(database))


@pytest.mark.parametrize("where", ["table", "index"])
def test_what_is_planted_is_read(database: Database, where: str) -> None:
    """Rows of tables that nobody announced are read, and so are hidden tables of an index and stored views."""
    plant(database, where, "a note of nobody")
    settle_files(database)
    assert b"a note of nobody" in held(database)
    assert any(place.rpartition(".")[2] in {"note", "words", "c0"} for place, _ in every_value(database))


def test_large_objects_and_statistics_are_read_on_postgresql(database: Database) -> None:
    """What PostgreSQL keeps beside the tables is read too."""
    if database.is_sqlite:
        return
    plant(database, "object", "kept as an object")
    assert b"kept as an object" in held(database)
    assert {"pg_stats.attname", "pg_stat_activity.query"} <= {place for place, _ in every_value(database)}


def test_what_was_deleted_is_in_the_files(database: Database) -> None:
    """A deleted row is no longer read, and its bytes are still in the files of a server on this computer."""
    plant(database, "deleted", "gone but not forgotten")
    assert b"gone but not forgotten" not in held(database)
    settle_files(database)
    files = server_files(database)
    path = database.path
    folders = [*files.values()] if path is None else [path.parent]
    assert any(
        b"gone but not forgotten" in file.read_bytes()
        for folder in folders
        for file in folder.rglob("*")
        if file.is_file()
    )
