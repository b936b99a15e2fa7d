"""What of a message says that it is one of many: signs of vectors, of words, of copies and of what it demands."""

import math
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from doorward.admission.campaigns.demand import USUAL_DEMAND
from doorward.admission.campaigns.recent import Recent, Seen
from doorward.admission.campaigns.usual import Usual

SHARPNESS: Final = 6.0
"""Of the kernel exp(SHARPNESS · cosine) by which densities are estimated (a von Mises–Fisher kernel)."""

NEAR: Final = 0.15
"""Cosine from which a message is a neighbour whose demand counts."""

ASSUMED: Final = 32
"""Usual messages that are assumed beside the last ones, so that the first few that come are not taken for a flood."""

ASSUMED_NEIGHBOURS: Final = 12.0
"""Weight of an ordinary demand among the neighbours', some five close ones."""

RARE_WORDS: Final = 4
"""Terms that count: those that came up most."""


class Signs(msgspec.Struct, frozen=True, kw_only=True):
    """What is measured of one message against the last ones and the usual ones; 0 where nothing can be told.

    `demand`: log odds that it demands. `density`: how much denser the last messages lie around it than usual ones,
    as a logarithm. `neighbours_demand`: mean demand of its neighbours.
    `words`: how much more often its rarest terms came lately, the sum of the four greatest logarithms, and
    `words_demand` the mean demand of messages with them. `copied`: share of its runs of words that were written
    before.
    """

    demand: float = USUAL_DEMAND
    density: float = 0.0
    neighbours_demand: float = USUAL_DEMAND
    words: float = 0.0
    words_demand: float = USUAL_DEMAND
    copied: float = 0.0


def measure_signs(seen: Seen, recent: Recent, usual: Usual) -> Signs:
    """Return the signs of a message that is not among the recent ones yet."""
    words, words_demand = _of_words(seen, recent, usual)
    copied = recent.copied(seen.runs)
    if seen.vector is None or len(usual.rows) == 0:
        return Signs(demand=seen.demand, words=words, words_demand=words_demand, copied=copied)
    near = recent.vectors @ seen.vector
    usually = usual.rows @ seen.vector
    alive = recent.alive
    weights = np.where(alive, np.exp(SHARPNESS * near), 0.0)
    expected = float(np.exp(SHARPNESS * usually).mean())
    density = (float(weights.sum()) + ASSUMED * expected) / (int(alive.sum()) + ASSUMED)
    close = np.where(near > NEAR, weights, 0.0)
    heard = float(close @ recent.demands) + ASSUMED_NEIGHBOURS * USUAL_DEMAND
    return Signs(
        demand=seen.demand,
        density=math.log(density / expected),
        neighbours_demand=heard / (float(close.sum()) + ASSUMED_NEIGHBOURS),
        words=words,
        words_demand=words_demand,
        copied=copied,
    )


def _of_words(seen: Seen, recent: Recent, usual: Usual) -> tuple[float, float]:
    """Return how much its rarest terms came up, and how much the messages with them demand."""
    again = [term for term in seen.terms if term in recent.tallies and recent.tallies[term].count > 1]
    if not again:
        return 0.0, USUAL_DEMAND
    written = max(20, recent.languages[seen.language])
    counts = np.array([recent.tallies[term].count for term in again], float)
    rises = _rises(counts, usual.shares(again, seen.language), written)
    greatest = np.argsort(-rises, kind="stable")[:RARE_WORDS]
    greatest = greatest[rises[greatest] > 0]
    demand = _mean_demand(
        [recent.tallies[again[place]].demand for place in greatest], counts[greatest], rises[greatest]
    )
    return float(rises[greatest].sum()), demand


def _rises(counts: NDArray[np.float64], shares: NDArray[np.float64], written: int) -> NDArray[np.float64]:
    """Return for each term ln(share now / usual share) - 1, weighted by how sure that is.

    How sure, by the likelihood ratio of a Poisson count (T. Dunning, Accurate methods for the statistics of surprise
    and coincidence, 1993): from 2 on it begins to count, from 8 on it counts fully.
    """
    ratios = np.log(np.maximum(counts / written, 1e-9) / shares)
    surprise = counts * ratios - np.maximum(0.0, counts - written * shares)
    sure = np.clip((surprise - 2) / 6, 0, 1)
    return np.where(ratios > 0.4, np.clip(ratios - 1, 0, 5) * sure, 0.0)


def _mean_demand(sums: Sequence[float], counts: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    means = np.array(sums) / counts if len(sums) else np.zeros(0)
    return float((means @ weights + 2 * USUAL_DEMAND) / (float(weights.sum()) + 2))
