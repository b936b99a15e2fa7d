"""The one exit: requests to addresses that somebody typed, kept away from everything that is not public.

A name is resolved once; if any of its addresses is not a public one, nothing is sent; else the connection goes to the
address that was looked at, whatever the name means a moment later (no DNS rebinding). What is sent follows no redirect;
who only looks whether a page is there follows a few, each of which is looked at in the same way. No proxy of the
environment is asked, answers are read to a limit, and all of it ends at one deadline.
"""

import contextlib
import functools
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import msgspec

LONGEST_ADDRESS: Final = 2000
_PIECE: Final = 16_384
MOST_HOPS: Final = 5
"""Redirects that are followed by who looks whether a page is there."""

_LOOKED_AT: Final = 4096
"""Bytes of a page that are read to see that it is there."""

_SAFE: Final = "/%:@!$&'()*+,;=~-._?[]"
_NAT64: Final = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48")))
"""Addresses that stand for an IPv4 address in their last four bytes (RFC 6052, RFC 8215)."""
_NEVER: Final = tuple(
    map(
        ipaddress.ip_network,
        ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "::/96", "fec0::/10", "3fff::/20", "5f00::/16"),
    )
)
"""Not the public network, though some versions of Python call them global: Azure's platform service, special
assignments of the IETF (metadata in Oracle's cloud), relays, what is obsolete (IANA's special-purpose registries)."""

Trouble = Literal[
    "address", "refused", "unresolved", "unreachable", "timeout", "tls", "redirect", "broken", "too_large"
]
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[..., Sequence[Any]]


class ExitRefused(Exception):
    """Nothing was sent, or no whole answer came. `trouble` is a code; no part of the address is in the sentence."""

    def __init__(self, trouble: Trouble) -> None:
        """Take the code."""
        super().__init__(f"the request was not answered: {trouble}")
        self.trouble: Trouble = trouble


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back: the status, and after how many seconds one may come again, if the other side said so."""

    status: int
    retry_after: int | None = None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody shows at an address: the status, the header fields line by line under small names, and the body."""

    status: int
    fields: Mapping[str, tuple[str, ...]]
    body: bytes

    def __repr__(self) -> str:
        """Show nothing of what came."""
        return "<Page>"


class Stream:
    """An answer that comes in pieces: its status, its media type in lower case, and the pieces, read once."""

    def __init__(
        self, response: http.client.HTTPResponse, *, largest: int, is_over: Callable[[], bool] = lambda: False
    ) -> None:
        """Give the pieces of an answer that is no longer than `largest` bytes, until it `is_over`."""
        self._is_over = is_over
        self.status = response.status
        self.media_type = response.getheader("content-type", "").partition(";")[0].strip().lower()
        self._response, self._largest = response, largest

    def __iter__(self) -> Iterator[bytes]:
        """Yield what comes as it comes. Raises `ExitRefused` (`too_large`), and what the connection raises."""
        read = 0
        while piece := self._response.read1(_PIECE):
            read += len(piece)
            if read > self._largest:
                raise ExitRefused("too_large")
            yield piece
        if self._is_over():  # a connection that was cut looks like one that ended
            raise ExitRefused("timeout")
        if self._response.length:
            raise ExitRefused("broken")


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """An address taken apart. `is_named` tells that the installation's settings name this host themselves."""

    secure: bool
    host: str
    port: int
    path: str
    is_named: bool


