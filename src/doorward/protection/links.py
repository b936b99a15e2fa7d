"""Links and host names as people write them, and what can be told from their shape. Nothing is ever looked up."""

import ipaddress
import re
import unicodedata
from typing import Final, NamedTuple

from doorward.protection.characters import is_ignorable
from doorward.protection.domains import AMBIGUOUS_DOMAINS, COUNTRY_DOMAINS, GENERIC_DOMAINS, SECOND_LEVELS
from doorward.protection.phrases import any_of
from doorward.protection.ports import Candidate, Pattern, View

LONGEST_HOST: Final = 253  # RFC 1035, without the root's dot
LONGEST_REST: Final = 8192  # a longer link is cut off here, so that texts made of links stay cheap

LINK_PATTERNS: Final = (
    Pattern(name="scheme", expression=r":[/\\]{2}[\w\[]", before=32, after=LONGEST_HOST + LONGEST_REST),
    Pattern(name="www", expression=r"\mwww\d?\.\w", after=LONGEST_HOST + LONGEST_REST),
    Pattern(
        name="domain",
        expression=rf"\w\.(?:{any_of(sorted(COUNTRY_DOMAINS | GENERIC_DOMAINS))})\M",
        before=LONGEST_HOST,
        after=LONGEST_REST,
    ),
)
"""What to look for; `link_at` reads what is there. Detectors share them, so they are scanned once."""

_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.\-]{0,30}\Z")
_HOST_SIGNS: Final = "_.-"
_USERINFO: Final = re.compile(r"([^\s/\\?#<>\"\x1a]{0,256})@")
_HOST: Final = re.compile(r"\[[0-9a-f:.]{2,45}\]|[\w\-]{1,63}(?:\.[\w\-]{1,63})*")
_PORT: Final = re.compile(r"\.?:\d{1,5}(?!\d)")
_REST: Final = re.compile(rf"\.?[/\\?#][^\s<>\"\x1a]{{0,{LONGEST_REST}}}")
_PUNCTUATION: Final = ".,;:!?'*_"
_MANY_DIGITS: Final = re.compile(r"\d{5}")


class Link(NamedTuple):
    """A link in a view's text. `scheme`, `userinfo` and `rest` (path, query, fragment) are empty where there is none.

    `host` is in normal form; `shown_host` is how it was really spelled, in ASCII (other names as Punycode, RFC 3492),
    or None when it is no proper name. `port` is with its colon.
    """

    start: int
    end: int
    scheme: str
    userinfo: str
    host: str
    shown_host: str | None
    rest: str
    port: str = ""

    @property
    def is_usual_port(self) -> bool:
        """Return whether the link leads to where the scheme leads anyway."""
        usual = {"": {"", ":80", ":443"}, "http": {"", ":80"}, "https": {"", ":443"}}
        return self.port.lstrip(".") in usual.get(self.scheme, {""})

    @property
    def address(self) -> "ipaddress.IPv4Address | ipaddress.IPv6Address | None":
        """Return the host as an IP address when it is one, also in the number forms that browsers accept."""
        return address_of(self.host)

    @property
    def tail(self) -> str | None:
        """Return the host if it may be shown: no IP address, no long number in it."""
        if self.shown_host is None or self.address is not None or _MANY_DIGITS.search(self.shown_host):
            return None
        return self.shown_host


def link_at(candidate: Candidate, view: View) -> Link | None:
    """Return the link around a candidate of `LINK_PATTERNS`, or None when it is none after all.

    It is read once, whoever asks.
    """
    asked = ("link", candidate.pattern, candidate.start)
    if asked not in view.noted:
        view.noted[asked] = _link_at(candidate, view)
    link: Link | None = view.noted[asked]
    return link


