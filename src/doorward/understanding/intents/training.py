"""Training the heads: from phrases and their readings to weights, scales and a threshold, in one process, on the CPU.

scikit-learn fits both heads; it is imported here alone and only when something is trained, so that nobody who answers
customers pays for it. The same phrases give the same model.
"""

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from doorward.understanding.intents.grams import Terms, Vocabulary, learn_vocabulary, terms_of
from doorward.understanding.intents.heads import (
    EMBEDDING_WEIGHTS,
    STRANGE,
    Heads,
    Matrix,
    Scales,
    Weights,
    Witnesses,
)
from doorward.understanding.intents.neighbours import Kept, learn_neighbours
from doorward.understanding.intents.phrases import Phrase, PhrasesInvalid, spoken_name
from doorward.vocabulary.reading import Reading

FALSE_REJECT: Final = 0.05
"""The share of phrases that the threshold turns away although they are in scope, unless somebody says otherwise."""

FOLDS: Final = 5
SMALL: Final = 3_000
"""Up to so many phrases each is judged by heads that saw four fifths; of more, one fifth by heads that saw the rest."""

OF_ONE: Final = 0.9
"""The share of phrases from which a list counts as written in one language."""

ALONE: Final = 2.0
"""The weight of the embedding where the phrases are in one language: little less than the best for it, and customers of
other languages are carried by the embedding alone."""

TRIED: Final = 2_500
"""Phrases by which the weight of the embedding is chosen."""

VOTES: Final = ((30, 1.0), (60, 0.5))
"""What the discriminant's vote counts, in the other head's standard deviations, while the middle intent has fewer
phrases than this. With more it would only blur: of a long message the need is a small part, and it sees the whole."""

NEARNESS: Final = (0.2, 0.1, 0.3, 0.0)
"""What the votes of the nearest phrases may count, in the first head's standard deviations; of equals the first."""

NAME_WEIGHT: Final = 2
"""How many phrases an intent's own name is worth."""

LEAST_SPREAD: Final = 1e-3

Progress = Callable[[str], None]


class Judged(NamedTuple):
    """A phrase (by its place) and what heads say of it that had not seen it, the classes in the final heads' order."""

    place: int
    said: Witnesses


class Trained(NamedTuple):
    """The heads, and how phrases fared with heads that had not seen them."""

    heads: Heads
    judged: tuple[Judged, ...]


class _Rows(NamedTuple):
    labels: NDArray[Any]
    terms: list[Terms]
    vectors: Matrix


def train(
    phrases: Sequence[Phrase],
    readings: Sequence[Reading],
    *,
    names: Sequence[Reading] = (),
    false_reject: float = FALSE_REJECT,
    tell: Progress = lambda _stage: None,
) -> Trained:
    """Return heads for phrases and their readings, side by side; `names` as `name_phrases` lists them, read.

    `false_reject` (0..1) is the share of in-scope phrases that the threshold may turn away. Raises `PhrasesInvalid`
    when there are fewer than two intents, or none of the phrases has a word.
    """
    rows = _rows(phrases, readings)
    intents = sorted(set(rows.labels) - {STRANGE})
    if len(intents) < 2:
        raise PhrasesInvalid("there must be phrases of at least two intents")
    extra = _rows(name_phrases(intents), names) if names else None
    tell("judging phrases by heads that did not see them")
    (_, commonest), *_ = Counter(reading.language for reading in readings).most_common(1)
    weight = ALONE if commonest >= OF_ONE * len(readings) else _choose_weight(rows, extra)
    judged = tuple(_judge_unseen(rows, extra, weight=weight))
    tell("fitting the heads")
    heads = _fit(rows, extra, weight=weight)
    scales = _scale(heads, judged, rows.labels)
    heads = Heads(heads.classes, heads.vocabulary, heads.weights, scales=scales, threshold=0.0)
    scores = [heads.judge(one.said).ranked[0][1] for one in judged if rows.labels[one.place] != STRANGE]
    threshold = float(np.quantile(scores, false_reject)) if scores else 0.0
    return Trained(Heads(heads.classes, heads.vocabulary, heads.weights, scales=scales, threshold=threshold), judged)


def name_phrases(intents: Sequence[str]) -> list[Phrase]:
    """Return what the intents' names say, as phrases; names that say nothing are left out."""
    return [Phrase(said, name) for name in intents if (said := spoken_name(name))]


