"""`doorward restore`: a backup back into an empty place."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import rich_click as click

from doorward.doors.cli.opening import Office, office, scope_of
from doorward.doors.cli.options import EXISTING_FILE, examples, with_json, with_settings
from doorward.doors.cli.output import print_json, print_table, progress, say
from doorward.doors.cli.secrets import with_secret
from doorward.flow.destroy import Destruction
from doorward.kit.backups import Part, Secret, check_backup, check_keys, kind_of, restore_database, restore_keys
from doorward.kit.settings import Settings
from doorward.protection import ProtectionService


class RestoreReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints.

    `forgotten` counts rows of shredded customers that were in the backup and are deleted again; it is None where the
    keys are not there yet, and then the next start does it. `parts` is filled by --check alone.
    """

    kind: str
    made_at: str = ""
    rows: int = 0
    keys: int = 0
    forgotten: int | None = None
    parts: tuple[Part, ...] = ()


@click.command(
    epilog=examples(
        "doorward restore doorward-20260105T031500Z.backup --data NEWFOLDER",
        "doorward restore keys.backup --data NEWFOLDER",
        "doorward restore doorward.backup --key-file pair.key --database postgresql://doorward@db/doorward",
        "doorward restore doorward.backup --check",
    )
)
@click.argument("source", metavar="FILE", type=EXISTING_FILE)
@click.option("--check", is_flag=True, help="Only read the backup to its end and say what is inside.")
@with_secret
@with_json
@with_settings
def command(settings: Settings, *, source: Path, secret: Callable[[Path], Secret], check: bool, as_json: bool) -> None:
    """Put a backup of the database, or of the keys, back. Refused where something is already.

    The whole file is verified before anything is written: a damaged, cut or foreign one changes nothing. A backup of
    SQLite may be restored into PostgreSQL and the other way. Customers who were shredded since are forgotten again.
    """
    opener = secret(source)
    if kind_of(source) == "keys":
        report = _keys(settings, source, opener, check=check)
    elif check:
        report = _check(source, opener)
    else:
        report = _restore(settings, source, opener)
    if as_json:
        print_json(report)
        return
    _tell(settings, report, check=check)


def _keys(settings: Settings, source: Path, secret: Secret, *, check: bool) -> RestoreReport:
    with progress("opening the backup") as tell:
        count = (
            check_keys(source, secret) if check else restore_keys(source, secret, folder=settings.key_folder, tell=tell)
        )
    return RestoreReport(kind="keys", keys=count)


def _check(source: Path, secret: Secret) -> RestoreReport:
    with progress("checking the backup") as tell:
        checked = check_backup(source, secret, tell=tell)
    opening = checked.opening
    rows = sum(opening.rows.values())
    return RestoreReport(kind="database", made_at=opening.made_at.isoformat(), rows=rows, parts=checked.parts)


def _restore(settings: Settings, source: Path, secret: Secret) -> RestoreReport:
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with progress("checking the backup") as tell:
        restored = restore_database(
            source, secret, address=settings.database_url, audit=settings.folder / "audit", tell=tell
        )
    forgotten = None
    if (settings.key_folder / "root.key").exists():
        with office(settings) as opened:
            forgotten = _forget_again(opened)
    return RestoreReport(kind="database", made_at=restored.made_at.isoformat(), rows=restored.rows, forgotten=forgotten)


def _forget_again(opened: Office) -> int:
    """Delete what the backup brought back of customers who were shredded since it was made."""
    destruction = Destruction(
        opened.transactions,
        keys=opened.keys,
        protection=ProtectionService(opened.keys),
        parties=opened.identity.parties,
    )
    return sum(destruction.replay(scope_of(tenant)) for tenant in opened.tenants())


def _tell(settings: Settings, report: RestoreReport, *, check: bool) -> None:
    if report.parts:
        rows = ((part.name, part.kind, part.items, part.bytes, part.sha256[:16]) for part in report.parts)
        print_table(("what", "kind", "how many", "bytes", "SHA-256 begins"), rows, empty="There is nothing inside.")
    if check:
        say(f"The backup is whole: {report.rows or report.keys} {'rows' if report.kind == 'database' else 'keys'}.")
    elif report.kind == "keys":
        say(f"Done: {report.keys} keys are in {settings.key_folder}.")
    elif report.forgotten is None:
        say(f"Done: {report.rows} rows of {report.made_at} are back. Now put the keys back: doorward restore KEYS")
    else:
        say(
            f"Done: {report.rows} rows of {report.made_at} are back; {report.forgotten} of shredded customers are gone."
        )
        say("Next: doorward audit verify, then doorward serve.")
