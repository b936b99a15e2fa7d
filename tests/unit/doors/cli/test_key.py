"""`doorward key`: backup, restore, rotation."""

import shutil
from pathlib import Path

import pytest

from doorward.kit.db import Database
from doorward.kit.keys import FileKeyStore, Keys
from tests.unit.doors.cli.conftest import Call

PARTY = ("t" * 26, "p" * 26)


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    """A file with a passphrase."""
    file = tmp_path / "passphrase"
    file.write_text("seven lamps of architecture\n", encoding="utf-8")
    return file


@pytest.fixture
def sealed(data: Path) -> bytes:
    """Something that a party's key of the data folder has sealed."""
    keys = Keys(FileKeyStore(data / "keys"))
    keys.make_tenant(PARTY[0])
    return keys.seal(*PARTY, b"a secret", context=b"test")


def opened(data: Path, sealed: bytes) -> bytes:
    """What the folder's keys make of it."""
    return Keys(FileKeyStore(data / "keys")).open(*PARTY, sealed, context=b"test")


def test_a_backup_brings_the_keys_back(call: Call, data: Path, passphrase: Path, sealed: bytes, tmp_path: Path) -> None:
    """After the keys are lost, the backup opens what they sealed."""
    words = ("--passphrase-file", passphrase, "--data", data)
    assert call("key", "backup", tmp_path / "keys.sealed", *words).code == 0
    assert (tmp_path / "keys.sealed").stat().st_mode & 0o777 == 0o600
    shutil.rmtree(data / "keys")
    assert call("key", "restore", tmp_path / "keys.sealed", *words).code == 0
    assert opened(data, sealed) == b"a secret"


def test_a_wrong_passphrase_restores_nothing(call: Call, data: Path, passphrase: Path, tmp_path: Path) -> None:
    """A wrong passphrase leaves no fresh root key behind that would look like the real one."""
    call("key", "backup", tmp_path / "keys.sealed", "--passphrase-file", passphrase, "--data", data)
    shutil.rmtree(data / "keys")
    passphrase.write_text("something else entirely", encoding="utf-8")
    done = call("key", "restore", tmp_path / "keys.sealed", "--passphrase-file", passphrase, "--data", data)
    assert done.code == 1
    assert not (data / "keys").exists()


def test_nothing_is_overwritten(call: Call, data: Path, passphrase: Path, tmp_path: Path, sealed: bytes) -> None:
    """A backup never replaces a file, a restore never replaces keys."""
    words = ("--passphrase-file", passphrase, "--data", data)
    call("key", "backup", tmp_path / "keys.sealed", *words)
    before = (tmp_path / "keys.sealed").read_bytes()
    assert call("key", "backup", tmp_path / "keys.sealed", *words).code == 1
    assert (tmp_path / "keys.sealed").read_bytes() == before
    assert call("key", "restore", tmp_path / "keys.sealed", *words).code == 1
    assert opened(data, sealed) == b"a secret"


def test_a_short_passphrase_is_refused(call: Call, data: Path, passphrase: Path, tmp_path: Path) -> None:
    """A backup may be tried at leisure, so its passphrase must be long."""
    passphrase.write_text("short", encoding="utf-8")
    done = call("key", "backup", tmp_path / "keys.sealed", "--passphrase-file", passphrase, "--data", data)
    assert done.code == 2
    assert not (tmp_path / "keys.sealed").exists()


def test_rotation_keeps_what_was_sealed_readable(call: Call, data: Path, sealed: bytes) -> None:
    """New root and tenant keys open what was sealed under the old ones; the root key is another."""
    before = (data / "keys" / "root.key").read_text("ascii")
    assert call("key", "rotate", "--data", data).code == 0
    assert (data / "keys" / "root.key").read_text("ascii") != before
    assert opened(data, sealed) == b"a secret"
    assert call("audit", "verify", "--data", data).code == 0


def test_rotation_works_beside_a_running_house(call: Call, data: Path) -> None:
    """A process that read the old keys makes new ones that can still be opened after the rotation."""
    running = Keys(FileKeyStore(data / "keys"))
    running.make_tenant(PARTY[0])
    running.seal(PARTY[0], "q" * 26, b"before", context=b"test")
    held = Database.open(f"sqlite:///{data / 'doorward.db'}")
    try:
        assert call("key", "rotate", "--data", data).code == 0
    finally:
        held.close()
    assert opened(data, running.seal(*PARTY, b"after", context=b"test")) == b"after"


def test_missing_keys_are_told(call: Call, data: Path) -> None:
    """Without a root key every command that needs it says how to get one."""
    shutil.rmtree(data / "keys")
    for words in (("tenant", "list"), ("key", "backup", "x"), ("audit", "verify"), ("serve",)):
        done = call(*words, "--data", data)
        assert done.code == 4, words
        assert "doorward key restore" in done.err
