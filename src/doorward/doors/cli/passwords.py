"""Asking for a password, reading it from a file, or making one up."""

import secrets
import sys
from pathlib import Path
from typing import Final

import rich_click as click

from doorward.doors.cli.ending import Code, Stop
from doorward.identity import require_good

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that looks like something else on paper."""


def made_up_password() -> str:
    """Return four groups of five letters and digits: 99 random bits, easy to read out."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def new_password(*, generate: bool, file: Path | None, about: tuple[str, ...]) -> tuple[str, bool]:
    """Return a password and whether it was made up here, so that it must be shown.

    From `file` if there is one; made up if wished; else asked for, twice. Raises `Stop` when nobody can be asked, and
    `Malformed` for one that is too easy.
    """
    if file is not None:
        password, made_up = file.read_text(encoding="utf-8").rstrip("\r\n"), False
    elif generate:
        password, made_up = made_up_password(), True
    elif sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        made_up = False
    else:
        raise Stop(
            "There is nobody to ask for the password. Nothing was changed. Use --generate, or --password-file FILE.",
            code=Code.USAGE,
        )
    require_good(password, about=about)
    return password, made_up
