"""Addresses around what only addresses have: a word for a flat with its number, a field post office with its code.

The model looks at a few words at a time, and streets of countries that it never saw are strange to it. `Suite 858` is
not: what is written as an address is before it, and the lines behind it to a postcode belong to it.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import Final

from doorward.plugins.detectors.name_address.decoding import Stretch
from doorward.plugins.detectors.name_address.tokens import Token, Tokens
from doorward.plugins.detectors.name_address.words import Known
from doorward.protection.ports import LanguagePack
from doorward.protection.view import View

_LINE: Final = "\n"
_SURE: Final = 0.9
_SIGNS: Final = frozenset(",-/'’#.")
"""Signs within a line of an address."""

_LONGEST_LINE: Final = 10
"""Tokens of a line of an address; the longest lines of streets have some eight words."""

_MOST_LINES: Final = 3
"""Lines behind the flat: place, county or state, country."""

_LONGEST_SMALL: Final = 3
"""Letters of a small word inside of an address: `de`, `of`, `den`."""

_LONGEST_SHORTENED: Final = 4
"""Letters of a word that a full stop shortens: `Str.`, `Blvd.`."""

_FEWEST_OF_POSTCODE: Final = 3
_REGION: Final = 2  # letters of a field post office's region: AA, AE, AP
_ZIP: Final = 5

Anchored = Callable[[Sequence[Stretch], Tokens, str], Sequence[Stretch]]


def anchor_finder(packs: Iterable[LanguagePack]) -> Anchored:
    """Return what adds the addresses around such anchors to the stretches of a text, in order.

    The words are the packs' (`flat_number`, `field_post`, `street_corner`, `conjunction`). Field post offices are those
    of USPS Publication 28, section 238.
    """
    flats, posts, corners, ands = set[str](), set[str](), set[str](), set[str]()
    for pack in packs:
        corners |= {View(word).text for word in pack.words("street_corner")}
        ands |= {View(word).text for word in pack.words("conjunction")}
        flats |= {View(word).text for word in pack.words("flat_number")}
        posts |= {View(word).text for word in pack.words("field_post")}

    def anchored(seen: Sequence[Stretch], tokens: Tokens, text: str) -> Sequence[Stretch]:
        found = [
            *(one for word in flats if word in text for one in _with_flats(tokens, word, text)),
            *(one for word in posts if word in text for one in _with_posts(tokens, word, text)),
            *(one for phrase in corners if phrase in text for one in _at_corners(tokens, phrase, ands, text)),
        ]
        return _merged(seen, found) if found else seen

    return anchored


def _with_flats(tokens: Tokens, word: str, text: str) -> Iterator[Stretch]:
    for place in tokens.find(word, text):
        number = place + 1
        if number < tokens.count and tokens[number].word in {".", "#"}:
            number += 1
        if number >= tokens.count or not tokens[number].word[0].isdigit():
            continue
        first = _before(tokens, _end_of_line_before(tokens, place))
        if first is not None:
            yield Stretch(first, _behind(tokens, number + 1), is_address=True, sure=_SURE)


def _with_posts(tokens: Tokens, word: str, text: str) -> Iterator[Stretch]:
    for place in tokens.find(word, text):
        if place + 2 >= tokens.count:
            return
        region, code = tokens[place + 1], tokens[place + 2]
        if region.word.isalpha() and len(region.word) == _REGION and code.word.isdigit() and len(code.word) == _ZIP:
            first = _before(tokens, _end_of_line_before(tokens, place), numbered=False)
            yield Stretch(place if first is None else first, place + 3, is_address=True, sure=_SURE)


def _at_corners(tokens: Tokens, phrase: str, ands: Container[str], text: str) -> Iterator[Stretch]:
    """Yield the two streets behind such a phrase; each has a word with a capital."""
    words = phrase.split()
    for place in tokens.find(words[0], text):
        first = place + len(words)
        if [token.word for token in tokens.between(place, min(first, tokens.count))] != words:
            continue
        behind = _line_behind(tokens, first)
        held = tokens.between(first, behind)
        meets = next((at for at, token in enumerate(held) if token.word in ands), 0)
        if any(map(_is_main, held[:meets])) and any(map(_is_main, held[meets:])):
            yield Stretch(first, behind, is_address=True, sure=_SURE)


def _line_before(tokens: Tokens, place: int) -> int:
    """Return the place of the line's end before a token, -1 in the first line; that of the token in a long line."""
    begin = place - 1
    while begin >= 0 and place - begin <= _LONGEST_LINE and tokens[begin].word != _LINE:
        begin -= 1
    return begin if begin < 0 or tokens[begin].word == _LINE else place


