"""Whether those who come are others than usual: slow floods that no rate shows."""

import math
from collections.abc import Mapping
from typing import Final

import msgspec

BOUND: Final = 2.0
"""Scores go no further than so many thresholds, so that after any flood they fall within a thousand contacts."""

_LEAST: Final = 0.001
_WEIGHT: Final = 0.25
_CAP: Final = 1.05


class ShareRules(msgspec.Struct, frozen=True, kw_only=True):
    """What is usual and what a flood looks like, both as shares of categories that sum to 1.

    Categories are the classes of callers (the mix of relationships), or what came of contacts that went to a person
    (the yield of escalations): any that a flood shifts. The test is for floods that make up one of the shares `aimed`
    of all contacts, against `slack`, which chance, a holiday or a mailing may bring; alarm at `threshold`, in nats.
    """

    usual: Mapping[str, float]
    flood: Mapping[str, float]
    slack: float = 0.1
    aimed: tuple[float, ...] = (0.2, 0.4)
    threshold: float = 12.0

    def __post_init__(self) -> None:
        """Raise `ValueError` for shares of other categories, that do not sum to 1, or a test that tests nothing."""
        if set(self.usual) != set(self.flood) or len(self.usual) < 2:
            raise ValueError("usual, flood: the same categories, two at least")
        for shares in (self.usual, self.flood):
            if min(shares.values()) < 0 or not math.isclose(sum(shares.values()), 1.0, abs_tol=1e-6):
                raise ValueError("usual, flood: shares that sum to 1")
        if not (self.aimed and 0 <= self.slack < min(self.aimed) and max(self.aimed) < 1 and self.threshold > 0):
            raise ValueError("slack, aimed, threshold: 0 <= slack < aimed < 1, threshold above 0")


class ShareTest(msgspec.Struct, frozen=True, kw_only=True):
    """Rules made ready: for every category what one contact of it adds to each sum."""

    gains: Mapping[str, tuple[float, ...]]
    threshold: float


class ShareDrift(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the shares: each test's sum, in thresholds."""

    sums: tuple[float, ...] = ()

    @property
    def score(self) -> float:
        """Return how near the nearest test is to its alarm: from 0; 1 is the alarm; at most `BOUND`."""
        return max(self.sums, default=0.0)


def prepare_test(rules: ShareRules) -> ShareTest:
    """Return the test of these rules.

    What a contact of category `c` adds is `ln(p1(c) / p0(c))`, where `p0 = (1 - slack) usual + slack flood` and `p1`
    the same with `aimed`: Wald's log-likelihood ratio. No share is taken to be less than one in a thousand, so that a
    single contact of a kind that never came is no alarm.
    """

    def mixed(category: str, part: float) -> float:
        usual, flood = (max(_LEAST, shares[category]) for shares in (rules.usual, rules.flood))
        return (1 - part) * usual + part * flood

    gains = {
        category: tuple(math.log(mixed(category, one) / mixed(category, rules.slack)) for one in rules.aimed)
        for category in rules.usual
    }
    return ShareTest(gains=gains, threshold=rules.threshold)


def observe_contact(drift: ShareDrift, category: str, *, test: ShareTest) -> ShareDrift:
    """Return what is known after one more contact: Page's CUSUM (E. S. Page, Continuous inspection schemes, 1954).

    Raises `KeyError` for a category that the rules do not have.
    """
    gains = test.gains[category]
    before = drift.sums or (0.0,) * len(gains)
    sums = (min(BOUND, max(0.0, one + gain / test.threshold)) for one, gain in zip(before, gains, strict=True))
    return ShareDrift(sums=tuple(sums))


def learn_shares(usual: Mapping[str, float], counts: Mapping[str, int]) -> dict[str, float]:
    """Return the usual shares after a day of which nothing was amber or red, with so many contacts of each category.

    Each share goes a quarter of the way, in ratios, to what was counted, but by no more than a twentieth, and all are
    made to sum to 1 again. Raises `ValueError` for other categories.
    """
    if set(counts) != set(usual):
        raise ValueError("counts: of the same categories")
    total = sum(counts.values())
    learned = {}
    for category, share in usual.items():
        step = ((counts[category] + 1) / (total * share + 1)) ** _WEIGHT
        learned[category] = max(_LEAST, share) * min(_CAP, max(1 / _CAP, step))
    whole = sum(learned.values())
    return {category: share / whole for category, share in learned.items()}
