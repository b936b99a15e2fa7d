"""How signs are weighed: two logistic regressions of a few numbers each, and the thresholds on them.

Fitted by `tools/campaigns` on the half of `tests/evals/campaigns` that may be looked at, played into ordinary messages
(docs/decisions/0048-campaigns-by-density-words-and-demand.md); crowds count twentyfold, so that they are left alone.
"""

from typing import Final

from doorward.admission.campaigns.signs import Signs

VERSION: Final = "campaigns-1"

CONCERTED: Final = {"density": 6.316, "words": 1.062, "": -2.136}
CAMPAIGN: Final = {
    "demand": 0.281,
    "density": 1.779,
    "neighbours_demand": 2.741,
    "words": 0.765,
    "words_demand": 2.640,
    "": 3.795,
}

CONCERTED_BAR: Final = -1.8
CAMPAIGN_BAR: Final = 1.2
"""Log odds from which a message stands out as one of many, and from which it may be one of a campaign."""

DEMANDED_FROM: Final = -0.95
"""Mean demand of those like it from which a message may be one of a campaign: above what is said of the unheard."""

NOT_DEMANDED: Final = -2.0

RISES_BY: Final = 0.4
"""How much of what its messages usually have above the bar is asked of the next one."""


def weigh_concerted(signs: Signs) -> float:
    """Return the log odds that many say what this message says, and few do otherwise."""
    return _weigh(CONCERTED, signs)


def weigh_campaign(signs: Signs, *, like_campaign: bool = False) -> float:
    """Return the log odds that this message is one of a campaign; low where those like it do not demand.

    However many say one thing in the same words: a crowd that asks for help with one matter does that as well. Where
    `like_campaign`, most of a group that the message joins demand, and the few that lie nearest need not.
    """
    odds = _weigh(CAMPAIGN, signs)
    demanded = (signs.neighbours_demand + signs.words_demand) / 2 >= DEMANDED_FROM
    return odds if demanded or like_campaign else min(odds, NOT_DEMANDED)


def features_of(signs: Signs) -> dict[str, float]:
    """Return what is weighed of the signs, and 1 for the bias."""
    return {
        "demand": signs.demand,
        "density": signs.density,
        "neighbours_demand": signs.neighbours_demand,
        "words": signs.words,
        "words_demand": signs.words_demand,
        "": 1.0,
    }


def _weigh(weights: dict[str, float], signs: Signs) -> float:
    features = features_of(signs)
    return sum(weight * features[name] for name, weight in weights.items())
