"""The real server as its operator starts it: `doorward serve` as a process, all that it writes in one folder."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from alembic import command

from doorward.kit.db import Database
from doorward.kit.db.migrate import alembic_config
from doorward.kit.settings import Settings

START_SECONDS = 60.0


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """A server that answers: its address, and the folder with all that it and its process write."""

    url: str
    folder: Path


@contextlib.contextmanager
def served(settings: Settings, folder: Path) -> Iterator[Served]:
    """Serve an installation, with logs at debug level, until the block ends. `folder` holds its data folder."""
    _stamp(settings)
    for name in ("logs", "tmp", "cwd"):
        (folder / name).mkdir(mode=0o700)
    rates = ("VISITS_PER_ADDRESS", "MESSAGES_PER_PARTY", "MESSAGES_PER_TOKEN", "REQUESTS_PER_ADDRESS")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DOORWARD_")},
        **{f"DOORWARD_LIMITS__{rate}": "100000/minute" for rate in rates},
        "DOORWARD_LOGGING__LEVEL": "debug",
        "DOORWARD_DEMO": "true",
        "TMPDIR": str(folder / "tmp"),
        "HOME": str(folder / "cwd"),
        "OPENBLAS_NUM_THREADS": "1",
    }
    words = ["--data", settings.data, "--port", "0", "--database", settings.database_url]
    log = folder / "logs" / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "doorward"), "serve", *words],
            cwd=folder / "cwd",
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Served(url=_address(process, log), folder=folder)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        found = re.search(r"listens on (http://\S+?)\.?\s", log.read_text("utf-8").replace("\n", " "))
        if found:
            return found[1]
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    raise AssertionError(f"the server did not start:\n{log.read_text('utf-8')}")


def _stamp(settings: Settings) -> None:
    """Say that the tables are those of this version: the tests' template has them without their history."""
    database = Database.open(settings.database_url)
    with database.writer.begin() as connection:
        command.stamp(alembic_config(connection=connection), "head")
    database.close()
