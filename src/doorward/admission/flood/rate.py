"""Whether more come than can be explained: an adaptive CUSUM over what is usual at this time of the week."""

import math
from typing import Final

import msgspec

TICK: Final = 10.0
"""Seconds that one observation covers."""

BOUND: Final = 2.0
"""Scores go no further than so many thresholds, so that after the longest flood they fall within minutes."""


class RateTest(msgspec.Struct, frozen=True, kw_only=True):
    """One test: for `times` as many contacts as expected, against `margin` times as many, alarm at `threshold`.

    `1 <= margin < times`. The threshold is a log-likelihood ratio, in nats.
    """

    margin: float
    times: float
    threshold: float

    def __post_init__(self) -> None:
        """Raise `ValueError` for a test that tests nothing."""
        if not (1 <= self.margin < self.times and self.threshold > 0):
            raise ValueError("a test has a margin from 1, times above it, and a threshold above 0")

    def weigh(self, count: int, expected: float, *, more: float = 0.0) -> float:
        """Return what `count` contacts where `expected` were due say for a flood, in thresholds; below 0 against.

        `more` is added to the margin.
        """
        margin = self.margin + more
        said = count * math.log(self.times / margin) - (self.times - margin) * expected
        return said / self.threshold


RATE_TESTS: Final = (
    RateTest(margin=1.1, times=1.7, threshold=15.0),
    RateTest(margin=1.1, times=2.5, threshold=17.0),
    RateTest(margin=1.1, times=5.0, threshold=14.0),
)
"""For creeping, plain and sudden floods. Thresholds by simulation (`python3 run.py bench admission`): arrivals whose
days differ by 15 in a hundred and whose hours differ from the profile by 20, about two false alarms in three months."""

STRANGER_TESTS: Final = (
    RateTest(margin=1.25, times=2.5, threshold=12.0),
    RateTest(margin=1.25, times=5.0, threshold=12.0),
    RateTest(margin=1.25, times=12.0, threshold=12.0),
)
"""The same for strangers alone. They are few, and a flood is mostly of them: one that doubles all contacts brings four
times as many strangers. About one false alarm in six months."""


class RateRules(msgspec.Struct, frozen=True, kw_only=True):
    """How it adapts. `memory` is in seconds.

    `trust` is how much the profile itself weighs, in contacts: 1 / 0.15^2, as days differ by 15 in a hundred. A day is
    never taken to be more than `most` times or less than `least` times the usual: this bounds whoever ramps up slowly.

    Where many come, chance evens out, and what the profile does not know of the hour remains: beyond some `many`
    contacts a tick all margins are wider, by `wider` in the end.
    """

    tests: tuple[RateTest, ...] = RATE_TESTS
    memory: float = 1800.0
    trust: float = 44.0
    least: float = 0.4
    most: float = 1.6
    many: float = 10.0
    wider: float = 0.2

    def __post_init__(self) -> None:
        """Raise `ValueError` for rules without a test, or under which nothing could be learned."""
        if not self.tests or self.memory < TICK or self.trust <= 0 or not 0 < self.least <= 1 <= self.most:
            raise ValueError("tests, memory, trust, least, most: a test, a tick at least, 0 < least <= 1 <= most")
        if self.many <= 0 or not 0 <= self.wider < min(test.times - test.margin for test in self.tests):
            raise ValueError("tests, many, wider: above 0; no margin as wide as what is tested for")


class ArrivalRate(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the rate: how many came lately, how many were usual, and each test's sum, in thresholds."""

    came: float = 0.0
    usual: float = 0.0
    sums: tuple[float, ...] = ()

    @property
    def score(self) -> float:
        """Return how near the nearest test is to its alarm: from 0; 1 is the alarm; at most `BOUND`."""
        return max(self.sums, default=0.0)


def observe_tick(rate: ArrivalRate, *, count: int, usual: float, rules: RateRules, frozen: bool = False) -> ArrivalRate:
    """Return what is known after a tick in which `count` came where `usual` (0 or more) are what the profile expects.

    Ticks in which nobody came are observed, too.

    The day's own factor is the mean of a gamma distribution, conjugate to Poisson arrivals, whose evidence is forgotten
    with a time constant of `memory` (M. West and J. Harrison, Bayesian forecasting and dynamic models, 1997, chapter
    10). Against it each test is Page's CUSUM for Poisson counts (J. M. Lucas, Counted data CUSUM's, Technometrics
    27(2), 1985): `S = max(0, S + count ln(times / margin) - (times - margin) factor usual)`. The factor learns the
    less, the nearer a test is to its alarm, and nothing while `frozen` (amber or red), else it would learn the flood.
    """
    expected = usual * factor_of(rate, rules=rules)
    before = rate.sums or (0.0,) * len(rules.tests)
    more = rules.wider * (expected / (expected + rules.many)) ** 2
    pairs = zip(before, rules.tests, strict=True)
    sums = tuple(min(BOUND, max(0.0, one + test.weigh(count, expected, more=more))) for one, test in pairs)
    open_to = 0.0 if frozen else max(0.0, 1.0 - max(sums))
    kept = 1.0 - open_to * TICK / rules.memory
    return ArrivalRate(came=rate.came * kept + open_to * count, usual=rate.usual * kept + open_to * usual, sums=sums)


def begin_day(rate: ArrivalRate) -> ArrivalRate:
    """Return what is known when a new day begins: nothing of how it differs; the sums go on. Once, at midnight."""
    return ArrivalRate(sums=rate.sums)


def factor_of(rate: ArrivalRate, *, rules: RateRules) -> float:
    """Return by how much the day is taken to differ from the usual."""
    return min(rules.most, max(rules.least, (rate.came + rules.trust) / (rate.usual + rules.trust)))
