"""Passwords beside their names, on either side."""

import re
from collections.abc import Iterator
from typing import Final

from doorward.plugins.detectors.secret_code.far import spoken_password
from doorward.plugins.detectors.secret_code.figures import Span
from doorward.plugins.detectors.secret_code.grammar import Grammar
from doorward.plugins.detectors.secret_code.values import (
    ends_phrase,
    ends_sentence,
    has_inner_breaks,
    has_odd_capitals,
    has_signs,
    is_number,
    is_phrase,
    is_quoted,
    is_range,
    is_strong,
    trimmed,
)
from doorward.protection.announced import Place
from doorward.protection.numbers import is_money
from doorward.protection.ports import Candidate, View

_TAIL: Final = re.compile(r"[\W\d_]+\Z")
_LETTERS: Final = re.compile(r"[^\W\d_]{4,}")
_LEET: Final = str.maketrans("013457@$", "oieastas")
_WORD: Final = re.compile(r"[^\s\x1a]{4,64}")
_NEAR: Final = 64  # characters from a password to one that begins like it
_SHORTEST_SIBLING: Final = 5
_SHORTEST_WORD: Final = 6  # letters of an ordinary word that is taken for a password


def password_behind(grammar: Grammar, view: View, candidate: Candidate) -> Span | None:
    """Return the password behind a name: said in words, or written; behind a bare name such as 'pass' a likely one."""
    bare = candidate.pattern == "bare_password"
    places = list(grammar.beside.places(view, candidate.end))
    short = view.text[candidate.end - 2 : candidate.end] == "'s"  # 'the password's ...'
    for place in places:
        announced = place.announced or short
        spoken = not bare and (place.adjoining or place.word)
        said = spoken_password(grammar, view.text, place.at, announced=announced) if spoken else None
        found = said or _password(grammar, view, place)
        if found and (not bare or _is_likely(view, place, found)):
            return found
    return None


def password_before(view: View, start: int, end: int) -> Span | None:
    """Return the password before a name, if `start:end` looks like one."""
    start, end = trimmed(view.text, start, end)
    if end - start < 4:
        return None
    original = view.original[slice(*view.origin(start, end))]
    secret = (has_signs(original) and not is_number(original)) or has_odd_capitals(original)
    return (start, end) if secret or is_quoted(view.text, start, end) else None


def _is_likely(view: View, place: Place, span: Span) -> bool:
    """Return whether a word behind 'pass' or 'key' is a password, and no passport's number or key of a keyboard."""
    value = view.original[slice(*view.origin(*span))]
    return is_strong(value) or (place.sign and value != value.upper() and any(sign.isdecimal() for sign in value))


def _password(grammar: Grammar, view: View, place: Place) -> Span | None:
    """Return the password that begins at a place."""
    match = grammar.token.match(view.text, place.at)
    if match is None:
        return None
    start, end = trimmed(view.text, *match.span())
    if end - start < 4 or is_money(view.text, start, end) or grammar.name.is_all(view.text, start, end):
        return None
    if is_quoted(view.text, start, end):
        return None if " " in match[0] and _is_sentence(grammar, match[0]) else (start, end)
    if grammar.ordinary.is_all(view.text, start, end):
        return None
    original = view.original[slice(*view.origin(start, end))]
    followed = grammar.followed.match(view.text, end) is not None
    if has_signs(original):
        number = is_range(original) or (is_number(original) and not (place.announced or followed))
        return None if number else (start, end)
    if place.adjoining and ends_phrase(view.text, end) and has_inner_breaks(original):
        return start, end
    if not place.announced and not followed:
        return None
    ordinary = place.adjoining and _could_be_a_password(grammar, view.text, start, end)
    good = has_odd_capitals(original) or ordinary
    return (start, end) if good else None


def _is_sentence(grammar: Grammar, quoted: str) -> bool:
    """Return whether quoted words are a question, a rule for passwords or a message about one."""
    figure = any(map(str.isdecimal, quoted))
    counts = figure and grammar.counted.search(quoted) is not None
    return quoted.endswith("?") or counts or not is_phrase(quoted) or grammar.name.search(quoted) is not None


def _could_be_a_password(grammar: Grammar, text: str, start: int, end: int) -> bool:
    """Return whether an ordinary word that is announced as a password is one.

    It ends what is said, and it is not what people say of passwords.
    """
    ends = ends_sentence(text, end) or grammar.beside.halts.match(text, end + 1) is not None
    return end - start >= _SHORTEST_WORD and ends and not grammar.ordinary.is_all(text, start, end)


def siblings(grammar: Grammar, view: View, found: Span) -> Iterator[Span]:
    """Yield the words near a password that begin like it: whoever has forgotten one tries 'penguin', 'P3nguin!1'."""
    text = view.text
    stem = _stem(text[slice(*found)])
    if not stem:
        return
    window = max(found[0] - _NEAR, 0), min(found[1] + _NEAR, len(text))
    for match in _WORD.finditer(text, *window):
        cut = match.start() == window[0] > 0 or match.end() == window[1] < len(text)
        start, end = trimmed(text, *match.span())
        if cut or end - start < _SHORTEST_SIBLING or (start < found[1] and found[0] < end):
            continue
        if not text[start:end].translate(_LEET).startswith(stem):
            continue
        again = text[start:end].rstrip("!?") == text[slice(*found)]  # masked as said again, without the sentence's sign
        if not again and _stem(text[start:end]) == stem and not grammar.name.is_all(text, start, end):
            yield start, end


def _stem(value: str) -> str:
    """Return the word that a password begins with, digits and signs read as the letters they stand for."""
    letters = _LETTERS.match(_TAIL.sub("", value).translate(_LEET))
    return letters[0] if letters else ""
