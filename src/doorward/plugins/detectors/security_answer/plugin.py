"""Answers to security questions: they are words like others, so what is asked gives them away."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Final, Literal, NamedTuple

from doorward.protection.announced import REACH_AFTER, Beside, compile_beside
from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.expressions import Expression
from doorward.protection.phrases import alternatives, any_of, whole, words_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.protection.wording import Wording, compile_phrases
from doorward.vocabulary.finding import Family

_REACH_BEFORE: Final = 48
_MOST_WORDS: Final = 5
_SHORTEST: Final = 3
_QUOTED: Final = re.compile(r"[\"'](?P<value>[^\"'\n?]{2,48})[\"']")
_ASKED: Final = re.compile(r"[^.!?,;\n]{0,60}\?")
_NEXT: Final = re.compile(r"(?:no )?[^\W_][\w'\-]*")
_GAP: Final = re.compile(r"[ \t]|(?<=\b\w\w)\. (?=\w)")  # 'St. Denys', and no new sentence
_CLOSED: Final = re.compile(r"\s*(?:[.,;!?)\"']|\Z|\n)")
_BEFORE: Final = re.compile(rf"(?P<value>{WORD_BEFORE}[^\W\d_][\w'\-]{{2,24}}(?: [^\W\d_][\w'\-]{{2,24}})?)\Z")

Span = tuple[int, int]


class SecurityAnswerDetector:
    """Finds the answer that belongs to a security question."""

    id = "security_answer"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("SECURITY_ANSWER",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at what is asked (`security_question`); `security_answer` holds the words that announce an answer."""
        asked = words_of(packs, "security_question")
        if not asked:
            return Watch((), lambda _candidate, _view: ())
        pattern = Pattern(name="asked", expression=whole(any_of(asked)), before=_REACH_BEFORE, after=REACH_AFTER)
        return Watch((pattern,), partial(_examine, _Words.of(packs)))


class _Words(NamedTuple):
    """Compiled once for the packs in use."""

    beside: Beside
    glue: Expression
    announces: Expression
    asked: Wording
    ordinary: Wording
    says_before: Expression

    @classmethod
    def of(cls, packs: Sequence[LanguagePack]) -> "_Words":
        beside = compile_beside(packs)
        says = Expression(lambda: f"{beside.is_word.pattern}|{_answer_words(packs)}")
        return cls(
            beside=beside,
            glue=Expression(
                lambda: rf"[\"')\]]{{0,2}}(?:[ \t:=,\u2014>\-]|{says.pattern}|{beside.filler.pattern}){{1,10}}"
            ),
            announces=Expression(lambda: rf"[:=]|\s-{{1,2}}\s|{says.pattern}"),
            asked=compile_phrases(words_of(packs, "security_question"), before=WORD_BEFORE, after=WORD_AFTER),
            ordinary=compile_phrases(
                words_of(packs, "not_a_secret", "stop_words", "conjunction", "security_question", "security_answer")
            ),
            says_before=Expression(
                lambda: (
                    rf"(?:\s|{WORD_BEFORE}{alternatives(words_of(packs, 'connective'))}{WORD_AFTER}"
                    rf"|{beside.filler.pattern}){{1,6}}\Z"
                )
            ),
        )


def _answer_words(packs: Sequence[LanguagePack]) -> str:
    return rf"{WORD_BEFORE}{alternatives(words_of(packs, 'security_answer'))}{WORD_AFTER}"


