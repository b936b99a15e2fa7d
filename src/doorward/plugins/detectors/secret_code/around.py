"""Secrets anywhere around their name: sentences away, on either side, as long as they stand as secrets do.

Nothing between a name and such a value says that they belong together. So the value has to look like a secret of that
name, stand out from its sentence, and be called nothing else.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from doorward.plugins.detectors.secret_code.far import is_free
from doorward.plugins.detectors.secret_code.figures import Span
from doorward.plugins.detectors.secret_code.grammar import REACH_AFTER, REACH_BEFORE, Grammar
from doorward.plugins.detectors.secret_code.values import (
    ends_phrase,
    is_mixed,
    is_offer,
    is_phrase,
    is_strong,
    is_unmistakable,
    size_of,
    trimmed,
)
from doorward.protection.ports import View
from doorward.protection.standing import odd_words

_SIZES: Final = {
    "pin": (4, 5, 6),
    "card_security_code": (3, 4),
    "one_time_code": (4, 5, 6, 7, 8),
    "bare": (6,),
}
"""How many digits a code has that stands anywhere around its name."""

_REACH: Final = {"card_security_code": 64}
_SENTENCE_ENDS: Final = re.compile(r"[.!?]\s|\n")
_NEAR: Final = 64  # characters of the same sentence in which a code hardly needs to stand out
_POSTCODE: Final = 5  # digits that are a postcode as often as a code
_LONG: Final = 6  # digits of a code that needs to stand out on one side only
_SIGNED: Final = re.compile(r"(?:\A|[\n:=>\-(\[\"'`/,;?!]|\.\.)\s{0,2}[\"'`(\[]?\Z")
SOURCE_REACH: Final = 90
"""Characters around a number in which words of sending and typing make it a code."""

_QUOTED: Final = re.compile(r"\"(?P<value>[^\W\d_][^\"\n?!]{2,40})\"")
_MOST: Final = 4  # passwords around one name


def is_sourced(grammar: Grammar, view: View, start: int, end: int) -> bool:
    """Return whether a mere 'code' at `start:end` is one of those that are sent and typed, by the words around it."""
    told: dict[Span, bool] = view.noted.setdefault(is_sourced, {})
    if (start, end) not in told:
        told[start, end] = grammar.source.is_between(view, max(start - SOURCE_REACH, 0), end + SOURCE_REACH)
    return told[start, end]


def codes_around(grammar: Grammar, view: View, name: Span, purpose: str) -> list[Span]:
    """Return the codes around a name that stand out; of each size only those as good as the first."""
    start, end = name
    reach = _REACH.get(purpose, REACH_AFTER)
    behind = list(_codes(grammar, view, name, (end, min(end + reach, len(view.text))), purpose))
    if behind:
        return behind
    return list(_codes(grammar, view, name, (max(start - min(reach, REACH_BEFORE), 0), start), purpose))[-2:]


def _codes(grammar: Grammar, view: View, name: Span, window: Span, purpose: str) -> Iterator[Span]:
    start, end = window
    for code in grammar.codes(view, start, end):
        if code[1] == end < len(view.text) and view.text[end].isalnum():
            return
        if size_of(view.text[slice(*code)]) not in _SIZES[purpose]:
            continue
        near = _is_near(view.text, code, name) and purpose != "bare"
        if stands_out(grammar, view, *code, near=near):
            yield code
    for word in odd_words(view, start, end) if purpose == "one_time_code" else ():
        for mixed in grammar.mixed.finditer(view.text, *word):
            if mixed.end() == end < len(view.text) and view.text[end].isalnum():
                return
            original = view.original[slice(*view.origin(*mixed.span()))]
            if original != original.upper() or is_offer(mixed[0]):
                continue
            near = _is_near(view.text, mixed.span(), name) and is_free(grammar, view, *mixed.span())
            if near and ("-" in mixed[0] or open_sides(grammar, view.text, *mixed.span())):
                yield mixed.span()


def _is_near(text: str, code: Span, name: Span) -> bool:
    """Return whether nothing but a few words of the same sentence lie between a code and the name."""
    between = (name[1], code[0]) if code[0] >= name[1] else (code[1], name[0])
    return between[1] - between[0] <= _NEAR and not _SENTENCE_ENDS.search(text, *between)


def stands_out(grammar: Grammar, view: View, start: int, end: int, *, near: bool = False) -> bool:
    """Return whether a code is set off from its sentence, and nothing beside it says that it is another number.

    Six digits need a sign or a word on one side, fewer on both, or on one when the name is near.
    """
    if not is_free(grammar, view, start, end) or grammar.last_digits.search(view.text[max(start - 32, 0) : start]):
        return False
    sides, size = open_sides(grammar, view.text, start, end), size_of(view.text[start:end])
    return sides == 2 or (sides == 1 and ((near and size != _POSTCODE) or size >= _LONG)) or (near and size == 3)


def open_sides(grammar: Grammar, text: str, start: int, end: int) -> int:
    """Return on how many sides a sign or a word sets a value off from its sentence: 0 to 2."""
    before = _SIGNED.search(text, max(start - 4, 0), start) or grammar.says.search(text[max(start - 32, 0) : start])
    behind = ends_phrase(text, end) or grammar.followed.match(text, end) or grammar.typed.match(text, end)
    return bool(before) + bool(behind)


def passwords_around(grammar: Grammar, view: View, name: Span, *, named: bool = True) -> list[Span]:
    """Return the words around a password's name that are passwords by their looks, and called nothing else.

    Where no name but only a word such as 'typed' or 'login' stands (`named` is False) they have to look it
    beyond doubt.
    """
    start, end = name
    text = view.text
    window = max(start - REACH_BEFORE, 0), min(end + REACH_AFTER, len(text))
    found = []
    for word in odd_words(view, *window):
        if (word[0] == window[0] > 0 and not text[window[0] - 1].isspace()) or word[1] == window[1] < len(text):
            continue
        place = _password_in(grammar, view, word, named=named)
        if place and not (place[0] < end and start < place[1]):
            found.append(place)
    if named and text.find('"', *window) >= 0:
        found += [
            match.span("value")
            for match in _QUOTED.finditer(text, *window)
            if any(map(str.isdecimal, match["value"]))
            and is_phrase(match["value"])
            and not (grammar.counted.search(match["value"]) or grammar.name.search(match["value"]))
            and not any(a < match.end() and match.start() < b for a, b in found)
        ]
    return found[:_MOST]


def _password_in(grammar: Grammar, view: View, word: Span, *, named: bool) -> Span | None:
    """Return the password that a word is, without the signs around it; judged once, however many names are near."""
    judged: dict[tuple[Span, bool], Span | None] = view.noted.setdefault(_password_in, {})
    if (word, named) not in judged:
        place = trimmed(view.text, *word)
        good = place[0] < place[1] and _is_password(grammar, view, place, named=named)
        judged[word, named] = place if good else None
    return judged[word, named]


def _is_password(grammar: Grammar, view: View, place: Span, *, named: bool) -> bool:
    value = unicodedata.normalize("NFKC", view.original[slice(*view.origin(*place))])
    looks = (is_strong(value) or is_mixed(value)) if named else is_unmistakable(value)
    if not looks or grammar.ordinary.is_all(view.text, *place):
        return False
    before = view.text[max(place[0] - 40, 0) : place[0]]
    return not (grammar.other_number.search(before) or grammar.username.search(before))
