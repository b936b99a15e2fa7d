"""Asking for what seals and opens a backup: a passphrase, a recipient, or the file of a backup key."""

import sys
from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from typing import Any, Final, TypeVar

import rich_click as click

from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.options import EXISTING_FILE
from doorward.kit.backups import BackupKey, Passphrase, Recipient, Secret, lock_of

F = TypeVar("F", bound=Callable[..., Any])

SHORTEST_PASSPHRASE: Final = 12
"""Characters. The backup may lie where others can try passphrases at leisure; scrypt slows them, length stops them."""

passphrase_option = click.option(
    "--passphrase-file", type=EXISTING_FILE, metavar="FILE", help="Read the passphrase from here instead of asking."
)


def read_passphrase(file: Path | None, *, confirm: bool) -> str:
    """Return a passphrase from a file or from whoever sits there. Raises `Stop` for nobody, and for a short new one."""
    if file is not None:
        passphrase = file.read_text(encoding="utf-8").strip()
    elif sys.stdin.isatty():
        passphrase = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
    else:
        raise Stop("There is nobody to ask for the passphrase: name a file with --passphrase-file.", code=Code.USAGE)
    if confirm and len(passphrase) < SHORTEST_PASSPHRASE:
        raise Stop(
            f"The passphrase needs {SHORTEST_PASSPHRASE} characters or more. Nothing was written.", code=Code.USAGE
        )
    return passphrase


def with_sealer(command: F) -> Callable[..., Any]:
    """Give a command `--recipient` and `--passphrase-file`, and hand it what follows from them as `sealer`.

    It is a function, to be called once there is nothing else to refuse: it may ask for a passphrase.
    """

    def wrapped(*arguments: Any, recipient: str | None, passphrase_file: Path | None, **rest: Any) -> Any:
        return command(*arguments, sealer=lambda: _sealer(recipient, passphrase_file), **rest)

    update_wrapper(wrapped, command)
    named = click.option("--recipient", metavar="WORD", help="Seal it for the key that `doorward key pair` made.")
    return named(passphrase_option(wrapped))


def with_secret(command: F) -> Callable[..., Any]:
    """Give a command `--key-file` and `--passphrase-file`, and hand it a function from a backup to its `secret`."""

    def wrapped(*arguments: Any, key_file: Path | None, passphrase_file: Path | None, **rest: Any) -> Any:
        return command(*arguments, secret=lambda source: _secret(source, key_file, passphrase_file), **rest)

    update_wrapper(wrapped, command)
    named = click.option(
        "--key-file", type=EXISTING_FILE, metavar="FILE", help="The key that the backup was sealed for."
    )
    return named(passphrase_option(wrapped))


def _sealer(recipient: str | None, passphrase_file: Path | None) -> Passphrase | Recipient:
    if recipient is not None and passphrase_file is not None:
        raise Stop("A backup is sealed for a recipient or with a passphrase, not both.", code=Code.USAGE)
    if recipient is not None:
        return Recipient.read(recipient)
    return Passphrase(read_passphrase(passphrase_file, confirm=True))


def _secret(source: Path, key_file: Path | None, passphrase_file: Path | None) -> Secret:
    if lock_of(source) == "passphrase":
        return Passphrase(read_passphrase(passphrase_file, confirm=False))
    if key_file is None:
        raise Stop("The backup was sealed for a key: name its file with --key-file.", code=Code.USAGE)
    return BackupKey.read(key_file.read_text(encoding="utf-8"))