def _examine(words: _Words, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the answer to what is asked at the candidate."""
    text, end = view.text, candidate.end
    glue = words.glue.match(text, end)
    if glue:
        announced = words.announces.search(glue[0])
        found = _answer(
            words, view, glue.end(), announced=announced is not None, signed=":" in glue[0] or " - " in glue[0]
        )
        if found:
            return [_claim(found, "behind")]
    for at in words.beside.answers(text, end):
        found = _answer(words, view, at, announced=False, signed=False)
        if found and _CLOSED.match(text, found[1]):
            return [_claim(found, "answered")]
    before = _before(words, candidate, view)
    return [_claim(before, "before")] if before else ()


def _answer(words: _Words, view: View, at: int, *, announced: bool, signed: bool) -> Span | None:
    """Return the answer that begins at `at`: what is quoted, what has capitals, what a sign announces, or one word."""
    text = view.text
    quoted = _QUOTED.match(text, at) or _QUOTED.match(text, max(at - 1, 0))
    if quoted and announced:
        return None if words.asked.search(quoted["value"]) else quoted.span("value")
    run = _run(words, view, at, any_word=signed)
    if run is None:
        return None
    start, end = run
    if _goes_on_asking(words, text, start, end):
        return None
    if (
        signed
        or _is_capital(view, start, end)
        or any(sign.isupper() for sign in view.original[slice(*view.origin(*run))])
    ):
        return run
    spoken = view.original == view.original.lower()
    return run if announced or (spoken and text[start - 1 : start] == " ") else None


def _goes_on_asking(words: _Words, text: str, start: int, end: int) -> bool:
    """Return whether several words are a part of the question itself: 'Your question: your first pet's name?'."""
    asks = _ASKED.match(text, end) or words.asked.search(text, start, end)
    return " " in text[start:end] and asks is not None


def _run(words: _Words, view: View, at: int, *, any_word: bool) -> Span | None:
    """Return the words of an answer: the first, and those behind that begin with a capital, or all up to a sign."""
    text, end, count = view.text, at, 0
    while count < _MOST_WORDS:
        word = _NEXT.match(text, end if not count else _after_gap(text, end))
        if word is None or (count and word.start() == end):
            break
        # 'si Belang', 'de la Cruz': a short first word belongs to the capital behind it.
        if count and not any_word and not _is_capital(view, *word.span()):
            break
        end, count = word.end(), count + 1
    long_enough = end - at >= _SHORTEST and not text[at:end].isdecimal()
    return (at, end) if long_enough and not _is_ordinary(words, view, at, end) else None


def _is_ordinary(words: _Words, view: View, start: int, end: int) -> bool:
    """Return whether an answer begins like what people say of answers, and does not go on as a name."""
    first = _NEXT.match(view.text, start, end)
    return first is not None and (
        words.ordinary.fullmatch(view.text, *first.span()) is not None
        and not (first.end() < end and _is_capital(view, start, start + 1))
        and not (first.end() < end and first.end() - start < _SHORTEST)
    )


def _is_capital(view: View, start: int, end: int) -> bool:
    first = view.original[view.origin(start, end)[0]]
    return first.isupper() or first.isdecimal()


def _after_gap(text: str, end: int) -> int:
    gap = _GAP.match(text, end)
    return gap.end() if gap else end


def _before(words: _Words, candidate: Candidate, view: View) -> Span | None:
    """Return the answer that stands before what is asked: 'Boncuk is my first pet'."""
    window = max(candidate.start - _REACH_BEFORE, 0)
    says = words.says_before.search(view.text[window : candidate.start])
    if says is None or not words.beside.is_word.search(says[0]):
        return None
    match = _BEFORE.search(view.text[window : window + says.start()])
    if match is None:
        return None
    start, end = window + match.start("value"), window + match.end("value")
    opens = start == 0 or view.text[start - 1] in "\n\"'(" or view.text[max(start - 2, 0)] in ".!?:,"
    capital = view.original[view.origin(start, end)[0]].isupper()
    return (start, end) if opens and capital and not words.ordinary.fullmatch(view.text, start, end) else None


def _claim(span: Span, rule: str) -> Claim:
    start, end = span
    return Claim(
        kind="SECURITY_ANSWER",
        start=start,
        end=end,
        certainty=Certainty.CONTEXT,
        score=0.85 if rule != "before" else 0.75,
        rule=f"security_answer.{rule}",
    )


def build(_kit: object) -> Detector:
    """Return the detector."""
    return SecurityAnswerDetector()
