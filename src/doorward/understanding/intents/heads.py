"""The heads that say which intent a reading has: two linear ones and the nearest phrases, all from the one reading.

The first is a support vector machine over words, stems, letters and the embedding (strong where phrases are many), the
second a linear discriminant over the embedding alone (strong where they are few). Both vote for the intent, the second
as long as phrases are few, and so does how near each intent's nearest phrase comes in words and in meaning. Whether it
is one of the known intents at all is judged by how high both heads score it and how near known phrases lie: of
everything measured that tells the strangers best (docs/reference/benchmarks.md). A softmax does not: it is sure of
whatever is least unlike.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from doorward.understanding.intents.grams import Numbers, Vocabulary, terms_of
from doorward.understanding.intents.neighbours import Neighbours
from doorward.vocabulary.reading import Reading

Matrix = NDArray[np.float32]

EMBEDDING_WEIGHTS: Final = (1.0, 0.5, 1.5, 2.5)
"""How much the embedding may weigh beside words, stems and letters, which have length 1 each: much where phrases are
few, little where they are many and long."""

NEAREST: Final = 5
"""Phrases whose mean likeness tells how near a text is to what is known."""

SHOWN: Final = 5
"""Intents that a guess names, the likeliest first."""

STRANGE: Final = ""
"""The class of phrases that are none of the intents, where a company gave some."""


class Scales(msgspec.Struct, frozen=True, kw_only=True):
    """Mean and standard deviation of each witness over phrases that the heads had not seen, and how they become one.

    `slope` and `offset` make a probability of their sum (J. Platt 1999): how often a phrase with that sum was given the
    right intent. `vote` is what the discriminant's vote counts, `nearness` what those of the nearest phrases do.
    """

    means: tuple[float, float, float] = (0.0, 0.0, 0.0)
    deviations: tuple[float, float, float] = (1.0, 1.0, 1.0)
    slope: float = 1.0
    offset: float = 0.0
    vote: float = 1.0
    nearness: float = 0.0


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """What was learnt, as arrays; rows of a class are in the order of `classes`.

    `terms` (terms, classes) belongs to the vocabulary, `embedding` (dimensions, classes, with its weight in it) and
    `bias` (classes) to the same head; `axes` (dimensions, classes) and `levels` (classes) are the discriminant.
    """

    terms: NDArray[np.float16]
    embedding: Matrix
    bias: Matrix
    axes: Matrix
    levels: Matrix
    neighbours: Neighbours


class Witnesses(NamedTuple):
    """What the heads say of one text: both heads' scores of each class, and how near known phrases lie.

    `words` and `meaning` are the likeness of each class's nearest phrase, `likeness` that of the nearest few of all.
    """

    margins: Matrix
    logits: Matrix
    words: Matrix
    meaning: Matrix
    likeness: float

    def votes(self, vote: float, nearness: float) -> Matrix:
        """Return the votes of each class: the second head's count `vote` times, nearest phrases' `nearness` times."""
        votes: Matrix = _standard(self.margins) + np.float32(vote) * _standard(self.logits)
        votes += np.float32(nearness) * (_standard(self.words) + _standard(self.meaning))
        return votes

    def fit(self, place: int) -> tuple[float, float, float]:
        """Return three measures of how well a class fits."""
        return float(self.margins[place]), float(self.logits[place]), self.likeness


class Guess(NamedTuple):
    """The intents that come nearest, likeliest first, each with a score 0..1; `stranger`: rather none of them.

    The first score is the probability that the first intent is right. It is comparable between texts, so that a
    threshold can be set against it.
    """

    ranked: tuple[tuple[str, float], ...]
    stranger: bool


class Heads:
    """Gives a reading its intent. Immutable and thread-safe; a fraction of a millisecond a reading."""

    def __init__(
        self, classes: Sequence[str], vocabulary: Vocabulary, weights: Weights, *, scales: Scales, threshold: float
    ) -> None:
        """Take the classes (maybe `STRANGE` too), what was learnt, and the score below which a text is out of scope."""
        self.classes = tuple(classes)
        self.vocabulary, self.weights = vocabulary, weights
        self.scales, self.threshold = scales, threshold
        self._intents = [place for place, name in enumerate(self.classes) if name != STRANGE]
        self._strange = self.classes.index(STRANGE) if STRANGE in self.classes else None
        self._strangers = self._kept_strangers()

    @property
    def intents(self) -> tuple[str, ...]:
        """Return the names of the intents."""
        return tuple(self.classes[place] for place in self._intents)

    def guess(self, reading: Reading, *, threshold: float | None = None) -> Guess:
        """Return the guess for a reading; `threshold` in place of the trained one. No words: no intent."""
        if not reading.words:
            return Guess((), stranger=True)
        return self.judge(self.witness(reading), threshold=threshold)

    def witness(self, reading: Reading) -> Witnesses:
        """Return what the heads say of a reading. Without an embedding words alone decide."""
        places, values = self.vocabulary.row(terms_of(reading.words, reading.stems))
        vector = np.frombuffer(reading.embedding, dtype="<f4")
        if not len(vector):
            vector = np.zeros(self.weights.embedding.shape[0], dtype=np.float32)
        return self.weigh(places, values, vector)

    def weigh(self, places: Numbers, values: NDArray[np.float32], vector: NDArray[np.float32]) -> Witnesses:
        """Return what the heads say of a row of the vocabulary and a unit embedding (zeros for none)."""
        weights = self.weights
        margins = values @ weights.terms[places].astype(np.float32) + weights.bias
        margins += vector @ weights.embedding
        logits = vector @ weights.axes + weights.levels
        words = weights.neighbours.nearest_in_words(self.vocabulary, places, values)
        cosines = weights.neighbours.cosines(vector)
        meaning = weights.neighbours.nearest_in_meaning(cosines)
        familiar = np.concatenate([cosines[: self._strangers.start], cosines[self._strangers.stop :]])
        return Witnesses(margins, logits, words, meaning, _likeness(familiar))

    def judge(self, said: Witnesses, *, threshold: float | None = None) -> Guess:
        """Return the guess that the witnesses lead to."""
        scales, votes = self.scales, said.votes(self.scales.vote, self.scales.nearness)
        best = self.best(votes)
        fits = zip(said.fit(best), scales.means, scales.deviations, strict=True)
        total = sum((one - mean) / spread for one, mean, spread in fits)
        chance = float(1 / (1 + np.exp(-np.clip(scales.slope * total + scales.offset, -500, 500))))
        if self._strange is not None:
            # As sure as the strangers' own class is ahead, so sure is nothing else.
            chance *= float(np.exp(min(0.0, float(votes[best] - votes[self._strange]))))
        order = sorted(self._intents, key=lambda place: -votes[place])[:SHOWN]
        ranked = tuple((self.classes[place], chance * float(np.exp(votes[place] - votes[best]))) for place in order)
        return Guess(ranked, stranger=chance < (self.threshold if threshold is None else threshold))

    def best(self, votes: Matrix) -> int:
        """Return the place of the intent with the most votes."""
        return self._intents[int(votes[self._intents].argmax())]

    def _kept_strangers(self) -> slice:
        """Return which of the kept phrases are none of the intents: how near a text comes to them says nothing."""
        starts = self.weights.neighbours.starts
        if self._strange is None or not starts.any():
            return slice(0, 0)
        ends = [*starts[1:], len(self.weights.neighbours.known)]
        return slice(int(starts[self._strange]), int(ends[self._strange]))


def _standard(row: Matrix) -> Matrix:
    spread = row.std()
    standard: Matrix = (row - row.mean()) / (spread if spread > 0 else np.float32(1.0))
    return standard


def _likeness(likenesses: Matrix) -> float:
    """Return the mean of the highest few."""
    few = min(NEAREST, len(likenesses))
    return float(np.partition(likenesses, len(likenesses) - few)[-few:].mean()) if few else 0.0
