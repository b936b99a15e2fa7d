"""Scanners for tests, and houses that scan with them."""

import threading

import msgspec

from doorward.bootstrap import House
from doorward.kit.clock import Clock
from doorward.kit.settings import Protection, Settings
from doorward.plugins.connectors.clamd.plugin import ClamdScanner
from doorward.protection import AttachmentScanner, Verdict
from doorward.vocabulary.errors import Unavailable
from tests.support.clamd import ClamdTwin
from tests.support.house import open_test_house, shared_engines


class GatedScanner:
    """Passes files on to another scanner while it is there; otherwise it is unavailable, and counts who asked."""

    def __init__(self, scanner: AttachmentScanner, *, there: bool = True) -> None:
        """Pass on to `scanner`."""
        self._scanner = scanner
        self.there = there
        self.asked = 0

    def scan(self, content: bytes) -> Verdict:
        """See `AttachmentScanner`."""
        self.asked += 1
        if not self.there:
            raise Unavailable("the scanner is away")
        return self._scanner.scan(content)

    def ping(self) -> None:
        """See `AttachmentScanner`."""
        if not self.there:
            raise Unavailable("the scanner is away")


class HangingScanner:
    """Answers nothing until it is let go, and says when somebody has begun to wait for it."""

    def __init__(self) -> None:
        """Hang from the first file on."""
        self.asked = threading.Event()
        self.let_go = threading.Event()

    def scan(self, content: bytes) -> Verdict:
        """See `AttachmentScanner`."""
        self.asked.set()
        self.let_go.wait(60)
        raise Unavailable("the scanner did not answer")

    def ping(self) -> None:
        """See `AttachmentScanner`."""
        raise Unavailable("the scanner does not answer")


def asking(twin: ClamdTwin, *, seconds: int = 10) -> ClamdScanner:
    """Return the connector, asking a twin of the daemon."""
    return ClamdScanner(Protection(scanner_address=twin.address, scanner_seconds=seconds))


def open_scanning_house(settings: Settings, scanner: AttachmentScanner | None, *, clock: Clock | None = None) -> House:
    """Open a house that has files scanned by `scanner`, or by nothing, and start none of its background work."""
    engines = shared_engines()
    chosen = "clamd" if scanner is not None else ""
    protection = msgspec.structs.replace(settings.protection, scanner=chosen)
    settings = msgspec.structs.replace(settings, demo=scanner is not None, protection=protection)
    connectors = dict(engines.plugins.connectors) | ({} if scanner is None else {"clamd": scanner})
    plugins = msgspec.structs.replace(engines.plugins, connectors=connectors)
    return open_test_house(settings, clock=clock, engines=msgspec.structs.replace(engines, plugins=plugins))
