"""A real web site on loopback, to which links may lead: pages by path, and what was asked of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Site:
    """Where it is, what stands where (a status, or where it leads on to), and the methods and paths that were asked."""

    url: str = ""
    pages: dict[str, int | str] = field(default_factory=dict)
    no_head: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b"hello"


@contextmanager
def site() -> Iterator[Site]:
    """Serve a site on a free loopback port."""
    served = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, *, with_body: bool) -> None:
            served.asked.append((self.command, self.path))
            page = served.pages.get(self.path, 404)
            refuses = served.no_head and self.command == "HEAD"
            self.send_response(405 if refuses else page if isinstance(page, int) else 302)
            if isinstance(page, str):
                self.send_header("location", page)
            self.send_header("content-length", str(len(served.body)))
            self.end_headers()
            if with_body:
                self.wfile.write(served.body)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_where: object) -> None:
            """Say nothing: who only looks goes away in the middle of a page."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
