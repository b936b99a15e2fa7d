import pytest

from doorward.protection.links import LINK_PATTERNS, Link, ascii_host, link_at
from doorward.protection.matchers import make_matcher
from doorward.protection.ports import Candidate
from doorward.protection.view import View

MATCHER = make_matcher([pattern.expression for pattern in LINK_PATTERNS], "re")


def links(text: str) -> list[Link]:
    """Return the links of a text as a detector sees them."""
    view = View(text)
    found = (link_at(Candidate(LINK_PATTERNS[n].name, start, end), view) for n, start, end in MATCHER.find(view.text))
    return list(dict.fromkeys(link for link in found if link))


@pytest.mark.parametrize(
    ("text", "host", "rest"),
    [
        ("(see https://example.com/a(b)c).", "example.com", "/a(b)c"),
        ("http://user:pw@evil.example:80/x", "evil.example", "/x"),
        ("http://a@b@c.example/", "c.example", "/"),
        ("www.example.de, then", "www.example.de", ""),
        ("example.co.id/promo?x=1!", "example.co.id", "/promo?x=1"),
        ("https:\\\\example.com\\x", "example.com", "\\x"),
        ("http://[2001:db8::1]:8080/x", "[2001:db8::1]", "/x"),
        ("https://example.com.", "example.com", ""),
        ('"https://example.com/a"', "example.com", "/a"),
        ("https://example.com:443", "example.com", ""),
    ],
)
def test_a_link_is_taken_apart(text: str, host: str, rest: str) -> None:
    """Host and rest are read as a browser would, and the sentence's punctuation is left off."""
    (link,) = links(text)
    assert (link.host, link.rest) == (host, rest)


@pytest.mark.parametrize(
    "text", ["arrived.is it", "a@example.com", "e.g. this", "3.50", "x..de", "Hi.It works", "://", "http://"]
)
def test_no_link_is_seen_where_there_is_none(text: str) -> None:
    """Missing spaces, addresses and numbers are no links."""
    assert links(text) == []


def test_the_host_is_shown_as_it_is_really_spelled() -> None:
    """Normal form would show `muller.de`, which is somebody else's."""
    (link,) = links("https://müller.de/x")
    assert (link.host, link.shown_host, link.tail) == ("muller.de", "xn--mller-kva.de", "xn--mller-kva.de")


@pytest.mark.parametrize(
    "text",
    [
        "http://192.0.2.1/",
        "http://3232235777/",
        "http://0xC0A80001/",
        "http://[::1]/",
        "http://4111111111111111.example/",
    ],
)
def test_what_may_not_be_shown_is_no_tail(text: str) -> None:
    """IP addresses and long numbers do not come back in the mask."""
    assert links(text)[0].tail is None


@pytest.mark.parametrize("name", ["a" * 300, "a b", "\ud800.de", "x" * 64 + "ö.de", ""])
def test_what_is_no_host_name_has_none(name: str) -> None:
    """Names that DNS could not know are not shown."""
    assert ascii_host(name) is None
