"""What may stand between a secret's name and its value, in the words of the language packs."""

import re
import sys
from collections.abc import Sequence
from typing import Final, NamedTuple

from doorward.plugins.detectors.secret_code.figures import Span, figures_between
from doorward.plugins.detectors.secret_code.values import DIGITS, MIXED, WORD, spelled_digits
from doorward.protection.announced import REACH_AFTER, Beside, compile_beside
from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.expressions import Expression
from doorward.protection.phrases import alternatives, words_of
from doorward.protection.ports import LanguagePack, View
from doorward.protection.standing import figures_of
from doorward.protection.wording import Wording, compile_phrases

__all__ = ["REACH_AFTER", "REACH_BEFORE", "Grammar", "compile_grammar"]

REACH_BEFORE: Final = 90
_BREAKS: Final = r"[\s=>\-\"'`]"
_FEWEST_SPELLED: Final = 3  # words of a code in words
_NAMES: Final = ("password", "pin", "one_time_code", "card_security_code")
_CALLED_OTHER: Final = (
    *("other_number", "order_number", "customer_number", "account", "bank_code", "iban", "postcode_word"),
    *("serial_number", "vehicle_plate", "tax_number", "internal_passport"),
)
_OTHER_NUMBER: Final = (
    *("other_number", "order_number", "customer_number", "phone", "card", "card_expiry", "last_digits", "not_a_code"),
    *("order", "customer"),
)


class Grammar(NamedTuple):
    """Compiled once for the packs in use."""

    beside: Beside
    before: Expression
    announced_before: Expression
    another: Expression
    further: Wording
    followed: Expression
    says: Expression
    typed: Expression
    source: Wording
    username: Wording
    called_other: Wording
    counted: Wording
    counted_before: Wording
    counted_behind: Wording
    phone: Wording
    name: Wording
    bare_code: Wording
    other_code: Wording
    other_code_behind: Wording
    other_number: Wording
    last_digits: Wording
    ordinary: Wording
    stop: Wording
    spoken: Expression
    pair: Expression
    digits: Expression
    spelled: Expression
    glued: Expression
    digit_word: Wording
    mixed: re.Pattern[str]
    token: re.Pattern[str]

    def could_be_in(self, view: View) -> bool:
        """Return whether a text holds anything that could be a code: a digit, or digits in words."""
        return bool(figures_of(view).starts) or self.is_spelled_in(view)

    def is_spelled_in(self, view: View) -> bool:
        """Return whether a text holds a code in words; looked for once, however often it is asked."""
        found: bool | None = view.noted.get(self.spelled)
        if found is None:
            may_be = self.digit_word.may_be_in(view, in_a_row=_FEWEST_SPELLED)
            found = view.noted[self.spelled] = may_be and self.spelled.search(view.text) is not None
        return found

    def codes(self, view: View, low: int, high: int) -> Sequence[Span]:
        """Return what `digits` finds in `text[low:high]`: codes in figures, or in words where a text has any."""
        high = min(high, len(view))
        found = None if self.is_spelled_in(view) else figures_between(view, low, high)
        return [match.span() for match in self.digits.finditer(view.text, low, high)] if found is None else found

    def last_figure(self, view: View, end: int) -> int:
        """Return the last place in reach of a name that ends at `end` where a code may begin; -1 if there is none."""
        return sys.maxsize if self.is_spelled_in(view) else figures_of(view).last_start(end, end + REACH_AFTER)

    def could_be_between(self, view: View, low: int, high: int) -> bool:
        """Return whether anything that could be a part of a code stands between two places: digits, or words."""
        return figures_of(view).are_in(low, high) or self.is_spelled_in(view)

    def code_before(self, view: View, start: int) -> tuple[int, int, str] | None:
        """Return the same as `value_before`, or None where the value could be no code."""
        window = max(start - REACH_BEFORE, 0)
        if self.is_spelled_in(view):
            return self.value_before(view, start)
        end = figures_of(view).last_end(window, start)
        adjoins = end >= 0 and self.glued.fullmatch(view.text, end, start)
        return self.value_before(view, start) if adjoins else None

    def password_before(self, view: View, start: int) -> tuple[int, int, str] | None:
        """Return the same as `value_before`, or None where no word just before the name could announce a password."""
        announced = self.announced_before.search(view.text[max(start - REACH_BEFORE, 0) : start])
        return self.value_before(view, start) if announced else None

    def value_before(self, view: View, start: int) -> tuple[int, int, str] | None:
        """Return the place of the value before a name that begins at `start`, and what stands between them."""
        window = max(start - REACH_BEFORE, 0)
        match = self.before.search(view.text[window:start])
        return (window + match.start("value"), window + match.end("value"), match["glue"]) if match else None


