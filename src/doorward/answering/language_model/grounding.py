"""The gate: what a model wrote goes on only where its source says so. Pure; in doubt it says no.

A sentence is held against the words it cites. Everything that could be a fact must stand there to the letter, all
other words that say something in some form, as many denials, and the whole must mean nearly the same. It never says
that anything was done.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal

import msgspec
import numpy as np

from doorward.answering.language_model.facts import (
    exact_tokens,
    foreign_letters,
    foreign_signs,
    invented_names,
    invented_numbers,
    looks_hidden,
    miscounts,
)
from doorward.answering.language_model.speech import Speech, Word
from doorward.vocabulary.language import LanguagePack

Fault = Literal[
    "hidden", "alphabet", "markup", "fact", "count", "number", "name", "denial", "act", "words", "meaning", "lost",
    "language", "length",
]  # fmt: skip
"""hidden: characters nobody sees · alphabet: letters of another one · markup: signs of code, markup or money · fact: a
number, address or link that the source lacks · count: a number beside something else · number: one in words · name ·
denial: the opposite of the source · act: says that something was done · words: one of its own that says something ·
meaning: too far from the source · lost: something of the source is missing · language: another one · length: none, or
too long."""

Meanings = Callable[[Sequence[str]], Sequence[bytes]]
"""Returns the embedding of each text (see `Reading`), all empty while there are none."""

LONGEST_SENTENCE: Final = 400
_SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+|\n+")


class Strictness(msgspec.Struct, frozen=True, kw_only=True):
    """How near a text must be to its source: every word of weight stands there, and the `meaning` is so close.

    One word of its own is enough to say something else ('expires' for 'arrives'), and an embedding hardly notices.
    `keeps`: nothing of the source may be missing either, at least this share of each of its sentences' words. `by_one`:
    all of it is borne out by one sentence of the source, and that is what nothing may be missing of; else two true ones
    make a false one. A text that is `telling` what others said has words for that.
    """

    meaning: float
    keeps: float = 0.0
    by_one: bool = False
    telling: bool = False


ANSWER: Final = Strictness(meaning=0.7, keeps=0.75, by_one=True)
REPHRASED: Final = Strictness(meaning=0.7, keeps=0.6)
SUMMARY: Final = Strictness(meaning=0.35, telling=True)


class Text:
    """A text with its words, found once."""

    def __init__(self, written: str, speech: Speech) -> None:
        """Find the words."""
        self.written = written
        self.words: tuple[Word, ...] = speech.words(written)
        self.forms = frozenset(form for word in self.words for form in word.forms)


class GroundingCheck:
    """Judges what a model wrote. Thread-safe.

    While `meanings` has no embeddings, nothing is close to anything.
    """

    def __init__(self, packs: Iterable[LanguagePack], meanings: Meanings) -> None:
        """Compile the packs; what is in a language that has none, or none that knows denials, is never good enough."""
        self._speech: Mapping[str, Speech] = {
            pack.code: Speech(pack) for pack in packs if pack.words("negation") and pack.words("done_act")
        }
        self._meanings = meanings

    def fault_of(self, sentence: str, source: str, *, language: str, strictness: Strictness) -> Fault | None:
        """Return why a sentence is not grounded in its source, both in `language`; None where it is."""
        speech = self._speech.get(language)
        if speech is None:
            return "language"
        if not sentence.strip() or len(sentence) > LONGEST_SENTENCE:
            return "length"
        said, known = Text(sentence, speech), Text(source, speech)
        return (
            _fault_of_signs(sentence, source)
            or _fault_of_facts(said, known, speech, telling=strictness.telling)
            or self._fault_of_sense(said, known, speech, strictness=strictness)
            or (_fault_of_support(said, known, speech, strictness=strictness) if strictness.by_one else None)
        )

    def lost_of(self, said: str, source: str, *, language: str, strictness: Strictness) -> Fault | None:
        """Return `lost` where something of the source is missing in what is said instead, None where all is there."""
        speech = self._speech.get(language)
        if speech is None:
            return "language"
        return _lost_of(Text(said, speech), Text(source, speech), speech, keeps=strictness.keeps)

    def _fault_of_sense(self, said: Text, known: Text, speech: Speech, *, strictness: Strictness) -> Fault | None:
        if not speech.acts(said.words) <= speech.acts(known.words):
            return "act"
        sentences = sentences_of(known.written)
        support = max(sentences, key=lambda one: len(Text(one, speech).forms & said.forms), default="")
        if bool(speech.negations(said.words)) != bool(speech.negations(speech.words(support))):
            return "denial"
        if not all(word.forms & known.forms for word in speech.content(said.words, telling=strictness.telling)):
            return "words"
        near = self._closeness(said.written, (known.written, *sentences))
        return "meaning" if near < strictness.meaning else None

    def _closeness(self, said: str, sources: Sequence[str]) -> float:
        """Return how close a text is to the nearest of some, -1 to 1; -1 too while there are no embeddings."""
        vectors = [np.frombuffer(one, dtype="<f4") for one in self._meanings((said, *sources))]
        if not all(len(vector) and len(vector) == len(vectors[0]) for vector in vectors):
            return -1.0
        return max(float(vectors[0] @ vector) for vector in vectors[1:])


def sentences_of(text: str) -> tuple[str, ...]:
    """Return the sentences and lines of a text that have words."""
    return tuple(one.strip() for one in _SENTENCE.split(text) if any(map(str.isalnum, one)))


def _fault_of_signs(sentence: str, source: str) -> Fault | None:
    if looks_hidden(sentence):
        return "hidden"
    if foreign_letters(sentence, source):
        return "alphabet"
    return "markup" if foreign_signs(sentence, source) else None


def _fault_of_facts(said: Text, known: Text, speech: Speech, *, telling: bool) -> Fault | None:
    facts = exact_tokens(said.written)
    # Of one sentence: '3 to 5 days' and '10 days' make no '3 to 10 days'.
    if facts and not any(facts <= exact_tokens(one) for one in sentences_of(known.written)):
        return "fact"
    if miscounts(said.words, known.words):
        return "count"
    if invented_numbers(said.words, known.forms, speech):
        return "number"
    told = {word.folded for word in said.words} - {word.folded for word in speech.content(said.words, telling=telling)}
    return "name" if invented_names(said.words, known.forms | told, speech) else None


def _fault_of_support(said: Text, known: Text, speech: Speech, *, strictness: Strictness) -> Fault | None:
    """Return why no single sentence of the source bears out all that is said; of them, what the nearest one lacks."""
    sentences = [Text(one, speech) for one in sentences_of(known.written)]
    nearest = sorted(sentences, key=lambda one: len(one.forms & said.forms), reverse=True)
    faults = [_fault_beside(said, one, speech, strictness=strictness) for one in nearest]
    return None if None in faults else next(iter(faults), "words")


def _fault_beside(said: Text, one: Text, speech: Speech, *, strictness: Strictness) -> Fault | None:
    if not all(word.forms & one.forms for word in speech.content(said.words, telling=strictness.telling)):
        return "words"
    if not speech.acts(said.words) <= speech.acts(one.words):
        return "act"
    return _fault_of_facts(said, one, speech, telling=strictness.telling) or _lost_of(
        said, one, speech, keeps=strictness.keeps
    )


def _lost_of(said: Text, known: Text, speech: Speech, *, keeps: float) -> Fault | None:
    if not exact_tokens(known.written) <= exact_tokens(said.written):
        return "lost"
    if speech.negations(said.words) != speech.negations(known.words):
        return "denial"
    if any(word.folded in speech.numbers and word.folded not in said.forms for word in known.words):
        return "lost"
    shares = [_share(Text(one, speech), said.forms, speech) for one in sentences_of(known.written)]
    return "lost" if min(shares, default=1.0) < keeps else None


def _share(text: Text, forms: frozenset[str], speech: Speech) -> float:
    """Return the share of a text's words of weight that stand among the forms; of none, all."""
    content = speech.content(text.words)
    return sum(bool(word.forms & forms) for word in content) / len(content) if content else 1.0
