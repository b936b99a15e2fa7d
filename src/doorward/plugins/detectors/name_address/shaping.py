"""From what the model marks to what is claimed: where a name or an address begins and ends, and what cannot be one."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from doorward.plugins.detectors.name_address.decoding import Stretch
from doorward.plugins.detectors.name_address.tokens import Token, Tokens
from doorward.plugins.detectors.name_address.words import Known
from doorward.protection.numbers import is_money

_TRIMMED: Final = frozenset("\n,.;:-/(['\"!?*>|")
_GLUE: Final = frozenset("_@#%=\\+&~$")
"""Signs beside which nothing is a name: they stand in user names, links and codes."""
_OF_FORMS: Final = frozenset("=&")
"""Those that stand beside the values of a form: 'name=Jane Doe&town='. A name of several words may be one."""

_JOINS_NAMES: Final = re.compile(r"[ \u00a0]|-|'|\. ?")
_JOINS_ADDRESSES: Final = re.compile(r"[ ,.\n/\-]{1,3}")
_FEWEST_LETTERS: Final = 2
_ORDINARY: Final = int(Known.COMMON | Known.FREQUENT | Known.LIKE_COMMON | Known.NUMBER)
_NUMBER: Final = int(Known.NUMBER)
_STREET: Final = int(Known.STREET)
_STREET_OR_PLACE: Final = int(Known.STREET | Known.PLACE)
_STREET_PLACE_OR_UNIT: Final = int(Known.STREET | Known.PLACE | Known.UNIT)
_COMMON: Final = int(Known.COMMON | Known.LIKE_COMMON)
_OF_ADDRESSES: Final = int(
    Known.STREET | Known.PLACE | Known.UNIT | Known.NUMBER | Known.GIVEN | Known.SURNAME | Known.PROPER
)
_COUNTED: Final = int(Known.NUMBER | Known.STREET | Known.UNIT)
_LONGEST_BARE_STREET: Final = 6  # letters of a word such as 'platz'; longer ones are streets' names: 'gartenweg'
_MOST_OF_A_WORD: Final = 3
_LONGEST_NAME: Final = 8
"""Tokens: the longest names have six words or so."""


def joined(stretches: Iterable[Stretch], tokens: Tokens, text: str) -> list[Stretch]:
    """Return the stretches with neighbours of one kind joined that only a blank (in addresses also a sign) parts."""
    found: list[Stretch] = []
    for stretch in stretches:
        if found and found[-1].is_address == stretch.is_address:
            between = text[tokens[found[-1].behind - 1].end : tokens[stretch.first].start]
            if (_JOINS_ADDRESSES if stretch.is_address else _JOINS_NAMES).fullmatch(between):
                found[-1] = found[-1]._replace(behind=stretch.behind, sure=min(found[-1].sure, stretch.sure))
                continue
        found.append(stretch)
    return found


def end_of_word(tokens: Tokens, behind: int) -> int:
    """Return where a stretch that ends within a word of digits and letters, such as a postcode, ends with that word."""
    most = min(behind + _MOST_OF_A_WORD, tokens.count)
    while behind < most and tokens[behind].start == tokens[behind - 1].end:
        if not (tokens[behind].word[0].isalnum() and tokens[behind - 1].word[0].isalnum()):
            break
        behind += 1
    return behind


def trimmed(tokens: Tokens, first: int, behind: int, *, is_address: bool) -> tuple[int, int]:
    """Return the stretch without signs at its ends; the full stop behind an initial stays.

    An address neither ends with an ordinary word nor begins with one in small letters.
    """
    while first < behind and (
        tokens[first].word in _TRIMMED or (is_address and tokens[first].written.islower() and _is_loose(tokens[first]))
    ):
        first += 1
    while first < behind and (tokens[behind - 1].word in _TRIMMED or (is_address and _is_loose(tokens[behind - 1]))):
        if tokens[behind - 1].word == "." and behind - first > 2 and len(tokens[behind - 2].written) == 1:
            break
        behind -= 1
    return first, behind


def _is_loose(token: Token) -> bool:
    """Return whether a word is an ordinary one that no address needs."""
    return bool(token.known & _COMMON) and not token.known & _OF_ADDRESSES and len(token.word) > 1


def is_plausible(tokens: Tokens, stretch: Stretch, text: str) -> bool:
    """Return whether the tokens can be a name or an address: some letters, and no part of a code, link or user name."""
    first, behind = stretch.first, stretch.behind
    held = tokens.between(first, behind)
    last = held[-1]
    if stretch.is_address:
        if last.word.isdigit() and is_money(text, last.start, last.end):
            return False  # 'Konkurrenz 45,06 €'
        return _is_address([token.known for token in held if _is_word(token, text)], held)
    if behind - first > _LONGEST_NAME or not any(_has_letters(token) for token in held):
        return False
    loose = _OF_FORMS if behind - first > 1 else frozenset[str]()
    return not (_is_glued(text, held[0].start - 1, loose) or _is_glued(text, last.end, loose))


def _is_address(words: Sequence[int], held: Sequence[Token]) -> bool:
    """Return whether words of these classes can be an address: one of them is no ordinary word, and there is a number
    or a word for streets or flats. A town alone is none, nor are figures alone.
    """
    if not any(known & _STREET_OR_PLACE or not known & _ORDINARY for known in words):
        return False
    written = [token for token in held if token.word[0].isalpha() and not token.known & _NUMBER]
    if len(written) == 1:
        only = written[0]
        if only.known & _STREET and _is_short(only.written):
            return False  # 'auf platz 47': a street has a name
        if only.written.islower() and not only.known & _STREET_PLACE_OR_UNIT:
            return False  # 'authenticator 284639': a word that nobody knows and a number
    return any(token.word.isdigit() for token in held) or any(known & _COUNTED for known in words)


def _is_short(written: str) -> bool:
    return written.islower() and len(written) <= _LONGEST_BARE_STREET


def _has_letters(token: Token) -> bool:
    return len(token.word) >= _FEWEST_LETTERS and token.word[0].isalpha()


def _is_word(token: Token, text: str) -> bool:
    """Return whether a token is a word of three letters or more by itself, no part of a code."""
    if not token.word[0].isalpha() or len(token.word) <= _FEWEST_LETTERS:
        return False
    before, after = text[token.start - 1 : token.start], text[token.end : token.end + 1]
    return not (before.isdigit() or after.isdigit() or before in _GLUE or after in _GLUE)


def _is_glued(text: str, place: int, loose: frozenset[str]) -> bool:
    """Return whether the character there makes what is beside it a part of something longer that is no name."""
    if not 0 <= place < len(text):
        return False
    sign = text[place]
    return (sign in _GLUE and sign not in loose) or sign.isdigit()
