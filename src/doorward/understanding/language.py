"""Which of the tenant's languages a message is in."""

import copy
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from doorward.kit.words import split_words, visible
from doorward.understanding.transitions import Transitions
from doorward.vocabulary.language import LanguagePack

CHARACTERS = 600
"""Characters that are looked at: after about 200 the answer hardly changes any more."""

HINT_WEIGHT = 3.0
"""How many times likelier the language of the conversation so far is than any other. A sentence of five words outweighs
it; a word such as 'PIN' or 'status' does not."""

WORD_WEIGHT = 4.0
"""How many times likelier a language becomes with every word that is in its lexicon and in no other's."""

WORDS = 3
"""Words that a text may have for the lexicons to be asked. A longer one needs no help, and they would mislead: the
English title of a book has common English words in the middle of a Turkish sentence."""

ENOUGH = 12
"""Letters from which the model is believed fully. With fewer, n, its probabilities are raised to the power n / ENOUGH,
which makes them more alike: it has seen little, whatever it says."""

UNKNOWN = 0.05
"""The probability of a language that the model has never heard of: not excluded, but it needs the hint."""

_LEXICONS = ("stop_words", "greeting", "thanks", "farewell", "yes", "no")


class Guess(NamedTuple):
    """A language code and how sure that is, 0..1 among the tenant's languages."""

    language: str
    score: float


class LanguageDetector:
    """py3langid's model (M. Lui and T. Baldwin 2012), asked about the tenant's languages only. Thread-safe.

    The model gives a probability a language; the conversation's language and the packs' common words shift it, because
    one or two words alone are often at home in several languages.
    """

    def __init__(self, packs: Iterable[LanguagePack]) -> None:
        """Find out which common words belong to a single pack; the model is loaded at first use, once a process."""
        self._packs = {pack.code: pack for pack in packs}
        self._codes = tuple(sorted(self._packs))
        self._telling = _telling_words(self._packs)

    def detect(self, text: str, *, languages: Sequence[str], hint: str | None = None) -> Guess:
        """Return the most likely of `languages` (a non-empty sequence; its first is the tenant's own).

        `hint` is a code such as `tr` or `de-AT`; one that the tenant does not speak is ignored. A text without letters
        is in the hinted language, else in the first, with score 0.
        """
        base = (hint or "").lower().partition("-")[0]
        preferred = base if base in languages else None
        text = text[:CHARACTERS]
        letters = sum(letter.isalpha() for letter in text)
        if not letters:
            return Guess(preferred or languages[0], 0.0)
        chances = dict.fromkeys(languages, UNKNOWN)
        for language, chance in _identifier(tuple(sorted(languages)), self._codes).rank(text):
            if language in chances:
                chances[language] = chance ** min(1.0, letters / ENOUGH)
        if preferred:
            chances[preferred] *= HINT_WEIGHT
        words = split_words(visible(text), limit=WORDS + 1)
        for word in words if len(words) <= WORDS else ():
            for language in languages:
                if self._telling.get(self._fold(word, language)) == language:
                    chances[language] *= WORD_WEIGHT
        # Of equals the hint wins, then the tenant's own order.
        best = max(languages, key=lambda language: (chances[language], language == preferred))
        return Guess(best, chances[best] / sum(chances.values()))

    def _fold(self, word: str, language: str) -> str:
        pack = self._packs.get(language)
        return pack.fold_case(word) if pack else word.casefold()


def _telling_words(packs: Mapping[str, LanguagePack]) -> dict[str, str]:
    """Return the words of the common lexicons that only one pack has, with that pack's code."""
    owners: dict[str, set[str]] = {}
    for code, pack in packs.items():
        for lexicon in _LEXICONS:
            for phrase in pack.words(lexicon):
                words = split_words(visible(phrase))
                if len(words) == 1:
                    owners.setdefault(pack.fold_case(words[0]), set()).add(code)
    return {word: next(iter(codes)) for word, codes in owners.items() if len(codes) == 1}


@lru_cache(maxsize=2)
def _base(languages: tuple[str, ...]) -> Any:
    """Return an identifier for these languages (those it knows; of none, all).

    It is made anew of its narrowed tables, since the model would hold on to those of all its 142 languages, and of
    shorter ones for its automaton: 13 MB instead of 79.
    """
    full = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    full.set_languages([language for language in languages if language in full.labels] or None)
    tables = (full.nb_ptc, full.nb_pc, full.nb_classes, Transitions(full.tk_nextmove), array("i", full.tk_output))
    return LanguageIdentifier(*tables, norm_probs=True, tk_row=full.tk_row)


@lru_cache(maxsize=64)
def _identifier(languages: tuple[str, ...], installed: tuple[str, ...]) -> Any:
    """Return an identifier for these languages alone (those it knows), sharing the tables of the installed ones."""
    # A language that is asked for and not installed costs tables of its own, and is found all the same.
    base = _base(tuple(sorted({*installed, *languages})))
    narrowed = copy.copy(base)
    narrowed.set_languages([language for language in languages if language in base.labels] or None)
    return narrowed
