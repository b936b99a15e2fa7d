"""A running web server over a test's house, on a free port, and those who come to it."""

import contextlib
import ssl
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from doorward.bootstrap import House
from doorward.doors.web.server import WebServer
from doorward.identity import Tenant
from doorward.kit.logging import configure
from tests.support.house import PASSWORD

NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Whom clients of a server without TLS trust. Reading whom the world trusts takes longer than all they ask for."""

START_SECONDS = 30.0
STOP_SECONDS = 20.0


@contextlib.contextmanager
def serving(house: House, *, port: int = 0) -> Iterator[str]:
    """Serve `house` from a thread and give the address, at a free port or this one; the house stays open afterwards."""
    configure(level="error")
    server = WebServer(house, port=port)
    thread = threading.Thread(target=server.run, name="web", daemon=True)
    thread.start()
    try:
        assert server.wait_ready(START_SECONDS), "the server did not start"
        yield server.url
    finally:
        server.stop()
        thread.join(STOP_SECONDS)
        assert not thread.is_alive(), "the server did not stop"


@pytest.fixture
def url(house: House) -> Iterator[str]:
    """The address of a server over the test's house."""
    with serving(house) as address:
        yield address


class WebVisitor:
    """Somebody at a tenant's web chat, by HTTP like the widget."""

    def __init__(self, client: httpx.Client, tenant: Tenant, *, language: str) -> None:
        """Open the chat."""
        self.client = client
        answer = client.post("/c/webchat/visits", json={"widget_key": tenant.widget_key, "language": language})
        answer.raise_for_status()
        self.visit: dict[str, Any] = answer.json()
        client.headers["authorization"] = f"Bearer {self.visit['token']}"
        self.sent = 0

    @property
    def conversation_id(self) -> str:
        """Return the conversation's id."""
        return str(self.visit["conversation_id"])

    def say(self, text: str) -> dict[str, Any]:
        """Say something and return how it was acknowledged."""
        self.sent += 1
        answer = self.client.post("/c/webchat/messages", json={"id": f"m{self.sent}", "text": text})
        answer.raise_for_status()
        return dict(answer.json())

    def wait_for_answer(self, *, seconds: float = 20) -> None:
        """Wait until what was said last is answered: on a busy machine it is acknowledged before it is understood."""
        until = time.monotonic() + seconds
        while self.entries()["entries"][-1]["author"] == "customer":
            assert time.monotonic() < until, "no answer came"
            time.sleep(0.05)

    def wait_to_hear(self, text: str, *, seconds: float = 20) -> None:
        """Wait until somebody says something: what an agent sends waits a moment, so that they can undo it."""
        until = time.monotonic() + seconds
        while text not in self.heard():
            assert time.monotonic() < until, f"nobody said: {text}"
            time.sleep(0.05)

    def ask_for_person(self) -> str:
        """Ask for a person and return the conversation's state."""
        answer = self.client.post("/c/webchat/person", json={"id": f"p{self.sent}"})
        answer.raise_for_status()
        return str(answer.json()["state"])

    def entries(self) -> dict[str, Any]:
        """Return how the conversation stands and all that was said."""
        return dict(self.client.get("/c/webchat/entries").json())

    def heard(self) -> list[str]:
        """Return what was said to the visitor so far."""
        return [entry["text"] for entry in self.entries()["entries"] if entry["author"] != "customer"]


class Guests:
    """Everybody who comes to the server by plain HTTP."""

    def __init__(self, url: str) -> None:
        """Come to `url`."""
        self.url = url
        self._clients: list[httpx.Client] = []

    def client(self, **wishes: Any) -> httpx.Client:
        """Return a client of nobody in particular."""
        client = httpx.Client(base_url=self.url, timeout=30, verify=NOBODY, **wishes)
        self._clients.append(client)
        return client

    def visitor(self, tenant: Tenant, *, language: str = "en") -> WebVisitor:
        """Return somebody who has just opened a tenant's chat."""
        return WebVisitor(self.client(), tenant, language=language)

    def member(self, username: str, *, company: str = "halden") -> httpx.Client:
        """Return a member of staff with a session; every change carries its form token."""
        client = self.client(headers={"origin": self.url})
        form = {"company": company, "username": username, "password": PASSWORD, "next": "/desk/"}
        answer = client.post("/desk/sign-in", data=form)
        assert answer.status_code == 303, answer.text
        client.headers["x-csrf-token"] = client.get("/api/v1/me").json()["csrf"]
        return client

    def leave(self) -> None:
        """Close all connections."""
        for client in self._clients:
            client.close()


@pytest.fixture
def guests(url: str) -> Iterator[Guests]:
    """Those who come to the test's server."""
    everybody = Guests(url)
    yield everybody
    everybody.leave()
