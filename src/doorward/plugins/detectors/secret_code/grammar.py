"""What may stand between a secret's name and its value, in the words of the language packs."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from doorward.plugins.detectors.secret_code.values import DIGITS, MIXED, WORD, spelled_digits
from doorward.protection.announced import REACH_AFTER, Beside, compile_beside
from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.phrases import alternatives, compile_phrases, words_of
from doorward.protection.ports import LanguagePack, View

__all__ = ["REACH_AFTER", "REACH_BEFORE", "Grammar", "compile_grammar"]

REACH_BEFORE: Final = 90
_FIGURE: Final = re.compile(r"\d")
_NAMES: Final = ("password", "pin", "one_time_code", "card_security_code")


class Grammar(NamedTuple):
    """Compiled once for the packs in use."""

    beside: Beside
    before: re.Pattern[str]
    another: re.Pattern[str]
    further: re.Pattern[str]
    followed: re.Pattern[str]
    name: re.Pattern[str]
    bare_code: re.Pattern[str]
    other_code: re.Pattern[str]
    other_number: re.Pattern[str]
    last_digits: re.Pattern[str]
    ordinary: re.Pattern[str]
    stop: re.Pattern[str]
    spoken: re.Pattern[str]
    pair: re.Pattern[str]
    digits: re.Pattern[str]
    spelled: re.Pattern[str]
    mixed: re.Pattern[str]
    token: re.Pattern[str]

    def could_be_in(self, view: View) -> bool:
        """Return whether a text holds anything that could be a code: a digit, or digits in words."""
        return view.holds(_FIGURE) or view.holds(self.spelled)

    def value_before(self, text: str, start: int) -> tuple[int, int, str] | None:
        """Return the place of the value before a name that begins at `start`, and what stands between them."""
        window = max(start - REACH_BEFORE, 0)
        match = self.before.search(text[window:start])
        return (window + match.start("value"), window + match.end("value"), match["glue"]) if match else None


def compile_grammar(packs: Sequence[LanguagePack]) -> Grammar:
    """Return the grammar in the packs' words; the README of this plugin lists the lexicons."""
    beside = compile_beside(packs)
    says = rf"(?:[\s=>\-\"'`]|{beside.is_word.pattern}|{beside.filler.pattern})"
    spelled = spelled_digits(words_of(packs, "digit_word"))
    digits = rf"{DIGITS}|{spelled}"
    part = rf"(?:{alternatives(words_of(packs, 'spoken_part', 'digit_word'))}|\d{{1,4}}){WORD_AFTER}"
    further = alternatives(words_of(packs, "another_value", "conjunction"))
    return Grammar(
        beside=beside,
        before=re.compile(rf"(?P<value>{digits}|{WORD})(?P<glue>[\"'`)\]*]?{says}{{1,10}})\Z"),
        another=re.compile(rf"(?:\s?[,/&+]\s?|\s{alternatives(words_of(packs, 'conjunction'))}\s)(?P<value>{digits})"),
        further=re.compile(rf"{WORD_BEFORE}{further}{WORD_AFTER}"),
        followed=re.compile(rf"[\"')]?\s(?:{beside.is_word.pattern})"),
        name=compile_phrases(words_of(packs, *_NAMES, "bare_password")),
        bare_code=compile_phrases(words_of(packs, "bare_code")),
        other_code=compile_phrases(words_of(packs, "not_a_code"), before=WORD_BEFORE, after=r"[\s\-/]{0,3}\Z"),
        other_number=compile_phrases(
            words_of(
                packs, "other_number", "order_number", "customer_number", "phone", "card", "last_digits", "not_a_code"
            ),
            before=WORD_BEFORE,
            after=rf"{WORD_AFTER}\.?[^\w.!?\n]{{0,4}}(?:[^\W\d]{{1,4}}[^\w.!?\n]{{1,3}})?\Z",
        ),
        last_digits=compile_phrases(words_of(packs, "last_digits"), before=WORD_BEFORE, after=r"[\s:]{0,3}\Z"),
        ordinary=compile_phrases(words_of(packs, "not_a_secret")),
        stop=compile_phrases(words_of(packs, "not_a_secret", "stop_words", "conjunction", "connective", "bare_code")),
        spoken=re.compile(rf"{part}(?:[\s,\-]{{1,2}}{part})*"),
        pair=re.compile(
            rf"[\s:=]{{1,3}}(?P<name>[^\s/,:]{{3,40}})(?:\s?/\s?|\s{alternatives(words_of(packs, 'conjunction'))}\s)"
            rf"(?P<value>[^\s/]{{4,64}})"
        ),
        digits=re.compile(digits),
        spelled=re.compile(spelled),
        mixed=re.compile(MIXED),
        token=re.compile(WORD),
    )
