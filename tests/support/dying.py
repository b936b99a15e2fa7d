"""Programs that die as `kill -9` has them die, for tests that start them and look at what the next life finds."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from doorward.bootstrap import House
from doorward.kit.db import Database
from doorward.kit.keys import FileKeyStore
from doorward.kit.settings import Settings
from tests.support.house import settings_for, shared_engines

ROOT = Path(__file__).parents[2]


def run_program(module: str, settings: Settings, points: Sequence[str]) -> bytes:
    """Return what a program says that is told an installation and where to die. Raises `AssertionError` if it fails."""
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-m", module, str(settings.folder), settings.database_url, *points],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-4000:]
    return done.stdout


def live_once(live: Callable[[Callable[[bytes], None]], None]) -> bytes:
    """Return what a process said before it ended, or was killed; one that failed fails this one."""
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            live(lambda word: _write(said, word))
            code = 0
        finally:
            os._exit(code)
    os.close(said)
    with os.fdopen(heard, "rb") as ear:
        word = ear.read()
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
        raise SystemExit("a life failed")
    return word


def _write(said: int, word: bytes) -> None:
    os.write(said, word)


def open_again(folder: Path, address: str) -> House:
    """Return an installation's house as a new process opens it."""
    settings = settings_for(folder, address)
    keys = FileKeyStore(settings.key_folder)
    return House(settings, database=Database.open(address), keys=keys, engines=shared_engines())
