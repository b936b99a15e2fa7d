"""From a suspect and its surroundings to places in a table of weights.

The trick is feature hashing (K. Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009): no
dictionary of features is kept, a feature's place is a hash of what it says. What one word says of a suspect depends on
the word and on where it stands (its slot) alone, so that what it adds to the scores can be remembered. All else comes
in facets: what a facet says depends on the few things that it is given, so that its sum can be remembered as well.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from doorward.plugins.detectors.secret_code.learned.candidates import FIGURES, Suspect, run_around
from doorward.plugins.detectors.secret_code.learned.words import PURPOSE_KEYS, Known, Tokens, key_of
from doorward.plugins.detectors.secret_code.values import (
    is_artefact,
    is_mixed,
    is_offer,
    is_strong,
    is_year,
    size_of,
)
from doorward.protection.ports import Claim, View

BITS: Final = 17
BUCKETS: Final = 1 << BITS
REACH: Final = 12
"""Words on each side that count."""

_NEAR: Final = (0, 0, 1, 2, 3, 3, 4, 4, 4, 5, 5, 5, 5)
"""Buckets of distance in words; the first number stands for nothing."""

_FAR: Final = (0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2)
_BUCKETS: Final = 6
_ENDS: Final = re.compile(r"[.!?;]\s|\n")
_SIGNS: Final = re.compile(r"[^\W_]+")
_DIGITS: Final = re.compile(r"\d+")
_CLOSES_LINE: Final = re.compile(r"[\"'`).,;!*]*\s*(?:\n|\Z)")
_MASK: Final = 2**32 - 1
_ODD: Final = 0x9E3779B1
_ODD_SLOT: Final = 0x85EBCA6B
_ALSO_KEYS: Final = frozenset(
    PURPOSE_KEYS[purpose]
    for purpose in ("typed", "code_source", "counted", "other_number", "order_number", "phone", "not_a_code", "card")
)
_LONGEST_GLUE: Final = 4
_STEADY: Final = frozenset(
    "".join(str((first + place * step) % 10) for place in range(size))
    for first in range(10)
    for step in range(10)
    for size in range(2, 11)
)
"""Digits in which each follows from the one before by the same step: '1234', '7777', '9630'."""

Facet = tuple[Any, ...]
"""Sentences with gaps that say something of a suspect, and what fills the gaps: small things, none of its letters."""

_FORM: Final = ("form {0}", "reason {1} {0}")
_FACT: Final = ("{0} {1}",)
_FACT_OF_SIZE: Final = ("{0} {1} {2}",)
_OWN: Final = ("own {0} {1} {2}",)
_CURRENCY: Final = ("currency {0} {1}",)
_PIECE: Final = (
    "piece {0} {1} {2} {6}",
    "piece of {3} {0} {1} {6}",
    "piece in {4} {0} {1} {5} {6}",
)
_FIRST_GROUP: Final = ("first {0} {1} {2}",)
_EDGES: Final = ("left {0} {4}", "right {1} {4}", "both {2} {3} {4}")
_FILLED: Final = ("fills {0} {1} {5}", "fills all {0} {2} {3} {4} {5}", "sized {4} {5}")
_NAME: Final = ("name {0} {1} {2} {3}", "name {0} {1} {3[0]}", "at {0} {2} {3[0]}")
_NAMES: Final = ("names {0} {1} {2[0]}",)
_ALSO: Final = ("also {0} {1} {2}",)
_PURPOSE: Final = ("near {0} {1}",)
_BEFORE: Final = ("{0} {1} _ {2}",)
_BEHIND: Final = ("_ {0} {1} {2}",)
_BETWEEN: Final = ("{0} _ {1} {2}",)
_RULE: Final = ("rule {0} {1} {2}",)
_RULED: Final = ("ruled {0} {1} {2}",)


class Surroundings(NamedTuple):
    """A suspect with the words around it: those before it, the nearest first, and those behind, each with its slot.

    `reason` is 2 where a name of a secret stands within reach, 1 where another word that gives reason to look does,
    0 where the suspect's own shape is all there is.
    """

    suspect: Suspect
    inside: Sequence[Known]
    before: Sequence[Known]
    behind: Sequence[Known]
    slots: tuple[Sequence[int], Sequence[int]]
    reason: int


def place_of(key: int, number: int) -> int:
    """Return the place of what a key says of something with a number."""
    mixed = ((key ^ (number * _ODD_SLOT)) * _ODD) & _MASK
    return ((mixed ^ (mixed >> 15)) * _ODD & _MASK) >> (32 - BITS)


def surroundings(view: View, tokens: Tokens, suspect: Suspect, *, reason: int) -> Surroundings:
    """Return what stands around a suspect; `tokens` are the words of a part of the text that holds it."""
    starts, ends, known = tokens
    first, behind = bisect_left(starts, suspect.start), bisect_left(starts, suspect.end)
    if first and ends[first - 1] > suspect.start:
        first -= 1
    low, high = max(first - REACH, 0), min(behind + REACH, len(starts))
    begin, end = low, high  # of the words in the same sentence
    if low < first:
        for match in _ENDS.finditer(view.text, starts[low], suspect.start):
            begin = bisect_right(ends, match.end(), low, first)
    if behind < high:
        stop = _ENDS.search(view.text, suspect.end, ends[high - 1])
        end = bisect_left(starts, stop.start(), behind, high) if stop else high
    side = suspect.sort * 2
    slots = _slots(side, first - low, first - begin), _slots(side + 1, high - behind, end - behind)
    return Surroundings(suspect, known[first:behind], known[low:first][::-1], known[behind:high], slots, reason)


@lru_cache(maxsize=1024)  # there are 364
def _slots(side: int, words: int, within: int) -> Sequence[int]:
    """Return the slots of so many words on a side of a suspect, of which the nearest ones are of its sentence."""
    return tuple(_slot(side, distance, crossed=distance > within) for distance in range(1, words + 1))


def _slot(side: int, distance: int, *, crossed: bool) -> int:
    return ((side * 3 + _FAR[distance]) * _BUCKETS + _NEAR[distance]) * 2 + crossed


def word_places(known: Known, slot: int, *, hidden: bool = False) -> list[int]:
    """Return the places of what a word says by standing in a slot; a hidden word says what it is for alone."""
    coarse = slot // (2 * _BUCKETS) + 1000
    side = coarse // 3 + 2000
    places = [] if hidden else [place_of(known.word, slot), place_of(known.word, coarse), place_of(known.stem, coarse)]
    for purpose in known.purposes:
        places += [place_of(purpose, slot), place_of(purpose, coarse), place_of(purpose, side)]
    if not known.purposes:
        places.append(place_of(known.word if known.word == known.stem else 7, slot))
    return places


def joint_places(view: View, around: Surroundings, claimed: "Claimed", *, hidden: bool = False) -> list[int]:
    """Return the places of what a suspect says by itself, by its edges, and by several words together."""
    facets = facets_of(view, around, claimed, hidden=hidden)
    return [place for facet in facets for place in places_of(facet)]


def places_of(facet: Facet) -> list[int]:
    """Return the places of what a facet says."""
    sentences, *given = facet
    return [place_of(key_of(sentence.format(*given)), 0) for sentence in sentences]


def facets_of(view: View, around: Surroundings, claimed: "Claimed", *, hidden: bool = False) -> list[Facet]:
    """Return what says something of a suspect by itself, by its edges, and by several words together."""
    suspect = around.suspect
    form = form_of(view, suspect)
    own = _of_figures(view, suspect) if suspect.sort == FIGURES else _of_signs(view, around)
    facets = [(_FORM, form, around.reason > 0), *own, *_of_edges(view.text, suspect, form)]
    facets += _of_purposes(around, form)
    facets += _of_claims(suspect, claimed)
    return facets if hidden else facets + _of_pairs(around)


def form_of(view: View, suspect: Suspect) -> str:
    """Return in short how a suspect is written: how many digits, or which sorts of signs."""
    text = view.text[suspect.start : suspect.end]
    if suspect.sort == FIGURES:
        return f"d{min(size_of(text), 9)}"
    written = view.original[slice(*view.origin(suspect.start, suspect.end))]
    sorts = "".join(
        name
        for name, has in (
            ("U", any(map(str.isupper, written))),
            ("l", any(map(str.islower, written))),
            ("d", any(map(str.isdecimal, written))),
            ("-", any(sign in "-_./" for sign in written)),
            ("!", any(sign in "!@#$%^&*+=~?" for sign in written)),
        )
        if has
    )
    return f"s{sorts}"


def _of_figures(view: View, suspect: Suspect) -> list[Facet]:
    """Return what digits say, and the longer number of which they are a part."""
    text = view.text[suspect.start : suspect.end]
    digits = "".join(filter(str.isdecimal, text))
    size = len(digits)
    facts = {
        "year": is_year(text),
        "round": digits.endswith("00"),
        "zero": digits[0] == "0",
        "alike": digits in _STEADY,
        "grouped": size != len(text),
    }
    facets: list[Facet] = [(_FACT_OF_SIZE, fact, size, FIGURES) for fact, holds in facts.items() if holds]
    return facets + _of_run(view, suspect, size)


def _of_run(view: View, suspect: Suspect, size: int) -> list[Facet]:
    """Return what is said by the longer number of which `size` digits are a part, and by the currency before them."""
    text, (start, end) = view.text, run_around(view, suspect.start, suspect.end)
    origin = view.origin(suspect.start, suspect.end)[0]
    sign = view.original[max(origin - 2, 0) : origin].strip()[-1:]
    category = unicodedata.category(sign) if sign else ""
    facets: list[Facet] = [(_CURRENCY, category, FIGURES)] if category in {"Sc", "So"} else []
    if (start, end) == (suspect.start, suspect.end):
        return [*facets, (_FACT, "whole number", FIGURES)]
    digits = sum(map(str.isdecimal, text[start:end]))
    groups = _DIGITS.findall(text, start, end)
    where = start < suspect.start, end > suspect.end
    return [
        *facets,
        (_PIECE, *where, size, min(digits, 20), min(len(groups), 6), text[start] == "+", FIGURES),
        (_FIRST_GROUP, len(groups[0]), size, FIGURES),
    ]


def _of_signs(view: View, around: Surroundings) -> list[Facet]:
    """Return what a word with digits or signs says."""
    suspect = around.suspect
    text = view.text[suspect.start : suspect.end]
    written = view.original[slice(*view.origin(suspect.start, suspect.end))]
    own = {key for known in around.inside for key in known.own}
    facts = {
        "strong": is_strong(written),
        "mixed": is_mixed(written),
        "artefact": is_artefact(written),
        "offer": is_offer(written),
        "upper": written.isupper(),
        "digit last": text[-1].isdecimal(),
        "digit first": text[0].isdecimal(),
        "loud": written[-1] in "!?",
        "path": "/" in text or ":" in text,
        "at": "@" in text,
        f"long {min(len(text), 20) // 2}": True,
        "nobody knows": not own,
    }
    words = min(len(around.inside), 3)
    return [
        *((_FACT, fact, suspect.sort) for fact, holds in facts.items() if holds),
        *((_OWN, key, words, suspect.sort) for key in own),
    ]


def _of_edges(text: str, suspect: Suspect, form: str) -> list[Facet]:
    """Return what stands directly at a suspect's edges, and what it fills: a line, the text, a clause."""
    start, end = suspect.start, suspect.end
    left = _SIGNS.sub("w", text[max(start - _LONGEST_GLUE, 0) : start])[-3:] if start else "^"
    right = _SIGNS.sub("w", text[end : end + _LONGEST_GLUE])[:3] if end < len(text) else "$"
    opens = text[max(start - 24, 0) : start].rstrip(" \"'`(*>-")[-1:] in ("\n", "")
    closes = end + 4 >= len(text) and not text[end:].strip(" \"'`).!*\n")
    closes_line = _CLOSES_LINE.match(text, end) is not None
    length = len(text)
    sized = 0 if length < 12 else 1 if length < 30 else 2 if length < 60 else 3 if length < 120 else 4
    return [
        (_EDGES, left, right, left[-1], right[0], form),
        (_FILLED, opens, closes_line, closes, start == 0, sized, form),
    ]


