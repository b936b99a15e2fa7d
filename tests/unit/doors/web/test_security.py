"""Hosts, proxies, origins, form tokens and headers."""

import asyncio
from typing import Any

import pytest
from litestar import Request
from litestar.types import HTTPScope

from doorward.doors.web import security
from doorward.doors.web.security import (
    Guard,
    _believe_proxy,
    check_csrf,
    header_hook,
    host_name,
    issue_csrf,
    require_same_site,
)
from doorward.doors.web.server import refuse_bare_network
from doorward.doors.web.server_address import is_loopback
from doorward.kit.settings import Server, Settings
from doorward.vocabulary.errors import Misconfigured, NotAllowed, Slow, WrongHost


def guard(**server: Any) -> Guard:
    """Return the guard of an installation with these server settings."""
    return Guard(Settings(server=Server(**server)))


def request(headers: dict[str, str], *, scheme: str = "https") -> Request[Any, Any, Any]:
    """Return a request with these headers."""
    scope: Any = {
        "type": "http",
        "method": "POST",
        "scheme": scheme,
        "path": "/desk/presence",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    return Request(scope)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.9.9.9"])
def test_loopback_needs_no_encryption(host: str) -> None:
    """What never leaves this computer may be plain."""
    assert is_loopback(host)
    refuse_bare_network(Server(host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "doorward.example", ""])  # noqa: S104 - refused
def test_a_network_needs_encryption(host: str) -> None:
    """A plain address on a network is refused with a sentence that says what to do; TLS or a proxy is let through."""
    with pytest.raises(Misconfigured, match="--tls-cert"):
        refuse_bare_network(Server(host=host))
    refuse_bare_network(Server(host=host, tls_cert="chain.pem"))
    refuse_bare_network(Server(host=host, behind_proxy=True))


def test_only_known_hosts_are_served() -> None:
    """On loopback a rebound name is refused; with a public address that name is known as well."""
    local = guard(host="127.0.0.1")
    for host in ("localhost:8420", "127.0.0.1", "[::1]:8420", "LOCALHOST"):
        local.check_host(host)
    public = guard(host="0.0.0.0", tls_cert="chain.pem", public_url="https://desk.example/")  # noqa: S104 - with TLS
    public.check_host("desk.example:443")
    for wrong, host in ((local, "evil.example"), (public, "evil.example"), (local, ""), (public, "desk.example.evil")):
        with pytest.raises(WrongHost):
            wrong.check_host(host)


def test_tenants_are_known_by_their_own_hosts() -> None:
    """A host that a tenant got, or lost, is served, or refused, from the next request on."""
    known = {"chat.halden.example"}
    server = Server(host="0.0.0.0", behind_proxy=True, public_url="https://desk.example/")  # noqa: S104 - behind a proxy
    several = Guard(Settings(server=server), tenant_hosts=lambda: frozenset(known))
    several.check_host("Chat.Halden.example:443")
    known.clear()
    with pytest.raises(WrongHost):
        several.check_host("chat.halden.example")


def test_host_names_are_read_without_port_and_case() -> None:
    """A host header's name is found in every spelling."""
    assert host_name("Desk.Example:443") == "desk.example"
    assert host_name("[::1]:8420") == "[::1]"


def test_a_proxy_is_believed_about_the_nearest_hop_alone() -> None:
    """The last address is the one that our proxy saw; whatever stands before it anybody may have written."""
    headers = {
        b"x-forwarded-for": b"203.0.113.9, 198.51.100.7",
        b"x-forwarded-proto": b"https",
        b"x-forwarded-host": b"desk.example",
    }
    scope: HTTPScope = {"client": ("10.0.0.1", 1), "scheme": "http", "headers": [(b"host", b"inside:8420")]}  # type: ignore[typeddict-item]  # because only these are looked at
    _believe_proxy(scope, headers)
    assert scope["client"] == ("198.51.100.7", 0)
    assert scope["scheme"] == "https"
    assert list(scope["headers"]) == [(b"host", b"desk.example")]


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "desk.example", "origin": "https://desk.example"},
        {"host": "desk.example", "origin": "https://desk.example", "sec-fetch-site": "same-origin"},
        {"host": "desk.example", "sec-fetch-site": "same-origin"},
    ],
)
def test_forms_of_this_site_pass(headers: dict[str, str]) -> None:
    """A browser that says it is on our own page is believed: only it can send these headers."""
    require_same_site(request(headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "desk.example"},
        {"host": "desk.example", "origin": "null"},
        {"host": "desk.example", "origin": "http://desk.example"},
        {"host": "desk.example", "origin": "https://desk.example.evil"},
        {"host": "desk.example", "origin": "https://desk.example", "sec-fetch-site": "same-site"},
        {"host": "desk.example", "sec-fetch-site": "cross-site"},
    ],
)
def test_forms_of_other_sites_do_not(headers: dict[str, str]) -> None:
    """Another origin, another scheme, a neighbour's page, or nobody who says where they are: refused."""
    with pytest.raises(NotAllowed):
        require_same_site(request(headers))


