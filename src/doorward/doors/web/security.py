"""What every request passes and every response carries: hosts, forwarded addresses, slow bodies, security headers."""

import asyncio
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from doorward.kit.crypto import keyed_hash
from doorward.kit.settings import Settings
from doorward.vocabulary.errors import Malformed, NotAllowed, Slow, WrongHost

BODY_SECONDS: Final = 20.0
"""A body of at most 64 KiB that takes longer comes from a link that no chat can be had over."""

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DATA_POLICY: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

_SINCE_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"accelerometer=(), camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()",
    ),
)
_TRANSPORT: Final = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")
_LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_CSRF_BYTES: Final = 32


class Guard:
    """Security that the settings decide: is the way in encrypted, whom do we believe about addresses, who are we."""

    def __init__(self, settings: Settings, *, tenant_hosts: Callable[[], frozenset[str]] = frozenset) -> None:
        """Read the settings once; `tenant_hosts` tells by which host names tenants are known as of now."""
        server = settings.server
        self.encrypted = bool(server.tls_cert) or server.behind_proxy
        self.behind_proxy = server.behind_proxy
        self._hosts = _own_hosts(settings)
        self._tenant_hosts = tenant_hosts

    @property
    def cookie_prefix(self) -> str:
        """Return what cookie names begin with: `__Host-` (RFC 6265bis) needs a secure connection."""
        return "__Host-" if self.encrypted else ""

    def check_host(self, host: str) -> None:
        """Raise `WrongHost` for a host that this installation is not known by: a rebound DNS name is one."""
        name = host_name(host)
        if self._hosts and name not in self._hosts and name not in self._tenant_hosts():
            raise WrongHost("this installation is not known by that host name")

    def response_headers(self) -> Iterable[tuple[bytes, bytes]]:
        """Return what every response carries."""
        return (*_SINCE_ALWAYS, _TRANSPORT) if self.encrypted else _SINCE_ALWAYS


def _own_hosts(settings: Settings) -> frozenset[str]:
    """Return the host names that requests may name; none means any, for we cannot know them."""
    server = settings.server
    public = urlsplit(server.public_url).netloc
    if public:
        return _LOOPBACK_NAMES | {host_name(public)}
    if server.host in {"127.0.0.1", "localhost", "::1"} and not server.behind_proxy:
        return _LOOPBACK_NAMES
    return frozenset()


def host_name(host: str) -> str:
    """Return a host header without its port, in lower case."""
    name = host.strip().lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0]


def entry_middleware(guard: Guard) -> Any:
    """Return the middleware that every routed request passes first."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def enter(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP:
                await app(scope, receive, send)
                return
            headers = dict(scope["headers"])
            if guard.behind_proxy:
                _believe_proxy(scope, headers)
            guard.check_host(headers.get(b"host", b"").decode("latin-1"))
            _require_readable(scope)
            await app(scope, _in_time(receive), send)

        return enter

    return wrap


def _believe_proxy(scope: Any, headers: dict[bytes, bytes]) -> None:
    """Take sender, scheme and host from the nearest proxy's headers.

    The last address of `X-Forwarded-For` is the one that this proxy saw; those before it anybody may have written.
    """
    address = headers.get(b"x-forwarded-for", b"").decode("latin-1").rpartition(",")[2].strip()
    if address:
        scope["client"] = (address[:64], 0)
    scheme = headers.get(b"x-forwarded-proto", b"").decode("latin-1").rpartition(",")[2].strip().lower()
    if scheme in {"http", "https"}:
        scope["scheme"] = scheme
    host = headers.get(b"x-forwarded-host", b"").rpartition(b",")[2].strip()
    if host:
        headers[b"host"] = host
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"host"] + [(b"host", host)]


def _require_readable(scope: Any) -> None:
    try:
        scope["query_string"].decode("utf-8")
        scope["path"].encode("utf-8")
    except UnicodeError:
        raise Malformed("the address is not UTF-8") from None
    if "\x00" in scope["path"]:
        raise Malformed("the address holds a NUL")


def _in_time(receive: Receive) -> Receive:
    """Wrap `receive` so that the whole body must arrive within `BODY_SECONDS`."""
    state = {"left": BODY_SECONDS, "complete": False}

    async def limited() -> Any:
        if state["complete"]:
            return await receive()
        loop = asyncio.get_running_loop()
        before = loop.time()
        try:
            message = await asyncio.wait_for(receive(), timeout=state["left"])
        except TimeoutError:
            raise Slow("the body took too long") from None
        state["left"] = max(0.001, state["left"] - (loop.time() - before))
        state["complete"] = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    return limited


def header_hook(guard: Guard) -> Any:
    """Return the hook that adds the security headers to every response, errors included."""
    always = list(guard.response_headers())

    async def add(message: Message, _scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        headers = list(message["headers"])
        present = {name.lower() for name, _ in headers}
        content = next((value for name, value in headers if name.lower() == b"content-type"), b"")
        policy = PAGE_POLICY if content.startswith(b"text/html") else DATA_POLICY
        wanted = [
            *always,
            (b"content-security-policy", policy.encode()),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"cache-control", b"no-store"),
        ]
        headers += [(name, value) for name, value in wanted if name not in present]
        message["headers"] = headers

    return add


# -- who asked: forms of this site, and no other ----------------------------------------------------------------------


def own_origin(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the origin (RFC 6454) under which the browser sees us."""
    return f"{connection.scope['scheme']}://{connection.headers.get('host', '').lower()}"


def require_same_site(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Raise `NotAllowed` unless a page of ours made this request, by what the browser says of it.

    Browsers send `Origin` with every POST, and `Sec-Fetch-Site` since 2023; a request with neither is no browser's.
    """
    site = connection.headers.get("sec-fetch-site")
    origin = connection.headers.get("origin")
    if site is not None and site not in {"same-origin", "none"}:
        raise NotAllowed("the request comes from another site")
    if origin is not None and origin.lower() != own_origin(connection):
        raise NotAllowed("the request comes from another origin")
    if site is None and origin is None:
        raise NotAllowed("the request does not say where it comes from")


def issue_csrf(session_token: str) -> str:
    """Return a form token for a session: another text each time, so that compressed pages tell nothing (BREACH)."""
    pad = secrets.token_bytes(_CSRF_BYTES)
    return urlsafe_b64encode(pad + _xor(pad, _csrf_secret(session_token))).decode().rstrip("=")


def check_csrf(session_token: str, given: str) -> None:
    """Raise `NotAllowed` unless `given` is a form token of this session."""
    try:
        raw = urlsafe_b64decode(given[:200] + "=" * (-len(given[:200]) % 4))
    except (NotBase64, ValueError):
        raw = b""
    pad, masked = raw[:_CSRF_BYTES], raw[_CSRF_BYTES:]
    if len(masked) != _CSRF_BYTES or not hmac.compare_digest(_xor(pad, masked), _csrf_secret(session_token)):
        raise NotAllowed("the form token is missing or of another session")


def _csrf_secret(session_token: str) -> bytes:
    return keyed_hash(session_token.encode("utf-8", "replace"), b"doorward.csrf")


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
