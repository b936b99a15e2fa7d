"""From a suspect and its surroundings to places in a table of weights.

The trick is feature hashing (K. Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009): no
dictionary of features is kept, a feature's place is a hash of what it says. What one word says of a suspect depends on
the word and on where it stands (its slot) alone, so that what it adds to the scores can be remembered; all else is
said by `joint_places`.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from doorward.plugins.detectors.secret_code.learned.candidates import FIGURES, Suspect, run_around
from doorward.plugins.detectors.secret_code.learned.words import NAMES, PURPOSE_KEYS, Known, Token, key_of, place_among
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
_NAME_KEYS: Final = {PURPOSE_KEYS[purpose]: purpose for purpose in (*NAMES, "bare_password", "bare_code", "login")}
_ALSO_KEYS: Final = {
    PURPOSE_KEYS[purpose]
    for purpose in ("typed", "code_source", "counted", "other_number", "order_number", "phone", "not_a_code", "card")
}
_LONGEST_GLUE: Final = 4


class Surroundings(NamedTuple):
    """A suspect with the words around it: those before it, the nearest first, and those behind, each with its slot.

    `reason` is 2 where a name of a secret stands within reach, 1 where another word that gives reason to look does,
    0 where the suspect's own shape is all there is.
    """

    suspect: Suspect
    inside: Sequence[Token]
    before: Sequence[Token]
    behind: Sequence[Token]
    slots: tuple[Sequence[int], Sequence[int]]
    reason: int


def place_of(key: int, number: int) -> int:
    """Return the place of what a key says of something with a number."""
    mixed = ((key ^ (number * _ODD_SLOT)) * _ODD) & _MASK
    return ((mixed ^ (mixed >> 15)) * _ODD & _MASK) >> (32 - BITS)


def surroundings(view: View, tokens: Sequence[Token], suspect: Suspect, *, reason: int) -> Surroundings:
    """Return what stands around a suspect; `tokens` are the words of a part of the text that holds it."""
    first = place_among(tokens, suspect.start)
    behind = place_among(tokens, suspect.end)
    if first and tokens[first - 1].end > suspect.start:
        first -= 1
    left = tokens[max(first - REACH, 0) : first][::-1]
    right = tokens[behind : behind + REACH]
    crossed_left = _crossed(view.text, left[-1].start if left else suspect.start, suspect.start, last=True)
    crossed_right = _crossed(view.text, suspect.end, right[-1].end if right else suspect.end, last=False)
    base = suspect.sort * 2
    slots = (
        [_slot(base, number, crossed=token.end <= crossed_left) for number, token in enumerate(left, start=1)],
        [_slot(base + 1, number, crossed=token.start >= crossed_right) for number, token in enumerate(right, start=1)],
    )
    return Surroundings(suspect, tokens[first:behind], left, right, slots, reason)


def _crossed(text: str, start: int, end: int, *, last: bool) -> int:
    """Return where the sentence around a suspect begins or ends, or a place beyond its surroundings."""
    found = -1 if last else len(text) + 1
    for match in _ENDS.finditer(text, start, end):
        if not last:
            return match.start()
        found = match.end()
    return found


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
    return list(map(place_of_said, said_of(view, around, claimed, hidden=hidden)))


def place_of_said(said: str) -> int:
    """Return the place of what is said in words."""
    return place_of(key_of(said), 0)


def said_of(view: View, around: Surroundings, claimed: "Claimed", *, hidden: bool = False) -> list[str]:
    """Return what a suspect says by itself, by its edges, and by several words together; none of it has its letters."""
    suspect, text = around.suspect, view.text
    form = form_of(view, suspect)
    said = [
        f"form {form}",
        f"reason {around.reason > 0} {form}",
        *(f"{fact} {suspect.sort}" for fact in _facts(view, around)),
    ]
    said += [f"{fact} {form}" for fact in _edges(text, suspect)]
    said += _named(around, form)
    said += _claimed(suspect, claimed)
    return said if hidden else said + _together(around, suspect.sort)


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


def _facts(view: View, around: Surroundings) -> list[str]:
    """Return what a suspect's own signs say."""
    suspect = around.suspect
    text = view.text[suspect.start : suspect.end]
    if suspect.sort == FIGURES:
        digits = "".join(sign for sign in text if sign.isdecimal())
        steps = {(int(after) - int(before)) % 10 for before, after in pairwise(digits)}
        facts = {
            "year": is_year(text),
            "round": digits.endswith("00"),
            "zero": digits[0] == "0",
            "alike": len(steps) == 1,
            "grouped": len(digits) != len(text),
        }
        return [
            *(f"{fact} {len(digits)}" for fact, holds in facts.items() if holds),
            *_run(view, suspect, len(digits)),
        ]
    written = view.original[slice(*view.origin(suspect.start, suspect.end))]
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
    }
    own = {key for token in around.inside for key in token.known.own}
    return [
        *(fact for fact, holds in facts.items() if holds),
        f"long {min(len(text), 20) // 2}",
        *(f"own {key} {min(len(around.inside), 3)}" for key in sorted(own)),
        *(["nobody knows"] if not own else []),
    ]