def _of_purposes(around: Surroundings, form: str) -> list[Facet]:
    """Return which names of secrets stand nearest on each side, how far, and which other words that tell."""
    facets: list[Facet] = []
    nearest: list[str] = []
    everywhere: set[int] = set()
    for side, words in (("<", around.before), (">", around.behind)):
        name, at = "none", 0
        for number, known in enumerate(words, start=1):
            if known.names:
                name, at = known.names, _NEAR[number]
                break
        nearest.append(name)
        facets.append((_NAME, side, name, at, form))
        purposes = set().union(*[known.purposes for known in words])
        facets += [(_ALSO, side, other, form) for other in _ALSO_KEYS & purposes]
        everywhere |= purposes
    facets.append((_NAMES, *nearest, form))
    return facets + [(_PURPOSE, key, form) for key in everywhere]


def _of_pairs(around: Surroundings) -> list[Facet]:
    """Return what pairs of the nearest words say."""
    before, behind = ([*(known.word for known in words[:2]), 0, 0] for words in (around.before, around.behind))
    sort = around.suspect.sort
    return [
        (_BEFORE, before[1], before[0], sort),
        (_BEHIND, behind[0], behind[1], sort),
        (_BETWEEN, before[0], behind[0], sort),
    ]


def _of_claims(suspect: Suspect, claimed: "Claimed") -> list[Facet]:
    """Return which rules claim the suspect, whole or in part."""
    facets: set[Facet] = {
        (_RULE, claim.kind, claim.rule, (claim.start, claim.end) == (suspect.start, suspect.end))
        for claim in claimed.over(suspect.start, suspect.end)
    }
    return [*facets, (_RULED, bool(facets), claimed.kinds, suspect.sort)]


class Claimed:
    """What the rules claim in a text, ready to be asked about places of it."""

    __slots__ = ("_claims", "_longest", "_starts", "kinds")

    def __init__(self, claims: Sequence[Claim]) -> None:
        """Take the claims in any order; `kinds` are all their kinds in one word."""
        self._claims = sorted(claims, key=lambda claim: claim.start)
        self._starts = [claim.start for claim in self._claims]
        self._longest = max((claim.end - claim.start for claim in claims), default=0)
        self.kinds = "+".join(sorted({claim.kind for claim in claims}))

    def over(self, start: int, end: int) -> list[Claim]:
        """Return the claims that overlap `start:end`."""
        if not self._claims:
            return []
        first = bisect_left(self._starts, start - self._longest)
        behind = bisect_left(self._starts, end)
        return [claim for claim in self._claims[first:behind] if claim.end > start]
