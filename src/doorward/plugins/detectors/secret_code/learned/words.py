"""The words of a text as the judge knows them: numbers for the word and its stem, and the purposes it serves.

What a word stands for comes from the language packs: each purpose whose phrases it belongs to. The judge has learned
what purposes around a candidate say, so that a word which a pack learns tomorrow counts at once.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple
from zlib import crc32

from doorward.protection.phrases import normal_phrases
from doorward.protection.ports import LanguagePack

NAMES: Final = ("one_time_code", "pin", "password", "card_security_code")
"""Purposes whose words name a secret."""

AROUND: Final = (
    *NAMES,
    *("bare_code", "bare_password", "code_source", "typed", "login", "secret_request", "last_digits", "another_value"),
    *("connective", "code_filler", "conjunction", "hesitation", "stop_words", "yes", "no", "greeting", "thanks"),
    *("counted", "not_a_code", "not_a_secret", "not_a_reference", "other_number", "number_name", "version", "month"),
    *("order", "order_number", "customer", "customer_number", "account", "bank_account", "bank_code", "iban", "card"),
    *("card_expiry", "phone", "extension", "birth", "postcode_word", "serial_number", "vehicle_plate", "tax_number"),
    *("identity_card", "internal_passport", "passport", "social_security", "driving_licence", "device", "api_secret"),
    *("username", "handle", "mail_address", "security_question", "security_answer", "street_word", "address_unit"),
    *("digit_word", "number_word", "ordinal_ending", "kinship", "form_of_address"),
)
"""Purposes that count where they stand around a candidate."""

OWN: Final = ("common_word", "proper_word", "given_name", "surname", "place", "country", "spoken_part")
"""Further purposes that count in the words of a candidate itself."""

STEM: Final = 5
"""Letters that words of one stem share, more or less, in these languages."""

_TOKEN: Final = re.compile(r"[^\W_]+")
_PIECE: Final = re.compile(r"[^\W_]+\*?")
_GAP: Final = "\x00"
_LONGEST_ENDING: Final = 13
_REMEMBERED: Final = 8_192
_LONGEST: Final = 32
_LONGEST_NUMBER: Final = 8


def key_of(said: str) -> int:
    """Return a 32-bit number for what is said (CRC-32, ISO 3309), the same everywhere and always."""
    return crc32(said.encode("utf-8", "surrogatepass"))


UNKNOWN: Final = key_of("unknown word")
PURPOSE_KEYS: Final = {purpose: key_of(f"purpose {purpose}") for purpose in (*AROUND, *OWN)}
_AROUND_KEYS: Final = frozenset(PURPOSE_KEYS[purpose] for purpose in AROUND)
_NAME_KEYS: Final = {PURPOSE_KEYS[purpose]: purpose for purpose in (*NAMES, "bare_password", "bare_code", "login")}


Phrase = tuple[tuple[str, ...], int]
"""The words of a phrase, and the key of what it is for."""

Begins = Mapping[str, Sequence[Phrase]]
NOTHING: Final[Begins] = MappingProxyType({})


class Known:
    """What is known of a word: no letters of it, but keys. `sums` remembers what it adds to scores, by slot.

    `begins` are the packs' phrases that begin with it, by the first letter of their second word. `names` are the
    purposes by which it names a secret, in one word, empty where it names none.
    """

    __slots__ = ("begins", "names", "own", "purposes", "stem", "sums", "word")

    def __init__(self, word: int, stem: int, purposes: Iterable[int], *, begins: Begins = NOTHING) -> None:
        """Take the keys of the word, of its stem, and of all its purposes."""
        self.word, self.stem, self.begins = word, stem, begins
        self.own = tuple(sorted(purposes))
        self.purposes = tuple(key for key in self.own if key in _AROUND_KEYS)
        self.names = "+".join(sorted(_NAME_KEYS[key] for key in self.own if key in _NAME_KEYS))
        self.sums: dict[int, int] = {}

    def __repr__(self) -> str:
        """Show a count only."""
        return f"<Known with {len(self.own)} purposes>"


class Tokens(NamedTuple):
    """The words of a part of a text in order: where they begin and end, and what is known of each."""

    starts: Sequence[int]
    ends: Sequence[int]
    known: Sequence[Known]


class Vocabulary:
    """The words of the packs by what they are for. Thread-safe; remembers the latest words, without their letters."""

    def __init__(self, packs: Sequence[LanguagePack]) -> None:
        """Read the packs' phrases. Those with gaps are left to the rules."""
        self._words: dict[str, set[int]] = defaultdict(set)
        self._stems: dict[str, set[int]] = defaultdict(set)
        self._phrases: dict[str, list[Phrase]] = defaultdict(list)
        for purpose, key in PURPOSE_KEYS.items():
            phrases = dict.fromkeys(phrase for pack in packs for phrase in pack.words(purpose))
            for phrase in normal_phrases(phrases):
                if _GAP not in phrase:
                    self._learn(tuple(_PIECE.findall(phrase)), key)
        self._shortest = min(map(len, self._stems), default=0)
        self._memory: dict[int, Known] = {}
        self._joined: dict[tuple[int, tuple[int, ...]], Known] = {}

    def _learn(self, pieces: tuple[str, ...], key: int) -> None:
        if len(pieces) > 1:
            self._phrases[pieces[0].rstrip("*")].append((pieces, key))
        elif pieces and pieces[0].endswith("*"):
            self._stems[pieces[0][:-1]].add(key)
        elif pieces:
            self._words[pieces[0]].add(key)

    def tokens(self, text: str, start: int, end: int) -> Tokens:
        """Return the words of `text[start:end]`, a part of a text in normal form, in order. Linear in that part."""
        matches = list(_TOKEN.finditer(text, start, end))
        words = [match[0] for match in matches]
        remembered = self._memory.get
        known = [remembered(hash(word)) or self._find_out(word) for word in words]
        for first, last, key in _in_phrases(words, known):
            for place in range(first, last):
                known[place] = self._also(known[place], key)
        return Tokens([match.start() for match in matches], [match.end() for match in matches], known)

    def _find_out(self, word: str) -> Known:
        """Return what is known of a word in normal form, and remember it."""
        known = self._read(word)
        if len(word) <= _LONGEST:
            if len(self._memory) >= _REMEMBERED:
                self._memory = {}
            self._memory[hash(word)] = known
        return known

    def _read(self, word: str) -> Known:
        if word.isdecimal():
            figures = key_of("0" * min(len(word), _LONGEST_NUMBER))
            return Known(figures, figures, ())
        purposes = set(self._words.get(word, ()))
        for size in range(self._shortest, min(len(word), _LONGEST) + 1):
            if len(word) - size <= _LONGEST_ENDING:
                purposes.update(self._stems.get(word[:size], ()))
        begins: dict[str, list[Phrase]] = defaultdict(list)
        for size in range(len(word), max(len(word) - _LONGEST_ENDING, 0), -1):
            for phrase in self._phrases.get(word[:size], ()):
                if _fits(phrase[0][0], word):
                    begins[phrase[0][1][0]].append(phrase)
        return Known(key_of(word), key_of(f"{word[:STEM]}*"), purposes, begins=dict(begins) or NOTHING)

    def _also(self, known: Known, key: int) -> Known:
        """Return the same knowledge with one purpose more."""
        if key in known.own:
            return known
        purposes = (*known.own, key)
        wanted = (known.word, tuple(sorted(purposes)))
        joined = self._joined.get(wanted)
        if joined is None:
            if len(self._joined) >= _REMEMBERED:
                self._joined = {}
            joined = self._joined[wanted] = Known(known.word, known.stem, purposes, begins=known.begins)
        return joined


def _in_phrases(words: Sequence[str], known: Sequence[Known]) -> Iterator[tuple[int, int, int]]:
    """Yield the phrases among words: first, behind the last, key."""
    beginning = [place for place, one in enumerate(known[:-1]) if one.begins]
    for place in beginning:
        for pieces, key in known[place].begins.get(words[place + 1][0], ()):
            behind = place + len(pieces)
            if behind <= len(words) and all(map(_fits, pieces[1:], words[place + 1 : behind])):
                yield place, behind, key


def _fits(piece: str, word: str) -> bool:
    if piece[-1] == "*":
        return word.startswith(piece[:-1]) and len(word) - len(piece) < _LONGEST_ENDING
    return piece == word
