"""Whose turn it is: how much it costs that somebody waits a second more."""

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import msgspec

ANSWERED_IN: Final = 30.0
"""Seconds that an answer takes at the least: a contact that just came counts as having waited so long."""

MOST_STEPS: Final = 8
"""Priorities further from 0 than this count as this."""

STEEPNESS: Final = 64
MOST_FACTOR: Final = 64.0
"""The power to which a language group's wait over the mean is raised, and what comes of it at the most (its inverse at
the least): claims of a group that has waited a tenth longer than all together count 64 times as much, so waits end up
within a few per cent of each other wherever there is anybody to choose from."""


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a second of waiting costs, by class, channel and language group.

    `patience_seconds` is that of an ordinary contact where the customer sits and watches, `patience` by how much a
    channel has more. `waited` is how long each language group has waited lately, as a share of patience; groups that
    are not named count as the mean.
    """

    patience_seconds: float = 600.0
    patience: Mapping[str, float] = {}
    waited: Mapping[str, float] = {}
    mean_waited: float = 0.0

    def patience_of(self, priority: int, channel: str) -> float:
        """Return after how many seconds somebody gives up: half for each step up in priority."""
        return self.patience_seconds * self.patience.get(channel, 1.0) / 2.0 ** _steps(priority)

    def of(self, priority: int, channel: str, language: str, waited: timedelta) -> float:
        """Return a contact's claim: the growth of `weight x (waited / patience)^2`, times its group's factor.

        The generalised c-mu rule (J. A. Van Mieghem, Annals of Applied Probability 5(3), 1995), equal service rates.
        """
        seconds = max(waited.total_seconds(), 0.0) + ANSWERED_IN
        grows = 2.0 * weight_of(priority) * seconds / self.patience_of(priority, channel) ** 2
        return grows * self.factor_of(language)

    def factor_of(self, language: str) -> float:
        """Return by how much a language group's claims count more for having waited longer than all together."""
        own = self.waited.get(language)
        if own is None or self.mean_waited <= 0.0:
            return 1.0
        steps = STEEPNESS * math.log(max(own / self.mean_waited, 1e-9))
        return math.exp(min(max(steps, -math.log(MOST_FACTOR)), math.log(MOST_FACTOR)))


def weight_of(priority: int) -> float:
    """Return the weight of a priority class: 1 for 0, twice as much for each step up."""
    return float(2.0 ** _steps(priority))


def _steps(priority: int) -> int:
    return max(-MOST_STEPS, min(MOST_STEPS, priority))