def _end_of_line_before(tokens: Tokens, place: int) -> int:
    """Return where the line of a token ends before it: at the token itself, or, where only the signs of a quotation
    stand before that, with the line before.
    """
    begin = _line_before(tokens, place)
    is_first = not any(token.word[0].isalnum() for token in tokens.between(max(begin, 0) + 1, place))
    return begin if 0 <= begin < place and is_first else place


def _before(tokens: Tokens, behind: int, *, numbered: bool = True) -> int | None:
    """Return where the address line that ends before `behind` begins: with its first word where that is a number, else
    with words with a capital, numbers, and small words between them. Nothing where there is none of the first, or of
    the second though there must be.
    """
    begin = _line_before(tokens, behind)
    begin = next((place for place in range(begin + 1, behind) if tokens[place].word[0].isalnum()), behind)
    if begin < behind and tokens[begin].word.isdigit():
        return begin  # a line that begins with a number, and ends with a flat's or before it
    first, place = behind, behind - 1
    while place >= 0 and behind - place <= _LONGEST_LINE and _goes_on(tokens, place):
        if _is_main(tokens[place]):
            first = place
        place -= 1
    held = tokens.between(first, behind)
    if not any(token.written[0].isupper() for token in held):
        return None
    return first if not numbered or any(token.word[0].isdigit() for token in held) else None


def _behind(tokens: Tokens, start: int) -> int:
    """Return where an address ends that is an address up to `start`: with its line, or with the line of a postcode."""
    behind = place = _line_behind(tokens, start)
    for _ in range(_MOST_LINES):
        if place >= tokens.count or tokens[place].word != _LINE:
            break
        begin = place + 1
        while begin < tokens.count and tokens[begin].word != _LINE and not tokens[begin].word[0].isalnum():
            begin += 1
        place = _line_behind(tokens, begin)
        if place == begin or (place < tokens.count and tokens[place].word not in {_LINE, "?", ".", "!"}):
            break
        last = tokens[place - 1]
        if last.known & Known.PLACE or (last.word.isdigit() and len(last.word) >= _FEWEST_OF_POSTCODE):
            behind = place
    return behind


def _line_behind(tokens: Tokens, start: int) -> int:
    """Return where the words with a capital and numbers end that go on from `start`."""
    behind, place = start, start
    while place < tokens.count and place - start < _LONGEST_LINE and _goes_on(tokens, place):
        place += 1
        if _is_main(tokens[place - 1]):
            behind = place
    return behind


def _goes_on(tokens: Tokens, place: int) -> bool:
    token = tokens[place]
    if token.word == ".":
        return place > 0 and len(tokens[place - 1].word) <= _LONGEST_SHORTENED
    if token.word in _SIGNS or _is_main(token):
        return True
    return token.word[0].isalpha() and len(token.word) <= _LONGEST_SMALL


def _is_main(token: Token) -> bool:
    return token.written[0].isupper() or token.word[0].isdigit()


def _merged(seen: Sequence[Stretch], found: Iterable[Stretch]) -> Sequence[Stretch]:
    """Return all stretches in order: an address takes in what it overlaps, a name only where it holds all of it."""
    whole = list(seen)
    for one in found:
        first, behind = one.first, one.behind
        kept = []
        for other in whole:
            if other.behind <= first or behind <= other.first:
                kept.append(other)
            elif other.is_address:
                first, behind = min(first, other.first), max(behind, other.behind)
            elif other.first < first:
                kept.append(other._replace(behind=first))
            elif other.behind > behind:
                kept.append(other._replace(first=behind))
        whole = [*kept, one._replace(first=first, behind=behind)]
    return sorted(whole)
