"""A real receiver of webhooks on loopback, with an implementation of the standard's verification of its own.

It is written from https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md and shares
no line with the product: a mistake in one of them is seen by the other.
"""

import hmac
import json
import socket
import ssl
import threading
import time
from base64 import standard_b64decode, standard_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Unverified(Exception):
    """The message is not from whom it claims to be, or too old."""


def verified(secret: str, headers: Mapping[str, str], body: bytes, *, tolerance: float = 300.0) -> Any:
    """The content of a message that was signed with the secret. Raises `Unverified`."""
    key = standard_b64decode(secret[len("whsec_") :])
    stamp = headers["webhook-timestamp"]
    if abs(time.time() - int(stamp)) > tolerance:
        raise Unverified("too old, or from the future")
    content = b".".join((headers["webhook-id"].encode(), stamp.encode(), body))
    wanted = standard_b64encode(hmac.digest(key, content, "sha256"))
    for one in headers["webhook-signature"].split(" "):
        version, _, signature = one.partition(",")
        if version == "v1" and hmac.compare_digest(signature.encode(), wanted):
            return json.loads(body)
    raise Unverified("no signature fits")


@dataclass
class Request:
    """What came."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What a receiver heard, and how it answers: a status, or something of its own that writes to the socket.

    It can be read (GET) only while it `shows` something.
    """

    url: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    behave: Callable[[socket.socket], None] | None = None
    shows: bytes | None = None
    requests: list[Request] = field(default_factory=list)
    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    server: ThreadingHTTPServer | None = None

    def speak_tls(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on."""
        assert self.server is not None
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)

    def wait(self, count: int = 1, *, seconds: float = 20.0) -> list[Request]:
        """What came, once so many more have."""
        for _ in range(count):
            assert self.came.acquire(timeout=seconds), f"{len(self.requests)} came"
        return self.requests


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Serve a receiver on a free loopback port."""
    heard = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            heard.requests.append(Request({name.lower(): value for name, value in self.headers.items()}, body))
            heard.came.release()
            if heard.behave is not None:
                heard.behave(self.connection)
                self.close_connection = True
                return
            self.send_response(heard.status)
            for name, value in heard.headers.items():
                self.send_header(name, value)
            shown = heard.shows if self.command == "GET" and heard.shows is not None else b""
            self.send_header("content-length", str(len(shown)))
            self.end_headers()
            self.wfile.write(shown)

        def do_GET(self) -> None:
            if heard.shows is None:
                self.send_error(501)
            else:
                self.do_POST()

        def do_HEAD(self) -> None:
            self.do_POST()

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_where: object) -> None:
            """Say nothing: that the other side goes away is what some tests want."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    heard.server = server
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    heard.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    try:
        yield heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
