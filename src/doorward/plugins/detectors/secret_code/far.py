"""Secrets further away from their name: later in the sentence, below a question, beside another one, said in words.

What stands beside its name needs no proof of its own; what stands further away must look like a secret.
"""

import re
from collections.abc import Iterator
from typing import Final

from doorward.plugins.detectors.secret_code.figures import Span
from doorward.plugins.detectors.secret_code.grammar import Grammar
from doorward.plugins.detectors.secret_code.values import ends_phrase, is_strong, is_year, size_of, trimmed
from doorward.protection.numbers import is_money
from doorward.protection.ports import View
from doorward.protection.standing import odd_words

_SIZES: Final = {
    "pin": (4, 5, 6),
    "card_security_code": (3, 4),
    "one_time_code": (4, 5, 6, 7, 8),
    "bare": (6,),
    "password": (4, 6),
}
"""How many digits a code has that does not stand beside its name."""

_REACH: Final = {"pin": 72, "card_security_code": 32, "one_time_code": 80, "bare": 64, "password": 80}
_INTO_NEXT: Final = 30  # characters into the next sentence
_FURTHER: Final = 64  # characters from a value to a further one
_CLOSE: Final = 16  # characters in which a code of the same size needs no word that says it is another one
_MOST_FURTHER: Final = 4
_NEARLY: Final = 16
_LONG_CODE: Final = 6  # digits of a code that may stand in the next sentence
_END_OF_SENTENCE: Final = re.compile(r"(?:[.!;]|\.\.\.)\s|\n")
_QUESTION: Final = re.compile(r"\?\s")
_LISTED: Final = re.compile(r"[\s,/(&+;]+")
_CLOSED: Final = re.compile(r"[\"'`)\]]?\s*(?:[.,;!?]|\Z|\n)")
_WORDS_BEFORE_NUMBERS: Final = 4
_SIGNED: Final = re.compile(r"[,:(\-]\s?\Z")
_GLUED: Final = re.compile(r"[\w\-]")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?: 000)+")
_MEASURED: Final = re.compile(r"\s?(?:%|x\b|km|kg)")
_PART: Final = re.compile(r"[^\W_]+")
_SPOKEN_WORD: Final = re.compile(r"[^\W\d_]{2,24}\s")


def far_code(grammar: Grammar, view: View, end: int, purpose: str) -> Span | None:
    """Return the first code of a fitting size behind a name that ends at `end`; no price, year or other number.

    `purpose` is a key of `_SIZES`. In the next sentence only six digits or more count, or what follows a question.
    """
    text = view.text
    limit = min(end + _REACH[purpose], len(text))
    sentence = _END_OF_SENTENCE.search(text, end, limit)
    if sentence:
        limit = min(limit, sentence.end() + _INTO_NEXT)
    if not grammar.could_be_between(view, end, limit):
        return None
    for code in grammar.codes(view, end, limit):
        size = size_of(text[slice(*code)])
        if size < 3:
            continue
        crossed = sentence is not None and code[0] >= sentence.end()
        beyond = code[0] - sentence.end() if sentence and crossed else 0
        good = size in _SIZES[purpose] and (
            _is_long(size, purpose)
            or _is_set_off(text, code, purpose, beyond)
            or (not beyond and grammar.followed.match(text, code[1]))
        )
        return code if good and is_free(grammar, view, *code) else None
    return None


def _is_long(size: int, purpose: str) -> bool:
    return size >= _LONG_CODE and purpose != "password"


def _is_set_off(text: str, code: Span, purpose: str, beyond: int) -> bool:
    """Return whether a short code closes what is said, soon after the sentence with the name has ended.

    A word for passwords alone asks for a sign before it as well: '…, 2552'.
    """
    signed = _SIGNED.search(text, max(code[0] - 2, 0), code[0]) is not None
    near = beyond <= _NEARLY and (purpose != "password" or (signed and not beyond))
    return near and ends_phrase(text, code[1])


def is_free(grammar: Grammar, view: View, start: int, end: int) -> bool:
    """Return whether nothing beside a number says that it is something else than a code."""
    text = view.text
    return not (
        is_money(text, start, end)
        or _GLUED.match(text, start - 1, start)
        or _THOUSANDS.fullmatch(text, start, end)
        or _MEASURED.match(text, end, end + 4)
        or _is_counted(grammar, view, start, end)
    )