def compile_grammar(packs: Sequence[LanguagePack]) -> Grammar:
    """Return the grammar in the packs' words; the README of this plugin lists the lexicons."""
    beside = compile_beside(packs)
    digit_words = words_of(packs, "digit_word")
    spelled = Expression(lambda: spelled_digits(digit_words))
    digits = Expression(lambda: rf"{DIGITS}|{spelled.pattern}")
    typed = compile_phrases(words_of(packs, "typed"), before=WORD_BEFORE, after=WORD_AFTER)
    return Grammar(
        beside=beside,
        before=Expression(lambda: rf"(?P<value>{digits.pattern}|{WORD})(?P<glue>{_glue(beside)})\Z"),
        announced_before=Expression(lambda: rf"(?:{beside.is_word.pattern}|{beside.filler.pattern}){_BREAKS}{{0,9}}\Z"),
        another=Expression(
            lambda: rf"(?:\s?[,/&+]\s?|\s{alternatives(words_of(packs, 'conjunction'))}\s)(?P<value>{digits.pattern})"
        ),
        further=compile_phrases(words_of(packs, "another_value", "conjunction"), before=WORD_BEFORE, after=WORD_AFTER),
        followed=Expression(lambda: rf"[\"')]?\s(?:{beside.is_word.pattern})"),
        says=Expression(
            lambda: (
                rf"(?:{beside.is_word.pattern}|{typed.pattern})[\s\"'`(\[:=\-]{{0,4}}"
                rf"(?:{beside.filler.pattern}\s)?\Z"
            )
        ),
        typed=Expression(lambda: rf"[\"')]?\s{{1,2}}{typed.pattern}"),
        source=compile_phrases(words_of(packs, "code_source"), before=WORD_BEFORE, after=WORD_AFTER),
        username=compile_phrases(
            words_of(packs, "username", "bare_username", "handle"),
            before=WORD_BEFORE,
            after=rf"{WORD_AFTER}[^\w.!?\n]{{0,4}}(?:[^\W\d]{{1,6}}[^\w.!?\n]{{1,3}})?\Z",
        ),
        name=compile_phrases(words_of(packs, *_NAMES, "bare_password")),
        bare_code=compile_phrases(words_of(packs, "bare_code")),
        other_code=compile_phrases(words_of(packs, "not_a_code"), before=WORD_BEFORE, after=r"[\s\-/]{0,3}\Z"),
        other_code_behind=compile_phrases(words_of(packs, "not_a_code"), before=r"[\s\-]{1,2}", after=WORD_AFTER),
        other_number=compile_phrases(
            words_of(packs, *_OTHER_NUMBER),
            before=WORD_BEFORE,
            after=rf"{WORD_AFTER}\.?[^\w.!?\n]{{0,4}}(?:[^\W\d]{{1,4}}[^\w.!?\n]{{1,3}})?\Z",
        ),
        called_other=compile_phrases(words_of(packs, *_CALLED_OTHER), before=WORD_BEFORE, after=WORD_AFTER),
        counted=compile_phrases(words_of(packs, "counted"), before=WORD_BEFORE, after=WORD_AFTER),
        counted_before=compile_phrases(
            words_of(packs, "counted", "not_a_reference"), before=WORD_BEFORE, after=rf"{WORD_AFTER}[\s:#]{{0,3}}\Z"
        ),
        counted_behind=compile_phrases(words_of(packs, "counted"), before=r"[\"')]?[\s\-]{1,2}", after=WORD_AFTER),
        phone=compile_phrases(words_of(packs, "phone")),
        last_digits=compile_phrases(words_of(packs, "last_digits"), before=WORD_BEFORE, after=r"[\s:]{0,3}\Z"),
        ordinary=compile_phrases(words_of(packs, "not_a_secret")),
        stop=compile_phrases(words_of(packs, "not_a_secret", "stop_words", "conjunction", "connective", "bare_code")),
        spoken=Expression(lambda: _spoken(packs)),
        pair=Expression(lambda: _pair(packs)),
        digits=digits,
        spelled=spelled,
        glued=Expression(lambda: _glue(beside)),
        digit_word=compile_phrases(digit_words, before=WORD_BEFORE, after=WORD_AFTER),
        mixed=re.compile(MIXED),
        token=re.compile(WORD),
    )


def _pair(packs: Sequence[LanguagePack]) -> str:
    between = rf"(?:\s?/\s?|\s{alternatives(words_of(packs, 'conjunction'))}\s)"
    return rf"[\s:=]{{1,3}}(?P<name>[^\s/,:]{{3,40}}){between}(?P<value>[^\s/]{{4,64}})"


def _glue(beside: Beside) -> str:
    """Return the expression for what stands between a value and the name behind it."""
    return rf"[\"'`)\]*]?(?:{_BREAKS}|{beside.is_word.pattern}|{beside.filler.pattern}){{1,10}}"


def _spoken(packs: Sequence[LanguagePack]) -> str:
    part = rf"(?:{alternatives(words_of(packs, 'spoken_part', 'digit_word'))}|\d{{1,4}}){WORD_AFTER}"
    return rf"{part}(?:[\s,\-]{{1,2}}{part})*"
