"""Writing a backup's file: nobody sees it under its name before it is complete and on the disk."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from doorward.kit.backups.unusable import BackupUnusable

try:
    import fcntl
except ImportError:  # Windows has no fcntl; there two backups to one name would meet at the renaming.
    fcntl = None  # type: ignore[assignment]  # because the module is missing on that platform


@contextlib.contextmanager
def new_file(target: Path) -> Iterator[IO[bytes]]:
    """Give a file to write, readable by its owner alone, that becomes `target` at the end, durably.

    What a process that was killed left is written over. Raises `BackupUnusable` where there is a file already, or where
    another process is writing one.
    """
    if target.exists():
        raise BackupUnusable(f"{target} exists already; it was left as it is. Name a new file.")
    partial = target.with_name(target.name + ".partial")
    with open(os.open(partial, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        _hold(file, target)
        file.truncate()
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if target.exists():
                raise BackupUnusable(f"{target} has come to exist meanwhile; it was left as it is.")
            partial.replace(target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    sync_folder(target.parent)


def _hold(file: IO[bytes], target: Path) -> None:
    if fcntl is not None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BackupUnusable(f"another process is writing {target}.") from error


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(path: Path, content: bytes) -> None:
    """Write a file of its owner alone, by way of another name, so that it is whole or not there."""
    beside = path.with_name(path.name + ".new")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)
