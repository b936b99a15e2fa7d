"""What the model alone does not see: a name's other half, a name that comes again, and where doubt is too great."""

from collections.abc import Sequence
from typing import Final

from doorward.plugins.detectors.name_address.decoding import Stretch
from doorward.plugins.detectors.name_address.tokens import Token, Tokens
from doorward.plugins.detectors.name_address.words import Known

_NAMES: Final = int(Known.GIVEN | Known.SURNAME)
_ORDINARY: Final = int(Known.COMMON | Known.FREQUENT | Known.LIKE_COMMON)
_OTHER_HALF: Final = _NAMES | int(Known.UPPER | Known.LIKE_NAME)
_GIVEN: Final = int(Known.GIVEN)
_STREET_OR_PLACE: Final = int(Known.STREET | Known.PLACE)
"""What may be known of the other half of a name: nothing, or that it is a name."""

_SENTENCE_ENDS: Final = frozenset(".!?")
"""Behind these any word has a capital."""

_SHORTEST_HALF: Final = 4
_SHORTEST_AGAIN: Final = 3
_SURE_AGAIN: Final = 0.8
"""How sure a name must be for its words to be names wherever they stand."""

_SURE_OF_COMMON: Final = 0.95
_SURE_OF_CAPITAL: Final = 0.75
"""How sure a single word must be that is an ordinary one as well, in small letters and with a capital."""

_SURE_OF_UNLISTED: Final = 0.85
_SURE_OF_UNLISTED_CAPITAL: Final = 0.6
"""The same of a single word that no list knows for a name."""

_SURE_OF_ADDRESS: Final = 0.65
_SURE_OF_TOLD_ADDRESS: Final = 0.4
"""How sure an address must be, and one in which a street or a town is named and a number."""


def widened(stretches: Sequence[Stretch], tokens: Tokens, text: str) -> list[Stretch]:
    """Return the stretches, names with the unknown word beside them: `Jane Whitlock` where only `Jane` was seen.

    With a capital a word belongs to a name that has one; in small letters only to a given name that stands alone.
    """
    found: list[Stretch] = []
    taken = {place for one in stretches for place in range(one.first, one.behind)}
    for one in stretches:
        first, behind = one.first, one.behind
        if not one.is_address:
            last = tokens[behind - 1]
            if text.startswith(" ", last.end) and behind < tokens.count and behind not in taken:
                behind += _follows(tokens[behind], last) and _belongs(tokens[behind], last, behind - first == 1)
            before, begin = first - 1, tokens[first]
            if before >= 0 and before not in taken and text[begin.start - 1] == " ":
                first -= (
                    _follows(begin, tokens[before])
                    and _may_begin(tokens, before)
                    and _belongs(tokens[before], begin, behind - first == 1)
                )
            taken.update((first, behind - 1))
        found.append(Stretch(first, behind, one.is_address, one.sure))
    return found


def _follows(token: Token, before: Token) -> bool:
    """Return whether one character parts a token from the one before it."""
    return token.start == before.end + 1


def _may_begin(tokens: Tokens, place: int) -> bool:
    """Return whether a word may be the first of a name: one that is known for it, or that has a capital of its own."""
    token = tokens[place]
    if token.known & _NAMES:
        return True
    return token.written[0].isupper() and not (place and tokens[place - 1].word in _SENTENCE_ENDS)


def _belongs(token: Token, name: Token, alone: bool) -> bool:  # noqa: FBT001 - whether the name has one word
    """Return whether a word beside a word of a name is the rest of the name."""
    known = token.known
    if not token.written[0].isalpha() or len(token.word) < _SHORTEST_HALF or known & ~_OTHER_HALF:
        return False
    if name.written[0].isupper():
        return token.written[0].isupper() and token.written.isupper() == name.written.isupper()
    of_name = name.known
    return alone and token.written.islower() and bool(of_name & _GIVEN) and not of_name & _ORDINARY


def repeated(stretches: Sequence[Stretch], tokens: Tokens, text: str) -> Sequence[Stretch]:
    """Return the stretches and whatever else in the text is a word of a name that is sure, in order."""
    held = [
        tokens[place]
        for one in stretches
        if not one.is_address and one.sure >= _SURE_AGAIN and one.behind - one.first > 1
        for place in range(one.first, one.behind)
    ]
    names = {token.word for token in held if len(token.word) >= _SHORTEST_AGAIN and not token.known & _ORDINARY}
    if sum(map(text.count, names)) <= sum([token.word in names for token in held]):
        return stretches
    taken = {place for one in stretches for place in range(one.first, one.behind)}
    again = [place for name in names for place in tokens.find(name, text) if place not in taken]
    return sorted([*stretches, *(Stretch(place, place + 1, is_address=False, sure=_SURE_AGAIN) for place in again)])


def is_sure(tokens: Tokens, stretch: Stretch) -> bool:
    """Return whether a name of one word that is an ordinary word as well is sure enough to be a name here, and an
    address without a word for a street or a town beside a number sure enough to be one.
    """
    if stretch.is_address:
        held = tokens.between(stretch.first, stretch.behind)
        told = any(token.known & _STREET_OR_PLACE for token in held)
        numbered = any(token.word.isdigit() for token in held)
        return stretch.sure >= (_SURE_OF_TOLD_ADDRESS if told and numbered else _SURE_OF_ADDRESS)
    if stretch.behind - stretch.first > 1:
        return True
    token = tokens[stretch.first]
    capital = token.written[0].isupper()
    if token.known & _ORDINARY:
        return stretch.sure >= (_SURE_OF_CAPITAL if capital else _SURE_OF_COMMON)
    return bool(token.known & _NAMES) or stretch.sure >= (_SURE_OF_UNLISTED_CAPITAL if capital else _SURE_OF_UNLISTED)
