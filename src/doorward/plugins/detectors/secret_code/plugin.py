"""One-time codes, PINs, cards' security codes and passwords: nothing by themselves, found by the words around them."""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.resources import files
from typing import Final, Literal

from doorward.plugins.detectors.secret_code.around import codes_around, is_sourced, passwords_around
from doorward.plugins.detectors.secret_code.far import (
    answered_code,
    far_code,
    far_password,
    further_codes,
    is_called_otherwise,
    is_free,
)
from doorward.plugins.detectors.secret_code.figures import Span
from doorward.plugins.detectors.secret_code.grammar import REACH_AFTER, REACH_BEFORE, Grammar, compile_grammar
from doorward.plugins.detectors.secret_code.learned.judging import Judge
from doorward.plugins.detectors.secret_code.learned.model import read_model
from doorward.plugins.detectors.secret_code.learned.words import Vocabulary
from doorward.plugins.detectors.secret_code.lone import LONE, is_sent, lone_code
from doorward.plugins.detectors.secret_code.passwords import password_before, password_behind, siblings
from doorward.plugins.detectors.secret_code.values import (
    is_offer,
    is_range,
    is_round,
    is_strong,
    is_year,
    size_of,
    trimmed,
)
from doorward.protection.announced import Place
from doorward.protection.dialect import WORD_AFTER
from doorward.protection.numbers import is_money
from doorward.protection.phrases import any_of, in_parts, whole, words_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.vocabulary.finding import Family

_SIZES: Final = {
    # How many digits (or digits as words) a code has.
    "one_time_code": range(4, 11),
    "pin": range(3, 13),
    "card_security_code": range(3, 5),
}
_KINDS: Final = {
    "one_time_code": "ONE_TIME_CODE",
    "pin": "PIN",
    "card_security_code": "CARD_SECURITY_CODE",
    "password": "PASSWORD",
    "bare_password": "PASSWORD",
    "login": "PASSWORD",
    "typed": "ONE_TIME_CODE",
}
"""What is claimed, by the lexicon whose words give it away."""

_WITHOUT_DIGITS: Final = frozenset({"password", "bare_password", "login"})
_GLUED: Final = re.compile(rf"\d{{3,10}}{WORD_AFTER}")
_FEWEST_UNANNOUNCED: Final = 5  # digits behind 'code' alone that nothing announces: 'code 1045' may be any code
_SHORTEST_PIN: Final = 4  # digits of a PIN that nothing announces
_STEP: Final = r"[\s.,_*/()\-]{1,3}\d"
_SHAPES: Final = {
    "number": r"\m\d{3,10}\M",
    "steps": rf"\m\d{_STEP}{_STEP}{_STEP}",
    "mixed": r"\m[a-z]\w{1,30}\d",
    "signed": r"\w[@!#$%&*+_]\w",
}
"""Expressions of what the judge looks at in a message that says hardly more."""

_LAST: Final = 160  # characters that may follow a number that nobody names, in a message that says hardly more
_TYPED: Final = 6  # digits of a code beside 'I typed' alone
_TYPED_SIZES: Final = (4, 6, 7, 8)  # five are a postcode as often as a code
_TYPED_REACH: Final = 32
_SENTENCE_ENDS: Final = re.compile(r"[.!?\n]")
_TYPED_BEFORE: Final = 24
_DASH: Final = re.compile(r"\s-{1,2}\s|[=>]")


class SecretCodeDetector:
    """Finds the value that belongs to 'my PIN', 'Bestätigungscode', 'şifrem', 'kode OTP', 'пароль', on either side."""

    id = "secret_code"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("ONE_TIME_CODE", "PIN", "CARD_SECURITY_CODE", "PASSWORD")

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at every name of a secret in the packs' lexicons, and let the judge conclude. Raises `Misconfigured`."""
        grammar = compile_grammar(packs)
        model, thresholds = read_model(files(__package__) / "weights")
        judge = Judge(Vocabulary(packs), model, thresholds, is_other=partial(is_called_otherwise, grammar))
        return Watch(_patterns(packs), partial(_examine, grammar), judge.conclude)


