"""The keys' own backup: all of them come back, or none."""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from doorward.kit import crypto
from doorward.kit.backups import BackupUnusable, new_backup_key, restore_keys, write_keys
from doorward.kit.keys import FileKeyStore, Keys, MemoryKeyStore

KEY = new_backup_key()
NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)
TENANT = "t" * 26
PARTIES = 2500
"""More than go into one frame."""


def untold(done: int, total: int | None = None, *, doing: str | None = None) -> None:
    """Hear nothing."""


@pytest.fixture(scope="module")
def store() -> MemoryKeyStore:
    """A store with many keys."""
    made = MemoryKeyStore()
    keys = Keys(made)
    keys.make_tenant(TENANT)
    for number in range(PARTIES):
        keys.make_party(TENANT, f"{number:026}")
    return made


@pytest.fixture(scope="module")
def backup(store: MemoryKeyStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    file = tmp_path_factory.mktemp("keys") / "keys.backup"
    write_keys(file, KEY.recipient, store=store, made_at=NOW, tell=untold)
    return file


def test_all_keys_come_back(store: MemoryKeyStore, backup: Path, tmp_path: Path) -> None:
    """Names, values and root keys are what they were; the folder is its owner's alone."""
    folder = tmp_path / "keys"
    assert restore_keys(backup, KEY, folder=folder, tell=untold) == PARTIES + 3
    again = FileKeyStore(folder)
    assert again.roots() == store.roots()
    assert {name: again.get(name) for name in again.names("")} == {name: store.get(name) for name in store.names("")}
    again.close()
    assert (folder.stat().st_mode & 0o777, (folder / "root.key").stat().st_mode & 0o777) == (0o700, 0o600)


def test_keys_are_restored_into_an_empty_place_only(backup: Path, tmp_path: Path) -> None:
    """What is there stays, whatever it is."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "something").write_text("mine")
    with pytest.raises(BackupUnusable, match="not empty"):
        restore_keys(backup, KEY, folder=tmp_path / "keys", tell=untold)
    assert (tmp_path / "keys" / "something").read_text() == "mine"


def test_keys_that_are_rotated_meanwhile_make_no_backup(tmp_path: Path) -> None:
    """A backup whose keys no root key opens would be found out too late."""
    store = MemoryKeyStore()
    Keys(store).make_tenant(TENANT)

    def rotate(done: int, total: int | None = None, *, doing: str | None = None) -> None:
        store.replace_roots((crypto.new_key(),))

    with pytest.raises(BackupUnusable, match="rotated"):
        write_keys(tmp_path / "out", KEY.recipient, store=store, made_at=NOW, tell=rotate)
    assert list(tmp_path.iterdir()) == []


DIE = """
import os, signal, sys
from pathlib import Path
from doorward.kit.backups import BackupKey, restore_keys

def tell(done, total=None, *, doing=None):
    os.kill(os.getpid(), signal.SIGKILL)

restore_keys(Path(sys.argv[1]), BackupKey.read(sys.argv[2]), folder=Path(sys.argv[3]), tell=tell)
"""


def test_a_restore_that_is_killed_leaves_no_keys(backup: Path, tmp_path: Path) -> None:
    """There is no root key that looks like the real one, and the next try puts all of them back."""
    folder = tmp_path / "keys"
    words = [sys.executable, "-c", DIE, str(backup), KEY.written(), str(folder)]
    assert subprocess.run(words, check=False, timeout=60).returncode == -signal.SIGKILL
    assert not folder.exists()
    restore_keys(backup, KEY, folder=folder, tell=untold)
    assert [one.name for one in tmp_path.iterdir()] == ["keys"]
