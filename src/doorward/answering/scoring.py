"""From evidence to likelihood: a conditional logit with an outside option.

For every section i there is a utility u_i = w·x_i over its evidence x_i, and one constant c stands for 'none of these'.
The likelihood of section i is exp(u_i) / (exp(c) + Σ_j exp(u_j)) (D. McFadden, "Conditional Logit Analysis of
Qualitative Choice Behavior", 1974). So two sections that fit alike share the likelihood, a message that fits
nowhere leaves it to the outside option, and the scores of all sections never add up to more than 1.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float32]

WEIGHTS: Final = np.array([8.0, 4.0, 2.0, 6.0], dtype=np.float32)
"""Of: the nearest probe's similarity, the mean of the three nearest, the body's similarity, the words' coverage.

Fitted by maximum likelihood with `bench/answering.py --fit` on half of the demo company's questions in five languages
and on two public sets of intents; the other half and a third set are what the figures in the decision record are
measured on.
"""
NONE: Final = 9.0

WEIGHT_OF_WORDS: Final = 12.0
"""When there is no embedding: the weight of the words' coverage alone."""
NONE_OF_WORDS: Final = 4.5

FOREIGN: Final = 0.85
"""What the likelihood of a section in another language than the message's is multiplied by."""

LOWEST: Final = 0.02
"""A section less likely than this is no candidate."""


class Evidence(NamedTuple):
    """What is known of every section, one value a section; without embedding there is nothing but words.

    `words` is 0..1, the others are cosines.
    """

    words: Column
    question: Column | None = None
    questions: Column | None = None
    body: Column | None = None


def likelihood(evidence: Evidence) -> NDArray[np.float64]:
    """Return for every section how likely it is that it answers; together at most 1."""
    utilities, none = _utilities(evidence)
    highest = max(float(utilities.max(initial=none)), none)
    chances = np.exp(utilities - highest)
    return np.asarray(chances / (chances.sum() + np.exp(none - highest)), dtype=np.float64)


def _utilities(evidence: Evidence) -> tuple[NDArray[np.float64], float]:
    words = evidence.words.astype(np.float64)
    if evidence.question is None or evidence.questions is None or evidence.body is None:
        return WEIGHT_OF_WORDS * words, NONE_OF_WORDS
    columns = np.stack([evidence.question, evidence.questions, evidence.body, words], axis=1)
    return np.asarray(columns @ WEIGHTS, dtype=np.float64), NONE
