"""What a demo keeps between its starts, and the one file that says that a folder is a demo's."""

import os
import shutil
from pathlib import Path
from typing import Final

import msgspec

from doorward.doors.cli.ending import Stop
from doorward.doors.cli.passwords import made_up_password
from doorward.kit.db import Database

_FILE: Final = "demo.json"


class DemoState(msgspec.Struct, frozen=True, kw_only=True):
    """The password of all demo sign-ins, and whether everything has been seeded."""

    password: str
    seeded: bool = False


def read_state(folder: Path) -> DemoState | None:
    """Return the state of the demo in `folder`, None where there is none."""
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=DemoState)
    except (OSError, msgspec.DecodeError):
        return None


def write_state(folder: Path, state: DemoState) -> None:
    """Keep the state, readable by its owner alone."""
    beside = folder / f"{_FILE}.new"
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.encode(state))
    beside.replace(folder / _FILE)


def begin(folder: Path, *, fresh: bool) -> DemoState:
    """Make the demo's folder (0700) unless it is there, and return its state; `fresh` forgets what was.

    Raises `Stop` when something else lies there, `StoreLocked` when a demo runs in it.
    """
    state = read_state(folder)
    if folder.exists() and state is None and any(folder.iterdir()):
        raise Stop(f"{folder} holds something that no demo has made. Nothing was changed; name another with --data.")
    if fresh and state is not None:
        _forget(folder)
        state = None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    if state is None:
        state = DemoState(password=made_up_password())
        write_state(folder, state)
    return state


def _forget(folder: Path) -> None:
    database = folder / "doorward.db"
    if database.exists():
        # Whoever has it open is told apart here, before anything is removed below them.
        Database.open(f"sqlite:///{database}").close()
    shutil.rmtree(folder)
