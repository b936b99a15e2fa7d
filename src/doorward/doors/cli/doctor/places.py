"""The places where data lies: who may read them, what in them is sealed, how much room there is."""

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from doorward.doors.cli.doctor.diagnosis import Diagnosis, State
from doorward.kit.db.looking import embedded_file
from doorward.kit.settings import Settings

_LITTLE: Final = 1_000_000_000
_TOO_LITTLE: Final = 100_000_000
"""Bytes: below the first it is time to act, below the second messages may soon be refused."""


def examine_folders(settings: Settings) -> Iterator[Diagnosis]:
    """Say whether others on this computer can read what is ours."""
    folders = (settings.folder, settings.key_folder, settings.folder / "audit", settings.folder / "cache")
    for folder in dict.fromkeys(folders):
        if folder.exists():
            yield _mode(folder, wanted=0o700)
    files = (settings.key_folder / "root.key", settings.key_folder / "keys.db", settings.folder / "doorward.toml")
    for file in (*files, embedded_file(settings.database_url)):
        if file is not None and file.exists():
            yield _mode(file, wanted=0o600)


def _mode(path: Path, *, wanted: int) -> Diagnosis:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & ~wanted:
        detail = f"others may use it (mode {mode:04o}): chmod {wanted:04o} {path}"
        return Diagnosis(subject="access", name=str(path), state="failed", detail=detail)
    return Diagnosis(subject="access", name=str(path), state="ok", detail=f"for its owner alone ({mode:04o})")


def examine_keys(settings: Settings) -> Iterator[Diagnosis]:
    """Say whether there are keys, and whether whoever takes the database takes them along."""
    folder = settings.key_folder
    if not (folder / "root.key").exists():
        detail = "there is no root key: doorward init makes one, doorward key restore puts a backup's in place"
        yield Diagnosis(subject="keys", name=str(folder), state="failed", detail=detail)
        return
    yield Diagnosis(subject="keys", name=str(folder), state="ok", detail="the root key is there")
    file = embedded_file(settings.database_url)
    if file is not None and folder.parent == file.parent:
        detail = (
            "the keys lie beside the database: a copy of the data folder opens everything. Put them on another disk "
            "with storage.keys, and leave them out of the database's backup"
        )
        yield Diagnosis(subject="keys", name="place", state="warning", detail=detail)


def examine_rest(settings: Settings) -> Iterator[Diagnosis]:
    """Name what lies on disks unencrypted. Always notes: an encrypted disk below is the answer to all of them."""
    file = embedded_file(settings.database_url)
    where = str(file) if file is not None else "the PostgreSQL server's disks"
    yield _at_rest(
        where,
        "masked messages, replies, articles, settings, staff names and times are not encrypted; what was masked, "
        "customers' names, addresses and numbers are sealed",
    )
    yield _at_rest(str(settings.key_folder / "root.key"), "the root key is protected by its file's access rights alone")
    yield _at_rest(str(settings.folder / "audit"), "signed audit heads: numbers and hashes, nothing personal")
    yield _at_rest(str(settings.folder / "cache"), "compiled search patterns, nothing personal")
    if (settings.folder / "core").is_dir():
        detail = "a demo company's core system: its made-up customers, accounts and cards are not encrypted"
        yield _at_rest(str(settings.folder / "core"), detail)
    toml = settings.folder / "doorward.toml"
    if toml.exists() and (settings.mail.password or settings.models.embeddings_key):
        yield _at_rest(str(toml), "passwords for other servers stand in it; the environment can carry them instead")


def _at_rest(name: str, detail: str) -> Diagnosis:
    return Diagnosis(subject="not encrypted at rest", name=name, state="note", detail=detail)


def examine_room(settings: Settings) -> Iterator[Diagnosis]:
    """Say how much room the disks have."""
    file = embedded_file(settings.database_url)
    places = {
        "data": settings.folder,
        "database": file.parent if file else settings.folder,
        "keys": settings.key_folder,
    }
    seen: set[int] = set()
    for name, folder in places.items():
        if not folder.exists() or folder.stat().st_dev in seen:
            continue
        seen.add(folder.stat().st_dev)
        free = shutil.disk_usage(folder).free
        state: State = "failed" if free < _TOO_LITTLE else "warning" if free < _LITTLE else "ok"
        advice = "" if state == "ok" else ": free some space, or messages will be refused (none is lost)"
        detail = f"{free / 1e9:.1f} GB free{advice}"
        yield Diagnosis(subject="disk space", name=f"{name} ({folder})", state=state, detail=detail)
