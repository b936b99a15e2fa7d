"""Phrases that detectors look for around a candidate, found by the first letters of words before anything else.

An alternative of thousands of phrases takes `re` a fifth of a second to compile. Few words of a message begin like any
of them: only there it is worth a look, and only with those few phrases that begin alike.
"""

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Final

from doorward.protection.dialect import WORD_BEFORE, WORD_CHARACTER, to_python
from doorward.protection.expressions import Expression
from doorward.protection.phrases import KEPT, expression_of, normal_phrases
from doorward.protection.view import HEAD, View
from doorward.protection.working import excused

_HEAD: Final = re.compile(f"{WORD_CHARACTER}{{0,{HEAD}}}")
_WORD: Final = re.compile(rf"{WORD_BEFORE}({WORD_CHARACTER}{{1,{HEAD}}}){WORD_CHARACTER}*")
_HYPHEN: Final = "-"
_STAR: Final = "*"
_LETTERS: Final = ("a", "1", "\u044f")


class _Beginnings:
    """How words begin with which phrases in normal form may begin: with these heads, or with shorter stems.

    `is_open` says that a word may go on where a phrase ends; `odd` that a phrase begins with a sign.
    """

    def __init__(self, phrases: Sequence[str], *, is_open: bool) -> None:
        forms = [form for phrase in phrases for form in _forms(phrase)]
        self.odd = not all(run for run, _ in forms)
        short = {run for run, next_sign in forms if len(run) < HEAD and _goes_on(next_sign, is_open=is_open)}
        self.heads = frozenset(run[:HEAD] for run, _ in forms) - short
        self.stems = tuple(sorted(short))

    def have(self, head: str) -> bool:
        """Return whether one of the phrases may begin with a word that has this head."""
        return head in self.heads or (bool(head) and head.startswith(self.stems))


def _forms(phrase: str) -> list[tuple[str, str]]:
    """Return the letters and digits with which a phrase may begin in a text, each with the sign that follows them.

    A hyphen is a break or nothing at all: `e-mail` begins with `e` and a break, or with `email`.
    """
    run, rest = _split(phrase)
    forms = [(run, rest[:1])]
    while rest[:1] == _HYPHEN and run and len(run) < HEAD:
        more, rest = _split(rest[1:])
        run += more
        forms.append((run, rest[:1]))
    return forms


def _split(phrase: str) -> tuple[str, str]:
    end = 0
    while end < len(phrase) and _HEAD.match(phrase, end).end() > end:  # type: ignore[union-attr]  # nothing matches too
        end += 1
    return phrase[:end], phrase[end:]


def _goes_on(next_sign: str, *, is_open: bool) -> bool:
    """Return whether the word of a text may go on where a phrase has this sign; nothing is the phrase's end."""
    return next_sign == _STAR or (is_open and not next_sign)


def _may_begin(phrase: str, head: str, *, is_open: bool) -> bool:
    return any(
        head.startswith(run) if len(run) < HEAD and _goes_on(sign, is_open=is_open) else run[:HEAD] == head
        for run, sign in _forms(phrase)
    )


@lru_cache(maxsize=KEPT)
def _beginnings_of(phrases: tuple[str, ...], *, is_open: bool) -> _Beginnings:
    """Return how phrases begin, the same object for the same phrases: what it finds in a view is found once."""
    return _Beginnings(normal_phrases(phrases), is_open=is_open)


class Wording(Expression):
    """Phrases of the packs with what must stand before and behind them; without phrases they are never found.

    As an `Expression` it is all of them at once. The verbs below ask the same in a cheaper way, and answer the same.
    """

    def __init__(self, phrases: Sequence[str], *, before: str = "", after: str = "") -> None:
        """Take phrases as the packs write them; `before` and `after` are patterns of `re`."""
        super().__init__(self._whole)
        self._phrases = tuple(phrases)
        self._before, self._after = before, after
        self._alike: dict[str, Expression] = {}

    def _whole(self) -> str:
        return f"{self._before}{to_python(expression_of(self._normal))}{self._after}" if self._normal else r"(?!)"

    @cached_property
    def _normal(self) -> tuple[str, ...]:
        with excused():
            return normal_phrases(self._phrases)

    @cached_property
    def _beginnings(self) -> _Beginnings:
        with excused():
            return _beginnings_of(self._phrases, is_open=self._is_open)

    @cached_property
    def _are_words(self) -> bool:
        return all(map(str.isalnum, self._normal))

    @cached_property
    def _is_open(self) -> bool:
        """Say whether what must stand behind a phrase may be letters or digits of the same word."""
        behind = re.compile(self._after)
        return any((match := behind.match(letter)) and match.end() for letter in _LETTERS)

    def may_be_in(self, view: View, *, in_a_row: int) -> bool:
        """Return whether so many phrases may follow each other in a text: as many words in a row begin like them.

        Phrases of several words and open ones may always be there.
        """
        own = self._beginnings
        if own.odd or own.stems or not self._are_words:
            return True
        return bytes(map(own.heads.__contains__, view.heads)).find(b"\1" * in_a_row) >= 0

    def is_in(self, view: View, low: int, high: int) -> bool:
        """Return whether the phrases are found in the text cut out from `low` to `high`."""
        return self.search(view.text[low:high]) is not None

    def is_between(self, view: View, low: int, high: int) -> bool:
        """Return whether the phrases are found from `low` on before `high`, with word edges on the left."""
        return self.first(view, low, high) is not None

    def first(self, view: View, low: int, high: int) -> int | None:
        """Return where the first of the phrases begins from `low` on before `high`, with word edges on the left."""
        text, own = view.text, self._beginnings
        if own.odd:
            match = self.search(text, low, high)
            return match.start() if match else None
        for word in _WORD.finditer(text, low, high):
            if own.have(word[1]) and self._is_at(text, word.start(), high):
                return word.start()
        return None

    def is_all(self, text: str, start: int, end: int) -> bool:
        """Return whether `text[start:end]` is one of the phrases, for phrases without anything before or behind."""
        if self._beginnings.odd:
            return self.fullmatch(text, start, end) is not None
        alike = self._alike_at(text, start, end)
        return alike is not None and alike.fullmatch(text, start, end) is not None

    def _is_at(self, text: str, start: int, end: int) -> bool:
        alike = self._alike_at(text, start, end)
        return alike is not None and alike.match(text, start, end) is not None

    def _alike_at(self, text: str, start: int, end: int) -> Expression | None:
        """Return the phrases that begin like the word at `start`, or None if none does."""
        head = _HEAD.match(text, start, end)[0]  # type: ignore[index]  # nothing at all matches as well
        alike = self._alike.get(head)
        if alike is None:
            if not self._beginnings.have(head):
                return None
            with excused():  # as compiling is: it happens once for a beginning
                alike = self._alike[head] = self._beginning_with(head)
        return alike

    def _beginning_with(self, head: str) -> Expression:
        is_open = self._is_open
        phrases = tuple(phrase for phrase in self._normal if _may_begin(phrase, head, is_open=is_open))
        return Expression(f"{to_python(expression_of(phrases))}{self._after}")


@lru_cache(maxsize=KEPT)
def _wording(phrases: tuple[str, ...], before: str, after: str) -> Wording:
    return Wording(phrases, before=before, after=after)


def compile_phrases(phrases: Sequence[str], *, before: str = "", after: str = "") -> Wording:
    """Return `before`, any of the phrases, `after`, to be looked for around candidates; the same for the same."""
    return _wording(tuple(phrases), before, after)
