"""Rows in a file that may be thrown away at any time: for what is too much for memory and of use for one run only.

Names by which rows are found are kept as hashes; what a row holds is its maker's own.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

_TABLES: Final = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE row (seq INTEGER PRIMARY KEY, kind TEXT, key BLOB, parent BLOB, held BLOB);
CREATE INDEX row_by_key ON row (kind, key);
CREATE INDEX row_by_parent ON row (parent) WHERE parent IS NOT NULL;
BEGIN;
"""


class Row(NamedTuple):
    """A row: its number, from 1 in the order in which rows were added, and what it holds."""

    seq: int
    held: bytes


class LookupFile:
    """A file of rows of several kinds. For one thread."""

    def __init__(self, path: Path) -> None:
        """Begin an empty file, whatever lies there (in a folder that only its owner may open)."""
        path.unlink(missing_ok=True)
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def add(self, kind: str, held: bytes, *, key: str = "", parent: str = "") -> None:
        """Add a row that is found by its key, by what it belongs to, or by its turn."""
        self._database.execute(
            "INSERT INTO row (kind, key, parent, held) VALUES (?, ?, ?, ?)",
            (kind, _hashed(key), _hashed(parent) if parent else None, held),
        )

    def count(self, kind: str) -> int:
        """Return how many rows of a kind there are."""
        return int(self._database.execute("SELECT count(*) FROM row WHERE kind = ?", (kind,)).fetchone()[0])

    def last(self, kind: str, key: str) -> Row | None:
        """Return the row with this key, of several the one that was added last; None if there is none."""
        query = "SELECT seq, held FROM row WHERE kind = ? AND key = ? ORDER BY seq DESC LIMIT 1"
        found = self._database.execute(query, (kind, _hashed(key))).fetchone()
        return None if found is None else Row(*found)

    def of_parent(self, parent: str, *, limit: int) -> tuple[Row, ...]:
        """Return the first rows that belong to something, in their order."""
        query = "SELECT seq, held FROM row WHERE parent = ? ORDER BY seq LIMIT ?"
        return tuple(Row(*found) for found in self._database.execute(query, (_hashed(parent), limit)))

    def count_of_parent(self, parent: str) -> int:
        """Return how many rows belong to something."""
        query = "SELECT count(*) FROM row WHERE parent = ?"
        return int(self._database.execute(query, (_hashed(parent),)).fetchone()[0])

    def orphans(self, kind: str, *, parents: str) -> Iterator[Row]:
        """Yield the rows of a kind that belong to no row of the kind `parents`, in their order."""
        query = (
            "SELECT seq, held FROM row AS child WHERE kind = ? AND NOT EXISTS "
            "(SELECT 1 FROM row AS whole WHERE whole.kind = ? AND whole.key = child.parent) ORDER BY seq"
        )
        return (Row(*found) for found in self._database.execute(query, (kind, parents)))

    def after(self, kind: str, seq: int, *, limit: int) -> tuple[Row, ...]:
        """Return the next rows of a kind behind number `seq`."""
        query = "SELECT seq, held FROM row WHERE kind = ? AND seq > ? ORDER BY seq LIMIT ?"
        return tuple(Row(*found) for found in self._database.execute(query, (kind, seq, limit)))


def _hashed(name: str) -> bytes:
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
