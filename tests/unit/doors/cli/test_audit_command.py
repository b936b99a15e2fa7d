"""`doorward audit verify`: it finds what was changed and what was cut, and reads beside a running house."""

import sqlite3
from pathlib import Path

import pytest

from doorward.kit.db import Database
from tests.unit.doors.cli.conftest import Call


def change(data: Path, statement: str) -> None:
    """Change the database outside of Doorward."""
    connection = sqlite3.connect(data / "doorward.db")
    with connection:
        connection.execute(statement)
    connection.close()


def test_an_honest_audit_passes(call: Call, data: Path) -> None:
    """What was written is what is there: exit code 0."""
    done = call("audit", "verify", "--data", data)
    assert done.code == 0
    assert "as they were written" in done.out


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record_audit SET action = action || 'x' WHERE seq = 2",
        "UPDATE record_audit SET at = at + 1 WHERE seq = 1",
        "UPDATE record_audit SET fields = 'not json' WHERE seq = 2",
        "UPDATE record_audit SET chain = x'00' WHERE seq = 1",
        "UPDATE record_audit SET object_id = 'x' WHERE seq = (SELECT max(seq) FROM record_audit)",
        "DELETE FROM record_audit WHERE seq = 1",
        "DELETE FROM record_audit WHERE seq >= 2",
        "DELETE FROM record_audit",
    ],
)
def test_a_changed_or_cut_audit_fails(call: Call, data: Path, statement: str) -> None:
    """A changed field, a removed row, a cut tail, all of it gone: exit code 1 and a sentence, never a traceback."""
    change(data, statement)
    done = call("audit", "verify", "--data", data)
    assert done.code == 1
    assert "acme: BROKEN" in done.out
    assert "Traceback" not in done.out + done.err
    assert call("audit", "verify", "--data", data, "--json").json[0]["state"] == "broken"


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"not json", b'{"tenant_id":"x","seq":1,"chain":"zz","at":"","signature":"zz"}']
)
def test_a_spoilt_head_fails(call: Call, data: Path, content: bytes) -> None:
    """The signed head outside the database cannot be swapped for something else."""
    (head,) = (data / "audit").glob("*.head.json")
    head.write_bytes(content)
    assert call("audit", "verify", "--data", data).code == 1


def test_it_works_while_the_house_runs(call: Call, data: Path) -> None:
    """The check only reads, so it does not need the place of the one writer."""
    held = Database.open(f"sqlite:///{data / 'doorward.db'}")
    try:
        assert call("audit", "verify", "--data", data).code == 0
        assert call("tenant", "add", "brew", "Brew", "--data", data).code == 5
    finally:
        held.close()


def test_there_must_be_a_database(call: Call, tmp_path: Path) -> None:
    """Without a database the sentence says how to make one, and where the demo's is if there is one."""
    done = call("audit", "verify")
    assert done.code == 4
    assert "doorward init" in done.err
    (tmp_path / "doorward-demo").mkdir()
    (tmp_path / "doorward-demo" / "doorward.db").touch()
    assert "--data doorward-demo" in call("audit", "verify").err
