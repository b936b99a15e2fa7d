"""Multinomial logistic regression over hashed features, by stochastic gradient descent with a step for each weight.

The step is that of J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods" (JMLR 12, 2011).
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from doorward.plugins.detectors.secret_code.learned.features import BUCKETS
from doorward.plugins.detectors.secret_code.learned.model import LABELS
from tools.secrets.examples import Example

EPOCHS: Final = 6
STEP: Final = 0.06
BATCH: Final = 1024
FEWEST: Final = 3
"""Times that a place must be seen to count."""

DECAY: Final = 1e-4
"""Share of a weight that is lost at each look at its place."""

Weights = NDArray[np.float32]


class Plan(NamedTuple):
    """How to train: passes over the examples, the step, the decay, the fewest times a place is seen, and the batch."""

    epochs: int = EPOCHS
    step: float = STEP
    decay: float = DECAY
    fewest: int = FEWEST
    batch: int = BATCH


def train(data: Sequence[Example], plan: Plan = Plan()) -> Weights:  # noqa: B008 - a tuple never changes
    """Return the weights, (BUCKETS, labels), of examples whose labels are known: their mean over the later half."""
    sizes = np.array([len(one.places) for one in data])
    ends = np.cumsum(sizes)
    flat = np.fromiter((place for one in data for place in one.places), np.int64, int(ends[-1]))
    labels = np.array([one.label for one in data])
    worth = np.array([one.worth for one in data], np.float32)
    flat[np.bincount(flat, minlength=BUCKETS)[flat] < plan.fewest] = BUCKETS  # what was seen rarely teaches nothing
    weights = np.zeros((BUCKETS + 1, len(LABELS)), np.float32)
    squares = np.full((BUCKETS + 1, len(LABELS)), 1e-3, np.float32)
    total: Weights = np.zeros_like(weights)
    count = 0
    random = np.random.default_rng(7)
    for epoch in range(plan.epochs):
        order = random.permutation(len(labels))
        rate = plan.step * (1 - 0.5 * epoch / plan.epochs)
        for begin in range(0, len(order), plan.batch):
            chosen = order[begin : begin + plan.batch]
            places = np.concatenate([flat[ends[one] - sizes[one] : ends[one]] for one in chosen])
            offsets = np.cumsum(sizes[chosen]) - sizes[chosen]
            scores = np.add.reduceat(weights[places], offsets, axis=0)
            shares = np.exp(scores - scores.max(axis=1, keepdims=True))
            shares /= shares.sum(axis=1, keepdims=True)
            shares[np.arange(len(chosen)), labels[chosen]] -= 1
            shares *= worth[chosen][:, None]
            by_place = np.argsort(places, kind="stable")
            touched, firsts = np.unique(places[by_place], return_index=True)
            gradient = np.add.reduceat(np.repeat(shares, sizes[chosen], axis=0)[by_place], firsts, axis=0)
            gradient += plan.decay * len(chosen) * weights[touched]
            squares[touched] += gradient**2
            weights[touched] -= rate * gradient / np.sqrt(squares[touched])
            weights[BUCKETS] = 0
        if 2 * epoch >= plan.epochs:
            total += weights
            count += 1
    return total[:BUCKETS] / np.float32(count)


def scores(weights: Weights, data: Sequence[Example]) -> NDArray[np.float32]:
    """Return the scores of examples for all labels, less that of nothing."""
    return np.array([(sums := weights[list(one.places)].sum(axis=0)) - sums[0] for one in data], np.float32)