def rules_watch(packs: Sequence[LanguagePack]) -> Watch:
    """Return what the rules watch for, and how they judge it alone."""
    return Watch(_patterns(packs), partial(_examine, compile_grammar(packs)))


def _patterns(packs: Sequence[LanguagePack]) -> Sequence[Pattern]:
    patterns = []
    for purpose in _KINDS:
        names = words_of(packs, purpose)
        patterns += [
            Pattern(name=purpose, expression=whole(any_of(part)), before=REACH_BEFORE, after=REACH_AFTER)
            for part in in_parts(names)
        ]
        # 'PIN1234' is no word of its own; names with an open end would swallow the digits.
        closed = [name for name in names if not name.endswith("*") and " " not in name]
        if purpose in _SIZES:
            patterns += [
                Pattern(name=f"{purpose}+", expression=rf"\m{any_of(part)}\d", after=12) for part in in_parts(closed)
            ]
    patterns.append(Pattern(name="lone", expression=LONE, before=REACH_BEFORE, after=REACH_BEFORE))
    patterns += [Pattern(name=name, expression=expression, last=_LAST) for name, expression in _SHAPES.items()]
    return patterns


def _examine(grammar: Grammar, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the values that belong to a secret's name, if any are there."""
    purpose = candidate.pattern.removesuffix("+")
    if purpose in _SHAPES:
        return ()  # there for the judge alone
    if purpose not in _WITHOUT_DIGITS and purpose != "lone" and not grammar.could_be_in(view):
        return ()  # most messages speak of a code without one
    claims = _claims(grammar, candidate, view)
    return () if claims and purpose == "one_time_code" and _is_other(grammar, candidate, view) else claims


def _claims(grammar: Grammar, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return what belongs to a name that may have a value."""
    text, purpose = view.text, candidate.pattern.removesuffix("+")
    if purpose == "lone":
        lone = lone_code(grammar, view, candidate.start, candidate.end)
        return (_claim("typed", "lone", *lone, certainty=_how_sure(grammar, view, lone)),) if lone else ()
    if purpose != candidate.pattern:
        match = _GLUED.match(text, candidate.end - 1)
        return (_claim(purpose, "glued", *match.span()),) if match and len(match[0]) in _SIZES[purpose] else ()
    if purpose in _WITHOUT_DIGITS:
        return _with_siblings(grammar, view, _passwords(grammar, view, candidate))
    return _said_to_be_typed(grammar, view, candidate) if purpose == "typed" else _codes(grammar, view, candidate)


def _said_to_be_typed(grammar: Grammar, view: View, candidate: Candidate) -> Sequence[Claim]:
    """Return the codes and passwords beside a word of typing."""
    words = passwords_around(grammar, view, (candidate.start, candidate.end), named=False)
    return [
        *(
            _claim("typed", "typed", *found, certainty=_how_sure(grammar, view, found))
            for found in _typed(grammar, view, candidate)
        ),
        *_with_siblings(grammar, view, [_claim("password", "typed", *found) for found in words]),
    ]


def _how_sure(grammar: Grammar, view: View, found: Span) -> Certainty:
    return Certainty.CONTEXT if is_sent(grammar, view, *found) else Certainty.SHAPE


def _is_other(grammar: Grammar, candidate: Candidate, view: View) -> bool:
    """Return whether a word beside a code says that it is one of something else: 'promo code'.

    Behind it, a word says so of a mere 'code': 'код дохода', 'kode pos'.
    """
    if grammar.other_code.is_in(view, max(candidate.start - 24, 0), candidate.start):
        return True
    if candidate.pattern != "one_time_code" or not grammar.other_code_behind.match(view.text, candidate.end):
        return False
    return grammar.bare_code.is_all(view.text, candidate.start, candidate.end)


def _codes(grammar: Grammar, view: View, candidate: Candidate) -> Sequence[Claim]:
    """Return the codes beside a name; where there are none, the one further away, or the answer to a question."""
    purpose = candidate.pattern
    places = grammar.beside.places(view, candidate.end, within=grammar.last_figure(view, candidate.end))
    found = [span for place in places if (span := _code(grammar, view, place, candidate))]
    rule = "behind"
    if not found:
        before = _before(grammar, view, candidate.start, purpose)
        found, rule = [before] if before else [], "before"
    if not found:
        answered = answered_code(grammar, view, candidate.end, _SIZES[purpose])
        found, rule = [answered] if answered else [], "near"
    if not found:
        found, rule = _further_away(grammar, view, candidate)
    series = [span for one in found for span in _series(grammar, view.text, one)]
    further = [span for one in series[-1:] for span in further_codes(grammar, view, one)]
    return [
        *(_claim(purpose, rule, *span) for span in series),
        *(_claim(purpose, "further", *span) for span in further),
    ]


def _further_away(grammar: Grammar, view: View, candidate: Candidate) -> tuple[list[Span], str]:
    """Return the codes that stand further away from a name, and the rule that finds them."""
    start, end = candidate.start, candidate.end
    if not grammar.could_be_between(view, max(start - REACH_BEFORE, 0), end + REACH_AFTER):
        return [], ""
    wanted = "bare" if _is_bare(grammar, view, candidate) else candidate.pattern
    far = far_code(grammar, view, end, wanted)
    return ([far], "near") if far else (codes_around(grammar, view, (start, end), wanted), "around")


def _passwords(grammar: Grammar, view: View, candidate: Candidate) -> Sequence[Claim]:
    """Return the password that belongs to a name, and one that is said after it: 'Sommer#24 oder Sommer#25'."""
    purpose, text = candidate.pattern, view.text
    if purpose == "login":
        pair = grammar.pair.match(text, candidate.end)
        span = trimmed(text, *pair.span("value")) if pair else None
        strong = span is not None and is_strong(view.original[slice(*view.origin(*span))])
        if span and strong:
            return (_claim(purpose, "pair", *span),)
        around = passwords_around(grammar, view, (candidate.start, candidate.end), named=False)
        return [_claim(purpose, "around", *one) for one in around]
    found, rule = password_behind(grammar, view, candidate), "behind"
    if found is None and purpose == "password":
        found, rule = _before(grammar, view, candidate.start, purpose), "before"
    near = far_password(grammar, view, candidate.end, must_follow=False) if purpose == "password" else None
    if near and (found is None or (rule == "behind" and near[1] <= found[0])):
        found, rule = near, "near"
    if found is None and purpose == "password":
        found, rule = far_code(grammar, view, candidate.end, "password"), "near"
    if found is None:
        around = passwords_around(grammar, view, (candidate.start, candidate.end)) if purpose == "password" else []
        return [_claim(purpose, "around", *span) for span in around]
    further = far_password(grammar, view, found[1], must_follow=True)
    return (_claim(purpose, rule, *found), *((_claim(purpose, "further", *further),) if further else ()))


def _with_siblings(grammar: Grammar, view: View, claims: Sequence[Claim]) -> Sequence[Claim]:
    """Return the claims of passwords, and of the words that begin like them."""
    if not claims:
        return claims
    known = {(claim.start, claim.end) for claim in claims}
    more = {one for span in known for one in siblings(grammar, view, span)} - known
    return [*claims, *(_claim("password", "further", *span) for span in sorted(more))]


def _typed(grammar: Grammar, view: View, candidate: Candidate) -> Sequence[Span]:
    """Return the code that somebody says to have typed, on either side of the word.

    Hardly anything else has six digits; other sizes need words around that speak of codes.
    """
    text = view.text
    if not grammar.could_be_between(view, max(candidate.start - REACH_BEFORE, 0), candidate.end + _TYPED_REACH):
        return ()
    behind = grammar.codes(view, candidate.end, candidate.end + _TYPED_REACH)[:1]
    before = grammar.codes(view, max(candidate.start - _TYPED_BEFORE, 0), candidate.start)[-1:]
    spans = [one for one in behind if not _SENTENCE_ENDS.search(text, candidate.end, one[0])]
    spans += [one for one in before if not _SENTENCE_ENDS.search(text, one[1], candidate.start)]
    if not spans:
        return ()
    sizes = _TYPED_SIZES if is_sourced(grammar, view, candidate.start, candidate.end) else (_TYPED,)
    good = [span for span in spans if size_of(text[slice(*span)]) in sizes and _is_typed(grammar, view, span)]
    return [found for span in good for found in (span, *further_codes(grammar, view, span))]


def _is_typed(grammar: Grammar, view: View, span: Span) -> bool:
    """Return whether a number beside 'I typed' is no amount, no year, and called nothing else."""
    value = view.text[slice(*span)]
    model = size_of(value) != _TYPED and value[0].isalpha() and value[1] == "-"
    return not (model or is_round(value) or is_range(value)) and is_free(grammar, view, *span)


def _claim(purpose: str, rule: str, start: int, end: int, *, certainty: Certainty = Certainty.CONTEXT) -> Claim:
    return Claim(
        kind=_KINDS[purpose],
        start=start,
        end=end,
        certainty=certainty,
        score=0.9 if rule in {"behind", "glued"} else 0.8,
        rule=f"secret_code.{rule}",
    )


def _code(grammar: Grammar, view: View, place: Place, candidate: Candidate) -> Span | None:
    """Return the code that begins at a place."""
    purpose = candidate.pattern
    match = grammar.digits.match(view.text, place.at)
    if match is None:
        mixed = grammar.mixed.match(view.text, place.at) if purpose == "one_time_code" else None
        if mixed is None or not _is_capital(view, *mixed.span()):
            return None
        bare = grammar.bare_code.is_all(view.text, candidate.start, candidate.end)
        named = place.announced or not bare or is_sourced(grammar, view, candidate.start, candidate.end)
        return mixed.span() if named and not (bare and is_offer(mixed[0])) else None
    size = size_of(match[0])
    if size not in _SIZES[purpose] or is_money(view.text, *match.span()):
        return None
    if grammar.last_digits.is_in(view, max(place.at - 32, 0), place.at):
        return None
    if place.announced:
        return match.span()
    bare = _is_bare(grammar, view, candidate)
    lonely = (bare and size < _FEWEST_UNANNOUNCED) or (purpose == "pin" and size < _SHORTEST_PIN)
    return None if lonely or is_year(match[0]) else match.span()


def _is_bare(grammar: Grammar, view: View, candidate: Candidate) -> bool:
    """Return whether a name is a mere 'code', and nothing around it says that it was sent to be typed."""
    name = candidate.start, candidate.end
    return grammar.bare_code.is_all(view.text, *name) and not is_sourced(grammar, view, *name)


def _series(grammar: Grammar, text: str, first: Span) -> Iterator[Span]:
    """Yield a code and those of the same size that are named with it: '1234 or 4321'."""
    yield first
    size, match = size_of(text[slice(*first)]), grammar.another.match(text, first[1])
    while match and size_of(match["value"]) == size and not is_money(text, *match.span("value")):
        yield match.span("value")
        match = grammar.another.match(text, match.end())


def _before(grammar: Grammar, view: View, start: int, purpose: str) -> Span | None:
    """Return the value that stands before a name: '1234 is my PIN', '482913 kodunu girdim'."""
    found = grammar.password_before(view, start) if purpose == "password" else grammar.code_before(view, start)
    if found is None:
        return None
    value_start, value_end, glue = found
    announced, filled = bool(grammar.beside.is_word.search(glue)), bool(grammar.beside.filler.search(glue))
    announced = announced or (filled and bool(_DASH.search(glue)))
    if purpose == "password":
        return password_before(view, value_start, value_end) if announced else None
    value = view.text[value_start:value_end]
    if not grammar.digits.fullmatch(value) or is_money(view.text, value_start, value_end):
        return None
    size = size_of(value)
    opens = not view.text[:value_start].strip() or view.text[:value_start].rstrip()[-1] in ".!?\n:"
    bare = not glue.strip() and purpose == "one_time_code" and size >= _FEWEST_UNANNOUNCED
    alone = opens and not is_year(value) and (filled or purpose == "pin")
    good = size in _SIZES[purpose] and (announced or bare or alone)
    return (value_start, value_end) if good else None


def _is_capital(view: View, start: int, end: int) -> bool:
    original = view.original[slice(*view.origin(start, end))]
    return original == original.upper()


def build(_kit: object) -> Detector:
    """Return the detector."""
    return SecretCodeDetector()
