"""Files are scanned by ClamAV's daemon, as the clamd(8) manual describes its protocol."""

import contextlib
import re
import select
import socket
import struct
import time
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final, Protocol
from urllib.parse import urlsplit

from doorward.kit.settings import Protection, Settings
from doorward.protection.ports import AttachmentScanner, Verdict
from doorward.vocabulary.errors import Misconfigured, Unavailable

CHUNK: Final = 65_536
"""Bytes of a chunk. clamd limits the stream as a whole (`StreamMaxLength`), and a chunk to 32 bits of length."""

LONGEST_ANSWER: Final = 2048
"""Bytes. A name of a signature has a few dozen characters, a version less than a hundred."""

_END: Final = struct.pack("!L", 0)
_FOUND: Final = re.compile(rb"stream: ([\x21-\x7e]{1,200}) FOUND")
_VERSION: Final = re.compile(rb"ClamAV [\x20-\x7e]{1,100}")


class ClamdScanner:
    """Asks one question a connection: files are few, and a connection that is kept would have to be watched."""

    def __init__(self, settings: Protection) -> None:
        """Ask at `settings.scanner_address`, and wait `settings.scanner_seconds` in all.

        Raises `Misconfigured` for an address that is none, and for another machine's without leave.
        """
        self._seconds = settings.scanner_seconds
        self._family, self._address = _address(settings)

    def scan(self, content: bytes) -> Verdict:
        """See `AttachmentScanner`."""
        deadline = time.monotonic() + self._seconds
        version = self._version(deadline)
        answer = self._ask(b"zINSTREAM\0", deadline, content=content)
        if answer == b"stream: OK":
            return Verdict(state="clean", version=version)
        found = _FOUND.fullmatch(answer)
        if found is not None:
            return Verdict(state="infected", finding=found.group(1).decode("ascii"), version=version)
        if answer.startswith(b"INSTREAM size limit exceeded"):
            raise Unavailable("the file is larger than clamd's StreamMaxLength: raise it to limits.attachment_bytes")
        raise Unavailable("clamd could not scan the file")

    def ping(self) -> None:
        """See `AttachmentScanner`."""
        if self._ask(b"zPING\0", time.monotonic() + self._seconds) != b"PONG":
            raise Unavailable("clamd does not answer as it should")

    def _version(self, deadline: float) -> str:
        """Return engine, signatures and their date, as clamd tells them."""
        answer = self._ask(b"zVERSION\0", deadline)
        if not _VERSION.fullmatch(answer):
            raise Unavailable("clamd does not say which signatures it has")
        return answer.decode("ascii")

    def _ask(self, command: bytes, deadline: float, *, content: bytes | None = None) -> bytes:
        """Return the one answer to a command, without its end. Raises `Unavailable`."""
        try:
            with socket.socket(self._family, socket.SOCK_STREAM) as line:
                _wait_until(line, deadline)
                line.connect(self._address)
                line.sendall(command)
                if content is not None:
                    _send(line, content, deadline)
                return _answer(line, deadline)
        except OSError as error:
            # Nobody there, too slow, or gone in the middle. What it says may name a path: the type is enough.
            raise Unavailable(f"clamd: {type(error).__name__}") from None


def _send(line: socket.socket, content: bytes, deadline: float) -> None:
    """Send a file in chunks; stop where the other side speaks before it has heard everything, which then is no."""
    # A daemon that refuses a file closes its end, and its answer still waits to be read.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        for piece in _pieces(content):
            if select.select([line], [], [], 0)[0]:
                if line.recv(len(b"stream: OK"), socket.MSG_PEEK).startswith(b"stream: OK"):
                    raise Unavailable("clamd judged a file that it had not seen")
                return
            _wait_until(line, deadline)
            line.sendall(piece)


def _pieces(content: bytes) -> Iterator[bytes]:
    for at in range(0, len(content), CHUNK):
        chunk = content[at : at + CHUNK]
        yield struct.pack("!L", len(chunk)) + chunk
    yield _END


def _answer(line: socket.socket, deadline: float) -> bytes:
    """Return the answer: all that comes until the other side closes, with one NUL, at its end."""
    heard = b""
    while len(heard) <= LONGEST_ANSWER:
        _wait_until(line, deadline)
        some = line.recv(LONGEST_ANSWER)
        if not some:
            break
        heard += some
    if len(heard) > LONGEST_ANSWER or heard.find(b"\0") != len(heard) - 1:
        raise Unavailable("clamd broke off, or said more than one thing")
    return heard[:-1]


def _wait_until(line: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise Unavailable("clamd took too long")
    line.settimeout(left)


def _address(settings: Protection) -> tuple[socket.AddressFamily, str | tuple[str, int]]:
    """Return the socket's family and address. Raises `Misconfigured`."""
    wrong = "protection.scanner_address: write unix:///run/clamav/clamd.ctl or tcp://127.0.0.1:3310"
    try:
        parts = urlsplit(settings.scanner_address)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Misconfigured(wrong) from error
    if parts.scheme == "unix" and parts.path and not parts.netloc:
        return socket.AF_UNIX, parts.path
    if parts.scheme != "tcp" or not host or port is None:
        raise Misconfigured(wrong)
    if not settings.scanner_unencrypted and not _is_loopback(host):
        raise Misconfigured(
            "protection.scanner_address: clamd knows no encryption, so files go to a scanner on this machine only; "
            "allow another with protection.scanner_unencrypted"
        )
    return (socket.AF_INET6 if ":" in host else socket.AF_INET), (host, port)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class _Kit(Protocol):
    @property
    def settings(self) -> Settings: ...


def build(kit: _Kit) -> AttachmentScanner:
    """Return the scanner. Raises `Misconfigured` as `ClamdScanner` does."""
    return ClamdScanner(kit.settings.protection)
