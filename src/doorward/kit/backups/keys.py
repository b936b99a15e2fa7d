"""The backup of the key store, in a file of its own with a secret of its own: who has both backups has everything."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from doorward import __version__
from doorward.kit.backups.contents import (
    ContentsWriter,
    File,
    KeyValues,
    Opening,
    Part,
    Roots,
    Rows,
    Tell,
    read_contents,
)
from doorward.kit.backups.files import new_file, sync_folder
from doorward.kit.backups.locks import Sealer, Secret
from doorward.kit.backups.stream import SealedWriter
from doorward.kit.backups.unusable import BackupUnusable
from doorward.kit.keys.store import FileKeyStore, KeyStore

_AT_ONCE: Final = 1000


def write_keys(target: Path, sealer: Sealer, *, store: KeyStore, made_at: datetime, tell: Tell) -> tuple[Part, ...]:
    """Write all keys, sealed, to a new file and return what is inside. Works while Doorward runs.

    Raises `BackupUnusable` for a target that exists, and when the keys were rotated meanwhile.
    """
    with new_file(target) as file:
        contents = ContentsWriter(SealedWriter(file, kind="keys", sealer=sealer))
        contents.write(Opening(made_at=made_at, doorward=__version__))
        roots = store.roots()
        contents.write(Roots(roots))
        names = tuple(store.names(""))
        for at in range(0, len(names), _AT_ONCE):
            some = {name: store.get(name) for name in names[at : at + _AT_ONCE]}
            contents.write(KeyValues({name: value for name, value in some.items() if value is not None}))
            tell(min(at + _AT_ONCE, len(names)), len(names), doing="sealing the keys")
        if store.roots() != roots:
            raise BackupUnusable("the keys were rotated while they were copied: try again when that is over.")
        return contents.finish()


def check_keys(source: Path, secret: Secret) -> int:
    """Read a backup of keys to its end and return how many it holds; nothing is written. Raises `BackupUnusable`."""
    return sum(len(frame.values) for frame in _frames(source, secret) if isinstance(frame, KeyValues))


def restore_keys(source: Path, secret: Secret, *, folder: Path, tell: Tell) -> int:
    """Put the keys of a backup into a folder that has none and return how many.

    Everything is verified before the first byte is written, and the folder has its name only when all keys are in it.
    Raises `BackupUnusable`.
    """
    if (folder / "root.key").exists() or (folder.exists() and any(folder.iterdir())):
        raise BackupUnusable(f"{folder} is not empty; keys are restored into an empty place only.")
    total = check_keys(source, secret)
    beside = folder.with_name(folder.name + ".restoring")
    shutil.rmtree(beside, ignore_errors=True)  # a restore that was killed
    beside.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        done = _fill(beside, source, secret, total=total, tell=tell)
        if folder.exists():
            folder.rmdir()  # fails where somebody put keys meanwhile
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    sync_folder(folder.parent)
    return done


def _fill(folder: Path, source: Path, secret: Secret, *, total: int, tell: Tell) -> int:
    store = FileKeyStore.create(folder)
    done = 0
    try:
        for frame in _frames(source, secret):
            match frame:
                case Roots():
                    store.replace_roots(frame.roots)
                case KeyValues():
                    store.replace(frame.values)
                    done += len(frame.values)
                    tell(done, total, doing="putting the keys back")
    finally:
        store.close()
    if done != total:
        raise BackupUnusable("the file was changed while it was read.")
    return done


def _frames(source: Path, secret: Secret) -> Iterator[Opening | Roots | KeyValues]:
    roots = 0
    for frame in read_contents(source, secret, kind="keys", closed=lambda _: None):
        if isinstance(frame, Rows | File):
            raise BackupUnusable("the backup holds something that no backup of keys holds.")
        roots += len(frame.roots) if isinstance(frame, Roots) else 0
        yield frame
    if not roots:
        raise BackupUnusable("the backup holds no root key.")
