"""`doorward db`."""

import sqlite3
from pathlib import Path

from tests.unit.doors.cli.conftest import Call


def run_sql(data: Path, statement: str) -> None:
    """Change the database outside of Doorward."""
    connection = sqlite3.connect(data / "doorward.db")
    with connection:
        connection.execute(statement)
    connection.close()


def test_current_tables_are_said_to_be(call: Call, data: Path) -> None:
    """Status and upgrade agree that there is nothing to do."""
    assert call("db", "status", "--data", data).code == 0
    done = call("db", "upgrade", "--data", data)
    assert done.code == 0
    assert "Nothing to do" in done.out


def test_missing_tables_are_made(call: Call, data: Path, tmp_path: Path) -> None:
    """A database without tables is told apart with code 1, refused by other commands, and upgraded."""
    file = tmp_path / "empty.db"
    file.touch(mode=0o600)
    words = ("--data", data, "--database", f"sqlite:///{file}")
    status = call("db", "status", *words, "--json")
    assert (status.code, status.json["is_current"]) == (1, False)
    refused = call("tenant", "list", *words)
    assert refused.code == 4
    assert "doorward db upgrade" in refused.err
    assert call("db", "upgrade", *words).code == 0
    assert call("tenant", "list", *words).code == 0


def test_a_newer_database_is_left_alone(call: Call, data: Path) -> None:
    """Tables of a newer version are neither used nor changed, and the sentence says which version is needed."""
    run_sql(data, "UPDATE alembic_version SET version_num = '9999'")
    for words in (("db", "status"), ("db", "upgrade"), ("tenant", "list"), ("serve",)):
        done = call(*words, "--data", data)
        assert done.code == 4
        assert "newer Doorward" in done.err


def test_a_damaged_file_is_told(call: Call, data: Path) -> None:
    """A file that is no database ends in a sentence, not in a traceback."""
    (data / "doorward.db").write_bytes(b"this is not a database" * 100)
    done = call("db", "status", "--data", data)
    assert done.code == 6
    assert "not a SQLite database" in done.err


def test_ledgers_are_read_again_for_search(call: Call, data: Path) -> None:
    """For all tenants or one; the doctor says that it is done."""
    call("tenant", "add", "acme", "Acme", "--data", data)
    done = call("db", "reindex", "--data", data, "--json")
    assert done.code == 0, done.err
    assert {"tenant": "acme", "lines": 0} in done.json
    report = call("doctor", "--data", data, "--json").json
    assert {one["state"] for one in report["checks"] if one["subject"] == "search"} == {"ok"}
    assert "acme: 0 lines" in call("db", "reindex", "--data", data, "--tenant", "acme").out
