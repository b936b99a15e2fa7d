"""Values that stand beside their names: what may lie between 'my order number' and the number, in the packs' words.

A name announces its value by a sign (`:`), a word (`is`), or by standing beside it; a question announces it in the
lines below. Detectors whose values are nothing by themselves look here for where a value may begin.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.expressions import Expression
from doorward.protection.phrases import words_of
from doorward.protection.view import View
from doorward.protection.wording import Wording, compile_phrases
from doorward.vocabulary.language import LanguagePack

REACH_AFTER: Final = 160
"""Characters behind a name in which `places` and `answers` look, with room for the value itself."""

_WINDOW: Final = 80  # characters behind a name in which something may announce its value
_LONGEST_HALT: Final = 24  # characters of a conjunction
_LINE: Final = 100  # characters of a question behind the name that it asks for
_MOST_LINES: Final = 3
_SIGN: Final = r"(?:[:=]|\s?[\-=]{0,2}>|\s-(?=\s))"
_ANNOUNCES: Final = re.compile(r"[:=>]| - ")

_ENDS: Final = rf"{WORD_AFTER}(?!-[0-9a-z])"  # 'temporary-8812' is one word
_END_OF_SENTENCE: Final = re.compile(r"[.!?;]\s|\n\s*\n")
_SPEAKER: Final = r"(?:[\w.\-]{1,20}(?:\s[\w.\-]{1,20})?:\s{1,3})?"
_ASKED: Final = re.compile(rf"[^\n?]{{0,{_LINE}}}\?[\"')]?[ \t]{{1,4}}{_SPEAKER}")
_REST_OF_LINE: Final = re.compile(rf"[^\n]{{0,{_LINE}}}(?=\n)")
_NEXT_LINE: Final = re.compile(rf"\s*\n[\s>|]*{_SPEAKER}")


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


class Beside(NamedTuple):
    """What may stand between a name and its value, for the packs in use."""

    glue: Expression
    announces: Expression
    is_word: Wording
    filler: Wording
    halts: Wording

    def places(self, view: View, end: int, *, within: int = sys.maxsize) -> Iterator[Place]:
        """Yield where the value of a name that ends at `end` may begin, the nearest first; none behind `within`."""
        text = view.text
        if end > within:
            return
        glue = self.glue.match(text, end)
        at = glue.end() if glue else end
        if at > end:
            yield Place(at, *self._announced(view, end, at), adjoining=True)
        if at > within:
            return
        sure = at
        for announce in self.announces.finditer(text, at, _end_of_thought(text, at)):
            if announce.end() > within or self._is_halted(text, sure, announce.end()):
                return
            sure = announce.end()
            glue = self.glue.match(text, announce.end())
            at = glue.end() if glue else announce.end()
            yield Place(at, *self._announced(view, *announce.span()), adjoining=False)

    def answers(self, text: str, end: int) -> Iterator[int]:
        """Yield where answers to a question that names the value may begin: behind it, or in the lines below.

        The name ends at `end`. The question ends with `?` or `:`, or its line is quoted (`>`); quoted, blank lines may
        follow.
        """
        asked = _ASKED.match(text, end)
        if asked:
            yield self.after(text, asked.end())
        rest = _REST_OF_LINE.match(text, end)
        line = text[text.rfind("\n", 0, end) + 1 : end]
        quoted = re.match(r"\s*>", line) is not None
        if rest is None or not (quoted or rest[0].rstrip("\"')* ").endswith(("?", ":"))):
            return
        place = rest.end()
        for _ in range(_MOST_LINES):
            line_break = _NEXT_LINE.match(text, place)
            if line_break is None or (not quoted and line_break[0].count("\n") > 1):
                return
            yield self.after(text, line_break.end())
            below = _REST_OF_LINE.match(text, line_break.end())
            if below is None:
                return
            place = below.end()

    def after(self, text: str, at: int) -> int:
        """Return where the value begins when fillers, signs and quotation marks stand at `at`."""
        glue = self.glue.match(text, at)
        return glue.end() if glue else at

    def _announced(self, view: View, start: int, end: int) -> tuple[bool, bool]:
        return _ANNOUNCES.search(view.text, start, end) is not None, self.is_word.is_in(view, start, end)

    def _is_halted(self, text: str, start: int, end: int) -> bool:
        """Return whether a new thought begins in `text[start:end]`, in the same sentence."""
        halt = self.halts.search(text, start, end + _LONGEST_HALT)
        return halt is not None and halt.start() < end


def _end_of_thought(text: str, at: int) -> int:
    """Return where to stop looking for an announcement: a new sentence, or where it would be too far away."""
    limit = min(at + _WINDOW, len(text))
    stop = _END_OF_SENTENCE.search(text, at, limit)
    return stop.start() if stop else limit


def compile_beside(packs: Sequence[LanguagePack]) -> Beside:
    """Return the grammar in the packs' words: `connective`, `code_filler`, `conjunction`."""
    is_word = compile_phrases(words_of(packs, "connective"), before=WORD_BEFORE, after=_ENDS)
    filler = compile_phrases(words_of(packs, "code_filler"), before=WORD_BEFORE, after=_ENDS)
    return Beside(
        # Quotation marks close before and open behind: what stands inside of them is the value, filler or not.
        glue=Expression(
            lambda: (
                rf"[\"'`*)\]]{{0,2}}(?:[\s:=>\-(\[<*#,/]|_(?=\s)|{is_word.pattern}|{filler.pattern}){{0,14}}[\"'`]{{0,2}}"
            )
        ),
        announces=Expression(lambda: rf"{_SIGN}|{is_word.pattern}"),
        is_word=is_word,
        filler=filler,
        halts=compile_phrases(words_of(packs, "conjunction"), before=WORD_BEFORE, after=WORD_AFTER),
    )
