"""What every scanner of files promises, and what clamd's connector makes of a daemon that does not keep its own."""

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from doorward.bootstrap import chosen_scanner, load_plugins
from doorward.kit.clock import SystemClock
from doorward.kit.settings import Protection, Settings
from doorward.plugins.connectors.clamd.plugin import ClamdScanner
from doorward.plugins.connectors.eicar_demonstration.plugin import EICAR
from doorward.protection import AttachmentScanner
from doorward.vocabulary.errors import Misconfigured, Unavailable
from tests.support.clamd import (
    NAME,
    VERSION,
    Behaviour,
    ClamdTwin,
    answering,
    clamd_twin,
    dripping,
    hasty,
    leaving,
    silent,
)
from tests.support.scanning import asking

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
LARGEST = 4_194_304
SCANNERS = sorted(
    name
    for name, part in load_plugins(Settings(), clock=SystemClock(), kinds=("connector",)).connectors.items()
    if isinstance(part, AttachmentScanner)
)
"""The connectors that scan, found by discovery."""


@pytest.fixture
def twin() -> Iterator[ClamdTwin]:
    """A daemon that keeps the protocol, on a loopback port."""
    with clamd_twin() as running:
        yield running


@pytest.fixture(params=[*(name for name in SCANNERS if name != "clamd"), "clamd by TCP", "clamd by Unix socket"])
def scanner(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AttachmentScanner]:
    """Each scanner, with something real behind it."""
    if not request.param.startswith("clamd"):
        yield load_plugins(Settings(), clock=SystemClock(), kinds=("connector",)).connectors[request.param]
        return
    with clamd_twin(tmp_path if "Unix" in request.param else None) as running:
        yield asking(running)


# -- every scanner -----------------------------------------------------------------------------------------------------


def test_the_scanners_are_found() -> None:
    """Both that come with Doorward lie in their places."""
    assert SCANNERS == ["clamd", "eicar_demonstration"]


@pytest.mark.parametrize("content", [b"", PNG, PNG * 200, b"stream: OK\0", bytes(LARGEST)], ids=len)
def test_a_harmless_file_is_clean(scanner: AttachmentScanner, content: bytes) -> None:
    """Whatever its size or bytes are, and the verdict says by what."""
    verdict = scanner.scan(content)
    assert (verdict.state, verdict.finding) == ("clean", "")
    assert verdict.version


@pytest.mark.parametrize("content", [EICAR, PNG + EICAR, bytes(LARGEST - len(EICAR)) + EICAR], ids=len)
def test_the_test_file_is_infected(scanner: AttachmentScanner, content: bytes) -> None:
    """Wherever it stands; the finding has a name that can be shown."""
    verdict = scanner.scan(content)
    assert verdict.state == "infected"
    assert verdict.finding.isascii()
    assert verdict.finding.isprintable()


def test_a_scanner_that_works_says_so(scanner: AttachmentScanner) -> None:
    """A ping returns."""
    scanner.ping()


# -- clamd -------------------------------------------------------------------------------------------------------------


def test_the_daemon_gets_every_byte_once(twin: ClamdTwin) -> None:
    """A file of many chunks arrives as it is, and finding and signatures are told by their names."""
    content = bytes(range(256)) * 700 + EICAR
    verdict = asking(twin).scan(content)
    assert twin.scanned == [content]
    assert (verdict.finding, verdict.version) == (NAME, VERSION.decode())


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"stream: OK",
        b"OK\0",
        b"stream: OK\0stream: Evil FOUND\0",
        b"stream: OK\n\0",
        b"\0stream: OK\0",
        b"stream: \0",
        b"stream: Evil\x1b[2J FOUND\0",
        b"stream: a b FOUND\0",
        b"stream: Can't allocate memory ERROR\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"INSTREAM: Can't write to temporary file. ERROR\0",
        b"COMMAND READ TIMED OUT\0",
        b"UNKNOWN COMMAND\0",
        b"x" * 5000 + b"\0",
        b"stream: " + b"x" * 300 + b" FOUND\0",
    ],
    ids=lambda answer: repr(answer[:30]),
)
def test_an_answer_that_is_not_plain_is_no_verdict(twin: ClamdTwin, answer: bytes) -> None:
    """Errors, halves, doubles, names that could hurt a reader: none of it makes a file clean, or infected."""
    twin.behaviour = answering(answer)
    with pytest.raises(Unavailable):
        asking(twin).scan(PNG)


