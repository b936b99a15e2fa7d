"""Manifests: what a long run has done, line by line. A run that was killed goes on behind the last whole line.

A line counts once it is whole, and is written only after what it speaks of is on the disk.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from doorward.vocabulary.errors import StoreInUse


class Manifest:
    """The manifest of a run, held by one process. Made by `held_manifest`."""

    def __init__(self, file: IO[bytes]) -> None:
        """Take the open file."""
        self._file = file

    def lines(self) -> list[bytes]:
        """Return the whole lines, and cut off what was being written when the run was killed."""
        self._file.seek(0)
        lines = self._file.read().splitlines(keepends=True)
        if lines and not lines[-1].endswith(b"\n"):
            lines.pop()
        self._file.seek(sum(map(len, lines)))
        self._file.truncate()
        return lines

    def write(self, line: msgspec.Struct) -> None:
        """Add a line; when this returns it is on the disk."""
        self._file.write(msgspec.json.encode(line) + b"\n")
        sync(self._file)

    def clear(self) -> None:
        """Forget all lines."""
        self._file.seek(0)
        self._file.truncate(0)


@contextmanager
def held_manifest(path: Path) -> Iterator[Manifest]:
    """Open a manifest, made if need be (0600); the system lets go of it when the process ends, however it ends.

    Raises `StoreInUse` when another process has it.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as file:
        _hold(handle, path)
        yield Manifest(file)


def _hold(handle: int, path: Path) -> None:
    try:
        import fcntl  # noqa: PLC0415 - Windows has none, and refuses to open what is open
    except ImportError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise StoreInUse(f"another run is at work in {path.parent}") from None


def sync(file: IO[bytes]) -> None:
    """Bring what was written to a file to the disk."""
    file.flush()
    os.fsync(file.fileno())


def open_at(path: Path, length: int) -> IO[bytes]:
    """Open a file (0600) to go on behind its first `length` bytes."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    file = os.fdopen(handle, "r+b")
    file.truncate(min(length, path.stat().st_size))
    file.seek(0, os.SEEK_END)
    return file


def write_whole(path: Path, data: bytes) -> None:
    """Write a file (0600) and bring it to the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        sync(file)


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
