"""Under which address a company is asked: what tokens are issued for (RFC 8707), so that none serves elsewhere."""

from typing import Final
from urllib.parse import urlsplit

from doorward.vocabulary.errors import AccessTokenInvalid

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


def resource_of(came_to: str, *, is_own_host: bool, public_url: str, path: str, company: str | None) -> str:
    """Return the identifier of a resource: an address without a slash or anything else at its end.

    `came_to` is the scheme and host that the request named, and whoever sends it can write any: it counts where the
    host is the company's own, and on loopback. Elsewhere the installation's public address does. Raises
    `AccessTokenInvalid` where that is not known: then a token for somebody else would be as good as one for us.
    """
    public = urlsplit(public_url)
    try:
        came = urlsplit(came_to)
        name, port = came.hostname or "", came.port
    except ValueError:
        raise AccessTokenInvalid("Host: not a host") from None
    name = f"[{name}]" if ":" in name else name
    if is_own_host:
        scheme = public.scheme or came.scheme
        base = f"{scheme}://{name}{_port(scheme, public.port if public.netloc else port)}"
    elif public.netloc:
        base = f"{public.scheme}://{public.netloc.lower()}"
    elif name in _LOOPBACK:
        base = f"{came.scheme}://{name}{_port(came.scheme, port)}"
    else:
        raise AccessTokenInvalid("server.public_url is not set: tokens cannot be bound to this address")
    return f"{base}{path}" + (f"?company={company}" if company is not None else "")


def _port(scheme: str, port: int | None) -> str:
    return "" if port in {None, {"https": 443, "http": 80}.get(scheme)} else f":{port}"