def _rows(phrases: Sequence[Phrase], readings: Sequence[Reading]) -> _Rows:
    if len(phrases) != len(readings):
        raise ValueError("every phrase needs its reading")
    if not any(reading.words for reading in readings):
        raise PhrasesInvalid("no phrase has a word in it")
    size = max(len(reading.embedding) for reading in readings) // 4
    vectors = np.zeros((len(readings), size), dtype=np.float32)
    for place, reading in enumerate(readings):
        if reading.embedding:
            vectors[place] = np.frombuffer(reading.embedding, dtype="<f4")
    labels = np.array([STRANGE if phrase.intent is None else phrase.intent for phrase in phrases], dtype=object)
    return _Rows(labels, [terms_of(reading.words, reading.stems) for reading in readings], vectors)


def _choose_weight(rows: _Rows, extra: _Rows | None) -> float:
    """Return the weight of the embedding with which most unseen phrases get their intent; of equals the first."""
    folds = _folds(rows.labels)
    seen, held = np.flatnonzero(folds != 0), np.flatnonzero(folds == 0)
    if not len(held):
        return EMBEDDING_WEIGHTS[0]
    disorder = np.random.default_rng(1)
    some = _some(rows, np.sort(disorder.permutation(seen)[:TRIED]))
    held = held[np.isin(rows.labels[held], sorted(set(some.labels)))]

    def right(weight: float) -> int:
        heads = _fit(some, extra, weight=weight)
        said = ((place, heads.weigh(*heads.vocabulary.row(rows.terms[place]), rows.vectors[place])) for place in held)
        return sum(heads.classes[int(one.margins.argmax())] == rows.labels[place] for place, one in said)

    return max(EMBEDDING_WEIGHTS, key=right)


def _judge_unseen(rows: _Rows, extra: _Rows | None, *, weight: float) -> list[Judged]:
    """Return phrases as heads judge them that did not see them; phrases alone in their intent are always seen."""
    folds = _folds(rows.labels)
    found = []
    for fold in range(FOLDS if len(folds) <= SMALL else 1):
        held = np.flatnonzero(folds == fold)
        if not len(held):
            continue
        heads = _fit(_some(rows, np.flatnonzero(folds != fold)), extra, weight=weight)
        for place in held:
            said = heads.weigh(*heads.vocabulary.row(rows.terms[place]), rows.vectors[place])
            found.append(Judged(int(place), said))
    return found


def _folds(labels: NDArray[Any]) -> NDArray[np.int64]:
    """Return a fold a phrase, each intent spread over all in a fixed disorder; -1 for an intent's only phrase."""
    folds = np.full(len(labels), -1, dtype=np.int64)
    disorder = np.random.default_rng(0).permutation(len(labels))
    seen: Counter[str] = Counter()
    counts = Counter(labels)
    for place in disorder:
        label = labels[place]
        if counts[label] > 1:
            folds[place] = (seen[label] + sum(label.encode())) % FOLDS
            seen[label] += 1
    return folds


def _some(rows: _Rows, places: NDArray[np.int64]) -> _Rows:
    return _Rows(rows.labels[places], [rows.terms[place] for place in places], rows.vectors[places])


def _fit(rows: _Rows, extra: _Rows | None, *, weight: float) -> Heads:
    """Return heads with unit scales."""
    if extra is not None:
        present = [place for place, name in enumerate(extra.labels) if name in set(rows.labels)] * NAME_WEIGHT
        named = _some(extra, np.array(present, dtype=np.int64))
        rows = _Rows(
            np.concatenate([rows.labels, named.labels]),
            rows.terms + named.terms,
            np.concatenate([rows.vectors, named.vectors]),
        )
    vocabulary = learn_vocabulary(rows.terms)
    classes = sorted(set(rows.labels))
    numbers = np.array([classes.index(label) for label in rows.labels])
    terms, embedding, bias = _support_vectors(rows, vocabulary, numbers, weight=weight)
    axes, levels = _discriminant(rows.vectors, numbers)
    neighbours = learn_neighbours(Kept(numbers, rows.terms, rows.vectors), vocabulary)
    weights = Weights(terms=terms, embedding=embedding, bias=bias, axes=axes, levels=levels, neighbours=neighbours)
    return Heads(classes, vocabulary, weights, scales=Scales(), threshold=0.0)