def _run(view: View, suspect: Suspect, size: int) -> list[str]:
    """Return of which longer number a suspect of `size` digits is a part, and which currency stands before it."""
    text, (start, end) = view.text, run_around(view.text, suspect.start, suspect.end)
    origin = view.origin(suspect.start, suspect.end)[0]
    sign = view.original[max(origin - 2, 0) : origin].strip()[-1:]
    said = [f"currency {unicodedata.category(sign)}"] if sign and unicodedata.category(sign) in {"Sc", "So"} else []
    if (start, end) == (suspect.start, suspect.end):
        return [*said, "whole number"]
    digits = sum(map(str.isdecimal, text[start:end]))
    groups = len(_DIGITS.findall(text, start, end))
    where = f"{start < suspect.start} {end > suspect.end}"
    return [
        *said,
        f"piece {where} {size}",
        f"piece of {min(digits, 20)} {where}",
        f"piece in {min(groups, 6)} {where} {text[start] == '+'}",
        f"first {len(_DIGITS.findall(text, start, end)[0])} {size}",
    ]


def _edges(text: str, suspect: Suspect) -> list[str]:
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
        f"left {left}",
        f"right {right}",
        f"both {left[-1:]} {right[:1]}",
        f"fills {opens} {closes_line}",
        f"fills all {opens} {closes} {start == 0} {sized}",
        f"sized {sized}",
    ]


def _named(around: Surroundings, form: str) -> list[str]:
    """Return which names of secrets stand nearest on each side, how far, and which other words that tell."""
    said = []
    nearest: list[str] = []
    for side, tokens in (("<", around.before), (">", around.behind)):
        name, at = "none", 0
        for number, token in enumerate(tokens, start=1):
            keys = _NAME_KEYS.keys() & token.known.purposes
            if keys:
                name, at = "+".join(sorted(_NAME_KEYS[key] for key in keys)), _NEAR[number]
                break
        nearest.append(name)
        said += [f"name {side} {name} {at} {form}", f"name {side} {name} {form[0]}", f"at {side} {at} {form[0]}"]
        others = _ALSO_KEYS & set().union(*[token.known.purposes for token in tokens])
        said += [f"also {side} {other} {form}" for other in others]
    said.append(f"names {nearest[0]} {nearest[1]} {form[0]}")
    everywhere = set().union(*[token.known.purposes for token in (*around.before, *around.behind)])
    return said + [f"near {key} {form}" for key in everywhere]


def _together(around: Surroundings, sort: int) -> list[str]:
    """Return what pairs of the nearest words say."""
    before, behind = around.before, around.behind
    left = [token.known.word for token in before[:2]] + [0] * (2 - len(before[:2]))
    right = [token.known.word for token in behind[:2]] + [0] * (2 - len(behind[:2]))
    return [
        f"{left[1]} {left[0]} _ {sort}",
        f"_ {right[0]} {right[1]} {sort}",
        f"{left[0]} _ {right[0]} {sort}",
    ]


def _claimed(suspect: Suspect, claimed: "Claimed") -> list[str]:
    """Return which rules claim the suspect, whole or in part."""
    said = {
        f"rule {claim.kind} {claim.rule} {(claim.start, claim.end) == (suspect.start, suspect.end)}"
        for claim in claimed.over(suspect.start, suspect.end)
    }
    return [*said, f"ruled {bool(said)} {claimed.kinds} {suspect.sort}"]


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
