"""Phrases that are kept to compare with: how near the nearest of each class comes, in words and in meaning.

What linear heads say is a sum over words, so that a text which is nearly a known phrase may be outvoted by words that
other intents have in common. The nearest neighbour sees the phrase as a whole (E. Fix and J. Hodges 1951).
"""

from collections.abc import Sequence
from typing import Final, NamedTuple, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from doorward.understanding.intents.grams import BUCKETS, Numbers, Terms, Vocabulary

Matrix = NDArray[np.float32]

MOST: Final = 24_576
"""Phrases that are kept, spread over the classes."""

NARROW: Final = 128
"""Dimensions to which embeddings are cut: the phrases' own main ones. Fewer lose, more gain nothing."""


class Neighbours(msgspec.Struct, frozen=True, kw_only=True):
    """Phrases by class, as arrays.

    `known` (phrases, narrow) are their embeddings, cut by `turn` (dimensions, narrow); `starts` (classes) says where
    each class begins, none of them empty. Of term i of the vocabulary, `owners` and `shares` hold from `lists[i]` to
    before `lists[i + 1]` the phrases that have it and its part of each: words and stems, a phrase's parts together of
    length 1; letters are left out. Where `starts` are all 0, nobody knows the phrases' classes.
    """

    known: Matrix
    turn: Matrix
    starts: NDArray[np.int32]
    lists: NDArray[np.int32]
    owners: NDArray[np.int32]
    shares: Matrix

    @classmethod
    def without_classes(cls, known: Matrix, *, classes: int, terms: int) -> Self:
        """Return phrases of which only the whole embeddings (phrases, dimensions) were kept."""
        return cls(
            known=known,
            turn=np.eye(known.shape[1], dtype=np.float32),
            starts=np.zeros(classes, dtype=np.int32),
            lists=np.zeros(terms + 1, dtype=np.int32),
            owners=np.zeros(0, dtype=np.int32),
            shares=np.zeros(0, dtype=np.float32),
        )

    def nearest_in_words(self, vocabulary: Vocabulary, places: Numbers, values: Matrix) -> Matrix:
        """Return for each class the cosine 0..1 to its nearest phrase; `places` and `values` are the text's row."""
        spoken = ~_is_letters(vocabulary.numbers[places])
        places, values = places[spoken], values[spoken]
        length = float(np.linalg.norm(values))
        if not length or not len(self.owners):
            return np.zeros(len(self.starts), dtype=np.float32)
        first = self.lists[places]
        sizes = self.lists[places + 1] - first
        rows = np.arange(int(sizes.sum())) + np.repeat(first - np.cumsum(sizes) + sizes, sizes)
        shared = self.shares[rows] * np.repeat(values / length, sizes)
        cosines = np.bincount(self.owners[rows], weights=shared, minlength=len(self.known))
        return self._nearest(cosines.astype(np.float32))

    def cosines(self, vector: Matrix) -> Matrix:
        """Return the likeness in meaning of each phrase to a unit embedding (zeros for none)."""
        likenesses: Matrix = self.known @ (vector @ self.turn)
        return likenesses

    def nearest_in_meaning(self, cosines: Matrix) -> Matrix:
        """Return the likeness of each class's nearest phrase."""
        return self._nearest(cosines) if len(self.known) else np.zeros(len(self.starts), dtype=np.float32)

    def _nearest(self, likenesses: Matrix) -> Matrix:
        nearest: Matrix = np.maximum.reduceat(likenesses, self.starts)
        return nearest


class Kept(NamedTuple):
    """Phrases as they are learnt from: the number of each one's class, its terms and its unit embedding."""

    numbers: NDArray[np.int64]
    terms: Sequence[Terms]
    vectors: Matrix


def learn_neighbours(phrases: Kept, vocabulary: Vocabulary) -> Neighbours:
    """Return phrases to compare with; the classes are numbered from 0 and each has a phrase."""
    chosen = _spread(phrases.numbers)
    vectors, numbers = phrases.vectors[chosen], phrases.numbers[chosen]
    # The main directions of all phrases, not of how they differ: what is kept of a cosine is the most that can be.
    _, directions = np.linalg.eigh(vectors.astype(np.float64).T @ vectors.astype(np.float64))
    turn = np.ascontiguousarray(directions[:, ::-1][:, :NARROW], dtype=np.float32)
    rows = [_spoken(vocabulary, phrases.terms[place]) for place in chosen]
    owners = np.repeat(np.arange(len(rows)), [len(places) for places, _ in rows])
    places = np.concatenate([places for places, _ in rows])
    order = np.argsort(places, kind="stable")
    counts = np.bincount(places, minlength=len(vocabulary))
    return Neighbours(
        known=vectors @ turn,
        turn=turn,
        starts=np.searchsorted(numbers, np.arange(int(numbers.max()) + 1)).astype(np.int32),
        lists=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        owners=owners[order].astype(np.int32),
        shares=np.concatenate([values for _, values in rows])[order],
    )


def _spread(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places of phrases to keep, by class: all, or of each as many as there is room for, from all over."""
    order = np.argsort(numbers, kind="stable")
    if len(numbers) <= MOST:
        return order
    classes = np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1)
    each = max(1, MOST // len(classes))
    return np.concatenate([one[np.linspace(0, len(one) - 1, min(each, len(one))).astype(np.int64)] for one in classes])


def _spoken(vocabulary: Vocabulary, terms: Terms) -> tuple[Numbers, Matrix]:
    """Return the places and parts of a phrase's words and stems, together of length 1."""
    places, values = vocabulary.row(terms)
    spoken = ~_is_letters(vocabulary.numbers[places])
    places, values = places[spoken], values[spoken]
    return places, values / np.float32(max(float(np.linalg.norm(values)), 1e-12))


def _is_letters(numbers: Numbers) -> NDArray[np.bool_]:
    """Return which terms are pieces of words."""
    letters: NDArray[np.bool_] = (numbers >= BUCKETS) & (numbers < 2 * BUCKETS)
    return letters
