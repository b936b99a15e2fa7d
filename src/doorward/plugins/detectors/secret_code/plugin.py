"""One-time codes, PINs and passwords: nothing by themselves, found by the words around them."""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, Literal

from doorward.plugins.detectors.secret_code.grammar import REACH_AFTER, REACH_BEFORE, Grammar, Place, compile_grammar
from doorward.plugins.detectors.secret_code.values import (
    has_odd_capitals,
    has_signs,
    is_number,
    is_quoted,
    is_year,
    trimmed,
)
from doorward.protection.dialect import WORD_AFTER
from doorward.protection.numbers import is_money
from doorward.protection.phrases import any_of, whole, words_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.vocabulary.finding import Family

_SIZES: Final = {
    # How many digits (or digits as words) a code has.
    "one_time_code": range(4, 11),
    "pin": range(3, 13),
    "card_security_code": range(3, 5),
}
_KINDS: Final = {"one_time_code": "ONE_TIME_CODE", "pin": "PIN", "card_security_code": "PIN", "password": "PASSWORD"}
_GLUED: Final = re.compile(rf"\d{{3,10}}{WORD_AFTER}")
_FEWEST_UNANNOUNCED: Final = 5  # digits behind 'code' alone that nothing announces: 'code 1045' may be any code
_SHORTEST_WORD: Final = 6  # letters of an ordinary word that is taken for a password


class SecretCodeDetector:
    """Finds the value that belongs to 'my PIN', 'Bestätigungscode', 'şifrem', 'kode OTP', 'пароль', on either side."""

    id = "secret_code"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("ONE_TIME_CODE", "PIN", "PASSWORD")

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at every name of a secret in the packs' lexicons."""
        patterns = []
        for purpose in _KINDS:
            names = words_of(packs, purpose)
            if names:
                patterns.append(
                    Pattern(name=purpose, expression=whole(any_of(names)), before=REACH_BEFORE, after=REACH_AFTER)
                )
            # 'PIN1234' is no word of its own; names with an open end would swallow the digits.
            closed = [name for name in names if not name.endswith("*")]
            if closed and purpose in _SIZES:
                patterns.append(Pattern(name=f"{purpose}+", expression=rf"\m{any_of(closed)}\d", after=12))
        return Watch(patterns, partial(_examine, compile_grammar(packs)))


