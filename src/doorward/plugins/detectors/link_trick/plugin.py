"""Links that are not what they seem."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal

from doorward.protection.domains import SECOND_LEVELS, SHORTENERS, names
from doorward.protection.links import LINK_PATTERNS, Link, link_at
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.vocabulary.finding import Family

_BRANDS: Final = names(
    # Names that phishing borrows most, in general and in the countries of the built-in languages.
    "paypal google gmail amazon apple icloud microsoft office365 outlook netflix facebook instagram whatsapp telegram "
    "linkedin ebay dhl fedex usps royalmail hermes visa mastercard americanexpress binance coinbase hsbc barclays "
    "lloyds revolut wellsfargo bankofamerica sparkasse volksbank commerzbank deutschebank postbank comdirect dkb "
    "garanti akbank isbank ziraat yapikredi halkbank vakifbank edevlet mandiri klikbca tokopedia shopee gopay "
    "sberbank tinkoff alfabank gosuslugi wildberries ozon avito vkontakte"
)
_SWAPS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_DIGITS_AS_LETTERS: Final = str.maketrans("013458", "oleasb")
_SCORES: Final = {
    "script": 0.95,
    "credentials": 0.95,
    "lookalike.alphabet": 0.95,
    "lookalike.own": 0.95,
    "lookalike.spelling": 0.9,
    "lookalike.brand": 0.8,
    "ip": 0.8,
    "punycode": 0.5,
    "shortener": 0.5,
}


_SCRIPTS: Final = (
    Pattern(name="script", expression=r"\m(?:javascript|vbscript):[\w(\[/%]"),
    Pattern(name="script", expression=r"\mdata:[a-z]{2,12}/[a-z+.\-]{2,24}[;,]\w"),
)
"""Addresses that are programs."""


class LinkTrickDetector:
    """Finds disguised links: by the spelling of their host, by what stands around it, by whose host it looks like."""

    id = "link_trick"
    family: Family = "threat"
    reads: Literal["wild"] = "wild"
    kinds = ("LINK",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at the same places as the link detector, and at what runs; languages do not matter."""
        return Watch((*LINK_PATTERNS, *_SCRIPTS), _examine)


def _examine(candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return one claim for every trick of the link at the candidate."""
    if candidate.pattern == "script":
        return (_claim("script", candidate.start, candidate.end, host=None),)
    link = link_at(candidate, view)
    if link is None:
        return ()
    return [_claim(trick, link.start, link.end, host=link.tail) for trick in _tricks(link, view)]


def _claim(trick: str, start: int, end: int, *, host: str | None) -> Claim:
    return Claim(
        kind="LINK",
        subkind=trick,
        start=start,
        end=end,
        certainty=Certainty.VALIDATED,
        score=_SCORES[trick],
        rule=f"link_trick.{trick}",
        host=host,
    )


def _tricks(link: Link, view: View) -> Iterator[str]:
    host = (link.shown_host or link.host).removeprefix("www.")
    if link.userinfo:
        yield "credentials"
    if link.address is not None:
        yield "ip"
        return
    if host in SHORTENERS:
        yield "shortener"
    if _is_mixed(link, view):
        yield "lookalike.alphabet"
    if "xn--" in link.host:  # typed as Punycode, which nobody does who has nothing to hide
        yield "punycode"
    if host in view.own_hosts or any(host.endswith(f".{own}") for own in view.own_hosts):
        return
    if any(_looks_like(host, link.host, own) for own in view.own_hosts):
        yield "lookalike.own"
    yield from _borrowed(host, link.host)


def _is_mixed(link: Link, view: View) -> bool:
    return any(link.start <= start and end <= link.end for start, end in view.mixed)


def _looks_like(host: str, folded: str, own: str) -> bool:
    """Return whether a host is not `own` but could be taken for it: one letter off, or hiding it in a longer name."""
    name, mine = _registered(host), _registered(own)
    return _unswapped(folded.removeprefix("www.")) == own or (
        name != mine and (_one_letter_off(name, mine) or mine.split(".")[0] in _words(host))
    )


def _borrowed(host: str, folded: str) -> Iterator[str]:
    """Yield how the name of a brand is used by a host that is not the brand's."""
    if _registered(host).split(".")[0] in _BRANDS:
        return
    if any(word in _BRANDS for word in _words(host)):
        yield "lookalike.brand"
    elif any(_unswapped(word) in _BRANDS for word in _words(folded)):
        yield "lookalike.spelling"


def _registered(host: str) -> str:
    """Return the part of a host that is registered under a public suffix, as far as that can be told without a list."""
    labels = host.split(".")
    size = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVELS else 2
    return ".".join(labels[-size:])


def _words(host: str) -> list[str]:
    return re.split(r"[.\-_]", host)


def _unswapped(name: str) -> str:
    """Return a name with look-alike digits and pairs of letters as the letters that they imitate."""
    for pair, letter in _SWAPS:
        name = name.replace(pair, letter)
    return name.translate(_DIGITS_AS_LETTERS)


def _one_letter_off(name: str, other: str) -> bool:
    """Return whether one letter more, less, other or swapped with its neighbour makes one name of the other."""
    if min(len(name), len(other)) < 6 or abs(len(name) - len(other)) > 1 or name == other:
        return False
    if len(name) > len(other):
        name, other = other, name
    place = next((place for place, letter in enumerate(name) if letter != other[place]), len(name))
    if len(name) < len(other):
        return name[place:] == other[place + 1 :]
    swapped = name[:place] + name[place : place + 2][::-1] + name[place + 2 :]
    return name[place + 1 :] == other[place + 1 :] or swapped == other


def build(_kit: object) -> Detector:
    """Return the detector."""
    return LinkTrickDetector()
