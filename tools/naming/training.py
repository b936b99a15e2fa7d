"""Multinomial logistic regression over hashed features, by stochastic gradient descent with a step for each weight.

The step is that of J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods" (JMLR 12, 2011). Words and classes
are hidden now and then, so that the model learns to get by without them: names that nobody has listed are the rule.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from doorward.plugins.detectors.name_address.features import BUCKETS, LABELS, context_places, own_places, word_of
from doorward.plugins.detectors.name_address.memory import ids_of
from doorward.plugins.detectors.name_address.tokens import Tokens
from doorward.plugins.detectors.name_address.words import Known, Lists, shape_of
from doorward.protection.pieces import pieces_of
from doorward.protection.view import View
from tools.naming.filling import ADDRESS, Marked

_own = lru_cache(1 << 18)(own_places)
_ids = lru_cache(1 << 18)(ids_of)

EPOCHS: Final = 5
AVERAGED: Final = 2
"""Epochs at the end whose weights are averaged: the order of the examples then matters less (B. Polyak and A. Juditsky,
"Acceleration of Stochastic Approximation by Averaging", SIAM J. Control and Optimization 30, 1992)."""

STEP: Final = 0.15
BATCH: Final = 8_192
SUMMED_EVERY: Final = 10
"""Batches after which weights are summed up for the average."""

FEWEST: Final = 4
"""Times that a place must be seen to count."""

HIDDEN_WORDS: Final = 0.35
HIDDEN_CLASSES: Final = 0.12
HIDDEN_ORDINARY: Final = 0.3
"""The same share in messages without a name or an address: most ordinary words are in no list either."""

HIDDEN_OWN: Final = 0.3
"""Share of tokens whose own word is hidden, so that its ending and its neighbours must do."""

HIDDEN_NAMES: Final = 0.25
"""Share of messages in which no list knows any of the names."""

NOWHERE: Final = own_places("", 0, "")[0]
"""The place of a word that is hidden."""

Places = NDArray[np.int64]
Labels = NDArray[np.int64]


class Example(NamedTuple):
    """Places of features, (tokens, features), and the right labels."""

    places: Places
    labels: Labels


def labels_of(marked: Marked) -> tuple[list[tuple[str, str]], list[int]]:
    """Return the tokens of a message as (word, as written) with their labels."""
    view = View(marked.text)
    pieces = pieces_of(view)
    tokens = Tokens(pieces).between(0, len(pieces))
    labels = [0] * len(tokens)
    for start, end, kind in marked.places:
        inside = [number for number, token in enumerate(tokens) if _inside(view, token.start, token.end, start, end)]
        for place, number in enumerate(inside):
            labels[number] = (3 if kind == ADDRESS else 1) + (place > 0)
    return [(token.word, token.written) for token in tokens], labels


def _inside(view: View, first: int, last: int, start: int, end: int) -> bool:
    begin, behind = view.origin(first, last)
    return begin < end and start < behind


def examples(messages: Iterable[Marked], lists: Lists, *, seed: int) -> Iterable[Example]:
    """Yield the examples of messages, words and classes hidden at random."""
    random = np.random.default_rng(seed)
    class_of, like = lru_cache(1 << 18)(lists.class_of), lru_cache(1 << 18)(lists.like)
    for marked in messages:
        tokens, labels = labels_of(marked)
        if not tokens:
            continue
        rows, own = [], []
        hidden = random.random(len(tokens)) < HIDDEN_WORDS
        unknown = random.random(len(tokens)) < (HIDDEN_CLASSES if marked.places else HIDDEN_ORDINARY)
        alone = random.random(len(tokens)) < HIDDEN_OWN
        if random.random() < HIDDEN_NAMES:
            unknown |= np.isin(labels, (1, 2))
        for (word, written), hide, forget, blank in zip(tokens, hidden, unknown, alone, strict=True):
            known, shape = _unlisted(like(word)) if forget else class_of(word), shape_of(written)
            word = word_of(word)
            places = _own(word, known, shape)
            own.append([NOWHERE, *places[1:]] if blank else places)
            ids = _ids(word, known, shape)
            rows.append((0x7FFFFFFF, *ids[1:]) if hide else ids)
        context = context_places(np.array(rows, np.uint32))
        yield Example(np.concatenate((np.array(own, np.int64), context), axis=1), np.array(labels, np.int64))


def _unlisted(like: int) -> int:
    """Return the class of a word as if no list had it: then no other form of a name is known of either."""
    return like & int(Known.LIKE_COMMON) if like != int(Known.LIKE_COMMON) else 0


def train(data: Sequence[Example], *, seed: int, tell: Callable[[str], None]) -> NDArray[np.float32]:
    """Return the weights, (BUCKETS, LABELS)."""
    places = np.concatenate([one.places for one in data]).astype(np.int32)
    labels = np.concatenate([one.labels for one in data])
    # What was seen a few times says more of the material than of the language: it learns nothing.
    seen = np.bincount(places.ravel(), minlength=BUCKETS)
    rare = seen < FEWEST
    weights = np.zeros((BUCKETS, LABELS), np.float32)
    squares = np.full((BUCKETS, LABELS), 1e-6, np.float32)
    random = np.random.default_rng(seed)
    mean, summed = np.zeros_like(weights), 0
    for epoch in range(EPOCHS):
        order, loss = random.permutation(len(labels)), 0.0
        for begin in range(0, len(order), BATCH):
            chosen = order[begin : begin + BATCH]
            loss += _step(weights, squares, places[chosen], labels[chosen])
            if epoch >= EPOCHS - AVERAGED and begin // BATCH % SUMMED_EVERY == 0:
                mean += weights
                summed += 1
        tell(f"epoch {epoch + 1} of {EPOCHS}: mean loss {loss / len(labels):.4f} over {len(labels)} tokens")
    mean[rare] = 0
    return mean / np.float32(summed)


def _step(
    weights: NDArray[np.float32], squares: NDArray[np.float32], places: NDArray[np.int32], labels: Labels
) -> float:
    """Go one step down the gradient of a batch; return its loss."""
    count = len(labels)
    scores = weights[places].sum(axis=1)
    scores -= scores.max(axis=1, keepdims=True)
    chances = np.exp(scores)
    chances /= chances.sum(axis=1, keepdims=True)
    loss = -float(np.log(chances[np.arange(count), labels] + 1e-9).sum())
    chances[np.arange(count), labels] -= 1
    touched, which = np.unique(places, return_inverse=True)
    which = which.reshape(places.shape).ravel()
    gradient = np.stack(
        [
            np.bincount(which, np.repeat(chances[:, label], places.shape[1]), len(touched)).astype(np.float32)
            for label in range(LABELS)
        ],
        axis=1,
    ) / np.float32(count**0.5)
    squares[touched] += gradient**2
    weights[touched] -= STEP * gradient / np.sqrt(squares[touched])
    return loss
