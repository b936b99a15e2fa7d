"""How a command ends: exit codes, and every trouble as a kind sentence on the error stream, never a traceback."""

import contextlib
import os
import re
import sys
from enum import IntEnum
from types import TracebackType
from typing import Final

import click
from rich.console import Console

from doorward.decision import PolicyInvalid
from doorward.kit.backups import BackupUnusable
from doorward.kit.crypto import SealBroken
from doorward.kit.db import DatabaseUnusable, StoreLocked
from doorward.kit.db.trouble import database_trouble
from doorward.kit.i18n import PackUnreadable
from doorward.kit.keys import KeyDestroyed, KeyStoreMissing
from doorward.kit.plugins import PluginBroken
from doorward.kit.settings import SettingsInvalid
from doorward.kit.tx import Closed, CommitFailed, Unreachable
from doorward.vocabulary.errors import DoorwardError, Misconfigured, StorageFull, StoreInUse, Unavailable


class Code(IntEnum):
    """The exit codes; they only ever get more."""

    OK = 0
    FAILED = 1
    USAGE = 2
    BAD_LINES = 3
    MISCONFIGURED = 4
    BUSY = 5
    UNAVAILABLE = 6
    BUG = 70
    INTERRUPTED = 130


MEANINGS: Final = {
    Code.OK: "all went well",
    Code.FAILED: "a check failed, or something was refused",
    Code.USAGE: "the command was not understood",
    Code.BAD_LINES: "some input lines were bad; the others were worked on",
    Code.MISCONFIGURED: "something is not set up as it must be",
    Code.BUSY: "another process is using the data folder",
    Code.UNAVAILABLE: "something is not available right now: the disk, the database, a server",
    Code.BUG: "a mistake in Doorward",
    Code.INTERRUPTED: "stopped with Ctrl-C",
}


class Stop(Exception):
    """Ends the command with a code and sentences that say what happened, what is safe, and what to do."""

    def __init__(self, sentence: str, *, code: Code = Code.FAILED) -> None:
        """Take the sentences and the code."""
        super().__init__(sentence)
        self.code = code


_FULL = "The disk is full. What was stored before is safe, the last change was not made. Free some space and try again."
_KNOWN: Final[tuple[tuple[tuple[type[Exception], ...], Code, str], ...]] = (
    (
        (StoreLocked, StoreInUse),
        Code.BUSY,
        "Another Doorward process is using this data folder. Nothing was changed. Stop it first, or use PostgreSQL.",
    ),
    (
        (
            SettingsInvalid,
            PluginBroken,
            PackUnreadable,
            PolicyInvalid,
            DatabaseUnusable,
            KeyStoreMissing,
            Misconfigured,
        ),
        Code.MISCONFIGURED,
        "{it} Nothing was changed.",
    ),
    (
        (SealBroken,),
        Code.FAILED,
        "That cannot be opened: the passphrase or key is another one, or the file was changed. Nothing was changed.",
    ),
    ((BackupUnusable,), Code.FAILED, "{it} Nothing was changed."),
    ((KeyDestroyed,), Code.MISCONFIGURED, "{it} If it was lost by accident: doorward key restore."),
    ((CommitFailed,), Code.UNAVAILABLE, "The database could not keep the change. Nothing of it was made; try again."),
    ((Closed,), Code.INTERRUPTED, "Stopped. Everything that was accepted is safe."),
    ((Unavailable,), Code.UNAVAILABLE, "{it} Nothing was lost; try again in a moment."),
    ((DoorwardError,), Code.FAILED, "{it} Nothing was changed."),
)


def end(trouble: BaseException) -> int:
    """Print what `trouble` means, if anything, and return the exit code."""
    match trouble:
        case SystemExit():
            return trouble.code if isinstance(trouble.code, int) else Code.OK
        case click.exceptions.Exit():
            return trouble.exit_code
        case click.Abort() | KeyboardInterrupt():
            _print("Stopped.")
            return Code.INTERRUPTED
        case click.ClickException():
            trouble.show()
            return trouble.exit_code
        case BrokenPipeError():
            # Whoever read our output has seen enough. Python would complain once more when it closes the stream.
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return Code.OK
    code, sentence = explain(trouble)
    _print(sentence)
    return code


def explain(trouble: BaseException) -> tuple[Code, str]:
    """Return the exit code and the sentences for an error: what happened, what is safe, what to do."""
    if isinstance(trouble, Stop):
        return trouble.code, str(trouble)
    if isinstance(trouble, StorageFull) or (isinstance(trouble, CommitFailed) and trouble.full):
        return Code.UNAVAILABLE, _FULL
    for kinds, code, sentences in _KNOWN:
        if isinstance(trouble, kinds):
            return code, sentences.format(it=_sentence(trouble))
    return _explain_others(trouble)


def _explain_others(trouble: BaseException) -> tuple[Code, str]:
    cause = trouble.__cause__ if isinstance(trouble, Unreachable) and trouble.__cause__ is not None else trouble
    about_database = database_trouble(cause)
    if about_database is not None:
        advice = "Nothing was changed. `doorward doctor` looks closer, `doorward db upgrade` makes missing tables."
        return Code.UNAVAILABLE, f"{_capital(about_database)}. {advice}"
    if isinstance(trouble, OSError):
        place = f" ({trouble.filename})" if isinstance(trouble.filename, str) else ""
        return Code.UNAVAILABLE, f"The system says: {trouble.strerror or type(trouble).__name__}{place}."
    if isinstance(trouble, ImportError) and trouble.name and not trouble.name.startswith("doorward"):
        advice = "Nothing was changed. Install it, or change the setting that asks for it."
        return Code.MISCONFIGURED, f"The Python package '{trouble.name}' is missing. {advice}"
    return Code.BUG, (
        f"This is a mistake in Doorward: {type(trouble).__name__} in {_place(trouble.__traceback__)}. "
        "What was accepted before is safe. Please report it with these words; they hold no customer's data."
    )


def _sentence(trouble: BaseException) -> str:
    return _capital(str(trouble)) + ("" if str(trouble).endswith((".", "!", "?")) else ".")


def _capital(words: str) -> str:
    """Return the words as a sentence begins, names of fields and settings as they are."""
    return words if re.match(r"[\w.]*[_.:(]", words) else words[:1].upper() + words[1:]


def _place(trace: TracebackType | None) -> str:
    """Return file and line of the innermost frame of ours."""
    place = "an unknown place"
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "doorward" in name:
            place = f"{name.rpartition('doorward/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _print(sentence: str) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(sentence, markup=False)
