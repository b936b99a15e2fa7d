"""Keeping compiled pattern databases between starts, and never loading one that was changed or planted."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

_DIGEST_BYTES = 32


def load_cached(folder: Path, fingerprint: str) -> bytes | None:
    """Return the cached bytes, or None when there are none, they are damaged, or others may write to the folder."""
    try:
        if not _is_private(folder):
            return None
        content = (folder / fingerprint).read_bytes()
    except OSError:
        return None
    digest, data = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    return data if hashlib.sha256(fingerprint.encode() + data).digest() == digest else None


def store_cached(folder: Path, fingerprint: str, data: bytes) -> None:
    """Keep the bytes, readable by the owner alone. A folder that cannot be used is no error: the cache is a comfort."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_private(folder):
            return
        handle, beside = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(fingerprint.encode() + data).digest() + data)
        Path(beside).replace(folder / fingerprint)
    except OSError:
        return


def _is_private(folder: Path) -> bool:
    """Return whether nobody but the owner, who is us, can put files here: a planted database could run code."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        return False
    if not hasattr(os, "geteuid"):  # Windows guards the user's folders by other means
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & 0o077
