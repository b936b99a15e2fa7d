"""The scratch house as an operator runs it: `doorward serve` as a process, and all that it writes in one folder."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.leaks.receiving import HOST
from doorward.kit.settings import Settings, environment_for

_START_SECONDS: Final = 600.0
_END_SECONDS: Final = 120.0
_LOOK_AGAIN: Final = 0.05
_ROOMY: Final = (
    "VISITS_PER_ADDRESS",
    "MESSAGES_PER_PARTY",
    "MESSAGES_PER_TOKEN",
    "MESSAGES_PER_MACHINE",
    "REQUESTS_PER_ADDRESS",
    "CODES_PER_PARTY",
)
"""Limits that so many canaries would meet; that of sign-ins stays low, so that refusals are seen."""

FOLDERS: Final = ("logs", "tmp", "cwd", "plugins")
"""Beside the data folder: the logs, the process's temporary and working folders, and the plugins that crash."""

_POINTS: Final = """\
[doorward.channels]
crashing_channel = doorward.doors.cli.leaks.faults.crashing_channel
[doorward.detectors]
crashing_detector = doorward.doors.cli.leaks.faults.crashing_detector
"""


def make_folders(folder: Path) -> None:
    """Make what the process writes into, and offer it the plugins that crash as a wheel of somebody's would."""
    for name in FOLDERS:
        (folder / name).mkdir(mode=0o700)
    described = folder / "plugins" / "doorward_leaks-1.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: doorward-leaks\nVersion: 1\n", encoding="utf-8")
    (described / "entry_points.txt").write_text(_POINTS, encoding="utf-8")


class Process:
    """The running server."""

    def __init__(self, process: "subprocess.Popen[bytes]", url: str) -> None:
        """Take the process, and the address at which it answers."""
        self._process = process
        self.url = url

    def crash(self) -> None:
        """Have it die where it stands, as by a fault in a library: its last words are Python's fault handler's."""
        self._end(signal.SIGABRT)

    def stop(self) -> None:
        """Ask it to stop, and wait."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self._process.poll() is not None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def served(settings: Settings, folder: Path) -> Iterator[Process]:
    """Serve an installation, logs at debug level, until the block ends. Raises `Stop` when it does not start."""
    environment = environment_for(
        {
            **{f"DOORWARD_LIMITS__{rate}": "100000/minute" for rate in _ROOMY},
            "DOORWARD_LIMITS__SIGN_INS_PER_ADDRESS": "12/minute",
            "DOORWARD_LIMITS__STORAGE": settings.limits.storage,
            "DOORWARD_LOGGING__LEVEL": settings.logging.level,
            "DOORWARD_PROTECTION__EXPERIMENTAL": "true",
            "DOORWARD_DEMO": "true",
            "DOORWARD_WEBHOOKS__ALLOWED_HOSTS": HOST,
            "TMPDIR": str(folder / "tmp"),
            "HOME": str(folder / "cwd"),
            "PYTHONPATH": os.pathsep.join([str(folder / "plugins"), *sys.path]),
            "PYTHONFAULTHANDLER": "1",
        }
    )
    words = ["--data", settings.data, "--port", "0", "--database", settings.database_url]
    log = folder / "logs" / f"server-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command, with the interpreter that runs it now
            [sys.executable, "-m", "doorward", "serve", *words],
            cwd=folder / "cwd",
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        running = Process(process, "")
        try:
            running.url = _address(process, log)
            yield running
        finally:
            running.stop()


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    ends = time.monotonic() + _START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        found = re.search(r"listens on (http://\S+?)\.?\s", log.read_text("utf-8").replace("\n", " "))
        if found:
            return found[1]
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK_AGAIN)
    raise Stop(f"The scratch house did not start; its log is {log}.", code=Code.UNAVAILABLE)