def is_called_otherwise(grammar: Grammar, view: View, start: int, end: int) -> bool:
    """Return whether a word beside a number calls it something else: 'room 123', 'ending 4471', 'in 2019'."""
    ending = grammar.last_digits.search(view.text[max(start - 32, 0) : start])
    return bool(ending or _is_counted(grammar, view, start, end))


def _is_counted(grammar: Grammar, view: View, start: int, end: int) -> bool:
    """Return whether digits are a year, another number by its name, or what the words beside them count."""
    text, before = view.text, max(start - 32, 0)
    return bool(
        is_year(text[start:end])
        or grammar.other_number.is_in(view, before, start)
        or grammar.counted_before.is_in(view, before, start)
        or grammar.counted_behind.match(text, end)
    )


def answered_code(grammar: Grammar, view: View, end: int, sizes: range) -> Span | None:
    """Return the code that answers a question for it: behind the question mark, or in the lines below."""
    for at in grammar.beside.answers(view.text, end):
        match = grammar.digits.match(view.text, at)
        if match and size_of(match[0]) in sizes and _CLOSED.match(view.text, match.end()):
            return match.span() if not is_money(view.text, *match.span()) else None
    return None


def further_codes(grammar: Grammar, view: View, first: Span) -> Iterator[Span]:
    """Yield codes of the same size that follow a code in the same breath: '309772, lalu 605219, lalu 138949'."""
    text, size, last = view.text, size_of(view.text[slice(*first)]), first
    for _ in range(_MOST_FURTHER):
        code = next(iter(grammar.codes(view, last[1], last[1] + _FURTHER)), None)
        if code is None:
            return
        between, value = text[last[1] : code[0]], text[slice(*code)]
        if not _is_alike(size, size_of(value)) or "\n\n" in between:
            return
        other = value != text[slice(*last)]  # the same again is a code only where a word or a sign says so
        near = len(between) <= _CLOSE and not _END_OF_SENTENCE.search(between)
        close = other and near and size == size_of(value)
        listed = close or _LISTED.fullmatch(between) or grammar.further.is_in(view, last[1], code[0])
        if not listed or not is_free(grammar, view, *code):
            return
        last = code
        yield last


def _is_alike(size: int, other: int) -> bool:
    """Return whether codes of two sizes may be told in one breath: PINs have four digits or six."""
    return size == other or {size, other} == {4, 6}


def far_password(grammar: Grammar, view: View, start: int, *, must_follow: bool) -> Span | None:
    """Return the first word behind `start` that looks like a password by itself.

    `must_follow` asks for a word such as 'or' or 'new' between: for further passwords behind one.
    """
    text = view.text
    limit = min(start + _REACH["password"], len(text))
    sentence = _END_OF_SENTENCE.search(text, start, limit)
    if sentence:
        limit = min(limit, sentence.end() + _INTO_NEXT)
    for word in odd_words(view, start, limit):
        if word[1] == limit < len(text):
            return None
        place = trimmed(text, *word)
        if place[0] >= place[1] or not is_strong(view.original[slice(*view.origin(*place))]):
            continue
        if grammar.ordinary.is_all(text, *place):
            continue
        if grammar.other_number.is_in(view, max(place[0] - 32, 0), place[0]):
            return None
        return place if not must_follow or grammar.further.is_between(view, start, place[0]) else None
    return None


def spoken_password(grammar: Grammar, text: str, at: int, *, announced: bool) -> Span | None:
    """Return a password of words as people say it: 'trolley banjo seven', 'regenwurm bindestrich neun neun'.

    A few words that mean something, then numbers or signs in words; two of them where nothing announces it.
    """
    end = at
    for _ in range(_WORDS_BEFORE_NUMBERS):
        parts = grammar.spoken.match(text, end)
        fewest = 3 if end == at else 1 if announced else 2
        if parts and len(_PART.findall(parts[0])) >= fewest:
            return at, parts.end()
        word = _SPOKEN_WORD.match(text, end)
        if word is None or grammar.stop.is_all(text, word.start(), word.end() - 1):
            return None
        end = word.end()
    return None
