"""Looking whether a page is there: as far as redirects lead, and never anywhere that is not public."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from doorward.kit.http import MOST_HOPS, Exit, ExitRefused
from tests.support.sites import Site, site

INSIDE = Exit(named="127.0.0.1", seconds=2.0)


@pytest.fixture
def served() -> Iterator[Site]:
    """A site on loopback."""
    with site() as running:
        yield running


def trouble_of(way_out: Exit, url: str) -> str:
    """Why no page was seen."""
    with pytest.raises(ExitRefused) as refused:
        way_out.look(url, {})
    return refused.value.trouble


def test_a_page_that_is_there_is_asked_for_by_its_head_alone(served: Site) -> None:
    """With its letters escaped, and without the part of the address that is the browser's."""
    served.pages["/a%20b?q=%C3%A4"] = 200
    assert INSIDE.look(f"{served.url}/a b?q=ä#part", {}) == 200
    assert served.asked == [("HEAD", "/a%20b?q=%C3%A4")]


def test_whoever_refuses_heads_is_asked_for_a_page(served: Site) -> None:
    """Of which only the beginning is read, however long it is."""
    served.no_head, served.body = True, b"x" * 5_000_000
    served.pages["/"] = 200
    assert INSIDE.look(served.url, {}) == 200
    assert [method for method, _ in served.asked] == ["HEAD", "GET"]
    assert INSIDE.look(f"{served.url}/gone", {}) == 404


def test_redirects_are_followed_a_few_times(served: Site) -> None:
    """By the way they are written, relative or not; a circle ends."""
    served.pages |= {"/old": "/new", "/new": f"{served.url}/newest", "/newest": 200, "/round": "/round"}
    assert INSIDE.look(f"{served.url}/old", {}) == 200
    assert trouble_of(INSIDE, f"{served.url}/round") == "redirect"
    assert len([path for _, path in served.asked if path == "/round"]) == MOST_HOPS + 1


@pytest.mark.parametrize(
    "onward", ["http://localhost/", "http://10.1.2.3/", "https://169.254.169.254/latest", "http://[::1]/", "//0/x"]
)
def test_a_redirect_leads_nowhere_that_is_not_public(served: Site, onward: str) -> None:
    """Each address on the way is looked at as the first one was."""
    served.pages["/"] = onward
    assert trouble_of(INSIDE, served.url) in {"refused", "unresolved"}


@pytest.mark.parametrize(
    ("first", "onward", "trouble"),
    [
        ("http://open.example/", "http://inner.example/admin", "refused"),
        ("http://open.example/", "http://inner.example:8080/admin", "address"),
        ("http://inner.example/", "http://inner.example:8080/admin", ""),
    ],
)
def test_only_a_named_host_leads_to_a_named_one(
    served: Site, monkeypatch: pytest.MonkeyPatch, *, first: str, onward: str, trouble: str
) -> None:
    """The settings let the house's own articles reach it, not whoever has a page on the public network."""
    served.pages |= {"/": onward, "/admin": 200}
    addresses = {"open.example": "93.184.216.34", "inner.example": "127.0.0.1"}
    here = ("127.0.0.1", int(served.url.rpartition(":")[2]))
    connect = socket.create_connection
    monkeypatch.setattr("doorward.kit.http.socket.create_connection", lambda _, timeout: connect(here, timeout=timeout))

    def resolve(host: str, port: int, **_wishes: Any) -> list[Any]:
        return [(socket.AF_INET, 0, 0, "", (addresses[host], port))]

    way_out = Exit(named="inner.example", seconds=2.0, resolve=resolve)
    if trouble:
        assert trouble_of(way_out, first) == trouble
        assert served.asked == [("HEAD", "/")]
    else:
        assert way_out.look(first, {}) == 200


@pytest.mark.parametrize(
    "onward",
    ["file:///etc/passwd", "ftp://example.org/", "https://u:p@example.org/", "https://example.org:22/", "https://"],
)
def test_what_is_no_page_is_not_asked_for(served: Site, onward: str) -> None:
    """Neither as the first address nor as one that a page leads to."""
    served.pages["/"] = onward
    assert trouble_of(INSIDE, served.url) == "address"
    assert trouble_of(Exit(), onward) == "address"


def test_inner_hosts_are_refused(served: Site) -> None:
    """Unless the settings name them; nothing reaches them."""
    assert trouble_of(Exit(), served.url.replace("127.0.0.1", "localhost").rpartition(":")[0]) == "refused"
    assert trouble_of(Exit(), "http://127.0.0.1/") == "refused"
    assert served.asked == []


def test_a_name_with_one_inner_address_is_refused() -> None:
    """All addresses of a name must be public; it is asked for once."""
    asked: list[Any] = []

    def resolve(host: str, port: int, **_wishes: Any) -> list[Any]:
        asked.append((host, port))
        return [(socket.AF_INET, 0, 0, "", (one, port)) for one in ("93.184.216.34", "10.0.0.1")]

    assert trouble_of(Exit(resolve=resolve), "http://exämple.org/") == "refused"
    assert asked == [("xn--exmple-cua.org", 80)]