def _examine(grammar: Grammar, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the value that belongs to a secret's name, if one is there."""
    text, purpose = view.text, candidate.pattern.removesuffix("+")
    if purpose == "one_time_code" and grammar.other_code.search(text[max(candidate.start - 24, 0) : candidate.start]):
        return ()
    if purpose != candidate.pattern:
        match = _GLUED.match(text, candidate.end - 1)
        return (_claim(purpose, "glued", *match.span()),) if match and len(match[0]) in _SIZES[purpose] else ()
    find = _password if purpose == "password" else _code
    places = grammar.places(text, candidate.end)
    behind = [found for place in places if (found := find(grammar, view, place, candidate))]
    if behind and purpose == "password":
        return (_claim(purpose, "behind", *behind[0]),)
    if behind:
        return [_claim(purpose, "behind", *found) for one in behind for found in _series(grammar, text, one)]
    before = _before(grammar, view, candidate.start, purpose)
    return (_claim(purpose, "before", *before),) if before else ()


def _claim(purpose: str, rule: str, start: int, end: int) -> Claim:
    return Claim(
        kind=_KINDS[purpose],
        subkind=purpose if purpose == "card_security_code" else None,
        start=start,
        end=end,
        certainty=Certainty.CONTEXT,
        score=0.85 if rule == "before" else 0.9,
        rule=f"secret_code.{rule}",
    )


def _code(grammar: Grammar, view: View, place: Place, candidate: Candidate) -> tuple[int, int] | None:
    """Return the code that begins at a place."""
    purpose = candidate.pattern
    match = grammar.digits.match(view.text, place.at)
    if match is None:
        mixed = grammar.mixed.match(view.text, place.at) if purpose == "one_time_code" and place.announced else None
        return mixed.span() if mixed and _is_capital(view, *mixed.span()) else None
    size = _size(match[0])
    if size not in _SIZES[purpose] or is_money(view.text, *match.span()):
        return None
    if place.announced:
        return match.span()
    bare = grammar.bare_code.fullmatch(view.text, candidate.start, candidate.end) is not None
    lonely = bare and size < _FEWEST_UNANNOUNCED
    return None if lonely or is_year(match[0]) else match.span()


def _series(grammar: Grammar, text: str, first: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Yield a code and those of the same size that are named with it: '1234 or 4321'."""
    yield first
    size, match = _size(text[slice(*first)]), grammar.another.match(text, first[1])
    while match and _size(match["value"]) == size and not is_money(text, *match.span("value")):
        yield match.span("value")
        match = grammar.another.match(text, match.end())


def _password(grammar: Grammar, view: View, place: Place, _candidate: Candidate) -> tuple[int, int] | None:
    """Return the password that begins at a place."""
    match = grammar.token.match(view.text, place.at)
    if match is None:
        return None
    start, end = trimmed(view.text, *match.span())
    if end - start < 4 or is_money(view.text, start, end) or grammar.name.fullmatch(view.text, start, end):
        return None
    if is_quoted(view.text, start, end):
        return start, end
    original = view.original[slice(*view.origin(start, end))]
    if has_signs(original):
        return (start, end) if place.announced or not is_number(original) else None
    if not place.announced:
        return None
    if has_odd_capitals(original):
        return start, end
    good = place.adjoining and _could_be_a_password(grammar, view.text, start, end)
    return (start, end) if good else None


def _could_be_a_password(grammar: Grammar, text: str, start: int, end: int) -> bool:
    """Return whether an ordinary word that is announced as a password is one.

    It ends the sentence, and it is not what people say of passwords.
    """
    last = re.match(r"['\"`)\]*]?(?:\s*\Z|\s*[.,;!?]\s*\Z|\s*\n|[.;]\s)", text[end:])
    return end - start >= _SHORTEST_WORD and last is not None and not grammar.ordinary.fullmatch(text, start, end)


def _before(grammar: Grammar, view: View, start: int, purpose: str) -> tuple[int, int] | None:
    """Return the value that stands before a name: '1234 is my PIN', '482913 kodunu girdim'."""
    found = grammar.value_before(view.text, start)
    if found is None:
        return None
    value_start, value_end, glue = found
    announced, filled = bool(grammar.is_word.search(glue)), bool(grammar.filler.search(glue))
    announced = announced or (filled and bool(re.search(r"\s-{1,2}\s|[=>]", glue)))
    if purpose == "password":
        return _password_before(view, value_start, value_end) if announced else None
    value = view.text[value_start:value_end]
    if not grammar.digits.fullmatch(value) or is_money(view.text, value_start, value_end):
        return None
    size = _size(value)
    opens = not view.text[:value_start].strip() or view.text[:value_start].rstrip()[-1] in ".!?\n:"
    bare = not glue.strip() and purpose == "one_time_code" and size >= _FEWEST_UNANNOUNCED
    alone = opens and not is_year(value) and (filled or purpose == "pin")
    good = size in _SIZES[purpose] and (announced or bare or alone)
    return (value_start, value_end) if good else None


def _password_before(view: View, start: int, end: int) -> tuple[int, int] | None:
    start, end = trimmed(view.text, start, end)
    if end - start < 4:
        return None
    original = view.original[slice(*view.origin(start, end))]
    secret = (has_signs(original) and not is_number(original)) or has_odd_capitals(original)
    return (start, end) if secret or is_quoted(view.text, start, end) else None


def _size(value: str) -> int:
    """Return how many digits a code has, in figures or in words."""
    return sum(character.isdecimal() for character in value) or len(re.split(r"[\s,\-]+", value))


def _is_capital(view: View, start: int, end: int) -> bool:
    original = view.original[slice(*view.origin(start, end))]
    return original == original.upper()


def build(_kit: object) -> Detector:
    """Return the detector."""
    return SecretCodeDetector()
