"""Public facts: what a company publishes itself, spared in any writing of the same value and in nothing that is alike.

A hotline is the same number with spaces or without, with its country's code or dialled at home, and another one with a
digit more. A link is the same with or without its scheme and `www.`, and so are the pages below it; another host, port,
user name or a look-alike letter makes another link. Of mail addresses and accounts every character counts. The
company's own name and its own street are the same words, whole; an address also by what stands between its commas.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from doorward.protection.characters import is_ignorable
from doorward.protection.overlap import Placed
from doorward.protection.ports import Claim
from doorward.protection.view import View

_PUBLISHED: Final = frozenset({"PHONE", "EMAIL", "URL", "IBAN", "BANK_ACCOUNT", "PERSON", "ADDRESS"})
"""The kinds that a company may publish. No list makes a PIN public."""

_SPELLED: Final = frozenset({"EMAIL", "URL", "IBAN"})
"""The kinds of which letters are read: a letter that only looks like another makes another value."""


_WORD: Final = re.compile(r"[^\W\d_]+|\d+")


class PublicFacts(NamedTuple):
    """What a tenant publishes itself (its hotline, its addresses), so that nobody needs to mask it."""

    canonical: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()

    def joined(self, other: "PublicFacts") -> "PublicFacts":
        """Return these facts and others."""
        return PublicFacts(self.canonical | other.canonical, self.hosts | other.hosts)


NO_FACTS: Final = PublicFacts()


def facts_of(judged: Iterable[tuple[str, Sequence[Placed]]]) -> PublicFacts:
    """Return the public facts in texts that were judged: each text with what was found in it."""
    known: set[str] = set()
    hosts: set[str] = set()
    for text, places in judged:
        sensitive = [placed for placed in places if placed.family == "sensitive"]
        for placed in sensitive:
            claim = placed.claim
            if claim.kind not in _PUBLISHED or not _is_itself(placed, text):
                continue
            known.update(filter(None, (_exact(claim), *claim.writings)))
            hosts.update(filter(None, (claim.host,)))
        if all(placed.claim.part for placed in sensitive):
            known.update(_worded(text))
    return PublicFacts(frozenset(known), frozenset(hosts))


def without_public(judged: Sequence[Placed], public: PublicFacts, text: str) -> list[Placed]:
    """Return the sensitive claims on a text without the public ones, and without what is claimed inside of those.

    A number that is public is not an order's number either. Inside of a link what is found stays: only the link is
    published, not the address that somebody wrote into it.
    """
    sensitive = [placed for placed in judged if placed.family == "sensitive"]
    if not public.canonical:
        return sensitive
    spared = [placed for placed in sensitive if _is_public(placed, public, text)]
    if not spared:
        return sensitive
    inside = [(placed.start, placed.end) for placed in spared if placed.claim.kind != "URL"]
    gone = {id(placed) for placed in spared}
    return [
        placed
        for placed in sensitive
        if id(placed) not in gone and not any(start <= placed.start and placed.end <= end for start, end in inside)
    ]


def _worded(fact: str) -> list[str]:
    """Return a name or an address by its words as detectors of names join them: whole, and by its pieces.

    For what no detector knows by itself, or only by its parts.
    """
    pieces = [_words(piece) for piece in fact.split(",")]
    worded = [" ".join(piece) for piece in (_words(fact), *(piece for piece in pieces if len(piece) > 1))]
    return [one for one in worded if one]


def _words(text: str) -> list[str]:
    return _WORD.findall(View(text).text)


def _is_public(placed: Placed, public: PublicFacts, text: str) -> bool:
    claim = placed.claim
    if claim.kind not in _PUBLISHED:
        return False
    known = _exact(claim) in public.canonical or any(alias in public.canonical for alias in claim.aliases)
    return known and _is_itself(placed, text)


def _exact(claim: Claim) -> str | None:
    return claim.canonical if claim.exact is None else claim.exact


def _is_itself(placed: Placed, text: str) -> bool:
    """Return whether a value is written with its own letters: folding changed nothing but case, width and blanks."""
    if placed.claim.kind not in _SPELLED:
        return True
    written = text[placed.start : placed.end]
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", written) if not is_ignorable(sign)).casefold()
    return plain == View(written).text
