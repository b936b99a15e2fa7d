"""From evidence to likelihood: a nested logit with an outside option.

For every section i there is a utility u_i = w·x_i over its evidence x_i, and one constant c stands for 'none of these'.
The likelihood of an article is Σ_i exp(u_i) / (exp(c) + Σ_j exp(u_j)) over its sections i and all sections j, and it is
divided among its sections by a second logit over their evidence alone (D. McFadden, "Conditional Logit Analysis of
Qualitative Choice Behavior", 1974, and "Modelling the Choice of Residential Location", 1978). So two sections that fit
alike share the likelihood, a message that fits nowhere leaves it to the outside option, and the scores of all sections
never add up to more than 1.
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

WEIGHTS_OF_WORDING: Final = np.array([12.4, 10.1])
"""Of: pieces, wording. Fitted on the half `dev` of the own questions of `tests/evals/understanding` (record 0035), like
what follows."""

SHARE: Final = 0.69
"""What the evidence above counts beside that of the wording, with which it has much in common."""

NONE: Final = 8.4
"""The utility of 'none of these', to which the logarithm of the number of articles is added: the more there are, the
more of them fit a little by chance."""

FEW: Final = 14
"""Articles that count at least: of what people ask, a smaller library leaves the more to 'none of these'. Without it,
libraries of two of the demo company's articles answered three in ten questions that they say nothing about, and with it
one in eight (half `dev`)."""

NONE_OF_MEANING: Final = 9.0
"""The same for `WEIGHTS` alone, where no wording can be compared (no version in the message's language)."""

WEIGHTS_WITHIN: Final = np.array([1.6, 2.6, 6.3, 10.1, 2.8])
"""Of: stems, beginnings, question, gist, body, for which section of an article it is."""

WEIGHTS_OF_WORDS: Final = np.array([10.4, 12.2])
NONE_OF_WORDS: Final = 9.2
"""The same when there is no embedding: of stems and beginnings alone."""

FOREIGN: Final = 0.85
"""What the likelihood of a section in another language than the message's is multiplied by."""

LOWEST: Final = 0.001
"""A section less likely than this is no candidate."""


class Evidence(NamedTuple):
    """What a message has in common with every section, one value a section.

    `stems` and `beginnings` are shares 0..1 of the message's words. `question`, `gist` and `body` are cosines, None
    without embedding: to the nearest of the section's heading and questions, to the mean of all of these, and to the
    body. `pieces` and `wording` are cosines 0..1 between the message and the section's whole article: over pieces of
    words of its headings and questions, and over all its words; None, or not to be looked at where `foreign` is true,
    if the article has no version in the message's language. `articles` numbers the article of each section from 0;
    None: each is an article of its own.
    """

    stems: Column
    beginnings: Column
    question: Column | None = None
    gist: Column | None = None
    body: Column | None = None
    pieces: Column | None = None
    wording: Column | None = None
    foreign: NDArray[np.bool_] | None = None
    articles: NDArray[np.int64] | None = None


def likelihood(evidence: Evidence) -> NDArray[np.float64]:
    """Return for every section how likely it is that it answers; together less than 1."""
    if not len(evidence.stems):
        return np.zeros(0)
    utilities, none = _utilities(evidence)
    highest = max(float(utilities.max()), none)
    raised = np.exp(utilities - highest)
    chances = raised / (raised.sum() + np.exp(none - highest))
    if evidence.articles is None:
        return np.asarray(chances, dtype=np.float64)
    within = np.exp(_within(evidence))
    shares = within / np.bincount(evidence.articles, weights=within)[evidence.articles]
    return np.asarray(np.bincount(evidence.articles, weights=chances)[evidence.articles] * shares, dtype=np.float64)


def _within(evidence: Evidence) -> NDArray[np.float64]:
    """Return the utilities by which the sections of an article share its likelihood."""
    if evidence.question is None or evidence.gist is None or evidence.body is None:
        columns, weights = [evidence.stems, evidence.beginnings], WEIGHTS_OF_WORDS
    else:
        columns = [evidence.stems, evidence.beginnings, evidence.question, evidence.gist, evidence.body]
        weights = WEIGHTS_WITHIN
    return np.asarray(np.stack(columns, axis=1) @ weights, dtype=np.float64)


def _utilities(evidence: Evidence) -> tuple[NDArray[np.float64], float]:
    """Return the utility of each section and that of 'none of these'."""
    words = [evidence.stems, evidence.beginnings]
    if evidence.question is None or evidence.gist is None or evidence.body is None:
        return np.stack(words, axis=1) @ WEIGHTS_OF_WORDS, NONE_OF_WORDS
    meaning = np.stack([evidence.question, evidence.gist, evidence.body, *words], axis=1) @ WEIGHTS
    articles = len(meaning) if evidence.articles is None else int(evidence.articles.max()) + 1
    none = NONE + float(np.log(max(articles, FEW)))
    alone = meaning + none - NONE_OF_MEANING
    if evidence.pieces is None or evidence.wording is None:
        return alone, none
    both = meaning * SHARE + np.stack([evidence.pieces, evidence.wording], axis=1) @ WEIGHTS_OF_WORDING
    return both if evidence.foreign is None else np.where(evidence.foreign, alone, both), none
