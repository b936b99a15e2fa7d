"""`doorward backup` and `doorward restore`."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from doorward.kit.keys import FileKeyStore, Keys
from tests.unit.doors.cli.conftest import Call

PARTY = ("t" * 26, "p" * 26)


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    """A file with a passphrase."""
    file = tmp_path / "passphrase"
    file.write_text("seven lamps of architecture\n", encoding="utf-8")
    return file


def test_everything_comes_back_in_an_empty_place(call: Call, data: Path, passphrase: Path, tmp_path: Path) -> None:
    """Database and keys in two files; in a new folder the audit is whole and the company is there."""
    words = ("--passphrase-file", passphrase)
    made = call("backup", tmp_path, *words, "--data", data, "--json")
    assert made.code == 0, made.err
    file = Path(made.json["file"])
    assert {part["name"] for part in made.json["parts"]} >= {"identity_tenant", "identity_staff", "record_audit"}
    assert call("backup", tmp_path / "keys", "--keys", *words, "--data", data).code == 0
    new = ("--data", tmp_path / "new")
    restored = call("restore", file, *words, *new)
    assert restored.code == 0, restored.err
    assert "doorward restore KEYS" in restored.out
    assert call("restore", tmp_path / "keys", *words, *new).code == 0
    assert call("audit", "verify", *new).code == 0
    assert call("tenant", "list", *new, "--json").json == call("tenant", "list", "--data", data, "--json").json
    assert (tmp_path / "new" / "doorward.db").stat().st_mode & 0o777 == 0o600


def test_the_keys_are_not_in_the_backup_of_the_database(
    call: Call, data: Path, passphrase: Path, tmp_path: Path
) -> None:
    """What the backup lists are tables and signed ends; a key's name and value are nowhere in the rows."""
    made = call("backup", tmp_path / "out", "--passphrase-file", passphrase, "--data", data, "--json")
    assert {part["kind"] for part in made.json["parts"]} == {"table", "file"}
    assert not (tmp_path / "new" / "keys").exists()


def test_a_key_seals_what_only_its_other_half_opens(call: Call, data: Path, passphrase: Path, tmp_path: Path) -> None:
    """The machine that makes backups cannot read them; with the file they are checked and restored."""
    pair = call("key", "pair", tmp_path / "pair", "--json")
    assert (tmp_path / "pair").stat().st_mode & 0o777 == 0o600
    words = ("--recipient", pair.json["recipient"], "--data", data)
    assert call("backup", tmp_path / "out", *words).code == 0
    refused = call("restore", tmp_path / "out", "--passphrase-file", passphrase, "--data", tmp_path / "new")
    assert (refused.code, "--key-file" in refused.err) == (2, True)
    checked = call("restore", tmp_path / "out", "--check", "--key-file", tmp_path / "pair", "--json")
    assert checked.json["rows"] > 0
    assert not (tmp_path / "new").exists()
    assert call("key", "pair", tmp_path / "pair").code == 1


@pytest.mark.parametrize("kind", [(), ("--keys",)])
def test_nothing_is_overwritten(
    call: Call, data: Path, passphrase: Path, tmp_path: Path, kind: tuple[str, ...]
) -> None:
    """A backup replaces no file, a restore no database and no keys."""
    words = ("--passphrase-file", passphrase, "--data", data)
    out = tmp_path / "out"
    assert call("backup", out, *kind, *words).code == 0
    before, there = out.read_bytes(), (data / "doorward.db").read_bytes()
    assert call("backup", out, *kind, *words).code == 1
    assert out.read_bytes() == before
    refused = call("restore", out, *words)
    assert (refused.code, "not empty" in refused.err) == (1, True)
    assert (data / "doorward.db").read_bytes() == there


@pytest.mark.parametrize("kind", [(), ("--keys",)])
def test_a_backup_that_cannot_be_right_changes_nothing(
    call: Call, data: Path, passphrase: Path, tmp_path: Path, kind: tuple[str, ...]
) -> None:
    """Damaged, cut, foreign, or sealed with another passphrase: a sentence each, and no folder is made."""
    words = ("--passphrase-file", passphrase)
    call("backup", tmp_path / "out", *kind, *words, "--data", data)
    good = (tmp_path / "out").read_bytes()
    changed = bytearray(good)
    changed[-20] ^= 1
    new = tmp_path / "new"
    for content, sentence in (
        (bytes(changed), "damaged"),
        (good[:-30], "damaged"),
        (good[:60], "cut off"),
        (b"PK", "no backup"),
    ):
        (tmp_path / "bad").write_bytes(content)
        done = call("restore", tmp_path / "bad", *words, "--data", new)
        assert (done.code, sentence in done.err) == (1, True), done.err
    passphrase.write_text("another passphrase altogether", encoding="utf-8")
    done = call("restore", tmp_path / "out", *words, "--data", new)
    assert (done.code, "another one" in done.err) == (1, True)
    assert not list(new.glob("*"))


def test_it_works_while_doorward_has_the_database(call: Call, data: Path, passphrase: Path, tmp_path: Path) -> None:
    """Another process that has just written does not hold a backup up, and what it wrote is in it."""
    running = sqlite3.connect(data / "doorward.db", isolation_level=None)
    running.execute("UPDATE identity_tenant SET name = 'Acme & Co'")
    words = ("--passphrase-file", passphrase)
    assert call("backup", tmp_path / "out", *words, "--data", data).code == 0
    running.close()
    shutil.copytree(data / "keys", tmp_path / "new" / "keys")
    restored = call("restore", tmp_path / "out", *words, "--data", tmp_path / "new", "--json")
    assert restored.json["forgotten"] == 0
    assert call("tenant", "list", "--data", tmp_path / "new", "--json").json[0]["name"] == "Acme & Co"


def test_keys_open_what_they_sealed_and_destroyed_ones_stay_so(
    call: Call, data: Path, passphrase: Path, tmp_path: Path
) -> None:
    """The keys that come back are those that were there, with the list of those that were destroyed."""
    keys = Keys(FileKeyStore(data / "keys"))
    keys.make_tenant(PARTY[0])
    sealed = keys.seal(*PARTY, b"a secret", context=b"test")
    keys.make_party(PARTY[0], "q" * 26)
    keys.destroy_party(PARTY[0], "q" * 26)
    words = ("--passphrase-file", passphrase)
    assert call("backup", tmp_path / "out", "--keys", *words, "--data", data).code == 0
    assert call("restore", tmp_path / "out", *words, "--data", tmp_path / "new").code == 0
    again = Keys(FileKeyStore(tmp_path / "new" / "keys"))
    assert again.open(*PARTY, sealed, context=b"test") == b"a secret"
    assert set(again.destroyed_parties(PARTY[0])) == {"q" * 26}
    assert not list((tmp_path / "new").glob("*.restoring"))