def _support_vectors(
    rows: _Rows, vocabulary: Vocabulary, numbers: NDArray[np.int64], *, weight: float
) -> tuple[NDArray[np.float16], Matrix, Matrix]:
    """Return the weights of a linear support vector machine (C. Cortes, V. Vapnik 1995), each class against all."""
    from scipy.sparse import csr_matrix, hstack  # noqa: PLC0415 - whoever only answers never pays for these imports
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    parts = [vocabulary.row(terms) for terms in rows.terms]
    ends = np.cumsum([0, *(len(places) for places, _ in parts)])
    sparse = csr_matrix(
        (np.concatenate([values for _, values in parts]), np.concatenate([places for places, _ in parts]), ends),
        shape=(len(parts), len(vocabulary)),
    )
    features = hstack([sparse, csr_matrix(np.float32(weight) * rows.vectors)]).tocsr()
    machine = LinearSVC(C=1.0, random_state=0).fit(features, numbers)
    coefficients, bias = machine.coef_, machine.intercept_
    if len(coefficients) == 1:  # of two classes only the second one's weights are given
        coefficients, bias = np.concatenate([-coefficients, coefficients]), np.concatenate([-bias, bias])
    terms, embedding = coefficients[:, : len(vocabulary)], coefficients[:, len(vocabulary) :]
    return terms.T.astype(np.float16), (weight * embedding.T).astype(np.float32), bias.astype(np.float32)


def _discriminant(vectors: Matrix, numbers: NDArray[np.int64]) -> tuple[Matrix, Matrix]:
    """Return a linear discriminant (R. Fisher 1936) with shrunken covariance (O. Ledoit, M. Wolf 2004).

    All classes are held equally likely: how many phrases somebody wrote tells nothing of how often customers ask.
    """
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis  # noqa: PLC0415

    classes = int(numbers.max()) + 1
    if len(numbers) == classes:  # one phrase an intent: nothing tells how phrases of one intent differ
        order = np.argsort(numbers)
        return vectors[order].T.astype(np.float32), np.zeros(classes, dtype=np.float32)
    even = np.full(classes, 1 / classes)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Only one sample available")  # an intent's first phrase is welcome
        fitted = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=even).fit(vectors, numbers)
    axes, levels = fitted.coef_, fitted.intercept_
    if len(axes) == 1:
        axes, levels = np.concatenate([-axes / 2, axes / 2]), np.concatenate([-levels / 2, levels / 2])
    return axes.T.astype(np.float32), levels.astype(np.float32)


def _scale(heads: Heads, judged: Sequence[Judged], labels: NDArray[Any]) -> Scales:
    """Return the scales of the witnesses, and the calibration of their sum."""
    vote = _vote(labels)
    inside = [one for one in judged if labels[one.place] != STRANGE]
    if not inside:
        return Scales(vote=vote, nearness=NEARNESS[0])
    truth = np.array([heads.classes.index(labels[one.place]) for one in inside])

    def choose(nearness: float) -> NDArray[np.int64]:
        return np.array([heads.best(one.said.votes(vote, nearness)) for one in inside])

    nearness = max(NEARNESS, key=lambda weight: int((choose(weight) == truth).sum()))
    chosen = choose(nearness)
    fits = np.array([one.said.fit(place) for one, place in zip(inside, chosen, strict=True)])
    means, deviations = fits.mean(axis=0), np.maximum(fits.std(axis=0), LEAST_SPREAD)
    slope, offset = _calibrate(((fits - means) / deviations).sum(axis=1), chosen == truth)
    first, second, third = (float(one) for one in means)
    a, b, c = (float(one) for one in deviations)
    return Scales(
        means=(first, second, third), deviations=(a, b, c), slope=slope, offset=offset, vote=vote, nearness=nearness
    )


def _vote(labels: NDArray[Any]) -> float:
    """Return what the discriminant's vote counts."""
    middle = float(np.median([count for name, count in Counter(labels).items() if name != STRANGE]))
    return next((vote for fewer, vote in VOTES if middle < fewer), 0.0)


def _calibrate(totals: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and offset of a logistic curve through what was right and wrong.

    One of either is added at the edges, so that a list in which everything was right does not make the model certain.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    low, high = float(totals.min()) - 1, float(totals.max()) + 1
    seen = np.concatenate([totals, [low, high]])[:, None]
    outcome = np.concatenate([right, [False, True]])
    fitted = LogisticRegression(C=10.0).fit(seen, outcome)
    return max(float(fitted.coef_[0, 0]), LEAST_SPREAD), float(fitted.intercept_[0])
