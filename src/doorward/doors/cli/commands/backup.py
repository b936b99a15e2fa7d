"""`doorward backup`: the database, or the keys, in a sealed file."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import rich_click as click

from doorward.doors.cli.ending import Stop
from doorward.doors.cli.opening import require_database
from doorward.doors.cli.options import examples, with_json, with_settings
from doorward.doors.cli.output import print_json, print_table, progress, say
from doorward.doors.cli.secrets import with_sealer
from doorward.kit.backups import Origin, Part, Passphrase, Recipient, write_database, write_keys
from doorward.kit.clock import SystemClock
from doorward.kit.db import Database
from doorward.kit.keys import FileKeyStore
from doorward.kit.settings import Settings

_SHREDDED: Final = (
    "Whoever is shredded from now on is still in it: make a new one then, and destroy the old ones instead of "
    "collecting them."
)


class BackupReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints: the file, what it is a backup of, and what is inside with hashes."""

    file: str
    kind: str
    bytes: int
    parts: tuple[Part, ...]


@click.command(
    epilog=examples(
        "doorward backup /mnt/backups",
        "doorward backup doorward.backup --recipient doorward-recipient-…",
        "doorward backup --keys /elsewhere/keys.backup --passphrase-file p",
    )
)
@click.argument("target", metavar="FILE|FOLDER", type=click.Path(path_type=Path))
@click.option("--keys", is_flag=True, help="Back up the keys instead, for another place and with another secret.")
@with_sealer
@with_json
@with_settings
def command(
    settings: Settings, *, target: Path, keys: bool, sealer: Callable[[], Passphrase | Recipient], as_json: bool
) -> None:
    """Write everything in the database, files included, to a sealed file. Works while Doorward runs.

    The keys are not in it: without them nobody can read what is sealed in the database, so back them up too, with
    --keys, elsewhere and under another secret. Into a folder the file gets a name with the time.
    """
    if not keys:
        require_database(settings)
    store = FileKeyStore(settings.key_folder) if keys else None
    kind = "keys" if keys else "database"
    file = _file_for(target, kind)
    if store is not None:
        parts = _write_keys(file, sealer(), store)
    else:
        parts = _write_database(file, sealer(), settings)
    _tell(BackupReport(file=str(file), kind=kind, bytes=file.stat().st_size, parts=parts), as_json=as_json)


def _file_for(target: Path, kind: str) -> Path:
    if target.is_dir():
        stamp = f"{SystemClock().now():%Y%m%dT%H%M%SZ}"
        return target / f"doorward-{stamp}.{'keys' if kind == 'keys' else 'backup'}"
    if target.exists():
        raise Stop(f"{target} exists already; it was left as it is. Name a new file.")
    if not target.parent.is_dir():
        raise Stop(f"There is no folder {target.parent}. Nothing was written.")
    return target


def _write_database(file: Path, sealer: Passphrase | Recipient, settings: Settings) -> tuple[Part, ...]:
    database = Database.open(settings.database_url, read_only=True)
    try:
        origin = Origin(database=database, audit=settings.folder / "audit", made_at=SystemClock().now())
        with progress("copying the database") as tell:
            return write_database(file, sealer, origin=origin, tell=tell)
    finally:
        database.close()


def _write_keys(file: Path, sealer: Passphrase | Recipient, store: FileKeyStore) -> tuple[Part, ...]:
    with progress("sealing the keys") as tell:
        return write_keys(file, sealer, store=store, made_at=SystemClock().now(), tell=tell)


def _tell(report: BackupReport, *, as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    rows = ((part.name, part.kind, part.items, part.bytes, part.sha256[:16]) for part in report.parts)
    print_table(("what", "kind", "how many", "bytes", "SHA-256 begins"), rows, empty="There was nothing to back up.")
    if report.kind == "keys":
        say(
            f"Done: {report.file} holds all keys. Keep it and its secret apart from each other and from the database's."
        )
        say(_SHREDDED)
    else:
        say(f"Done: {report.file} ({report.bytes} bytes). The keys are not in it: doorward backup --keys, elsewhere.")
