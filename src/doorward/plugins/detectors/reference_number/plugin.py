"""Numbers by which a company knows an order, a case, a customer or a contract: found by the words beside them."""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, Literal, NamedTuple

from doorward.protection.announced import REACH_AFTER, Beside, compile_beside
from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.expressions import Expression
from doorward.protection.phrases import alternatives, any_of, whole, words_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.protection.references import Span, is_reference, listed_after, original_of, reference_at
from doorward.protection.standing import figures_of
from doorward.protection.wording import Wording, compile_phrases
from doorward.vocabulary.finding import Family

_KINDS: Final = {
    "order_number": "ORDER_NUMBER",
    "order": "ORDER_NUMBER",
    "customer_number": "CUSTOMER_NUMBER",
    "customer": "CUSTOMER_NUMBER",
}
_PREFIXES: Final = {"order_prefix": "ORDER_NUMBER", "customer_prefix": "CUSTOMER_NUMBER"}
_FEWEST: Final = {"order_number": 4, "customer_number": 4, "order": 5, "customer": 5}
"""How many digits a number without letters has, behind a name of a number, and behind a word with other numbers too."""

_WEAK: Final = {"order", "customer"}
_FEWEST_BEFORE: Final = 5
_REACH_BEFORE: Final = 60
_MOST_WORDS: Final = 3  # words between 'order' and its number: 'pesanan mesin kasir 7447100'
_TAIL: Final = 3
_FIGURE: Final = re.compile("[0-9]")
_HEADED: Final = re.compile(r"[^\n\d.!?:;]{1,40}:\s?")
_AHEAD: Final = re.compile(r"(?:[^\W\d_]+ ){1,3}")


class ReferenceNumberDetector:
    """Finds numbers of orders and customers beside their names, and by prefixes that nothing else has."""

    id = "reference_number"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("ORDER_NUMBER", "CUSTOMER_NUMBER")

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at names (`order_number`, `customer_number`), words (`order`, `customer`), and prefixes."""
        patterns = []
        for purpose in _KINDS:
            names = words_of(packs, purpose)
            if names:
                patterns.append(
                    Pattern(
                        name=purpose,
                        expression=whole(any_of(names)),
                        before=_REACH_BEFORE,
                        after=REACH_AFTER,
                        digits=(_REACH_BEFORE, REACH_AFTER),  # most messages speak of an order without any number
                    )
                )
        for purpose in _PREFIXES:
            names = words_of(packs, purpose)
            if names:
                expression = rf"\m{any_of(names)}[\-/]?[0-9a-z]{{0,6}}[\-/]?\d{{2,12}}"
                patterns.append(Pattern(name=purpose, expression=expression, before=_REACH_BEFORE, after=24))
        return Watch(patterns, partial(_examine, _Words.of(packs)))


class _Words(NamedTuple):
    """Compiled once for the packs in use."""

    beside: Beside
    other: Wording
    numbered: Expression
    value_before: Expression

    @classmethod
    def of(cls, packs: Sequence[LanguagePack]) -> "_Words":
        number = alternatives(words_of(packs, "number_name"))
        return cls(
            beside=compile_beside(packs),
            other=compile_phrases(
                words_of(packs, "not_a_reference", "phone"),
                before=WORD_BEFORE,
                after=rf"(?:\s{number})?[\s:.#]{{0,3}}\Z",
            ),
            numbered=Expression(rf"[^\n.!?;:]{{1,48}}{WORD_BEFORE}{number}{WORD_AFTER}[\s:#]{{1,3}}"),
            value_before=Expression(lambda: _value_before(compile_beside(packs))),
        )


def _value_before(beside: Beside) -> str:
    """Return the expression for a value, and what says that it is one, at the end of a window."""
    says = rf"(?:[\s=>\-\"']|{beside.is_word.pattern}|{beside.filler.pattern}){{1,8}}"
    return (
        rf"{WORD_BEFORE}(?P<value>\d{{2,8}}(?: \d{{2,8}}){{1,4}}|[^\W_]{{1,16}}(?:[\-/.][^\W_]{{1,16}}){{0,5}})"
        rf"(?P<says>{says})\Z"
    )


def _examine(words: _Words, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the references that belong to a name, or the one that a prefix gives away."""
    if candidate.pattern in _PREFIXES:
        return _prefixed(words, candidate, view)
    first = _behind(words, candidate, view)
    rule = "behind"
    if first is None:
        first, rule = _before(words, candidate, view), "before"
    if first is None:
        return ()
    spans = [first, *listed_after(view, first)] if rule == "behind" else [first]
    weak = candidate.pattern in _WEAK
    return [_claim(view, span, _KINDS[candidate.pattern], rule, weak=weak) for span in spans]


