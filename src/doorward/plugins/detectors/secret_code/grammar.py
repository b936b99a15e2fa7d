"""What may stand between a secret's name and its value, in the words of the language packs."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from doorward.plugins.detectors.secret_code.values import DIGITS, MIXED, WORD, spelled_digits
from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.phrases import alternatives, compile_phrases, words_of
from doorward.protection.ports import LanguagePack

REACH_BEFORE, REACH_AFTER = 90, 160
_WINDOW: Final = 80  # characters behind a name in which something may announce its value
_SIGN: Final = r"(?:[:=]|\s?[\-=]{0,2}>|\s-(?=\s))"
_ENDS: Final = rf"{WORD_AFTER}(?!-[0-9a-z])"  # 'temporary-8812' is one word
_END_OF_SENTENCE: Final = re.compile(r"[.!?;]\s|\n\s*\n")


class Place(NamedTuple):
    """Where a value may begin, whether a sign (`:`) or a word (`is`) announces it, and whether the name adjoins it."""

    at: int
    sign: bool
    word: bool
    adjoining: bool

    @property
    def announced(self) -> bool:
        """Return whether anything announces the value."""
        return self.sign or self.word


class Grammar(NamedTuple):
    """Compiled once for the packs in use."""

    glue: re.Pattern[str]
    announces: re.Pattern[str]
    is_word: re.Pattern[str]
    filler: re.Pattern[str]
    halts: re.Pattern[str]
    before: re.Pattern[str]
    another: re.Pattern[str]
    name: re.Pattern[str]
    bare_code: re.Pattern[str]
    other_code: re.Pattern[str]
    ordinary: re.Pattern[str]
    digits: re.Pattern[str]
    mixed: re.Pattern[str]
    token: re.Pattern[str]

    def places(self, text: str, end: int) -> Iterator[Place]:
        """Yield where the value of a name that ends at `end` may begin, the nearest first."""
        glue = self.glue.match(text, end)
        at = glue.end() if glue else end
        if at > end:
            yield Place(at, *self._announced(text[end:at]), adjoining=True)
        for announce in self.announces.finditer(text, at, self._limit(text, at)):
            glue = self.glue.match(text, announce.end())
            at = glue.end() if glue else announce.end()
            yield Place(at, *self._announced(announce[0]), adjoining=False)

    def value_before(self, text: str, start: int) -> tuple[int, int, str] | None:
        """Return the place of the value before a name that begins at `start`, and what stands between them."""
        window = max(start - REACH_BEFORE, 0)
        match = self.before.search(text[window:start])
        return (window + match.start("value"), window + match.end("value"), match["glue"]) if match else None

    def _announced(self, glue: str) -> tuple[bool, bool]:
        return any(sign in glue for sign in ":=>") or " - " in glue, bool(self.is_word.search(glue))

    def _limit(self, text: str, at: int) -> int:
        """Return where to stop looking for an announcement: a new sentence, or a new thought in the same one."""
        limit = min(at + _WINDOW, len(text))
        stops = (pattern.search(text, at, limit) for pattern in (_END_OF_SENTENCE, self.halts))
        return min((stop.start() for stop in stops if stop), default=limit)


def compile_grammar(packs: Sequence[LanguagePack]) -> Grammar:
    """Return the grammar in the packs' words: `connective`, `code_filler`, `conjunction`, `digit_word`, `not_a_*`."""
    is_word = rf"{WORD_BEFORE}{alternatives(words_of(packs, 'connective'))}{_ENDS}"
    filler = rf"{WORD_BEFORE}{alternatives(words_of(packs, 'code_filler'))}{_ENDS}"
    digits = rf"{DIGITS}|{spelled_digits(words_of(packs, 'digit_word'))}"
    return Grammar(
        # Quotation marks close before and open behind: what stands inside of them is the value, filler or not.
        glue=re.compile(rf"[\"'`*)\]]{{0,2}}(?:[\s:=>\-(\[<*#,/]|_(?=\s)|{is_word}|{filler}){{0,14}}[\"'`]{{0,2}}"),
        announces=re.compile(rf"{_SIGN}|{is_word}"),
        is_word=re.compile(is_word),
        filler=re.compile(filler),
        halts=re.compile(rf"{WORD_BEFORE}{alternatives(words_of(packs, 'conjunction'))}{WORD_AFTER}"),
        before=re.compile(
            rf"(?P<value>{digits}|{WORD})(?P<glue>[\"'`)\]*]?(?:[\s=>\-\"'`]|{is_word}|{filler}){{1,10}})\Z"
        ),
        name=compile_phrases(words_of(packs, "password", "pin", "one_time_code", "card_security_code")),
        bare_code=compile_phrases(words_of(packs, "bare_code")),
        another=re.compile(rf"(?:\s?[,/&+]\s?|\s{alternatives(words_of(packs, 'conjunction'))}\s)(?P<value>{digits})"),
        other_code=compile_phrases(words_of(packs, "not_a_code"), before=WORD_BEFORE, after=r"[\s\-/]{0,3}\Z"),
        ordinary=compile_phrases(words_of(packs, "not_a_secret")),
        digits=re.compile(digits),
        mixed=re.compile(MIXED),
        token=re.compile(WORD),
    )
