"""Links, with or without their scheme, and bare host names."""

import re
from collections.abc import Sequence
from typing import Final, Literal

from doorward.protection.links import LINK_PATTERNS, Link, link_at
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, View, Watch
from doorward.vocabulary.finding import Family

_MOST_ALIASES: Final = 10
_GAP: Final = r"(?:%20|[^0-9a-z])?"
_LONG_NUMBER: Final = re.compile(
    rf"\d{_GAP}(?:\d{_GAP}){{10}}\d|[a-z][a-z]\d\d{_GAP}[0-9a-z]{{4}}{_GAP}\d{{4}}",
)
"""A number as long as a card's or an account's. A link with one is a weaker reason than a number that proves itself."""


class UrlDetector:
    """Finds links. Masks show the host, so that an agent still sees where a link led."""

    id = "url"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("URL",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at schemes, `www.` and top-level domains; languages do not matter."""
        return Watch(LINK_PATTERNS, _examine)


def _examine(candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the link at the candidate, if it is one."""
    link = link_at(candidate, view)
    if link is None:
        return ()
    number = _LONG_NUMBER.search(view.text, link.start)
    is_weaker = candidate.pattern == "domain" or (number is not None and number.start() < link.end)
    return (
        Claim(
            kind="URL",
            start=link.start,
            end=link.end,
            certainty=Certainty.CONTEXT if is_weaker else Certainty.VALIDATED,
            score=0.85 if candidate.pattern == "domain" else 0.98,
            rule=f"url.{candidate.pattern}",
            tail=link.tail,
            host=link.tail,
            canonical=f"url:{_place(link)}{link.rest.rstrip('/')}",
            aliases=_parents(link),
            exact=_exact(link),
        ),
    )


def _exact(link: Link) -> str:
    """Return the link for the list of public facts: what is not a page of the web by its own name is never on it."""
    is_page = link.scheme in {"", "http", "https"} and not link.userinfo and link.shown_host and link.is_usual_port
    return f"url:{_place(link)}{link.rest.rstrip('/')}" if is_page else ""


def _place(link: Link) -> str:
    return (link.shown_host or link.host).removeprefix("www.")


def _parents(link: Link) -> tuple[str, ...]:
    """Return the pages above this one, down to the host: whoever publishes a site publishes its pages.

    Not with a query, a fragment or a user name: there personal data travels. Not with a step up (`..`, also encoded) or
    a number of five digits and more: that is no page below the one that is published, or somebody's own.
    """
    if not _exact(link) or re.search(r"[?#%\\]|\.\.|\d{5}", link.rest):
        return ()
    parts = link.rest.strip("/").split("/")[:_MOST_ALIASES]
    return tuple(f"url:{_place(link)}" + "".join(f"/{part}" for part in parts[:count]) for count in range(len(parts)))


def build(_kit: object) -> Detector:
    """Return the detector."""
    return UrlDetector()