def test_a_form_token_is_another_text_each_time() -> None:
    """Each page has its own spelling of the session's token, so that compression tells nothing; all are good."""
    first, second = issue_csrf("dws_one"), issue_csrf("dws_one")
    assert first != second
    check_csrf("dws_one", first)
    check_csrf("dws_one", second)


@pytest.mark.parametrize("given", ["", "x", "ä" * 80, "A" * 86, "=" * 300])
def test_made_up_form_tokens_are_refused(given: str) -> None:
    """What is no token of this session is refused, whatever it looks like."""
    with pytest.raises(NotAllowed):
        check_csrf("dws_one", given)


def test_a_form_token_belongs_to_its_session() -> None:
    """Another session's token is as good as none."""
    with pytest.raises(NotAllowed):
        check_csrf("dws_one", issue_csrf("dws_two"))


async def answered(guard: Guard, *headers: tuple[bytes, bytes]) -> dict[bytes, bytes]:
    """Return the headers of a response that had `headers` of its own."""
    message: Any = {"type": "http.response.start", "status": 200, "headers": list(headers)}
    scope: Any = {"type": "http"}
    await header_hook(guard)(message, scope)
    return dict(message["headers"])


async def test_pages_and_data_have_strict_policies() -> None:
    """Pages load what this site serves and nothing else, data nothing at all; neither may be framed."""
    page = await answered(guard(), (b"content-type", b"text/html; charset=utf-8"))
    data = await answered(guard(), (b"content-type", b"application/json"))
    assert b"script-src 'self'" in page[b"content-security-policy"]
    assert b"script-src" not in data[b"content-security-policy"]
    for headers in (page, data):
        policy = headers[b"content-security-policy"]
        assert b"default-src 'none'" in policy
        assert b"frame-ancestors 'none'" in policy
        assert b"unsafe" not in policy
        assert headers[b"x-content-type-options"] == b"nosniff"
        assert headers[b"cache-control"] == b"no-store"


async def test_a_response_keeps_what_it_says_itself() -> None:
    """What a handler decided (caching of built files, reading across origins) is left as it is."""
    headers = await answered(guard(), (b"cache-control", b"public"), (b"cross-origin-resource-policy", b"cross-origin"))
    assert headers[b"cache-control"] == b"public"
    assert headers[b"cross-origin-resource-policy"] == b"cross-origin"


async def test_encryption_is_kept_once_it_was_there() -> None:
    """With TLS, ours or a proxy's, browsers are told never to come without; in plain they are not."""
    assert b"strict-transport-security" in await answered(guard(tls_cert="chain.pem"))
    assert b"strict-transport-security" in await answered(guard(behind_proxy=True))
    assert b"strict-transport-security" not in await answered(guard())


async def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends a body drop by drop is told so; once it is there, waiting for the end of a stream is unlimited."""
    monkeypatch.setattr(security, "BODY_SECONDS", 0.01)
    messages: list[Any] = [{"type": "http.request", "body": b"x", "more_body": True}]

    async def receive() -> Any:
        if messages:
            return messages.pop(0)
        return await asyncio.Event().wait()

    limited = security._in_time(receive)
    await limited()
    with pytest.raises(Slow):
        await limited()
    messages.append({"type": "http.request", "body": b"", "more_body": False})
    complete = security._in_time(receive)
    await complete()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(complete(), 0.05)


def test_cookies_are_bound_to_the_host_when_they_can_be() -> None:
    """The `__Host-` prefix is used wherever the connection is encrypted."""
    assert guard(tls_cert="chain.pem").cookie_prefix == "__Host-"
    assert guard().cookie_prefix == ""
