"""Multinomial logistic regression over hashed features, by stochastic gradient descent with a step for each weight.

The step is that of J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods" (JMLR 12, 2011).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from doorward.plugins.detectors.secret_code.learned.features import BUCKETS
from doorward.plugins.detectors.secret_code.learned.model import LABELS
from tools.secrets.examples import Example

EPOCHS: Final = 6
STEP: Final = 0.06
BATCH: Final = 256
FEWEST: Final = 3
"""Times that a place must be seen to count."""

DECAY: Final = 2e-6
"""Share of a weight that is lost at each look at its place."""

Weights = NDArray[np.float32]


def train(
    data: Sequence[Example], *, epochs: int = EPOCHS, step: float = STEP, decay: float = DECAY, fewest: int = FEWEST
) -> Weights:
    """Return the weights, (BUCKETS, labels), of examples whose labels are known."""
    sizes = np.array([len(one.places) for one in data])
    ends = np.cumsum(sizes)
    flat = np.fromiter((place for one in data for place in one.places), np.int32, int(ends[-1]))
    labels = np.array([one.label for one in data])
    rare = np.bincount(flat, minlength=BUCKETS) < fewest
    weights = np.zeros((BUCKETS, len(LABELS)), np.float32)
    squares = np.full((BUCKETS, len(LABELS)), 1e-3, np.float32)
    random = np.random.default_rng(7)
    for epoch in range(epochs):
        order = random.permutation(len(labels))
        rate = step * (1 - 0.5 * epoch / epochs)
        for begin in range(0, len(order), BATCH):
            batch = order[begin : begin + BATCH]
            rows = np.repeat(np.arange(len(batch)), sizes[batch])
            places = np.concatenate([flat[ends[one] - sizes[one] : ends[one]] for one in batch])
            kept = ~rare[places]
            rows, places = rows[kept], places[kept]
            scores = np.zeros((len(batch), len(LABELS)), np.float32)
            np.add.at(scores, rows, weights[places])
            scores -= scores.max(axis=1, keepdims=True)
            shares = np.exp(scores)
            shares /= shares.sum(axis=1, keepdims=True)
            shares[np.arange(len(batch)), labels[batch]] -= 1
            touched, where = np.unique(places, return_inverse=True)
            gradient = np.zeros((len(touched), len(LABELS)), np.float32)
            np.add.at(gradient, where, shares[rows])
            gradient += decay * len(batch) * weights[touched]
            squares[touched] += gradient**2
            weights[touched] -= rate * gradient / np.sqrt(squares[touched])
    return weights


def scores(weights: Weights, data: Sequence[Example]) -> NDArray[np.float32]:
    """Return the scores of examples for all labels, less that of nothing."""
    return np.array([(sums := weights[list(one.places)].sum(axis=0)) - sums[0] for one in data], np.float32)
