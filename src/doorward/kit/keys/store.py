"""Where wrapped keys lie: a folder of its own, never inside the database or its backup."""

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from doorward.kit import crypto


class KeyStoreMissing(Exception):
    """There is no root key where one is expected; the sentence says how to make one."""


class KeyStore(Protocol):
    """Named values, all of them wrapped by the caller, and the root keys that unwrap them."""

    def roots(self) -> tuple[bytes, ...]:
        """Return the root keys, newest first; more than one only while a rotation is under way."""

    def replace_roots(self, roots: tuple[bytes, ...]) -> None:
        """Put these root keys in place of the present ones, atomically and durably."""

    def get(self, name: str) -> bytes | None:
        """Return the value of `name`, or None."""

    def add(self, name: str, value: bytes) -> bytes:
        """Store `value` under a new name and return it; if the name exists, return what is there. Durable on return."""

    def replace(self, values: Mapping[str, bytes]) -> None:
        """Store all these values, new or not, in one atomic and durable step; what was there is in no file any more."""

    def exchange(self, values: Mapping[str, tuple[bytes, bytes]]) -> None:
        """Store for each name the second value where the first one still is, in one atomic and durable step."""

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the names that begin with `prefix`, in order."""


class MemoryKeyStore:
    """A key store that dies with the process; for tests and throw-away runs."""

    def __init__(self) -> None:
        """Start with a fresh root key and nothing else."""
        self._roots: tuple[bytes, ...] = (crypto.new_key(),)
        self._values: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def roots(self) -> tuple[bytes, ...]:
        """See `KeyStore`."""
        return self._roots

    def replace_roots(self, roots: tuple[bytes, ...]) -> None:
        """See `KeyStore`."""
        self._roots = roots

    def get(self, name: str) -> bytes | None:
        """See `KeyStore`."""
        return self._values.get(name)

    def add(self, name: str, value: bytes) -> bytes:
        """See `KeyStore`."""
        with self._lock:
            return self._values.setdefault(name, value)

    def replace(self, values: Mapping[str, bytes]) -> None:
        """See `KeyStore`."""
        with self._lock:
            self._values.update(values)

    def exchange(self, values: Mapping[str, tuple[bytes, bytes]]) -> None:
        """See `KeyStore`."""
        with self._lock:
            self._values.update({name: new for name, (old, new) in values.items() if self._values.get(name) == old})

    def names(self, prefix: str) -> Iterator[str]:
        """See `KeyStore`."""
        return iter(sorted(name for name in self._values if name.startswith(prefix)))


class FileKeyStore:
    """A folder (0700) with `root.key` (0600) and `keys.db`, a small SQLite file that overwrites what it deletes.

    Several processes may share it. Put it on another disk or mount than the database if you can.
    """

    def __init__(self, folder: Path) -> None:
        """Open the store below `folder`. Raises `KeyStoreMissing` when there is no root key."""
        self._root = folder / "root.key"
        if not self._root.exists():
            raise KeyStoreMissing(
                f"there is no root key in {folder}: make one with `doorward init`, or restore a key backup with "
                "`doorward key restore`"
            )
        self._lock = threading.Lock()
        path = folder / "keys.db"
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=15)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute("CREATE TABLE IF NOT EXISTS wrapped_key (name TEXT PRIMARY KEY, value BLOB NOT NULL)")

    @classmethod
    def create(cls, folder: Path) -> "FileKeyStore":
        """Make the folder and a root key, unless they are there, and open the store."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        if not (folder / "root.key").exists():
            _write_roots(folder / "root.key", (crypto.new_key(),))
        return cls(folder)

    def roots(self) -> tuple[bytes, ...]:
        """See `KeyStore`."""
        return tuple(bytes.fromhex(line) for line in self._root.read_text("ascii").split())

    def replace_roots(self, roots: tuple[bytes, ...]) -> None:
        """See `KeyStore`."""
        _write_roots(self._root, roots)

    def get(self, name: str) -> bytes | None:
        """See `KeyStore`."""
        with self._lock:
            row = self._connection.execute("SELECT value FROM wrapped_key WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def add(self, name: str, value: bytes) -> bytes:
        """See `KeyStore`."""
        with self._lock:
            self._connection.execute("INSERT OR IGNORE INTO wrapped_key VALUES (?, ?)", (name, value))
            row = self._connection.execute("SELECT value FROM wrapped_key WHERE name = ?", (name,)).fetchone()
        return bytes(row[0])

    def replace(self, values: Mapping[str, bytes]) -> None:
        """See `KeyStore`."""
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR REPLACE INTO wrapped_key VALUES (?, ?)", values.items())
        self._forget_old_pages()

    def exchange(self, values: Mapping[str, tuple[bytes, bytes]]) -> None:
        """See `KeyStore`."""
        rows = [(new, name, old) for name, (old, new) in values.items()]
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("UPDATE wrapped_key SET value = ? WHERE name = ? AND value = ?", rows)
        self._forget_old_pages()

    def names(self, prefix: str) -> Iterator[str]:
        """See `KeyStore`."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT name FROM wrapped_key WHERE name >= ? AND name < ? ORDER BY name", (prefix, prefix + "\uffff")
            ).fetchall()
        return iter([str(row[0]) for row in rows])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _forget_old_pages(self) -> None:
        with self._lock:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _write_roots(path: Path, roots: tuple[bytes, ...]) -> None:
    """Write beside, flush to disk, then rename: the old file is in place until the new one is complete."""
    beside = path.with_name(path.name + ".new")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as handle:
        handle.write("\n".join(root.hex() for root in roots) + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
