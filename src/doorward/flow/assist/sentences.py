"""Masked texts cut into sentences, and which of them says most: counted, never written anew."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from math import log
from typing import Final

import msgspec

from doorward.kit.words import split_words, stemmer_for, visible
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.text import MaskedText, Span, without_spans

LONGEST: Final = 300
"""Characters of a sentence that is shown; of one without an end the beginning is."""

_QUESTION: Final = 1.6
_FIRST: Final = 1.1
_CUT: Final = re.compile(r"(?<=[.!?…])\s+|\s*\n+\s*")
_EMPTY_WORDS: Final = ("stop_words", "greeting", "thanks", "farewell", "yes", "no")


class PickedSentence(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a line of the ledger: its number, from which character on, and what stands there, masked."""

    seq: int
    start: int
    text: str
    spans: tuple[Span, ...] = ()

    @property
    def masked(self) -> MaskedText:
        """Return it as masked text."""
        return MaskedText(self.text, self.spans)


def sentences_of(seq: int, text: MaskedText) -> tuple[PickedSentence, ...]:
    """Return the sentences of a line in order; none is cut inside a masked place, blank ones are left out."""
    found = []
    for start, end in _places(text):
        piece = _piece(seq, text, start, end)
        if piece.text.strip():
            found.append(piece)
    return tuple(found)


class Weighing:
    """Says which sentences say most: those with the words that the conversation is about. Thread-safe."""

    def __init__(self, packs: Mapping[str, LanguagePack]) -> None:
        """Take the language packs, which know what words say nothing."""
        self._packs = packs
        self._empty = cache(self._empty_stems)

    def about(self, sentences: Sequence[PickedSentence], *, language: str) -> Mapping[str, int]:
        """Return how often each telling stem is in sentences."""
        return Counter(stem for one in sentences for stem in set(self._stems(one, language)))

    def best(
        self, sentences: Sequence[PickedSentence], *, language: str, about: Mapping[str, int]
    ) -> PickedSentence | None:
        """Return the sentence that says most of what is talked `about`, the earliest of equal ones; None for none."""
        weights = [self._weight(one, language, about) for one in sentences]
        if not weights:
            return None
        weights[0] *= _FIRST  # people begin with what they want
        return sentences[weights.index(max(weights))]

    def _weight(self, one: PickedSentence, language: str, about: Mapping[str, int]) -> float:
        stems = set(self._stems(one, language))
        if not stems:
            return 0.0
        told = sum(1.0 + log(max(1, about.get(stem, 1))) for stem in stems)
        # A long sentence says more, but not twice as much for twice the words; and a question says what is wanted.
        return float(told / (len(stems) + 1) ** 0.5) * (_QUESTION if "?" in one.text else 1.0)

    def _stems(self, one: PickedSentence, language: str) -> tuple[str, ...]:
        pack = self._packs.get(language)
        text = visible(without_spans(one.masked))
        folded = text.casefold() if pack is None else pack.fold_case(text)
        stemmer = stemmer_for("" if pack is None else pack.stemmer)
        empty = self._empty(language)
        return tuple(
            stem for word in split_words(folded) if not word.isdigit() and (stem := stemmer.stem(word)) not in empty
        )

    def _empty_stems(self, language: str) -> frozenset[str]:
        pack = self._packs.get(language)
        if pack is None:
            return frozenset()
        stemmer = stemmer_for(pack.stemmer)
        phrases = (phrase for purpose in _EMPTY_WORDS for phrase in pack.words(purpose))
        return frozenset(stemmer.stem(word) for phrase in phrases for word in split_words(pack.fold_case(phrase)))


def _places(text: MaskedText) -> Iterator[tuple[int, int]]:
    at = 0
    for cut in _CUT.finditer(text.text):
        if not any(span.start < cut.end() and cut.start() < span.end for span in text.spans):
            yield at, cut.start()
            at = cut.end()
    yield at, len(text.text)


def _piece(seq: int, text: MaskedText, start: int, end: int) -> PickedSentence:
    """Return a piece, of a long one the beginning: up to the end of a word, and of a masked place."""
    if end - start > LONGEST:
        end = start + max(text.text.rfind(" ", start, start + LONGEST) - start, LONGEST // 2)
        end = next((span.start for span in text.spans if span.start < end < span.end), end)
    spans = tuple(
        msgspec.structs.replace(span, start=span.start - start, end=span.end - start)
        for span in text.spans
        if span.start >= start and span.end <= end
    )
    return PickedSentence(seq=seq, start=start, text=text.text[start:end], spans=spans)
