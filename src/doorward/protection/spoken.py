"""Numbers, links and addresses as people say them, found in a text and written as they would be typed."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from doorward.kit.numerals import JOINT, Piece, read_numbers
from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.domains import AMBIGUOUS_DOMAINS, COUNTRY_DOMAINS, GENERIC_DOMAINS, names
from doorward.protection.phrases import alternatives, any_of, normal_phrases, words_of
from doorward.protection.ports import LanguagePack
from doorward.protection.rewriting import Replacement
from doorward.protection.view import View

_FEWEST: Final = 3  # numbers, in words or mixed with digits, that could be a value
_FEWEST_OF_ACCOUNT: Final = 2  # behind a country said letter by letter: 'g b five five'
_COUNTRY: Final = re.compile(rf"{WORD_BEFORE}[a-z] [a-z] \Z")
_BLANK: Final = r"[^\S\n]"
_BREAK: Final = rf"(?:{_BLANK}|[,.\-]|…){{1,4}}"
_DIGITS: Final = r"\d{1,19}"
_A_WORD: Final = re.compile(r"[^\W\d_]{2}")
_PLAIN_DOMAINS: Final = (COUNTRY_DOMAINS | GENERIC_DOMAINS) - AMBIGUOUS_DOMAINS - names("net info pro name de")
"""Domains that are no words behind a spoken dot either (Turkish `net` is 'clear', `de` is 'too')."""


class _Words(NamedTuple):
    """How one language says numbers: what its words mean, and patterns over normal form."""

    meanings: dict[str, str]
    piece: re.Pattern[str]
    run: re.Pattern[str]
    token: re.Pattern[str]
    sign: re.Pattern[str]


def _numbers_of(pack: LanguagePack) -> dict[str, str]:
    """Return the number words of a pack in normal form, with their meaning."""
    return _normal({**pack.meanings("digit_word"), **pack.meanings("number_word")})


def _normal(meanings: dict[str, str]) -> dict[str, str]:
    return {form: meaning for phrase, meaning in meanings.items() for form in normal_phrases([phrase])}


def number_cues(packs: Sequence[LanguagePack]) -> list[str]:
    """Return expressions of the dialect that match wherever numbers in words may be a value, of one pack each."""
    cues = []
    for pack in packs:
        meanings = _numbers_of(pack)
        if not meanings:
            continue
        word = any_of(word for word, meaning in meanings.items() if meaning != JOINT)
        joints = [word for word, meaning in meanings.items() if meaning == JOINT]
        between, digits = r"[\s,.\-]{1,4}", r"\d{1,19}"
        ordinals = pack.words("ordinal_word")
        cues += [
            rf"\m{word}{between}{word}",
            rf"\m{word}{between}{digits}{between}(?:{word}|\d)",
            rf"\m{digits}{between}{word}{between}(?:{word}|\d)",
            rf"\m{word}{word}",
            *(rf"\m{word}{any_of(joints)}{word}" for _ in joints[:1]),
            *(rf"\m{word}{between}{any_of(ordinals)}" for _ in ordinals[:1]),
            *(rf"\m{word}{between}{any_of(_between(pack))}{between}(?:{word}|\d)" for _ in _between(pack)[:1]),
        ]
    return cues


def _between(pack: LanguagePack) -> list[str]:
    return [*pack.words("hesitation"), *pack.words("sign_word"), *pack.words("dot")]


class SpokenNumbers:
    """Rows of numbers in words, of any of some languages."""

    def __init__(self, packs: Sequence[LanguagePack]) -> None:
        """Take the words from the packs: `digit_word`, `number_word`, `sign_word`, `dot`, `hesitation`."""
        self._languages = [_words(pack) for pack in packs if _numbers_of(pack)]

    def replacements(self, view: View) -> list[Replacement]:
        """Return the rows as digits, in characters of the view's original.

        Of rows of several languages that overlap, the one that begins first counts, then the longer.
        """
        runs = [
            (match.start(), -match.end(), number, match)
            for number, words in enumerate(self._languages)
            for match in words.run.finditer(view.text)
            if _A_WORD.search(match[0])
        ]
        done = 0
        found: list[Replacement] = []
        for start, _, number, match in sorted(runs, key=lambda run: run[:3]):
            written = list(_written(match, self._languages[number], view.text)) if start >= done else []
            if written:
                done = match.end()
                found += [_placed(view, *one) for one in written]
        return found


def _words(pack: LanguagePack) -> _Words:
    meanings = _numbers_of(pack)
    numbers = alternatives([word for word, meaning in meanings.items() if meaning != JOINT])
    joints = [word for word, meaning in meanings.items() if meaning == JOINT]
    joint = rf"{alternatives(joints)}?" if joints else ""
    token = rf"{WORD_BEFORE}(?:{numbers}(?:{joint}{numbers}){{0,7}}|{_DIGITS}){WORD_AFTER}"
    filler = alternatives(_between(pack))
    between = rf"(?:{_BREAK}(?:{WORD_BEFORE}{filler}{WORD_AFTER}{_BREAK}){{0,2}}|{_BLANK}?/{_BLANK}?)"
    signs = _normal({**pack.meanings("sign_word"), **dict.fromkeys(pack.words("dot"), ".")})
    said = alternatives(list(signs))
    return _Words(
        meanings={**meanings, **signs},
        piece=re.compile(alternatives(list(meanings))),
        run=re.compile(rf"(?:{WORD_BEFORE}{said}{_BREAK})?{token}(?:{between}{token})*"),
        token=re.compile(rf"{_DIGITS}|{WORD_BEFORE}(?:{alternatives(list(meanings))})+{WORD_AFTER}"),
        sign=re.compile(rf"{WORD_BEFORE}{said}{WORD_AFTER}|[/,]"),
    )


def _written(match: re.Match[str], words: _Words, text: str) -> Iterator[tuple[int, int, str]]:
    """Yield what to write instead of the parts of a row; nothing if it could not be a value."""
    pieces = list(_pieces(match, words, text))
    said = [not piece.meaning.isdecimal() or text[piece.start].isalpha() for piece in pieces]
    # One word before or behind digits is no disguise: 'on 12.03.2024' is a date, though `on` is ten in Turkish.
    fewest = _FEWEST_OF_ACCOUNT if _COUNTRY.search(text, max(match.start() - 5, 0), match.start()) else _FEWEST
    if len(pieces) < fewest or not (sum(said) > 1 or any(said[1:-1])):
        return
    numbers = [number for one in _apart(pieces, text) for number in read_numbers(one)]
    if sum(len(number.digits) for number in numbers) < fewest:
        return
    done = match.start()
    for number in numbers:
        if number.start > done:
            yield done, number.start, _signs_between(words, text[done : number.start])
        yield number.start, number.end, number.digits
        done = number.end


def _pieces(match: re.Match[str], words: _Words, text: str) -> Iterator[Piece]:
    for token in words.token.finditer(text, *match.span()):
        if token[0].isdecimal():
            yield Piece(*token.span(), token[0])
        else:
            for piece in words.piece.finditer(text, *token.span()):
                yield Piece(*piece.span(), words.meanings[piece[0]])


def _apart(pieces: Sequence[Piece], text: str) -> Iterator[Sequence[Piece]]:
    """Yield the pieces that no comma keeps apart: 'forty, five' is not 45."""
    first = 0
    for place in range(1, len(pieces)):
        if "," in text[pieces[place - 1].end : pieces[place].start]:
            yield pieces[first:place]
            first = place
    yield pieces[first:]


def _signs_between(words: _Words, gap: str) -> str:
    """Return the signs that are said or typed between two numbers; a comma keeps them apart."""
    return "".join({",": " "}.get(sign[0]) or words.meanings.get(sign[0], sign[0]) for sign in words.sign.finditer(gap))


def _placed(view: View, start: int, end: int, text: str) -> Replacement:
    return Replacement(*view.origin(start, end), text)


def dot_cue(packs: Sequence[LanguagePack]) -> list[str]:
    """Return an expression of the dialect that matches wherever a dot is said between two words."""
    dots = words_of(packs, "dot")
    return [rf"\m(?:{any_of(dots)})\s\w"] if dots else []


class SpokenSigns:
    """Links and IP addresses whose dots and slashes are said. Those of mail addresses the e-mail detector hears."""

    def __init__(self, packs: Sequence[LanguagePack]) -> None:
        """Take the words from the packs: `dot`, `sign_word`, `spoken_domain`."""
        dots = words_of(packs, "dot")
        slashes = [word for pack in packs for word, sign in pack.meanings("sign_word").items() if sign == "/"]
        dot, slash = rf"\s{alternatives(dots)}\s", rf"\s?{alternatives(slashes)}\s?"
        self._domains = {
            form: meaning for pack in packs for form, meaning in _normal(dict(pack.meanings("spoken_domain"))).items()
        }
        self._address = re.compile(rf"(?<![\d.])\d{{1,3}}(?:{dot}\d{{1,3}}){{3}}{WORD_AFTER}")
        self._link = re.compile(
            rf"{WORD_BEFORE}(?:[a-z]+:?\s?//)?[\w\-.]{{1,63}}(?:{dot}[\w\-]{{1,63}}){{1,5}}"
            rf"(?P<rest>(?:\s{slash}\s[^\s,;!?]{{1,64}}){{0,8}})"
        )
        self._dot = re.compile(dot)
        self._slash = re.compile(rf"\s{slash}\s")

    def replacements(self, view: View) -> list[Replacement]:
        """Return the dots and slashes that are said, in characters of the view's original."""
        text = view.text
        found = [
            _placed(view, *dot.span(), ".")
            for match in self._address.finditer(text)
            for dot in self._dot.finditer(text, *match.span())
        ]
        for match in self._link.finditer(text):
            found += [_placed(view, *one) for one in self._of_link(match, text)]
        return found

    def _of_link(self, match: re.Match[str], text: str) -> Iterator[tuple[int, int, str]]:
        end = match.start("rest")
        dots = list(self._dot.finditer(text, match.start(), end))
        while dots and not self._is_domain(text[dots[-1].end() : end]):
            end = dots.pop().start()
        if not dots:
            return
        labels = self._dot.split(text[match.start() : end])
        rest = match["rest"] if end == match.start("rest") else ""
        if not (rest or _is_named(labels)):
            return
        for dot in dots:
            yield *dot.span(), "."
        domain = self._domains.get(labels[-1])
        if domain:
            yield dots[-1].end(), end, domain
        for slash in self._slash.finditer(text, end, end + len(rest)):
            yield *slash.span(), "/"

    def _is_domain(self, label: str) -> bool:
        return label in COUNTRY_DOMAINS or label in GENERIC_DOMAINS or label in self._domains


def _is_named(labels: Sequence[str]) -> bool:
    """Return whether words with dots said between are a host's name, not words of a sentence.

    A name of a domain that is no word anywhere says so, or a sign that words do not have.
    """
    named = any(sign in "0123456789-._" for label in labels for sign in label) or labels[0] == "www"
    return named or labels[-1] in _PLAIN_DOMAINS
