"""What of a text must stand in its source to the letter: numbers with what they count, addresses, links, names."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from doorward.answering.language_model.speech import Speech, Word

_TOKEN: Final = re.compile(r"\S+")
_ROUND: Final = ".,;:!?()[]{}\"'«»„“”‘’…–—"
_LINK: Final = re.compile(r"://|@|^www\.|[^\W\d_]{2,}\.[^\W\d_]{2,}", re.IGNORECASE)
_MARKUP: Final = frozenset("<>{}[]|`*_#~^\\=⟦⟧")
_NEAR: Final = 3
"""Words before and after a number among which stands in the source what it counts."""


def looks_hidden(text: str) -> bool:
    """Return whether a text has characters that people do not see, or that no text has."""
    return any(unicodedata.category(one) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"} for one in text)


def foreign_letters(text: str, source: str) -> bool:
    """Return whether a text has letters of an alphabet that its source does not have, or two in one word."""
    known = _alphabets(source)
    if not _alphabets(text) <= known:
        return True
    return any(len(_alphabets(word)) > 1 for word in text.split() if word not in source)


def foreign_signs(text: str, source: str) -> bool:
    """Return whether a text has signs of markup, code or money that its source does not have."""
    signs = {one for one in text if one in _MARKUP or unicodedata.category(one) in {"Sc", "So", "Sk"}}
    return not signs <= set(source)


def exact_tokens(text: str) -> frozenset[str]:
    """Return the parts of a text, from blank to blank, that hold a digit or look like an address or a link."""
    tokens = (match[0].strip(_ROUND).casefold() for match in _TOKEN.finditer(text))
    return frozenset(one for one in tokens if any(sign.isdigit() for sign in one) or _LINK.search(one))


def miscounts(said: Sequence[Word], source: Sequence[Word]) -> bool:
    """Return whether a number stands beside something that it does not stand beside in the source."""
    for place, word in enumerate(said):
        if not any(map(str.isdigit, word.folded)):
            continue
        counted = said[place + 1] if place + 1 < len(said) else said[place - 1] if place else None
        if counted is not None and not counted.forms & _beside(word.folded, source):
            return True
    return False


def invented_names(said: Sequence[Word], known: frozenset[str], speech: Speech) -> bool:
    """Return whether a text names somebody or something by a word that its source (`known` forms) does not have."""
    for place, word in enumerate(said):
        if word.forms & known or word.folded in speech.fillers:
            continue
        if word.folded in speech.names or (place and word.written[:1].isupper()):
            return True
    return False


def invented_numbers(said: Sequence[Word], known: frozenset[str], speech: Speech) -> bool:
    """Return whether a text has a number in words or a month that its source does not have."""
    counted = speech.numbers | speech.months
    return any(word.folded in counted and word.folded not in known for word in said)


def _beside(number: str, source: Sequence[Word]) -> frozenset[str]:
    forms: set[str] = set()
    for place, word in enumerate(source):
        if word.folded == number:
            near = (*source[max(0, place - _NEAR) : place], *source[place + 1 : place + 1 + _NEAR])
            forms.update(form for one in near for form in one.forms)
    return frozenset(forms)


def _alphabets(text: str) -> frozenset[str]:
    return frozenset(unicodedata.name(one, "?").partition(" ")[0] for one in text if one.isalpha())
