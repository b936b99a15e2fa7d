"""What may be a secret by its structure alone: figures, words that mix signs, words and phrases where one is spoken of.

Nothing here knows a word. What is yielded is looked at by the judge; what is not yielded is left to the rules.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from doorward.plugins.detectors.secret_code.learned.words import NAMES, PURPOSE_KEYS, Token, place_among
from doorward.plugins.detectors.secret_code.values import is_range, trimmed
from doorward.protection.numbers import date_end, is_money
from doorward.protection.ports import View

FIGURES, SIGNS, WORDS = 0, 1, 2
"""Sorts of suspects: digits; a word with letters and digits or signs; one ordinary word or several."""

_FIGURES: Final = re.compile(
    r"(?<!\d)(?<!\d[.,:])(?<!\b\d[/\-])(?<!\b\d\d[/\-])"
    r"(?:\d{3}[ \-]\d{3}|\d{4}[ \-]\d{4}|\d\d(?:[ \-]\d\d){1,4}|\d(?:[ \-.,_/*()]{1,3}\d){2,9}|\d{3,10})"
    r"(?!\d)(?![.,:]\d|[/\-]\d{1,2}(?!\d)|\s?%)"
)
_GLUED: Final = re.compile(r"[^\W\d_]")
_NAMED_BEFORE: Final = re.compile(r"[^\W_][^\W_]-\Z")
_NAMED_BEHIND: Final = re.compile(r"-[^\W\d_]{2}")
_CHUNK: Final = re.compile(r"[^\s\x1a]{4,64}")
_INNER: Final = re.compile(r"[^\W_].*[^\w\s].*[^\W_]|.*[\d_!@#$%^&*+=~]")
_QUOTED: Final = re.compile(r"[\"'`*(](?P<value>[^\"'`*()\n]{3,64})[\"'`*)]")
_SET_OFF: Final = re.compile(r"(?:[:=>\-\n\"'`(,]\s{0,2}|\A\s*)\Z")
_TELLING: Final = frozenset(
    PURPOSE_KEYS[purpose]
    for purpose in (
        *(*NAMES, "bare_code", "bare_password", "code_source", "typed", "login", "secret_request", "not_a_secret"),
        *("connective", "code_filler", "conjunction", "stop_words", "hesitation", "yes", "no", "greeting", "thanks"),
        *("counted", "another_value"),
    )
)
"""Words for these purposes are hardly ever passwords."""

_CLAUSE: Final = re.compile(r"[.,;:!?\n\"'`()]|\s-\s|\Z")
_SHORTEST_WORD: Final = 4
_MOST_WORDS: Final = 6
_LONGER: Final = re.compile(r"[+(]{0,2}\d(?:[ .()/\-]{0,2}\d)*")
_REACH_OF_RUN: Final = 32
_MOST_DIGITS: Final = 10
_WRITTEN_BY_PROGRAMS: Final = re.compile(
    r"%[0-9a-f]{2}|[\w\"]=|\":|[{}]|://|\\|.*/.*/|[0-9a-f]{24}|[\w+/]{40}|[^@\s]@[\w\-]+\.\w", re.IGNORECASE
)
_ONLY_NUMBER: Final = re.compile(r"[\d\s.,:/\-+*_()#]*")


class Suspect(NamedTuple):
    """A place in the view's text that may be a secret, and its sort."""

    start: int
    end: int
    sort: int


def figures(view: View, start: int, end: int) -> Iterator[Suspect]:
    """Yield the runs of three to ten digits of a part of the text: together, in groups, one by one.

    Pieces of longer numbers, amounts and dates are none.
    """
    text = view.text
    for match in _FIGURES.finditer(text, start, end):
        before, behind = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if not (_GLUED.match(before) and _GLUED.match(behind)) and not _is_other(text, *match.span()):
            yield Suspect(*match.span(), FIGURES)


def run_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the place of the digits with short breaks between them that `text[start:end]` is a part of.

    No more than some digits on each side are looked at.
    """
    low = max(start - _REACH_OF_RUN, 0)
    for match in _LONGER.finditer(text, low, min(end + _REACH_OF_RUN, len(text))):
        if match.start() <= start < match.end():
            return match.span()
    return start, end


def _is_other(text: str, start: int, end: int) -> bool:
    """Return whether digits are an amount, a date, a range, a piece of a name ('3DES-0417'), or the beginning or middle
    of a number that is too long for a code.
    """
    if is_money(text, start, end) or date_end(text, start) == end or is_range(text[start:end]):
        return True
    if _NAMED_BEFORE.search(text, max(start - 4, 0), start) or _NAMED_BEHIND.match(text, end):
        return True
    run = run_around(text, start, end)
    return run[1] > end and sum(map(str.isdecimal, text[slice(*run)])) > _MOST_DIGITS


def chunks(view: View, start: int, end: int) -> Iterator[Suspect]:
    """Yield the words with digits or signs inside, or with capitals among small letters, without quotes around."""
    text = view.text
    for match in _CHUNK.finditer(text, start, end):
        if (match.start() == start > 0 and not text[start - 1].isspace()) or (
            match.end() == end < len(text) and not text[end].isspace()
        ):
            continue
        place = trimmed(text, *match.span())
        if place[1] - place[0] < _SHORTEST_WORD or _ONLY_NUMBER.fullmatch(text, *place):
            continue
        written = view.original[slice(*view.origin(*place))]
        if _WRITTEN_BY_PROGRAMS.search(written):
            continue
        odd = any(sign.isupper() for sign in written[1:]) and not written.isupper()
        if odd or _INNER.match(text, *place):
            yield Suspect(*place, SIGNS)


def words(view: View, tokens: Sequence[Token], start: int, end: int) -> Iterator[Suspect]:
    """Yield ordinary words that say nothing of passwords themselves, and quoted phrases."""
    text = view.text
    first, behind = place_among(tokens, start), place_among(tokens, end)
    for token in tokens[first:behind]:
        if token.end - token.start >= _SHORTEST_WORD and _TELLING.isdisjoint(token.known.own):
            if text[token.start].isdecimal():
                continue
            yield Suspect(token.start, token.end, WORDS)
    for quoted in _QUOTED.finditer(text, start, end):
        if " " in quoted["value"].strip():
            yield Suspect(*trimmed(text, *quoted.span("value")), WORDS)


def phrases(view: View, tokens: Sequence[Token], begin: int) -> Iterator[Suspect]:
    """Yield what begins with the token `begin` and is two to six words of one clause long."""
    text = view.text
    for place in range(begin + 1, min(begin + _MOST_WORDS, len(tokens))):
        gap = _CLAUSE.search(text, tokens[place - 1].end, tokens[place].start)
        if gap and gap.start() < tokens[place].start:
            return
        yield Suspect(tokens[begin].start, tokens[place].end, WORDS)


def is_set_off(text: str, start: int) -> bool:
    """Return whether a sign, a line's or the text's beginning sets off what begins at `start`."""
    return _SET_OFF.search(text, max(start - 3, 0), start) is not None
