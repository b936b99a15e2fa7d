"""The parts of an address: house, street, flat, postcode, place. They are told apart in findings and masked as one."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from doorward.plugins.detectors.name_address.tokens import Token, Tokens
from doorward.plugins.detectors.name_address.words import Known

_PARTS_END: Final = frozenset("\n,;>|?")
_FEWEST_OF_POSTCODE: Final = 4
_UNIT: Final = int(Known.UNIT)
_STREET: Final = int(Known.STREET)


class Part(NamedTuple):
    """Tokens `first` to before `behind` of a text, and what they are: `street`, `unit`, `postcode` or `place`."""

    first: int
    behind: int
    subkind: str


def parts_of_address(tokens: Tokens, first: int, behind: int) -> Iterator[Part]:
    """Yield the parts of the address that stands there, in order, without the signs between them.

    A line's end or a comma ends a part, and so does a word for a flat or floor behind a number, a number of four digits
    or more beside words of a place, and a number before a street that has one of its own behind it.
    """
    start = first
    for place in range(first, behind + 1):
        if place == behind or tokens[place].word in _PARTS_END:
            yield from _of_segment(tokens.between(start, place), start)
            start = place + 1


def _of_segment(held: Sequence[Token], first: int) -> Iterator[Part]:
    """Yield the parts of what stands between two commas, the first token of which is token `first`."""
    start, numbered = 0, False
    for place, token in enumerate(held):
        if place and _begins_a_part(held, place, numbered=numbered):
            yield from _part(held[start:place], first + start)
            start, numbered = place, False
        numbered = numbered or token.word.isdigit()
    yield from _part(held[start:], first + start)


def _begins_a_part(held: Sequence[Token], place: int, *, numbered: bool) -> bool:
    """Return whether a token begins a part; `numbered` tells whether there is a number in the one before it."""
    word, before = held[place].word, held[place - 1].word
    if held[place].known & _UNIT and word[0].isalpha():
        return numbered
    if before.isdigit():
        if len(before) >= _FEWEST_OF_POSTCODE and word[0].isalpha():
            return True
        return place == 1 and any(token.word.isdigit() for token in held[2:])
    return len(word) >= _FEWEST_OF_POSTCODE and word.isdigit() and before[0].isalpha()


def _part(held: Sequence[Token], first: int) -> Iterator[Part]:
    if any(token.word[0].isalnum() for token in held):
        yield Part(first, first + len(held), _subkind(held))


def _subkind(tokens: Sequence[Token]) -> str:
    if not any(token.word[0].isalpha() for token in tokens):
        return "postcode" if any(len(token.word) >= _FEWEST_OF_POSTCODE for token in tokens) else "street"
    if tokens[0].known & _UNIT and not tokens[0].known & _STREET:
        return "unit"
    return "street" if any(token.known & _STREET or token.word.isdigit() for token in tokens) else "place"