@pytest.mark.parametrize("behaviour", [silent, dripping, leaving, hasty], ids=lambda one: one.__name__)
def test_a_daemon_that_is_slow_or_breaks_off_is_no_verdict(twin: ClamdTwin, behaviour: Behaviour) -> None:
    """Silence, a byte now and then, hanging up and judging early all end, in the time that was given."""
    twin.behaviour = behaviour
    with pytest.raises(Unavailable):
        asking(twin, seconds=1).scan(bytes(LARGEST))


def test_a_file_that_is_too_large_for_the_daemon_is_no_verdict(twin: ClamdTwin) -> None:
    """The daemon's own limit is told by its name where its answer arrives; its hanging up alone is enough not to."""
    for limit in (1000, 70_000):
        twin.stream_limit = limit
        with pytest.raises(Unavailable, match="clamd"):
            asking(twin).scan(bytes(LARGEST))
    twin.behaviour = answering(b"INSTREAM size limit exceeded. ERROR\0")
    with pytest.raises(Unavailable, match="StreamMaxLength"):
        asking(twin).scan(PNG)


def test_a_line_that_is_reset_is_no_verdict(twin: ClamdTwin) -> None:
    """A reset instead of an end."""

    def reset(_twin: ClamdTwin, line: socket.socket, _command: bytes) -> None:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    twin.behaviour = reset
    with pytest.raises(Unavailable):
        asking(twin).scan(PNG)
    with pytest.raises(Unavailable):
        asking(twin).ping()


def test_a_daemon_that_is_not_there_is_unavailable(free_port: int, tmp_path: Path) -> None:
    """Nobody at the port, and no socket in the folder; neither place is told in the error."""
    for address in (f"tcp://127.0.0.1:{free_port}", f"unix://{tmp_path}/none.ctl"):
        absent = ClamdScanner(Protection(scanner_address=address))
        for ask in (absent.ping, lambda absent=absent: absent.scan(PNG)):
            with pytest.raises(Unavailable) as trouble:
                ask()
            assert str(tmp_path) not in str(trouble.value)


@pytest.mark.parametrize(
    "address",
    ["", "clamd", "tcp://", "tcp://127.0.0.1", "tcp://127.0.0.1:99999", "http://127.0.0.1:1", "unix://", "unix://a/b"],
)
def test_an_address_that_is_none_stops_the_start(address: str) -> None:
    """The sentence names the setting."""
    with pytest.raises(Misconfigured, match="scanner_address"):
        ClamdScanner(Protection(scanner_address=address))


@pytest.mark.parametrize("host", ["192.0.2.7", "[2001:db8::7]", "clamd.example"])
def test_files_leave_the_machine_only_with_leave(host: str) -> None:
    """Clamd knows no encryption: another machine must be allowed by name."""
    address = f"tcp://{host}:3310"
    with pytest.raises(Misconfigured, match="scanner_unencrypted"):
        ClamdScanner(Protection(scanner_address=address))
    ClamdScanner(Protection(scanner_address=address, scanner_unencrypted=True))


# -- the choice --------------------------------------------------------------------------------------------------------


def choose(name: str, *, demo: bool = False) -> str:
    """The id of the scanner that these settings choose, empty for none."""
    settings = Settings(demo=demo, protection=Protection(scanner=name))
    chosen = chosen_scanner(load_plugins(settings, clock=SystemClock(), kinds=("connector",)), settings)
    return "" if chosen is None else chosen[0]


def test_no_scanner_is_chosen_by_itself() -> None:
    """Nothing scans unless somebody says so; the demonstration has its own."""
    assert (choose(""), choose("clamd"), choose("", demo=True)) == ("", "clamd", "eicar_demonstration")


@pytest.mark.parametrize("name", ["smtp", "nothing", "eicar_demonstration"])
def test_what_is_no_scanner_stops_the_start(name: str) -> None:
    """A mailer, nothing at all, and the demonstration's outside the demonstration are refused with a sentence."""
    with pytest.raises(Misconfigured, match=r"protection\.scanner"):
        choose(name)
