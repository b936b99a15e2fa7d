"""One language's words as the gate of model texts needs them, compiled once from its pack."""

import re
from collections.abc import Iterable
from typing import Final

from doorward.kit.phrases import PhraseBook
from doorward.kit.words import split_words, stemmer_for, visible
from doorward.vocabulary.language import LanguagePack

BEGINNING: Final = 5
"""Letters by which two forms of a word are taken for the same word where the stemmer errs."""

_BEFORE_ENDING: Final = 2
"""Letters that stand before an ending that is looked for, at least."""

_LONGEST: Final = 512


class Word:
    """One word of a text: as written, in lower case, and its stem."""

    __slots__ = ("folded", "stem", "written")

    def __init__(self, written: str, folded: str, stem: str) -> None:
        """Take the forms."""
        self.written, self.folded, self.stem = written, folded, stem

    @property
    def forms(self) -> frozenset[str]:
        """Return the forms by which it is known again."""
        return frozenset((self.folded, self.stem, self.folded[:BEGINNING]))


class Speech:
    """The words of one language. Immutable and thread-safe."""

    def __init__(self, pack: LanguagePack) -> None:
        """Compile the pack."""
        self._pack = pack
        self._stemmer = stemmer_for(pack.stemmer)
        self.fillers = frozenset(map(self.fold, pack.words("stop_words")))
        self._plain = self.fillers | frozenset(map(self.fold, pack.words("plain_word")))
        self._telling = self._plain | frozenset(map(self.fold, pack.words("summary_word")))
        self.names = frozenset(map(self.fold, (*pack.words("given_name"), *pack.words("surname"))))
        numbers = {self.fold(word) for one in ("digit_word", "number_word") for word in pack.meanings(one)}
        self.numbers = frozenset(numbers - self.fillers)
        self.months = frozenset(map(self.fold, pack.words("month")))
        self._negation = _Marks(pack.words("negation"), self)
        self._acts = _Marks(pack.words("done_act"), self)

    def fold(self, text: str) -> str:
        """Return a text in this language's lower case."""
        return self._pack.fold_case(visible(text)).replace("ё", "е")

    def words(self, text: str) -> tuple[Word, ...]:
        """Return the words of a text in order."""
        written = split_words(visible(text), limit=_LONGEST)
        folded = [self.fold(word) for word in written]
        return tuple(Word(*one, self._stemmer.stem(one[1])) for one in zip(written, folded, strict=True))

    def content(self, words: Iterable[Word], *, telling: bool = False) -> tuple[Word, ...]:
        """Return the words that say something: by which a text is held against another.

        In a text that is `telling` what others said, the words for that say nothing either.
        """
        empty = self._telling if telling else self._plain
        return tuple(word for word in words if word.folded not in empty)

    def negations(self, words: Iterable[Word]) -> int:
        """Return how often something is denied."""
        return len(self._negation.find([word.folded for word in words]))

    def acts(self, words: Iterable[Word]) -> frozenset[str]:
        """Return the words by which somebody says that they did, do or will do something."""
        return frozenset(self._acts.find([word.folded for word in words]))


class _Marks:
    """Phrases and endings of words, as a lexicon lists them: `*dim` is any word that ends so."""

    def __init__(self, entries: Iterable[str], speech: Speech) -> None:
        """Compile the entries."""
        listed = tuple(entries)
        endings = [speech.fold(one[1:]) for one in listed if one.startswith("*")]
        phrases = [one for one in listed if not one.startswith("*")]
        self._fillers = speech.fillers
        self._book = PhraseBook(phrases, fold=speech.fold, stemmer=stemmer_for(""))
        any_ending = "|".join(map(re.escape, endings))
        self._ending = re.compile(rf"\w{{{_BEFORE_ENDING},}}(?:{any_ending})") if endings else None

    def find(self, words: list[str]) -> list[str]:
        """Return what was found, phrase by phrase, then word by word."""
        places = sorted({(match.start, match.end) for match in self._book.find(words, words, slips=False, gap=0)})
        found = [" ".join(words[start:end]) for start, end in places]
        if self._ending is not None:
            found += [one for one in words if one not in self._fillers and self._ending.fullmatch(one)]
        return found