class Exit:
    """Sends small bodies to the outside. Thread-safe: every call has its own connection."""

    def __init__(
        self, *, named: str = "", seconds: float = 10.0, largest: int = 65_536, resolve: Resolve = socket.getaddrinfo
    ) -> None:
        """`named` are hosts, separated by commas, that may be anywhere and need no TLS."""
        self._named = frozenset(name.strip().lower() for name in named.split(",") if name.strip())
        self._seconds = seconds
        self._largest = largest
        self._resolve = resolve

    def target(self, url: str) -> Target:
        """Take an address apart; asks no network. Raises `ExitRefused` (`address`) for one that is never good."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            raise ExitRefused("address") from None
        named = host in self._named
        if not _is_plain(url, parts, host) or parts.scheme not in ({"https", "http"} if named else {"https"}):
            raise ExitRefused("address")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        secure = parts.scheme == "https"
        return Target(secure=secure, host=host, port=port or (443 if secure else 80), path=path, is_named=named)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send `body` and return what came back, whatever its status but a redirect. Raises `ExitRefused`."""
        with self._asked(url, body, headers, watch=_Deadline(self._seconds)) as response:
            return self._read(response)

    def get(self, url: str, headers: Mapping[str, str]) -> Page:
        """Return what an address shows, whatever its status but a redirect, as it was sent.

        Nothing is unpacked: what is packed nevertheless is `broken`, so that a few bytes never become many. Raises
        `ExitRefused`.
        """
        asked = {**headers, "Accept-Encoding": "identity"}
        with self._asked(url, None, asked, watch=_Deadline(self._seconds)) as response:
            if 300 <= response.status < 400:
                raise ExitRefused("redirect")
            if response.getheader("content-encoding", "identity").strip().lower() != "identity":
                raise ExitRefused("broken")
            body = response.read(self._largest + 1)
            if len(body) > self._largest:
                raise ExitRefused("too_large")
            if response.length:  # the connection ended before the answer did
                raise ExitRefused("broken")
            fields: dict[str, tuple[str, ...]] = {}
            for name, value in response.getheaders():
                fields[name.lower()] = (*fields.get(name.lower(), ()), value)
            return Page(status=response.status, fields=fields, body=body)

    @contextlib.contextmanager
    def stream(
        self, url: str, body: bytes, headers: Mapping[str, str], *, begins_within: float | None = None
    ) -> Iterator["Stream"]:
        """Send `body`, and give what comes back piece by piece, whatever its status but a redirect.

        `begins_within` are the seconds within which the answer must have begun, the whole deadline unless said. Raises
        `ExitRefused`, also while the pieces are read: they end where the limit or the deadline does.
        """
        watch = _Deadline(self._seconds)
        if begins_within is not None:
            watch.beside = _Deadline(begins_within)
        with self._asked(url, body, headers, watch=watch) as response:
            if 300 <= response.status < 400:
                raise ExitRefused("redirect")
            yield Stream(response, largest=self._largest, is_over=lambda: watch.is_over)

    @contextlib.contextmanager
    def _asked(
        self, url: str, body: bytes | None, headers: Mapping[str, str], *, watch: "_Deadline"
    ) -> Iterator[http.client.HTTPResponse]:
        """Send `body`, or ask without one, and give the answer as it begins.

        Whatever goes wrong until it is read is an `ExitRefused`.
        """
        with watch.kept():
            target = self.target(url)
            with contextlib.closing(_Pinned(target, self._address_of(target), watch)) as connection:
                method = "GET" if body is None else "POST"
                connection.request(method, target.path, body=body, headers=dict(headers))
                with connection.getresponse() as response:
                    watch.begin()
                    yield response

    def look(self, url: str, headers: Mapping[str, str]) -> int:
        """Return the status with which a page answers, at the end of at most `MOST_HOPS` redirects.

        Plain http is good enough to look; ports are the usual ones unless the host is named. It is asked by HEAD, and
        by GET where that is refused; of the page only its beginning is read. Behind a host that nobody named no host
        counts as named. Raises `ExitRefused`.
        """
        watch = _Deadline(self._seconds)
        named = self._named
        with watch.kept():
            for _ in range(MOST_HOPS + 1):
                target = self._page(url, named=named)
                named = named if target.is_named else frozenset()
                status, onward = self._visited(target, "HEAD", headers, watch)
                if status >= 400:
                    status, onward = self._visited(target, "GET", headers, watch)
                if onward is None:
                    return status
                url = urljoin(url, onward)
            raise ExitRefused("redirect")

    def _page(self, url: str, *, named: frozenset[str]) -> Target:
        """Take the address of a page apart, as browsers do: other letters are escaped, the fragment is theirs."""
        try:
            parts = urlsplit(url.strip())
            host, port = (parts.hostname or "").lower(), parts.port
            host = host if host.isascii() else host.encode("idna").decode("ascii")
            path = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
        except ValueError:
            raise ExitRefused("address") from None
        is_named, secure = host in named, parts.scheme == "https"
        usual = port in {None, 443 if secure else 80}
        plain = url.isprintable() and len(path) <= LONGEST_ADDRESS and not (parts.username or parts.password)
        if not (plain and host and " " not in host and parts.scheme in {"https", "http"} and (usual or is_named)):
            raise ExitRefused("address")
        return Target(secure=secure, host=host, port=port or (443 if secure else 80), path=path, is_named=is_named)

    def _visited(
        self, target: Target, method: str, headers: Mapping[str, str], watch: "_Deadline"
    ) -> tuple[int, str | None]:
        """Return the status, and where it leads on to."""
        if watch.is_over:
            raise ExitRefused("timeout")
        with contextlib.closing(_Pinned(target, self._address_of(target), watch)) as connection:
            connection.request(method, target.path, headers=dict(headers))
            with connection.getresponse() as response:
                response.read(_LOOKED_AT)
                leads = response.status in {301, 302, 303, 307, 308}
                return response.status, response.getheader("location") if leads else None

    def _read(self, response: http.client.HTTPResponse) -> Answer:
        if 300 <= response.status < 400:
            raise ExitRefused("redirect")
        if len(response.read(self._largest + 1)) > self._largest:
            raise ExitRefused("too_large")
        if response.length:  # the connection ended before the answer did
            raise ExitRefused("broken")
        wait = response.getheader("retry-after", "")
        return Answer(status=response.status, retry_after=int(wait) if wait.isascii() and wait.isdigit() else None)

    def _address_of(self, target: Target) -> str:
        """Return the address to connect to: the first one, where all of them are public or the host is named."""
        try:
            found = self._resolve(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise ExitRefused("unresolved") from error
        addresses = [str(one[4][0]) for one in found]
        if not addresses:
            raise ExitRefused("unresolved")
        if not target.is_named and not all(map(is_public, addresses)):
            raise ExitRefused("refused")
        return addresses[0]


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public network, and so is the one that it stands for, if any."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(_is_reachable_by_all(one) for one in (ip, *_inner(ip)))


def _is_reachable_by_all(ip: IpAddress) -> bool:
    never = any(ip in network for network in _NEVER if network.version == ip.version)
    return ip.is_global and not ip.is_multicast and not never


def _inner(ip: IpAddress) -> tuple[IpAddress, ...]:
    """Return the IPv4 addresses that an IPv6 address carries: mapped, 6to4, Teredo (both ends), NAT64."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ()
    carried = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if any(ip in network for network in _NAT64):
        carried.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return tuple(one for one in carried if one is not None)


def _is_plain(url: str, parts: SplitResult, host: str) -> bool:
    clean = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_ADDRESS
    return bool(clean and host and parts.username is None and parts.password is None and not parts.fragment)


@functools.cache
def _whom_the_world_trusts() -> ssl.SSLContext:
    """Read the system's certificates at first use: most houses send nothing out."""
    return ssl.create_default_context()


class _Deadline:
    """Ends a connection when its time is up: limits for single reads alone would let a slow answer last for ever."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_over = False
        self.began = False
        self.beside: _Deadline | None = None  # one that ends sooner, until the answer begins
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    @property
    def was_cut(self) -> bool:
        """Return whether the time was up, that for all of it or that for the beginning."""
        return self.is_over or (self.beside is not None and self.beside.is_over)

    def hold(self, opened: socket.socket) -> None:
        self._socket, self.began = opened, True
        if self.beside is not None:
            self.beside.hold(opened)
        if self.is_over:
            self._cut()

    def begin(self) -> None:
        """Know that the answer has begun in time."""
        if self.beside is not None:
            self.beside.end()

    def end(self) -> None:
        self._timer.cancel()
        if self.beside is not None:
            self.beside.end()

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Say what goes wrong meanwhile as `ExitRefused`, and end."""
        try:
            yield
        except ssl.SSLError as error:
            raise ExitRefused("timeout" if self.was_cut else "tls") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            late = self.was_cut or isinstance(error, TimeoutError)
            lost = isinstance(error, ConnectionRefusedError) or (isinstance(error, OSError) and not self.began)
            raise ExitRefused("timeout" if late else "unreachable" if lost else "broken") from error
        finally:
            self.end()

    def _cut(self) -> None:
        self.is_over = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                # Not that of a TLS socket, which takes the TLS away from under whoever reads.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked at, under the name that was asked for."""

    def __init__(self, target: Target, address: str, watch: _Deadline) -> None:
        default = 443 if target.secure else 80
        super().__init__(target.host, target.port, timeout=watch.seconds)
        self.default_port = default
        self._target, self._address, self._watch = target, address, watch

    def connect(self) -> None:
        """Connect to the address, and speak TLS to the name."""
        patience = (self._watch.beside or self._watch).seconds
        opened = socket.create_connection((self._address, self._target.port), timeout=patience)
        opened.settimeout(self._watch.seconds)
        self.sock = opened
        if not self._target.secure:
            self._watch.hold(opened)
            return
        # Wrapping takes the connection away from `opened`: what can be cut is what it is wrapped in, from before the
        # first word of TLS.
        wrapped = _whom_the_world_trusts().wrap_socket(
            opened, server_hostname=self._target.host, do_handshake_on_connect=False
        )
        self.sock = wrapped
        self._watch.hold(wrapped)
        wrapped.do_handshake()
