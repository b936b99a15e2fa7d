"""Words and numbers written sign by sign, and numbers with letters that look like digits."""

import re
from collections.abc import Iterator
from typing import Final

from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.rewriting import Replacement
from doorward.protection.view import View

_LETTER: Final = r"[^\x00-/:-`{-\x7f]"  # letters and digits in normal form
_SIGN: Final = r"[\-._*/@+]"
_NARROW, _WIDE = (rf"{blank}(?:{_SIGN}{blank})?" for blank in (" ", "  "))
_SPACED: Final = re.compile(
    "|".join(rf"{WORD_BEFORE}{_LETTER}(?:{step}{_LETTER}{WORD_AFTER}){{2,}}" for step in (_NARROW, _WIDE))
)
_STEPS: Final = re.compile(rf"(?<=(.))(?:{_WIDE}|{_NARROW})(?=(.))")
_FEWEST_DIGITS: Final = 3  # behind letters: then they are a name and its number

_ALIKE: Final = {
    "o": "0",
    "l": "1",
    "i": "1",
    "z": "2",
    "s": "5",
    "b": "8",
    "о": "0",
    "і": "1",
    "з": "3",
    "ч": "4",
    "б": "6",
    "в": "8",
}
"""Letters that people type for digits, or whose capitals look like one: Latin and Cyrillic; in normal form, where a
Cyrillic з beside Latin letters is a z as well: the original tells."""

_LIKE: Final = "[" + "".join(_ALIKE) + "]"
_ALMOST: Final = "[0-9" + "".join(_ALIKE) + "]"
_NUMBER: Final = re.compile(
    rf"{WORD_BEFORE}(?P<country>(?!{_LIKE}{{2}})[a-z]{{2}}(?=\d))?{_ALMOST}+(?:[ \-./]{{1,3}}{_ALMOST}+)*{WORD_AFTER}"
)
_TOKEN: Final = re.compile(rf"{_ALMOST}+")
_INSIDE: Final = re.compile(rf"{_LIKE}\d")
_FIGURE: Final = re.compile(r"\d")
_NOUGHTS: Final = re.compile("[oо]+")
_SHORTEST: Final = 6
_MANY_DIGITS: Final = 8

ALIKE_CUES: Final = (
    r"\m\d{0,19}(?:o|l|i|s|z|b|о|і|з|б|ч){1,4}\d",
    r"\m[a-z][a-z]\d{1,4}(?:o|l|i|s|z|b|о|і|з|б|ч)",
    r"\m\d{1,19}(?:o|l|i|s|z|b|о|і|з|б|ч)",
)
"""Expressions of the dialect that match wherever there may be such a number."""

_ONE_BY_ONE: Final = re.compile(r" [^ ] {1,2}[^ ](?: |\Z)")
"""Matches in every text with a word or number of three or more single signs. No cue: it would slow Hyperscan down."""


def is_one_by_one(text: str) -> bool:
    """Return whether `joined_words` would find anything in a text in normal form."""
    return _ONE_BY_ONE.search(text) is not None and _SPACED.search(text) is not None


def joined_words(view: View) -> Iterator[Replacement]:
    """Yield what makes words and numbers of single signs whole: 'p i n 4 7 1 1', '1 - 2 - 3 - 4', 'a n n @ x . d e'.

    In characters of the view's original. Between digits signs are left out, between letters they stay.
    """
    for match in _SPACED.finditer(view.text):
        figure = _FIGURE.search(match[0])
        name = match.start() + figure.start() if figure and _is_number(match[0][figure.start() :]) else 0
        for step in _STEPS.finditer(view.text, *match.span()):
            both = step[1].isdecimal() and step[2].isdecimal()
            text = " " if step.end() == name else "" if both else step[0].strip()
            yield Replacement(*view.origin(*step.span()), text)


def _is_number(text: str) -> bool:
    return not any(character.isalpha() for character in text) and len(_FIGURE.findall(text)) >= _FEWEST_DIGITS


def looked_alike(view: View) -> Iterator[Replacement]:
    """Yield the digits for letters inside of numbers that look like them ('O532 l23'), in characters of the original.

    Only where digits are mixed with such letters, one of them before a digit, or in a long row: '5l' is five litres.
    """
    for match in _NUMBER.finditer(view.text):
        figures = len(_FIGURE.findall(match[0]))
        if figures < _FEWEST_DIGITS or len(match[0]) < _SHORTEST or figures == len(match[0]):
            continue
        tokens = list(_TOKEN.finditer(view.text, match.start() + len(match["country"] or ""), match.end()))
        while tokens and not (_FIGURE.search(tokens[-1][0]) or _NOUGHTS.fullmatch(tokens[-1][0])):
            tokens.pop()
        while tokens and not _FIGURE.search(tokens[0][0]):
            tokens.pop(0)
        if figures >= _MANY_DIGITS or any(_INSIDE.search(token[0]) for token in tokens):
            for token in tokens:
                if _FIGURE.search(token[0]) or _NOUGHTS.fullmatch(token[0]):
                    yield from _as_digits(view, token)


def _as_digits(view: View, token: re.Match[str]) -> Iterator[Replacement]:
    for place, character in enumerate(token[0], start=token.start()):
        typed = view.original[slice(*view.origin(place, place + 1))].lower()
        digit = _ALIKE.get(typed) or _ALIKE.get(character)
        if digit:
            yield Replacement(*view.origin(place, place + 1), digit)
