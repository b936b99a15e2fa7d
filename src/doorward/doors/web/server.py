"""The server: uvicorn, started by us, stopped without waiting for streams that never end."""

import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any, Final

import msgspec
import uvicorn
from litestar import Litestar

from doorward.bootstrap import House
from doorward.doors.web.app import make_app, stop_streams
from doorward.doors.web.door import SignInHint
from doorward.doors.web.server_address import is_loopback
from doorward.kit.logging import get_logger
from doorward.kit.settings import Server as ServerSettings
from doorward.vocabulary.errors import Misconfigured

log = get_logger("web.server")

GRACE_SECONDS: Final = 5
"""How long requests in hand may take once the server was asked to stop."""


_BACKLOG: Final = 2048


def refuse_bare_network(server: ServerSettings) -> None:
    """Raise `Misconfigured` when the server would speak plain HTTP to a network."""
    if server.tls_cert or server.behind_proxy or is_loopback(server.host):
        return
    raise Misconfigured(
        f"listening on {server.host} without TLS would send everything in the clear: give --tls-cert and --tls-key, "
        "or --behind-proxy if a proxy in front speaks TLS, or listen on 127.0.0.1"
    )


class _Server(uvicorn.Server):
    """Uvicorn's server, except that it ends streams first, and that a signal ends it without being raised again.

    Uvicorn raises a caught signal once more after its shutdown; then nobody could close the house.
    """

    def __init__(self, config: uvicorn.Config, app: Litestar) -> None:
        super().__init__(config)
        self._app = app
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        stop_streams(self._app)
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)


class WebServer:
    """One listening web server. The socket is bound at once, so that port 0 has a number before anything is served."""

    def __init__(self, house: House, *, hints: Sequence[SignInHint] = (), port: int | None = None) -> None:
        """Bind the address of the house's settings, at another port if one is given. Raises `Misconfigured`."""
        settings = house.settings.server
        if port is not None:
            settings = msgspec.structs.replace(settings, port=port)
        refuse_bare_network(settings)
        self._settings = settings
        _quiet_uvicorn()
        app = make_app(house, hints=hints)
        self._socket = _bind(settings)
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # the app reads them itself, and only from a proxy
            ssl_certfile=settings.tls_cert or None,
            ssl_keyfile=settings.tls_key or None,
            timeout_graceful_shutdown=GRACE_SECONDS,
            lifespan="on",
        )
        self._server = _Server(config, app)

    @property
    def url(self) -> str:
        """Return the address for a browser on this computer."""
        scheme = "https" if self._settings.tls_cert else "http"
        host = self._settings.host
        host = "127.0.0.1" if host in {"0.0.0.0", ""} else "[::1]" if host == "::" else host  # noqa: S104 - compared
        return f"{scheme}://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{self.port}"

    def run(self, *, ready: Callable[[], None] | None = None) -> None:
        """Serve until SIGINT, SIGTERM or `stop`; `ready` is called from another thread once requests are answered."""
        if ready is not None:
            call = ready
            threading.Thread(target=lambda: self._server.ready.wait() and call(), name="web-ready", daemon=True).start()
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()

    def wait_ready(self, seconds: float) -> bool:
        """Wait until requests are answered; return whether they are."""
        return self._server.ready.wait(seconds)

    def stop(self) -> None:
        """Ask the server to stop; from any thread."""
        self._server.should_exit = True

    def close(self) -> None:
        """Give the address back without having served."""
        self._socket.close()


def serve(
    house: House,
    *,
    ready: Callable[[str], None] | None = None,
    sign_ins: Sequence[tuple[str, str, str]] = (),
) -> None:
    """Serve the house until SIGINT or SIGTERM; `ready(url)` is called once requests are answered.

    `sign_ins` are (company, user name, password), shown on the demonstration's pages. Raises `Misconfigured` when the
    address cannot be used, or must not be.
    """
    hints = [SignInHint(company=company, username=name, password=word) for company, name, word in sign_ins]
    server = WebServer(house, hints=hints)
    server.run(ready=None if ready is None else lambda: ready(server.url))


def _bind(settings: ServerSettings) -> socket.socket:
    host = settings.host.strip("[]")
    try:
        found = socket.getaddrinfo(host or None, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return _listen(found[0])
    except OSError as error:
        raise Misconfigured(
            f"cannot listen on {settings.host} port {settings.port} ({error.strerror or 'no such address'}): "
            "is another program using it? --port chooses another, --port 0 a free one"
        ) from error


def _listen(found: Any) -> socket.socket:
    """Return a socket that has the address for itself: only listening makes another program's attempt fail."""
    family, kind, protocol, _, address = found
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(_BACKLOG)
    except OSError:
        bound.close()
        raise
    return bound


class _Events(logging.Handler):
    """Uvicorn's own warnings as events: that something was wrong, without its text."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            error = record.exc_info[1] if record.exc_info else None
            log.error("web.server.error", file=record.filename, line=record.lineno, exc_info=error)
        else:
            log.info("web.server.warning", file=record.filename, line=record.lineno)


def _quiet_uvicorn() -> None:
    for name in ("uvicorn.error", "uvicorn.asgi"):
        logger = logging.getLogger(name)
        logger.handlers = [_Events(logging.WARNING)]
        logger.propagate = False
        logger.setLevel(logging.WARNING)
    # Addresses carry what people sent; counters and events tell operators what they need.
    access = logging.getLogger("uvicorn.access")
    access.handlers = []
    access.propagate = False