def _behind(words: _Words, candidate: Candidate, view: View) -> Span | None:
    """Return the number behind a name: beside it, announced later in the sentence, or as the answer to a question."""
    text, end, fewest = view.text, candidate.end, _FEWEST[candidate.pattern]
    last = figures_of(view).last_start(end, len(view))
    if last < 0:
        return None
    for number, at in enumerate(_beginnings(words, candidate, view, within=last)):
        if words.other.is_in(view, max(at - 24, end), at):
            return None
        found = reference_at(view, at, fewest=fewest if not number else max(fewest, 5))
        if found and not _is_time_or_share(text, found[1]):
            return found
    if candidate.pattern in _WEAK:
        return None
    answers = (reference_at(view, at, fewest=fewest) for at in words.beside.answers(text, end))
    return next((found for found in answers if found), None)


def _beginnings(words: _Words, candidate: Candidate, view: View, *, within: int) -> Iterator[int]:
    """Yield where the number may begin, the nearest first; `within` is where the last digits begin."""
    text, weak = view.text, candidate.pattern in _WEAK
    if re.match(r"-\w|\s*\n\s*\n", text[candidate.end : candidate.end + 8]):
        return  # a part of a longer word, or the end of a paragraph
    for place in words.beside.places(view, candidate.end, within=within):
        if place.adjoining or not weak:
            yield place.at
    headed = None if weak else _HEADED.match(text, candidate.end)
    if headed:
        yield headed.end()
    numbered = words.numbered.match(text, candidate.end)
    if numbered:
        yield numbered.end()
    # 'the order for paper HB-2231': a few words further, in the same breath.
    ahead = _AHEAD.match(text, candidate.end + 1) if text[candidate.end : candidate.end + 1] == " " else None
    if ahead:
        place_at = candidate.end + 1
        for _ in range(_MOST_WORDS):
            place_at = text.find(" ", place_at) + 1
            if not place_at or place_at > ahead.end():
                return
            yield place_at


def _is_time_or_share(text: str, end: int) -> bool:
    return re.match(r":\d|\s?%|,\d", text[end : end + 3]) is not None


def _before(words: _Words, candidate: Candidate, view: View) -> Span | None:
    """Return the number that stands before its name: 'HB-2231 is my order number', '55123 numaralı siparişim'."""
    start = candidate.start
    window = max(start - _REACH_BEFORE, 0)
    if not (_FIGURE.search(view.text, window, start) and words.beside.is_word.is_in(view, window, start)):
        return None
    match = words.value_before.search(view.text[window:start])
    if match is None or not words.beside.is_word.search(match["says"]):
        return None
    span = window + match.start("value"), window + match.end("value")
    value = original_of(view, *span)
    if not is_reference(value, fewest=_FEWEST_BEFORE) or words.other.is_in(view, window, span[0]):
        return None
    return span if reference_at(view, span[0], fewest=_FEWEST_BEFORE) else None


def _prefixed(words: _Words, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the number that begins with a prefix in capitals, whatever stands beside it."""
    found = reference_at(view, candidate.start, fewest=99)
    if found is None or words.other.is_in(view, max(candidate.start - 24, 0), candidate.start):
        return ()
    value = original_of(view, *found)
    letters = re.match(r"[^\W\d_]+", value)
    digits = sum(sign.isdecimal() for sign in value)
    joined = letters is not None and value[letters.end() : letters.end() + 1] in set("-/")
    if value != value.upper() or digits < (3 if joined else 6):
        return ()
    return [_claim(view, span, _PREFIXES[candidate.pattern], "prefix") for span in (found, *listed_after(view, found))]


def _claim(view: View, span: Span, kind: str, rule: str, *, weak: bool = False) -> Claim:
    start, end = span
    value = "".join(sign for sign in view.text[start:end] if sign.isalnum())
    sure = rule != "prefix" and not (weak and value.isdecimal())
    return Claim(
        kind=kind,
        start=start,
        end=end,
        certainty=Certainty.CONTEXT if sure else Certainty.SHAPE,
        score=0.85 if sure else 0.7,
        rule=f"reference_number.{rule}",
        tail=original_of(view, start, end)[-_TAIL:],
        canonical=f"reference:{value}",
    )


def build(_kit: object) -> Detector:
    """Return the detector."""
    return ReferenceNumberDetector()
