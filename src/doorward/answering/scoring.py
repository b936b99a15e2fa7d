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

WEIGHTS: Final = np.array([5.7, 8.3, 4.6, 4.2, 5.5])
"""Of: question, gist, body, stems, beginnings, as `Evidence` describes them.

Fitted by maximum likelihood with `bench/answering.py --fit` on the even half of the demo company's questions in five
languages and, with a tenth of the weight, on HWU64's intents. Weights fitted on public sets alone do nearly as well.
"""

NONE: Final = 9.0
"""The utility of 'none of these': with it about one in a hundred messages about something else is answered falsely."""

WEIGHTS_OF_WORDS: Final = np.array([10.4, 12.2])
NONE_OF_WORDS: Final = 9.2
"""The same when there is no embedding: of stems and beginnings alone."""

FOREIGN: Final = 0.85
"""What the likelihood of a section in another language than the message's is multiplied by."""

LOWEST: Final = 0.02
"""A section less likely than this is no candidate."""


class Evidence(NamedTuple):
    """What a message has in common with every section, one value a section.

    `stems` and `beginnings` are shares 0..1 of the message's words. The others are cosines, None without embedding: to
    the nearest of the section's heading and questions, to the mean of all of these, and to the body.
    """

    stems: Column
    beginnings: Column
    question: Column | None = None
    gist: Column | None = None
    body: Column | None = None


def likelihood(evidence: Evidence) -> NDArray[np.float64]:
    """Return for every section how likely it is that it answers; together less than 1."""
    utilities, none = _utilities(evidence)
    highest = max(float(utilities.max(initial=none)), none)
    chances = np.exp(utilities - highest)
    return np.asarray(chances / (chances.sum() + np.exp(none - highest)), dtype=np.float64)


def _utilities(evidence: Evidence) -> tuple[NDArray[np.float64], float]:
    words = [evidence.stems, evidence.beginnings]
    if evidence.question is None or evidence.gist is None or evidence.body is None:
        return np.stack(words, axis=1) @ WEIGHTS_OF_WORDS, NONE_OF_WORDS
    columns = np.stack([evidence.question, evidence.gist, evidence.body, *words], axis=1)
    return columns @ WEIGHTS, NONE
