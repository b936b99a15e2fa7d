"""`doorward key`: the keys that everything stored is sealed with."""

import os
from pathlib import Path

import rich_click as click

from doorward.doors.cli.ending import Stop
from doorward.doors.cli.options import EXISTING_FILE, examples, with_json, with_settings
from doorward.doors.cli.output import print_json, progress, say
from doorward.doors.cli.secrets import passphrase_option, read_passphrase
from doorward.kit.backups import new_backup_key
from doorward.kit.keys import FileKeyStore, Keys, MemoryKeyStore
from doorward.kit.settings import Settings


@click.group()
def command() -> None:
    """Back up, restore or rotate the keys.

    Without its keys a database backup cannot be read, by nobody: keep a key backup, and keep it somewhere else.
    """


@command.command(epilog=examples("doorward key backup keys.sealed", "doorward key backup out --passphrase-file p"))
@click.argument("out", type=click.Path(path_type=Path))
@passphrase_option
@with_settings
def backup(settings: Settings, *, out: Path, passphrase_file: Path | None) -> None:
    """Write all keys to OUT, sealed under a passphrase. Works while Doorward runs.

    Keys that are destroyed later (a customer asked to be forgotten) are still in OUT: replace old backups.
    """
    if out.exists():
        raise Stop(f"{out} exists already; it was left as it is. Name a new file.")
    store = FileKeyStore(settings.key_folder)
    passphrase = read_passphrase(passphrase_file, confirm=True)
    with progress("sealing the keys"):
        sealed = Keys(store).export(passphrase)
    with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    say(f"Done: {out} holds all keys. It is worth nothing without the passphrase; keep the two apart.")


@command.command(epilog=examples("doorward key restore keys.sealed", "doorward key restore keys.sealed --data FOLDER"))
@click.argument("source", metavar="IN", type=EXISTING_FILE)
@passphrase_option
@with_settings
def restore(settings: Settings, *, source: Path, passphrase_file: Path | None) -> None:
    """Put the keys of a backup in place. Refused where keys are already."""
    folder = settings.key_folder
    if (folder / "root.key").exists():
        raise Stop(f"There are keys in {folder} already; they were left as they are.")
    sealed = source.read_bytes()
    passphrase = read_passphrase(passphrase_file, confirm=False)
    with progress("opening the backup"):
        # First into memory: a wrong passphrase must not leave a fresh root key behind that looks like the real one.
        Keys.restore(MemoryKeyStore(), sealed, passphrase)
        count = Keys.restore(FileKeyStore.create(folder), sealed, passphrase)
    say(f"Done: {count} keys are in {folder}.")


@command.command(epilog=examples("doorward key pair pair.key", "doorward key pair pair.key --json"))
@click.argument("out", type=click.Path(path_type=Path))
@with_json
def pair(*, out: Path, as_json: bool) -> None:
    """Make a pair of keys for backups: the half that opens goes to OUT, the half that seals is printed.

    `doorward backup --recipient` takes the printed word, so that no machine that makes backups can open them. OUT
    belongs somewhere else; without it nobody can open them.
    """
    if out.exists():
        raise Stop(f"{out} exists already; it was left as it is. Name a new file.")
    key = new_backup_key()
    with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(key.written() + "\n")
        file.flush()
        os.fsync(file.fileno())
    if as_json:
        print_json({"file": str(out), "recipient": str(key.recipient)})
        return
    say(str(key.recipient))
    say(f"Backups that are sealed for this word are opened by {out} alone: take it away from here and keep it.")


@command.command(epilog=examples("doorward key rotate", "doorward key rotate --data FOLDER"))
@with_settings
def rotate(settings: Settings) -> None:
    """Make new root and tenant keys and wrap all others in them; the old ones are forgotten. Works while Doorward runs.

    What is stored is not touched, so this is quick. Make a new key backup afterwards and destroy older ones.
    """
    with progress("wrapping the keys anew"):
        count = Keys(FileKeyStore(settings.key_folder)).rotate()
    say(f"Done: {count} keys are wrapped anew. Make a new key backup and destroy older ones: they open what they did.")
