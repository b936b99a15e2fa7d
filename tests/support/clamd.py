"""A twin of ClamAV's daemon, written from the clamd(8) manual, that can also be slow, lie, break off or be small."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from doorward.plugins.connectors.eicar_demonstration.plugin import EICAR

VERSION: Final = b"ClamAV 1.4.6/27800/Sat Nov 28 09:12:44 2026"
NAME: Final = "Win.Test.EICAR_HDB-1"

Behaviour = Callable[["ClamdTwin", socket.socket, bytes], None]
"""What the twin does with a connection on which a command has come."""


class ClamdTwin:
    """Answers one command a connection. `stream_limit` is its StreamMaxLength; `scanned` are the files it was sent."""

    def __init__(self, listener: socket.socket, address: str) -> None:
        """Serve `listener`, known as `address`."""
        self.address = address
        self.behaviour: Behaviour = ClamdTwin.behave
        self.stream_limit = 25 * 2**20
        self.scanned: list[bytes] = []
        self._listener = listener
        self._ending = threading.Event()

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._meet, args=(line,), daemon=True).start()

    def close(self) -> None:
        """Stop serving and let go of those whom it keeps waiting."""
        self._ending.set()
        # Closing alone would not wake an `accept`.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def keep_waiting(self) -> None:
        """Say nothing until the test is over."""
        self._ending.wait(30)

    def behave(self, line: socket.socket, command: bytes) -> None:
        """Do as the manual says."""
        if command == b"PING":
            line.sendall(b"PONG\0")
        elif command == b"VERSION":
            line.sendall(VERSION + b"\0")
        elif command == b"INSTREAM":
            self._scan(line)
        else:
            line.sendall(b"UNKNOWN COMMAND\0")

    def _meet(self, line: socket.socket) -> None:
        with line:
            try:
                self.behaviour(self, line, _command(line))
            except OSError:
                return  # the other side has gone: nothing to answer any more

    def _scan(self, line: socket.socket) -> None:
        content = b""
        while length := struct.unpack("!L", _exactly(line, 4))[0]:
            if len(content) + length > self.stream_limit:
                line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
            content += _exactly(line, length)
        self.scanned.append(content)
        line.sendall(f"stream: {NAME} FOUND\0".encode() if EICAR in content else b"stream: OK\0")


def answering(answer: bytes) -> Behaviour:
    """Return a behaviour that hears a file to its end and then says `answer`, whatever it was."""

    def behave(twin: ClamdTwin, line: socket.socket, command: bytes) -> None:
        if command != b"INSTREAM":
            twin.behave(line, command)
            return
        while length := struct.unpack("!L", _exactly(line, 4))[0]:
            _exactly(line, length)
        line.sendall(answer)

    return behave


def silent(twin: ClamdTwin, _line: socket.socket, _command: bytes) -> None:
    """Hear everything and never answer."""
    twin.keep_waiting()


def dripping(_twin: ClamdTwin, line: socket.socket, _command: bytes) -> None:
    """Answer without an end, a byte at a time: each is in time, together they are not."""
    while True:
        line.sendall(b" ")
        threading.Event().wait(0.02)


def hasty(twin: ClamdTwin, line: socket.socket, command: bytes) -> None:
    """Call a file clean before any of it was sent, and read none of it."""
    if command == b"INSTREAM":
        line.sendall(b"stream: OK\0")
        twin.keep_waiting()
    else:
        twin.behave(line, command)


def leaving(twin: ClamdTwin, line: socket.socket, command: bytes) -> None:
    """Hang up in the middle of a file."""
    if command == b"INSTREAM":
        _exactly(line, 8)
    else:
        twin.behave(line, command)


@contextmanager
def clamd_twin(folder: Path | None = None) -> Iterator[ClamdTwin]:
    """Run a twin until the end of the block: on a free loopback port, or on a Unix socket below `folder`."""
    if folder is None:
        listener = socket.create_server(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    else:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(folder / "clamd.ctl"))
        listener.listen()
        address = f"unix://{folder / 'clamd.ctl'}"
    twin = ClamdTwin(listener, address)
    thread = threading.Thread(target=twin.serve, name="clamd", daemon=True)
    thread.start()
    try:
        yield twin
    finally:
        twin.close()
        thread.join(timeout=10)


def _command(line: socket.socket) -> bytes:
    """Return the command in a line that begins with z and ends with NUL, without either."""
    heard = b""
    while not heard.endswith(b"\0"):
        heard += _exactly(line, 1)
    return heard.removeprefix(b"z")[:-1] if heard.startswith(b"z") else b""


def _exactly(line: socket.socket, count: int) -> bytes:
    heard = b""
    while len(heard) < count:
        some = line.recv(count - len(heard))
        if not some:
            raise OSError("the other side has gone")
        heard += some
    return heard
