"""What is known of a word before its sentence is looked at: in which lists it stands, and how it is written."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import IntFlag
from typing import Final

from doorward.plugins.detectors.name_address.stems import Stems
from doorward.protection.characters import is_ignorable
from doorward.protection.ports import LanguagePack
from doorward.protection.view import View


class Known(IntFlag):
    """The lists that a word stands in; together they are its class."""

    GIVEN = 1
    SURNAME = 2
    COMMON = 4
    PROPER = 8
    PLACE = 16
    STREET = 32
    UNIT = 64
    FORM = 128
    KIN = 256
    LOWER = 512
    FREQUENT = 1024
    UPPER = 2048
    NUMBER = 4096
    LIKE_COMMON = 8192
    LIKE_NAME = 16384


PURPOSES: Final[Mapping[str, Known]] = {
    "given_name": Known.GIVEN,
    "surname": Known.SURNAME,
    "common_word": Known.COMMON,
    "stop_words": Known.COMMON,
    "proper_word": Known.PROPER,
    "place": Known.PLACE,
    "country": Known.PLACE,
    "street_word": Known.STREET,
    "address_unit": Known.UNIT,
    "form_of_address": Known.FORM,
    "kinship": Known.KIN,
    "digit_word": Known.NUMBER,
}
"""Which lists of a language pack say what. A phrase says it of each of its words of three letters or more."""

_ALIKE: Final[Mapping[Known, Known]] = {
    Known.COMMON: Known.LIKE_COMMON,
    Known.KIN: Known.LIKE_COMMON,
    Known.FORM: Known.LIKE_COMMON,
    Known.GIVEN: Known.LIKE_NAME,
    Known.SURNAME: Known.LIKE_NAME,
}
"""What other forms of the words of a list are like."""

_MEANING: Final = ~int(Known.UPPER | Known.LOWER)
"""What the spelling of texts says is little: where no more is known, a word's other forms are asked as well."""

ENDING: Final = "-"
"""An entry that begins so is the ending of longer words: `-straße`."""

_SHORTEST_OF_MANY: Final = 3


class Lists:
    """The classes of words: by the packs' lists and by the lists that the weights bring along. Immutable."""

    def __init__(self, packs: Iterable[LanguagePack], world: Mapping[str, int]) -> None:
        """Join both; `world` holds classes by word in normal form."""
        classes: dict[str, int] = dict(world)
        endings: dict[str, int] = {}
        alike: dict[str, int] = {}
        languages: list[list[str]] = []
        for pack in packs:
            words: list[str] = []
            languages.append(words)
            for purpose, known in PURPOSES.items():
                for entry in _normal(pack.words(purpose)):
                    if entry.startswith(ENDING):
                        endings[entry.removeprefix(ENDING)] = int(known)
                    for word in () if entry.startswith(ENDING) else _words_of(entry):
                        classes[word] = classes.get(word, 0) | int(known)
                        if (like := _ALIKE.get(known)) and len(word) > _SHORTEST_OF_MANY:
                            alike[word] = alike.get(word, 0) | int(like)
                            words.append(word)
        self._stems = Stems(languages, alike, int(Known.LIKE_COMMON))
        self._classes = classes
        self._endings = tuple(endings.items())

    def class_of(self, word: str) -> int:
        """Return the class of a word in normal form, 0 where nothing is known of it."""
        known = self._classes.get(word, 0)
        if known == 0 and len(word) > _SHORTEST_OF_MANY:
            for ending, meaning in self._endings:
                if word.endswith(ending) and len(word) > len(ending):
                    known |= meaning
        return known if known & _MEANING else known | self.like(word)

    def like(self, word: str) -> int:
        """Return what a word in normal form would be known for if no list had it: other forms of it."""
        return self._stems.like(word) if word.isalpha() else 0


def parts_of(entry: str) -> Sequence[str]:
    """Return the words of an entry in normal form; of several only those long enough to mean something alone."""
    return _words_of(View(entry).text)


def _normal(entries: Sequence[str]) -> Sequence[str]:
    """Return entries in normal form: all at once, as long as none of them has a line's end inside."""
    normal = View("\n".join(entries)).text.split("\n")
    return normal if len(normal) == len(entries) else [View(entry).text for entry in entries]


def _words_of(normal: str) -> Sequence[str]:
    if normal.isalpha():
        return (normal,)
    words = "".join(letter if letter.isalpha() else " " for letter in normal).split()
    return words if len(words) == 1 else [word for word in words if len(word) >= _SHORTEST_OF_MANY]


def shape_of(written: str) -> str:
    """Return how a token is written: its capitals, its number of digits, or the sign itself. What is invisible in it
    does not count: two digits with a zero-width space between them are two digits. A wide comma is a comma.
    """
    if not written.isascii():
        written = "".join(sign for sign in written if not is_ignorable(sign)) or written
        written = unicodedata.normalize("NFKC", written) or written
    if written == "\n":
        return "line"
    if written.isdigit():
        return f"digits{min(len(written), 6)}"
    if not written[0].isalpha():
        return written[0]
    if len(written) == 1:
        return "X" if written.isupper() else "x"
    if written.isupper():
        return "XX" if len(written) < 4 else "XXXX"
    if written.islower():
        return "xx"
    if written[0].isupper():
        return "Xx" if written[1:].islower() else "XxX"
    return "xX"
