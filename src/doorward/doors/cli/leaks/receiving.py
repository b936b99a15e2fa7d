"""A receiver of webhooks for the scratch house: it keeps all that it is told."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from doorward.doors.cli.leaks.calling import Ear

HOST: Final = "127.0.0.1"
"""Where it listens; the scratch house's settings name it, for it is no public address."""
SINK: Final = "webhooks"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: the house that tells it something dies by a fault in the end."""


@contextlib.contextmanager
def receiving(ear: Ear) -> Iterator[str]:
    """Listen until the block ends, and give the address to tell it to."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", "0"))
            ear.hear(SINK, bytes(self.headers) + b"\n" + self.rfile.read(length) + b"\n")
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
            """Say nothing."""

    server = _Server((HOST, 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, name="leaks-receiver", daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
