"""Expiry dates of cards: month and year beside the packs' words for them, where a card is spoken of."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Final, Literal, NamedTuple

from doorward.protection.beside import NEAR, VALUE_BEGINS, VALUE_ENDS, Names, Shape, names_of
from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.numbers import is_money
from doorward.protection.phrases import alternatives, words_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, View, Watch
from doorward.protection.wording import Wording, compile_phrases
from doorward.vocabulary.finding import Family

_WIDTH: Final = 160  # characters around in which a card is named
_SHORT: Final = 48  # characters of a message that answers a question, so that nothing names the card any more
_LONG_NUMBER: Final = re.compile(r"\d(?:[\s.\-/]{0,3}\d){11}")
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_YEAR: Final = r"(?:20[2-4]\d|'?[2-4]\d)"
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"


class CardExpiryDetector:
    """Finds the month that belongs to 'exp', 'gültig bis', 'SKT', 'masa berlaku', 'срок действия'."""

    id = "card_expiry"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("CARD_EXPIRY",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at the packs' words for an expiry date (`card_expiry`; months are in `month`)."""
        card = compile_phrases(words_of(packs, "card", "card_security_code"), before=WORD_BEFORE, after=WORD_AFTER)
        words = _Words(names_of(packs, "card_expiry", along=("card", "card_security_code")), _shapes(packs), card)
        return Watch(words.names.patterns, partial(_examine, words))


class _Words(NamedTuple):
    names: Names
    shapes: Sequence[Shape]
    card: Wording


def _shapes(packs: Sequence[LanguagePack]) -> tuple[Shape, ...]:
    month = alternatives(words_of(packs, "month"))
    sign = r"(?:\s?[/\-.|]\s?|%2f)"
    figures = rf"{_MONTH}{sign}{_YEAR}|20[2-4]\d{sign}(?:0[1-9]|1[0-2])"
    words = rf"{month}[\s.,\-/']{{1,3}}{_YEAR}"
    day = rf"{_DAY}[./\-](?:0[1-9]|1[0-2])[./\-]20[2-4]\d"
    return (
        _shape("month", rf"(?:{figures}|{words})", NEAR),
        _shape("day", day, NEAR),
        _shape("bare", r"(?:0[1-9]|1[0-2])\s?[2-4]\d", 8),
    )


def _shape(name: str, expression: str, reach: int) -> Shape:
    return Shape(name, re.compile(VALUE_BEGINS + expression + VALUE_ENDS), _is_no_amount, reach)


def _is_no_amount(match: re.Match[str]) -> bool:
    return not is_money(match.string, *match.span())


def _examine(words: _Words, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the expiry dates that belong to a word for one, if there is a card."""
    found = words.names.values(view, candidate, words.shapes)
    return [_claim(start, end) for start, end, shape in found if _is_of_a_card(words, view, start, shape.name)]


def _is_of_a_card(words: _Words, view: View, start: int, shape: str) -> bool:
    """Return whether a card is spoken of around a date. A day could belong to any document."""
    text, low, high = view.text, max(start - _WIDTH, 0), min(start + _WIDTH, len(view))
    if shape != "day" and (len(text) <= _SHORT or text[start - 1 : start] == "="):
        return True
    return words.card.is_in(view, low, high) or _LONG_NUMBER.search(text, low, high) is not None


def _claim(start: int, end: int) -> Claim:
    return Claim(
        kind="CARD_EXPIRY",
        start=start,
        end=end,
        certainty=Certainty.CONTEXT,
        score=0.9,
        rule="card_expiry.named",
    )


def build(_kit: object) -> Detector:
    """Return the detector."""
    return CardExpiryDetector()
