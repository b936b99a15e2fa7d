"""The words of one language that answers are made of, compiled once from its pack."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from babel import Locale, UnknownLocaleError

from doorward.kit.phrases import PhraseBook
from doorward.kit.words import split_words, stemmer_for, visible
from doorward.vocabulary.language import LanguagePack

_ENDINGS: Final = 3
"""Letters that may follow a month's or weekday's name ('Mart'ın', 'среды'), in names of four letters and more."""


class Words(NamedTuple):
    """The words of a text in a language's lower case, and their stems."""

    words: tuple[str, ...]
    stems: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of words."""
        return len(self.words)


class Meant(NamedTuple):
    """A phrase that was found: words `start` to `end`, end exclusive, and what it means."""

    start: int
    end: int
    meaning: str


class Phrases:
    """Phrases of one language, with what each means if the pack tells. Thread-safe."""

    def __init__(self, pack: LanguagePack, *purposes: str, without: str = "") -> None:
        """Compile the phrases for some purposes, those that are for `without` as well left out."""
        left_out = frozenset(pack.words(without)) if without else frozenset()
        meanings = {phrase: pack.meanings(one).get(phrase, "") for one in purposes for phrase in pack.words(one)}
        meanings = {phrase: meaning for phrase, meaning in meanings.items() if phrase not in left_out}
        self._meanings = tuple(meanings.values())
        self._book = PhraseBook(meanings, fold=pack.fold_case, stemmer=stemmer_for(""))

    def find(self, said: Words) -> list[Meant]:
        """Return the phrases that stand in a text to the letter; of those that begin at one word the longest."""
        longest: dict[int, Meant] = {}
        for match in self._book.find(said.words, said.words, slips=False, gap=0):
            known = longest.get(match.start)
            if known is None or match.end > known.end:
                longest[match.start] = Meant(match.start, match.end, self._meanings[match.phrase])
        return [longest[start] for start in sorted(longest)]

    def places(self, said: Words) -> set[int]:
        """Return the words that belong to a phrase."""
        return {place for found in self.find(said) for place in range(found.start, found.end)}


class Spoken:
    """One language's words for answers. Immutable and thread-safe."""

    def __init__(self, pack: LanguagePack) -> None:
        """Compile the pack."""
        self.pack = pack
        self.yes = Phrases(pack, "yes")
        self.no = Phrases(pack, "no")
        self.plain = {_fold(pack, phrase) for purpose in ("yes", "no") for phrase in pack.words(purpose)[:1]}
        self.cancel = Phrases(pack, "cancel")
        self.no_way_in = Phrases(pack, "no_way_in")
        self.correction = Phrases(pack, "correction")
        self.other = Phrases(pack, "other_one")
        self.every = Phrases(pack, "all_of_them")
        self.one_more = Phrases(pack, "one_more")
        self.reservation = Phrases(pack, "reservation")
        self.question = Phrases(pack, "question_word")
        self.negation = Phrases(pack, "negation", "exception")
        self._denials = _endings(pack, "negation")
        self._conditions = _endings(pack, "reservation")
        self.request = Phrases(pack, "request_to_act")
        self.person = Phrases(pack, "person_request", without="call_request")
        self.kin = Phrases(pack, "kinship")
        self.card = Phrases(pack, "card")
        self.thanks = Phrases(pack, "thanks")
        self.polite = Phrases(pack, "thanks", "greeting", "farewell", "hesitation")
        self.ordinal = Phrases(pack, "ordinal_choice")
        self.relative_day = Phrases(pack, "relative_day")
        self.day_unit = Phrases(pack, "day_unit")
        self.ago = Phrases(pack, "day_ago")
        self.ahead = Phrases(pack, "day_ahead")
        self.fillers = frozenset(_fold(pack, word) for word in pack.words("stop_words"))
        self.numbers = _meanings(pack, "digit_word", "number_word")
        ordinals = _meanings(pack, "ordinal_word")
        self.days_of_month = {word: int(digits) for word, digits in ordinals.items() if digits.isdecimal()}
        self.number = _joined(self.numbers)
        self.months, self.weekdays = _names(pack)
        self._stemmer = stemmer_for(pack.stemmer)

    def words(self, text: str) -> Words:
        """Return the words of a text."""
        words = split_words(_fold(self.pack, text), limit=512)
        return Words(words, tuple(self._stemmer.stem(word) for word in words))

    def is_denial(self, word: str) -> bool:
        """Return whether a word denies what it says itself, by its ending ('dondurmayın')."""
        return _ends(word, self._denials)

    def is_condition(self, word: str) -> bool:
        """Return whether a word says by its ending that something holds on a condition ('ücretsizse')."""
        return _ends(word, self._conditions)

    def month(self, word: str) -> int | None:
        """Return the number of a month by its name, with an ending perhaps."""
        return _named(word, self.months)

    def weekday(self, word: str) -> int | None:
        """Return the number of a weekday by its name, Monday is 0."""
        return _named(word, self.weekdays)

    def book(self, phrases: Iterable[str]) -> PhraseBook:
        """Compile phrases that are found by their stems, slips forgiven."""
        return PhraseBook(phrases, fold=lambda text: _fold(self.pack, text), stemmer=self._stemmer)


def _fold(pack: LanguagePack, text: str) -> str:
    return pack.fold_case(visible(text)).replace("ё", "е")


def _endings(pack: LanguagePack, purpose: str) -> tuple[str, ...]:
    """Return the endings among a purpose's words, which are written with a star before them."""
    return tuple(_fold(pack, one[1:]) for one in pack.words(purpose) if one.startswith("*"))


def _ends(word: str, endings: tuple[str, ...]) -> bool:
    return any(len(word) > len(ending) + 1 and word.endswith(ending) for ending in endings)


def _meanings(pack: LanguagePack, *purposes: str) -> dict[str, str]:
    return {_fold(pack, word): meaning for one in purposes for word, meaning in pack.meanings(one).items()}


def _joined(meanings: Mapping[str, str]) -> re.Pattern[str]:
    """Return the expression that takes a word apart that is made of number words (German 'zweihundertdrei')."""
    known = sorted((word for word, meaning in meanings.items() if meaning[:1] != "*"), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, known)) or r"(?!)")


def _names(pack: LanguagePack) -> tuple[dict[str, int], dict[str, int]]:
    """Return the names of months, from 1, and weekdays, from Monday as 0, in all forms that CLDR knows."""
    try:
        locale = Locale.parse(pack.code, sep="-")
    except (UnknownLocaleError, ValueError):
        return {}, {}
    found: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for names, every in zip(found, (locale.months, locale.days), strict=True):
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in every[context].get(width, {}).items():
                    words = split_words(_fold(pack, str(name)))
                    if len(words) == 1 and len(words[0]) >= 2:
                        names.setdefault(words[0], number)
    return found


def _named(word: str, names: Mapping[str, int]) -> int | None:
    if word in names:
        return names[word]
    for name, number in names.items():
        stem = name[:-1] if name[-1:] in "аяьйе" else name
        if len(stem) >= 4 and word.startswith(stem) and len(word) <= len(stem) + _ENDINGS:
            return number
    return None


def positions(found: Sequence[Meant]) -> set[int]:
    """Return the words that belong to what was found."""
    return {place for one in found for place in range(one.start, one.end)}
