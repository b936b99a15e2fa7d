"""The parts of an address: house, street, flat, postcode, place. They are told apart in findings and masked as one."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from doorward.plugins.detectors.name_address.tokens import Token
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


def parts_of_address(tokens: Sequence[Token], first: int, behind: int) -> Iterator[Part]:
    """Yield the parts of the address that stands there, in order, without the signs between them.

    A line's end or a comma ends a part, and so does a word for a flat or floor behind a number, a number of four digits
    or more beside words of a place, and a number before a street that has one of its own behind it.
    """
    start = first
    for place in range(first, behind + 1):
        if place == behind or tokens[place].word in _PARTS_END:
            yield from _of_segment(tokens, start, place)
            start = place + 1


def _of_segment(tokens: Sequence[Token], first: int, behind: int) -> Iterator[Part]:
    cuts = [first]
    numbers = [place for place in range(first, behind) if tokens[place].word.isdigit()]
    for place in range(first + 1, behind):
        word, before = tokens[place], tokens[place - 1]
        is_unit = bool(word.known & _UNIT) and word.word[0].isalpha()
        after_number = any(number < place for number in numbers if number >= cuts[-1])
        long_number = word.word.isdigit() and len(word.word) >= _FEWEST_OF_POSTCODE and before.word[0].isalpha()
        behind_long = before.word.isdigit() and len(before.word) >= _FEWEST_OF_POSTCODE and word.word[0].isalpha()
        of_two = place - 1 == first and before.word.isdigit() and any(number > place for number in numbers)
        if (is_unit and after_number) or long_number or behind_long or (of_two and not is_unit):
            cuts.append(place)
    for start, end in zip(cuts, [*cuts[1:], behind], strict=True):
        if start < end and any(token.word[0].isalnum() for token in tokens[start:end]):
            yield Part(start, end, _subkind(tokens[start:end]))


def _subkind(tokens: Sequence[Token]) -> str:
    classes = [token.known for token in tokens]
    has_number = any(token.word.isdigit() for token in tokens)
    if not any(token.word[0].isalpha() for token in tokens):
        return "postcode" if any(len(token.word) >= _FEWEST_OF_POSTCODE for token in tokens) else "street"
    if classes[0] & _UNIT and not classes[0] & _STREET:
        return "unit"
    if has_number or any(one & _STREET for one in classes):
        return "street"
    return "place"