def _link_at(candidate: Candidate, view: View) -> Link | None:
    text = view.text
    if candidate.pattern == "scheme":
        scheme = _SCHEME.search(text, max(candidate.start - 31, 0), candidate.start)
        return _read(view, scheme.start(), scheme[0], candidate.start + 3) if scheme else None
    if candidate.pattern == "www":
        return _read(view, candidate.start, "", candidate.start)
    start, low = candidate.start, max(candidate.start - LONGEST_HOST, 0)
    while start > low and (text[start - 1].isalnum() or text[start - 1] in _HOST_SIGNS):
        start -= 1
    while text[start] in ".-_":
        start += 1
    # After these it is the host of an address, or a part of a longer link that another candidate has found.
    if start and text[start - 1] in "@/\\=&":
        return None
    link = _read(view, start, "", start)
    return link if link and _is_host_name(link, view) else None


def address_of(host: str) -> "ipaddress.IPv4Address | ipaddress.IPv6Address | None":
    """Return the IP address that browsers read in a host, dotted, as one number, or in hexadecimal; else None."""
    try:
        if host.startswith("["):
            return ipaddress.IPv6Address(host.strip("[]"))
        if not host[:1].isdigit():
            return None  # as nearly all are: there is nothing to be read
        if re.fullmatch(r"0x[0-9a-f]{1,8}|\d{8,10}", host):
            return ipaddress.IPv4Address(int(host, 0 if host.startswith("0x") else 10))
        return ipaddress.IPv4Address(host)
    except ValueError:
        return None


def ascii_host(spelled: str) -> str | None:
    """Return a host name as DNS knows it: lower case, Punycode for what is not ASCII; None when it is no name."""
    name = spelled if spelled.isascii() else unicodedata.normalize("NFKC", spelled)
    name = "".join(character for character in name.lower() if not is_ignorable(character)).strip(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode()
        except UnicodeError:
            return None
    return name if len(name) <= LONGEST_HOST and re.fullmatch(r"[a-z0-9_.\-]+|\[[0-9a-f:.]+\]", name) else None


def _read(view: View, start: int, scheme: str, at: int) -> Link | None:
    """Return the link whose authority begins at `at`; trailing punctuation is the sentence's, not the link's."""
    text = view.text
    # Only a link with a scheme carries a user name; without one it is an e-mail address.
    user = _USERINFO.match(text, at) if scheme else None
    host = _HOST.match(text, user.end() if user else at)
    if host is None or host.end() - host.start() > LONGEST_HOST:
        return None
    port = _PORT.match(text, host.end())
    end = port.end() if port else host.end()
    rest = _REST.match(text, end)
    if rest:
        end = _trimmed(text, end, rest.end())
    spelled = view.original[slice(*view.origin(host.start(), host.end()))]
    return Link(
        start=start,
        end=end,
        scheme=scheme,
        userinfo=user[1] if user else "",
        host=host[0],
        shown_host=ascii_host(spelled),
        rest=text[port.end() if port else host.end() : end],
        port=port[0] if port else "",
    )


def _trimmed(text: str, start: int, end: int) -> int:
    """Return where the link `text[start:end]` ends when punctuation and brackets that it did not open are left off."""
    while end > start:
        last = text[end - 1]
        opener = {")": "(", "]": "[", "}": "{"}.get(last)
        if last not in _PUNCTUATION and (
            opener is None or text.count(opener, start, end) >= text.count(last, start, end)
        ):
            break
        end -= 1
    return end


def _is_host_name(link: Link, view: View) -> bool:
    """Return whether something without scheme and `www.` is a host name, not two words with a missing space."""
    if view.text[link.end : link.end + 1] == "@":
        return False
    *labels, domain = link.host.split(".")
    if not labels or domain not in COUNTRY_DOMAINS | GENERIC_DOMAINS or (link.shown_host is None):
        return False
    if domain not in AMBIGUOUS_DOMAINS:
        return any(character.isalpha() for character in labels[-1]) or domain in {"com", "net", "org", "ru"}
    named = any(character.isalpha() for label in labels for character in label)
    sign = any(character in "-0123456789" for label in labels for character in label)
    return named and (sign or len(link.rest) > 1 or (len(labels) > 1 and labels[-1] in SECOND_LEVELS))
