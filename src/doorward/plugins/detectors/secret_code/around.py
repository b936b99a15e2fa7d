"""Secrets anywhere around their name: sentences away, on either side, as long as they stand as secrets do.

Nothing between a name and such a value says that they belong together. So the value has to look like a secret of that
name, stand out from its sentence, and be called nothing else.
"""

import re
from collections.abc import Iterator
from typing import Final

from doorward.plugins.detectors.secret_code.far import Span, is_free
from doorward.plugins.detectors.secret_code.grammar import REACH_AFTER, REACH_BEFORE, Grammar
from doorward.plugins.detectors.secret_code.values import ends_phrase, is_mixed, is_strong, is_year, size_of, trimmed
from doorward.protection.ports import View

_SIZES: Final = {
    "pin": (4, 5, 6),
    "card_security_code": (3, 4),
    "one_time_code": (4, 5, 6, 7, 8),
    "bare": (6,),
}
"""How many digits a code has that stands anywhere around its name."""

_REACH: Final = {"card_security_code": 64}
_LONG: Final = 6  # digits of a code that needs to stand out on one side only
_SIGNED: Final = re.compile(r"(?:\A|[\n:=>\-(\[\"'`/,;?!]|\.\.)\s{0,2}[\"'`(\[]?\Z")
_SOURCE_REACH: Final = 80
_WORD: Final = re.compile(r"[^\s\x1a]{4,64}")
_MOST: Final = 4  # passwords around one name


def is_sourced(grammar: Grammar, view: View, start: int, end: int) -> bool:
    """Return whether a mere 'code' at `start:end` is one of those that are sent and typed, by the words around it."""
    window = max(start - _SOURCE_REACH, 0)
    return grammar.source.is_between(view, window, end + _SOURCE_REACH)


def codes_around(grammar: Grammar, view: View, name: Span, purpose: str) -> list[Span]:
    """Return the codes around a name that stand out; of each size only those as good as the first."""
    start, end = name
    reach = _REACH.get(purpose, REACH_AFTER)
    if not grammar.could_be_between(view, max(start - REACH_BEFORE, 0), end + reach):
        return []
    behind = list(_codes(grammar, view, end, min(end + reach, len(view.text)), purpose))
    if behind:
        return behind
    return list(_codes(grammar, view, max(start - min(reach, REACH_BEFORE), 0), start, purpose))[-2:]


def _codes(grammar: Grammar, view: View, start: int, end: int, purpose: str) -> Iterator[Span]:
    for match in grammar.digits.finditer(view.text, start, end):
        if match.end() == end < len(view.text) and view.text[end].isalnum():
            return
        if size_of(match[0]) in _SIZES[purpose] and stands_out(grammar, view, *match.span()):
            yield match.span()


def stands_out(grammar: Grammar, view: View, start: int, end: int) -> bool:
    """Return whether a code is set off from its sentence, and nothing beside it says that it is another number.

    Six digits need a sign or a word on one side, fewer on both.
    """
    text = view.text
    value = text[start:end]
    if not is_free(grammar, view, start, end) or grammar.last_digits.search(text[max(start - 32, 0) : start]):
        return False
    before = _SIGNED.search(text, max(start - 4, 0), start) is not None or grammar.says.search(
        text[max(start - 32, 0) : start]
    )
    behind = ends_phrase(text, end) or grammar.followed.match(text, end) or grammar.typed.match(text, end)
    sides = bool(before) + bool(behind)
    return sides == 2 or (sides == 1 and size_of(value) >= _LONG and not is_year(value))


def passwords_around(grammar: Grammar, view: View, name: Span) -> list[Span]:
    """Return the words around a password's name that are passwords by their looks, and called nothing else."""
    start, end = name
    text = view.text
    window = max(start - REACH_BEFORE, 0), min(end + REACH_AFTER, len(text))
    found = []
    for match in _WORD.finditer(text, *window):
        if (match.start() == window[0] > 0 and not text[window[0] - 1].isspace()) or match.end() == window[1] < len(
            text
        ):
            continue
        place = trimmed(text, *match.span())
        if place[0] < place[1] and not (place[0] < end and start < place[1]) and _is_password(grammar, view, place):
            found.append(place)
    return found[:_MOST]


def _is_password(grammar: Grammar, view: View, place: Span) -> bool:
    value = view.original[slice(*view.origin(*place))]
    if not (is_strong(value) or is_mixed(value)) or grammar.ordinary.is_all(view.text, *place):
        return False
    before = view.text[max(place[0] - 40, 0) : place[0]]
    return not (grammar.other_number.search(before) or grammar.username.search(before))
